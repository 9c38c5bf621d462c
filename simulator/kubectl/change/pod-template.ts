import { isObject, type JsonObject } from "../../base/json.ts";
import type { RestMapping } from "../mapping.ts";
import { partOf } from "./object.ts";

const IN_TEMPLATE = ["Deployment", "DaemonSet", "ReplicaSet", "StatefulSet", "ReplicationController", "Job"];

// Models kubectl pkg/polymorphichelpers updatepodspec.go
/** Where a kind keeps its pods' spec; undefined for kinds that have no pods. */
function podSpecPath({ kind }: RestMapping): readonly string[] | undefined {
  if (kind === "Pod") return ["spec"];
  if (kind === "CronJob") return ["spec", "jobTemplate", "spec", "template", "spec"];
  return IN_TEMPLATE.includes(kind) ? ["spec", "template", "spec"] : undefined;
}

export function podSpecOf(mapping: RestMapping, object: JsonObject): JsonObject | undefined {
  const path = podSpecPath(mapping);
  return path === undefined ? undefined : partOf(object, ...path);
}

/** The object with another pod spec. */
export function withPodSpec(mapping: RestMapping, object: JsonObject, spec: JsonObject): JsonObject {
  return withPart(object, podSpecPath(mapping) ?? [], spec);
}

function withPart(object: JsonObject, path: readonly string[], part: JsonObject): JsonObject {
  const [step, ...rest] = path;
  if (step === undefined) return part;
  const inner = object[step];
  return { ...object, [step]: withPart(isObject(inner) ? inner : {}, rest, part) };
}

/** The pod spec with its containers, and with those that run before them, changed one by one. */
export function mapContainers(spec: JsonObject, change: (container: JsonObject) => JsonObject): JsonObject {
  const result: { [key: string]: JsonObject[string] } = { ...spec };
  for (const field of ["initContainers", "containers"]) {
    const list = spec[field];
    if (Array.isArray(list)) result[field] = list.map((each) => (isObject(each) ? change(each) : each));
  }
  return result;
}

/** A container's name against a pattern with `*`. */
export function matchesName(pattern: string, name: unknown): boolean {
  if (pattern === "*") return true;
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(String(name));
}
