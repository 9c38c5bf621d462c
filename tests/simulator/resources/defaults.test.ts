import { describe, expect, it } from "vitest";
import { referenceFolder } from "../../reference.ts";
import { Bench, comparable, type Json, matches, NOW_MS, readCases, target, warningText } from "./cases.ts";

interface DefaultsCase {
  readonly name: string;
  readonly request: { readonly path: string };
  readonly input: Json;
  readonly stored: Json;
  readonly warnings?: readonly string[];
}

const FILES = [
  ...["namespace", "lease", "replicaset", "deployment", "service", "configmap", "secret", "priorityclass"],
  ...["statefulset", "daemonset", "job", "replicationcontroller", "podtemplate", "limitrange", "resourcequota"],
  ...["rbac", "persistentvolume", "persistentvolumeclaim", "pdb", "hpa", "storageclass"],
  ...["ingress", "networkpolicy", "storage", "admission", "resource"],
];

/** Finalizers that the admission plugin StorageObjectInUseProtection adds; the bench is without admission. */
const PROTECTION = ["kubernetes.io/pv-protection", "kubernetes.io/pvc-protection"];

function withoutProtection(object: Json): Json {
  const { finalizers, ...metadata } = object.metadata as { finalizers?: readonly string[] };
  const others = finalizers?.filter((name) => !PROTECTION.includes(name)) ?? [];
  return { ...object, metadata: { ...metadata, ...(others.length > 0 && { finalizers: others }) } };
}

describe.skipIf(referenceFolder() === undefined)("objects as a real API server stores them", () => {
  for (const file of FILES) {
    const cases = readCases<DefaultsCase>(`defaults/${file}.json`);
    it.each(cases.map((one) => [one.name, one] as const))("%s", (_name, one) => {
      const bench = new Bench();
      const { kind, namespace } = target(one.request.path.split("?")[0] as string);
      if (kind === undefined) throw new Error(`no kind for ${one.request.path}`);
      const created = bench.create(kind, one.input, namespace);
      if (!created.ok) throw new Error(created.error.message);
      const expected = withoutProtection(comparable(one.stored));
      const actual = comparable(kind.view?.(created.value, NOW_MS) ?? created.value);
      if (!matches(expected, { ...actual, metadata: { ...(actual.metadata as Json), resourceVersion: "1" } })) {
        expect(actual).toEqual(expected);
      }
      expect(bench.warnings).toEqual((one.warnings ?? []).map(warningText));
    });
  }
});
