import { describe, expect, it } from "vitest";
import type { Status } from "../../../simulator/api/errors.ts";
import type { KubeObject } from "../../../simulator/api/object.ts";
import type { Result } from "../../../simulator/base/result.ts";
import { referenceFolder } from "../../reference.ts";
import { Bench, comparable, type Json, matches, readCases, target, warningText } from "./cases.ts";

interface Request {
  readonly verb: string;
  readonly path: string;
  readonly body: Json;
}

interface ErrorCase {
  readonly name: string;
  readonly setup?: readonly Request[];
  readonly request: Request;
  readonly response: { readonly code: number; readonly body: Json; readonly warnings?: readonly string[] };
}

const FILES = ["errors/namespace", "errors/node", "errors/configmap", "errors/secret", "errors/service"].concat([
  "errors/replicaset",
  "errors/deployment",
  "errors/statefulset",
  "errors/daemonset",
  "errors/job",
  "errors/cronjob",
  "errors/limits",
  "errors/quota",
  "errors/persistentvolume",
  "errors/persistentvolumeclaim",
  "errors/pdb",
  "errors/hpa",
  "errors/storageclass",
  "errors/ingress",
  "errors/networkpolicy",
  "errors/rbac",
  "errors/others",
  "requests/update",
]);

/** What is answered by other parts of the server than the kinds. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "namespace-create-in-absent": "the admission plugin NamespaceLifecycle",
  "deployment-scale-absent": "the scale subresource",
  "limits-pvc-min": "the admission plugin LimitRanger",
  "req-update-put-creates-absent-lease": "create on update is the server's",
  "req-update-scale-patch": "the scale subresource",
  "req-update-scale-put": "the scale subresource",
};

/** Changes of pods are tested with the kind Pod. */
const isOurs = (one: ErrorCase) => !one.request.path.includes("/pods") && ELSEWHERE[one.name] === undefined;

/** The recording says only how long this body was: one byte too many, and the rest of the object. */
const TOO_BIG = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "cm" },
  data: { a: "x".repeat(1024 * 1024 + 1) },
};

function send(bench: Bench, { verb, path, body }: Request): Result<unknown, Status> {
  const { kind, namespace, name } = target(path);
  if (kind === undefined) throw new Error(`no kind for ${path}`);
  const key = namespace === undefined ? name : `${namespace}/${name}`;
  if (verb === "POST") return bench.create(kind, body, namespace);
  if (verb === "PATCH") return bench.mergePatch(kind, key, body);
  if (verb === "PUT") return bench.update(kind, key, () => bench.decode(kind, body, namespace));
  return bench.delete(kind, key);
}

function prepared(one: ErrorCase): Bench {
  const bench = new Bench();
  for (const name of ["default", "kube-system", "ref-errors"]) {
    send(bench, { verb: "POST", path: "/api/v1/namespaces", body: { metadata: { name } } });
  }
  const spec = { clusterIP: "10.96.0.1", ports: [{ name: "https", port: 443 }] };
  const body = { metadata: { name: "kubernetes" }, spec };
  send(bench, { verb: "POST", path: "/api/v1/namespaces/default/services", body });
  for (const request of one.setup ?? []) {
    const done = send(bench, request);
    if (!done.ok) throw new Error(`setup: ${done.error.message}`);
  }
  bench.warnings.length = 0;
  return bench;
}

/** Causes are compared as a set: the server walks maps. */
function sortedCauses(status: Json): Json {
  const details = status.details as { causes?: readonly unknown[] } | undefined;
  const causes = details?.causes?.map((cause) => JSON.stringify(cause)).sort();
  return { ...status, details: { ...details, ...(causes && { causes }) } };
}

describe.skipIf(referenceFolder() === undefined)("answers of a real API server", () => {
  for (const file of FILES) {
    const cases = readCases<ErrorCase>(`${file}.json`).filter(isOurs);
    it.each(cases.map((one) => [one.name, one] as const))("%s", (_name, one) => {
      const bench = prepared(one);
      const sent = one.name === "configmap-too-big" ? TOO_BIG : one.request.body;
      const answer = send(bench, { ...one.request, body: sent });
      const { code, body } = one.response;
      if (answer.ok) {
        expect(code, "accepted").toBeLessThan(300);
        expect(bench.warnings).toEqual((one.response.warnings ?? []).map(warningText));
        const actual = comparable(answer.value as KubeObject);
        if (!matches(comparable(body), actual)) expect(actual).toEqual(comparable(body));
      } else {
        expect(sortedCauses(answer.error as unknown as Json)).toEqual(sortedCauses(body));
      }
    });
  }

  it("knows each case that is answered elsewhere", () => {
    const names = FILES.flatMap((file) => readCases<ErrorCase>(`${file}.json`)).map((one) => one.name);
    expect(Object.keys(ELSEWHERE).filter((name) => !names.includes(name))).toEqual([]);
  });
});
