import { admissionPlugins } from "../../../../../simulator/api/admission/registry.ts";
import { badRequest, type Status } from "../../../../../simulator/api/errors.ts";
import type { Kind } from "../../../../../simulator/api/kind.ts";
import { formatTime } from "../../../../../simulator/api/meta/time.ts";
import type { KubeObject } from "../../../../../simulator/api/object.ts";
import { invalidObject, Operations, type Writer } from "../../../../../simulator/api/operations.ts";
import { applyJsonPatch } from "../../../../../simulator/api/patch/json-patch.ts";
import { applyStrategicMergePatch } from "../../../../../simulator/api/patch/strategic-merge.ts";
import { PODS, type Pod } from "../../../../../simulator/api/refs.ts";
import { decodeObject } from "../../../../../simulator/api/schema/decode.ts";
import { Store } from "../../../../../simulator/api/store.ts";
import { cloneJson, deepFreeze, type JsonObject, type JsonValue } from "../../../../../simulator/base/json.ts";
import { fail, ok, type Result } from "../../../../../simulator/base/result.ts";
import { podKind } from "../../../../../simulator/resources/core/pod/kind.ts";
import { validateEphemeralContainersUpdate } from "../../../../../simulator/resources/core/pod/validation/pod-update.ts";
import { kinds } from "../../../../../simulator/resources/registry.ts";
import { Random } from "../../../../../simulator/time/random.ts";
import { type Json, NOW_MS } from "../../cases.ts";

const NAMESPACES = ["ref-defaults", "ref-errors", "ref-requests"];

/** A store of all kinds behind the real admission plugins, with what a pod's admission looks for. */
export class PodBench {
  readonly warnings: string[] = [];
  readonly store = new Store();
  readonly operations: Operations;
  readonly #writer: Writer = { user: "test", trusted: false, warn: (text) => void this.warnings.push(text) };

  constructor() {
    for (const kind of kinds.all) {
      const namespace = (object: KubeObject) => object.metadata.namespace;
      this.store.add(kind.ref, { ...(kind.namespaced && { namespace }), ...kind.indexes });
    }
    const random = new Random(1).stream("apiserver");
    const admission = admissionPlugins.all;
    this.operations = new Operations({ store: this.store, admission, random, nowMs: () => NOW_MS, formatTime });
    for (const name of NAMESPACES) {
      this.#make("namespaces", { metadata: { name }, spec: {}, status: { phase: "Active" } });
      this.#make("serviceaccounts", { metadata: { name: "default", namespace: name } });
    }
    const name = "system-node-critical";
    this.#make("priorityclasses.scheduling.k8s.io", { metadata: { name }, value: 2000001000 });
  }

  #make(id: string, object: Json): void {
    const kind = kinds.get(id) as Kind;
    const writer = { ...this.#writer, trusted: true };
    const created = this.operations.create(kind, object as unknown as KubeObject, writer);
    if (!created.ok) throw new Error(created.error.message);
  }

  create(input: Json, namespace: string): Result<Pod, Status> {
    const decoded = decodePod({ ...input, metadata: { ...(input.metadata as Json), namespace } });
    return decoded.ok ? this.operations.create(podKind, decoded.value, this.#writer) : decoded;
  }

  update(key: string, change: (old: Pod) => Result<Pod, Status>, subresource: "" | "status" = ""): Result<Pod, Status> {
    return this.operations.update(podKind, key, change, this.#writer, subresource);
  }

  /** A write of the ephemeralcontainers subresource, by the kind's rule for it. */
  debug(key: string, change: (old: Pod) => Result<Pod, Status>): Result<Pod, Status> {
    const old = this.store.of(PODS).get(key);
    if (old === undefined) throw new Error(`no pod ${key}`);
    const changed = change(old);
    if (!changed.ok) return changed;
    const problems = validateEphemeralContainersUpdate(changed.value, old);
    if (problems.length > 0) return fail(invalidObject(podKind, old.metadata.name, problems));
    const metadata = { ...changed.value.metadata, generation: (old.metadata.generation ?? 0) + 1 };
    return ok(this.store.update(PODS, { ...changed.value, metadata }));
  }

  delete(key: string, gracePeriodSeconds: number | undefined): Result<Pod, Status> {
    const options = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
    const deleted = this.operations.delete(podKind, key, options, this.#writer);
    return deleted.ok ? ok(deleted.value.object) : deleted;
  }
}

/** A body as the server takes it in: decoded, with defaults. */
export function decodePod(body: Json): Result<Pod, Status> {
  const decoded = decodeObject("Pod", { apiVersion: "v1", kind: "Pod", ...body } as JsonObject, {
    kind: "Pod",
    version: "v1",
    fieldValidation: "Strict",
  });
  if (!decoded.ok) return fail(badRequest(decoded.error));
  const object = cloneJson(decoded.value.object);
  podKind.defaults?.(object as never);
  return ok(deepFreeze(object) as unknown as Pod);
}

/** A pod with a patch of any dialect applied, as it goes into an update. */
export function patchedPod(old: Pod, patch: Json, contentType: string): Result<Pod, Status> {
  if (contentType.startsWith("application/merge-patch+json")) {
    return decodePod(mergeJson(old as unknown as Json, patch));
  }
  if (contentType.startsWith("application/json-patch+json")) {
    const patched = applyJsonPatch(old as unknown as JsonObject, patch as unknown as JsonValue);
    if (patched.ok) return decodePod(patched.value.object as Json);
    throw new Error(patched.error.message);
  }
  const merged = applyStrategicMergePatch("Pod", old as unknown as JsonObject, patch as JsonObject);
  if (!merged.ok) throw new Error(merged.error.message);
  return decodePod(merged.value as Json);
}

function mergeJson(old: Json, patch: Json): Json {
  const result: Json = { ...old };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (typeof value === "object" && !Array.isArray(value)) {
      result[key] = mergeJson((result[key] ?? {}) as Json, value as Json);
    } else result[key] = value;
  }
  return result;
}

/** `299 - "text"`, with Go's quoting undone. */
export function warningText(header: string): string {
  return JSON.parse(header.slice("299 - ".length)) as string;
}
