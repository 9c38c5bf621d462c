import { admissionPlugins } from "../../../../../simulator/api/admission/registry.ts";
import { badRequest, type Status } from "../../../../../simulator/api/errors.ts";
import type { Kind } from "../../../../../simulator/api/kind.ts";
import { formatTime } from "../../../../../simulator/api/meta/time.ts";
import type { KubeObject } from "../../../../../simulator/api/object.ts";
import { Operations, type Writer } from "../../../../../simulator/api/operations.ts";
import { applyStrategicMergePatch } from "../../../../../simulator/api/patch/strategic-merge.ts";
import { PODS, type Pod } from "../../../../../simulator/api/refs.ts";
import { decodeObject } from "../../../../../simulator/api/schema/decode.ts";
import { Store } from "../../../../../simulator/api/store.ts";
import { cloneJson, deepFreeze, type JsonObject } from "../../../../../simulator/base/json.ts";
import { fail, ok, type Result } from "../../../../../simulator/base/result.ts";
import { podKind } from "../../../../../simulator/resources/core/pod/kind.ts";
import { kinds } from "../../../../../simulator/resources/registry.ts";
import { Random } from "../../../../../simulator/time/random.ts";
import { type Json, NOW_MS } from "../../cases.ts";

export const NAMESPACES = ["ref-defaults", "ref-errors"];

/** A store of all kinds behind the real admission plugins, with what a pod's admission looks for. */
export class PodBench {
  readonly warnings: string[] = [];
  readonly store = new Store();
  readonly operations: Operations;
  readonly #writer: Writer = { user: "test", trusted: false, warn: (text) => void this.warnings.push(text) };

  constructor() {
    for (const kind of kinds.all) this.store.add(kind.ref, { ...kind.indexes });
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

  get(key: string): Pod | undefined {
    return this.store.of(PODS).get(key);
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

/** A pod with a patch of either dialect applied, as it goes into an update. */
export function patchedPod(old: Pod, patch: Json, contentType: string): Result<Pod, Status> {
  if (contentType.startsWith("application/merge-patch+json")) {
    return decodePod(mergeJson(old as unknown as Json, patch));
  }
  const merged = applyStrategicMergePatch("Pod", old as unknown as JsonObject, patch as JsonObject);
  if (merged.ok) return decodePod(merged.value as Json);
  const { code, message } = merged.error;
  return fail({ kind: "Status", apiVersion: "v1", status: "Failure", code, message } as Status);
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
