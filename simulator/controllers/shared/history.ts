import type { Cache } from "../../api/client.ts";
import type { Status } from "../../api/errors.ts";
import { fnv32 } from "../../api/meta/hash.ts";
import { safeEncodeString } from "../../api/meta/names.ts";
import { controllerOf, type KubeObject } from "../../api/object.ts";
import { CONTROLLER_REVISIONS, type ControllerRevision } from "../../api/refs.ts";
import type { PodTemplateSpec } from "../../api/schema/generated/types.ts";
import { canonicalJson, equalJson, isObject, type JsonObject, type JsonValue } from "../../base/json.ts";

// Models pkg/controller/history: what was a workload's template, kept in ControllerRevisions.

export const REVISION_HASH_LABEL = "controller-revision-hash";
const MAX_PREFIX_LENGTH = 223;

const patches = new WeakMap<PodTemplateSpec, JsonObject>();

/**
 * The data of a revision: a patch that restores a template. Its keys are in the order in which Go writes a map's, since
 * clients compare the bytes. Models getPatch of both controllers.
 */
export function templatePatch(template: PodTemplateSpec): JsonObject {
  let patch = patches.get(template);
  if (patch === undefined) {
    patch = { spec: { template: sortedByKey({ ...(template as unknown as JsonObject), $patch: "replace" }) } };
    patches.set(template, patch);
  }
  return patch;
}

function sortedByKey(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sortedByKey);
  if (!isObject(value)) return value;
  const sorted: { [key: string]: JsonValue } = {};
  for (const key of Object.keys(value).sort()) {
    const part = value[key];
    if (part !== undefined) sorted[key] = sortedByKey(part);
  }
  return sorted;
}

/** The template that a revision restores; undefined where its data holds none. */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec | undefined {
  const spec = isObject(data) ? data.spec : undefined;
  const template = isObject(spec) ? spec.template : undefined;
  if (!isObject(template)) return undefined;
  const { $patch: _, ...restored } = template;
  return restored as unknown as PodTemplateSpec;
}

/** JSON as Go writes a map: keys sorted, and some characters escaped for HTML's sake. */
function goJson(value: JsonObject): string {
  return canonicalJson(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

// Models pkg/controller/history HashControllerRevision
export function revisionHash(data: JsonObject, collisionCount: number): string {
  return safeEncodeString(String(fnv32(`${goJson(data)}${collisionCount}`)));
}

/** The name of a revision; a long owner's name is cut. */
export function revisionName(owner: string, hash: string): string {
  return `${owner.slice(0, MAX_PREFIX_LENGTH)}-${hash}`;
}

export function equalRevisions(a: Pick<ControllerRevision, "data">, b: Pick<ControllerRevision, "data">): boolean {
  return equalJson(a.data, b.data);
}

/** Those that an owner controls, in no order to rely on. */
export function revisionsOf({ metadata }: KubeObject, cache: Cache): readonly ControllerRevision[] {
  const having = [...cache.byIndex(CONTROLLER_REVISIONS, "owner", metadata.uid)];
  return having.filter((revision) => controllerOf(revision)?.uid === metadata.uid);
}

/** Orders the lowest revision first; ties go to the older, then by name. Models SortControllerRevisions. */
export function byRevision(a: ControllerRevision, b: ControllerRevision): number {
  if (a.revision !== b.revision) return a.revision - b.revision;
  const left = `${a.metadata.creationTimestamp} ${a.metadata.name}`;
  const right = `${b.metadata.creationTimestamp} ${b.metadata.name}`;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Nothing can be made in a namespace that is going: no failure worth telling or retrying. */
export function isNamespaceTerminating({ details }: Status): boolean {
  return details?.causes?.some(({ reason }) => reason === "NamespaceTerminating") === true;
}
