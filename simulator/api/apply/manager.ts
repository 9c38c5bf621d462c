import { equalJson, isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { badRequest, type Status } from "../errors.ts";
import { completed, decodeAs, schemaOf, typeOf } from "../incoming.ts";
import type { Kind } from "../kind.ts";
import type { KubeObject } from "../object.ts";
import { apiVersionOf } from "../operations.ts";
import type { ManagedFieldsEntry } from "../schema/generated/types.ts";
import type { Schema } from "../schema/schema.ts";
import { applyConflict, plainFailure } from "./conflict.ts";
import { difference, fieldSetOfPaths, fromFieldsV1, isEmptySet, union } from "./field-set.ts";
import { goView } from "./go-view.ts";
import { allowedByLastApplied, lastAppliedOf, withLastApplied } from "./last-applied.ts";
import {
  cappedManagers,
  decodeManagers,
  encodeManagers,
  identityOf,
  type Managers,
  type Operation,
  withManager,
  withTime,
} from "./managed.ts";
import { fieldElement } from "./path-element.ts";
import { reachOf } from "./reach.ts";
import { fieldFilter } from "./reset-fields.ts";
import { Shapes } from "./shapes.ts";
import { type Applied, applied, type Conflicts, type MergeType, updated } from "./updater.ts";
import { typeError } from "./validate.ts";

// Models apimachinery pkg/util/managedfields/internal: the chain of managers

/** One write: of what, through which endpoint, when, and by whom. */
export interface FieldWrite {
  readonly kind: Kind;
  readonly subresource: string;
  /** RFC 3339, whole seconds. */
  readonly now: string;
  readonly manager: string;
}

/** Fields of every object that nobody manages. */
const STRIPPED = fieldSetOfPaths([
  ["f:apiVersion"],
  ["f:kind"],
  ["f:metadata"],
  ...["name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields"].map(
    (name) => ["f:metadata", fieldElement(name)],
  ),
  ["f:metadata", "f:resourceVersion"],
]);

const shapesOf = new WeakMap<Schema, Shapes>();
const mergeTypes = new WeakMap<Kind, Map<string, MergeType>>();

/** How objects of a kind merge through one of its endpoints. */
function mergeTypeOf(kind: Kind, subresource: string): MergeType {
  let types = mergeTypes.get(kind);
  if (types === undefined) {
    types = new Map();
    mergeTypes.set(kind, types);
  }
  let type = types.get(subresource);
  if (type === undefined) {
    const schema = schemaOf(kind);
    const shapes = shapesOf.get(schema) ?? new Shapes(schema);
    shapesOf.set(schema, shapes);
    type = { shapes, root: shapes.root(typeOf(kind)), filter: fieldFilter(kind, subresource) };
    types.set(subresource, type);
  }
  return type;
}

/** The managed fields of a create, update or other patch: what was changed is its manager's now. `live` is undefined for a create. */
export function recordUpdate<T extends KubeObject>(write: FieldWrite, live: T | undefined, next: T): T {
  const { kind } = write;
  const given = write.subresource === "" ? givenManagers(next.metadata.managedFields) : undefined;
  const managers = given ?? livingManagers(kind, live);
  // Whose managed fields were emptied is not tracked any more, until somebody applies.
  if (managers.size === 0 && live !== undefined) return withManagedFields(next, undefined);
  const before = live === undefined ? emptyView(kind) : viewOf(kind, live);
  const after = viewOf(kind, withManagedFields(next, undefined));
  return withManagedFields(next, encodeManagers(managersAfterUpdate(write, managers, before, after)));
}

/**
 * As `recordUpdate`, for the cluster's own parts. They cost nothing where nobody outside has managed fields: what they
 * create is not tracked, and is not afterwards.
 */
export function recordTrustedUpdate<T extends KubeObject>(write: FieldWrite, live: T, next: T): T {
  const entries = live.metadata.managedFields;
  if (entries === undefined) return next;
  const usual = entriesAfterUsualWrite(write, entries, live, next);
  if (usual !== undefined) return usual === next.metadata.managedFields ? next : withManagedFields(next, usual);
  const before = live as unknown as JsonObject;
  const after = next as unknown as JsonObject;
  return withManagedFields(
    next,
    encodeManagers(managersAfterUpdate(write, livingManagers(write.kind, live), before, after)),
  );
}

/** The entries after a write of a status whose changed fields were the writer's before; undefined for all other writes. */
function entriesAfterUsualWrite(
  { kind, subresource, manager, now }: FieldWrite,
  entries: readonly ManagedFieldsEntry[],
  live: KubeObject,
  next: KubeObject,
): readonly ManagedFieldsEntry[] | undefined {
  if (subresource !== "status") return undefined;
  let own: ManagedFieldsEntry | undefined;
  for (const entry of entries) {
    const isOwn = entry.manager === manager && entry.subresource === "status" && entry.operation === "Update";
    if (isOwn && entry.apiVersion === apiVersionOf(kind.ref)) own = entry;
    else if (isObject(entry.fieldsV1) && "f:status" in entry.fieldsV1) return undefined;
  }
  const set = isObject(own?.fieldsV1) ? fromFieldsV1(own.fieldsV1) : undefined;
  const { labels, annotations, finalizers, ownerReferences } = live.metadata;
  const meta = next.metadata;
  const isMetadataKept =
    equalJson(labels, meta.labels) &&
    equalJson(annotations, meta.annotations) &&
    equalJson(finalizers, meta.finalizers) &&
    equalJson(ownerReferences, meta.ownerReferences);
  if (own === undefined || !set?.ok || !isMetadataKept) return undefined;
  const { shapes, root } = mergeTypeOf(kind, subresource);
  const statusOf = (object: KubeObject) => ({ status: (object as { status?: JsonValue }).status });
  const reach = reachOf(shapes, root, statusOf(live), statusOf(next), set.value);
  return reach === "beyond" ? undefined : reach === "none" ? entries : withTime(entries, own, now);
}

function managersAfterUpdate(write: FieldWrite, managers: Managers, before: JsonObject, after: JsonObject): Managers {
  const change = updated(mergeTypeOf(write.kind, write.subresource), managers, before, after);
  const taken = difference(change.taken, STRIPPED);
  if (isEmptySet(taken)) return cappedManagers(change.managers);
  const author = authorOf(write, "Update");
  const identity = identityOf(author);
  const set = union(change.managers.get(identity)?.set ?? taken, taken);
  const entry = managers.get(identity)?.entry;
  return cappedManagers(withManager(change.managers, identity, { ...author, set, ...(entry && { entry }) }));
}

function authorOf({ kind, subresource, now, manager }: FieldWrite, operation: Operation) {
  return { manager: manager || "unknown", operation, apiVersion: apiVersionOf(kind.ref), subresource, time: now };
}

/** The managers that a client sends along; undefined where it sends none, or none that can be read. */
function givenManagers(entries: readonly ManagedFieldsEntry[] | undefined): Managers | undefined {
  if (entries === undefined) return undefined;
  const [first] = entries;
  const isReset = first === undefined || (entries.length === 1 && equalJson(first, {}));
  if (isReset) return new Map();
  const decoded = decodeManagers(entries);
  return decoded.ok && decoded.value.size > 0 ? decoded.value : undefined;
}

/** The managers of the live object: unreadable ones, and those of versions that are gone, are nobody. */
function livingManagers(kind: Kind, live: KubeObject | undefined): Managers {
  const decoded = decodeManagers(live?.metadata.managedFields);
  return decoded.ok ? servedManagers(kind, decoded.value) : new Map();
}

function servedManagers(kind: Kind, managers: Managers): Managers {
  const version = apiVersionOf(kind.ref);
  const all = [...managers];
  const served = all.filter(([, { apiVersion }]) => apiVersion === version);
  return served.length === all.length ? managers : new Map(served);
}

function withManagedFields<T extends KubeObject>(
  object: T,
  managedFields: readonly ManagedFieldsEntry[] | undefined,
): T {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: managedFields === undefined ? metadata : { ...metadata, managedFields } };
}

function viewOf(kind: Kind, object: KubeObject): JsonObject {
  return goView(schemaOf(kind), typeOf(kind), converted(kind, object) as unknown as JsonObject);
}

const TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

/** What conversion to the served version adds: upstream keeps a DaemonSet's template generation in an annotation. */
function converted(kind: Kind, object: KubeObject): KubeObject {
  const { annotations } = object.metadata;
  if (kind.ref.id !== "daemonsets.apps" || annotations?.[TEMPLATE_GENERATION] !== undefined) return object;
  const metadata = { ...object.metadata, annotations: { ...annotations, [TEMPLATE_GENERATION]: "0" } };
  return { ...object, metadata };
}

function emptyView(kind: Kind): JsonObject {
  return goView(schemaOf(kind), typeOf(kind), { apiVersion: apiVersionOf(kind.ref), kind: kind.ref.kind });
}

/**
 * The object that an applied configuration makes of a live one (undefined: of none), with its managed fields, decoded
 * and with defaults.
 */
export function applyConfiguration(
  write: FieldWrite,
  live: KubeObject | undefined,
  config: JsonObject,
  force: boolean,
): Result<KubeObject, Status> {
  const { kind, manager, subresource } = write;
  const refused = refusedConfiguration(write, config);
  if (refused !== undefined) return fail(refused);
  const decoded = decodeManagers(live?.metadata.managedFields);
  if (!decoded.ok) return fail(plainFailure(`failed to decode managed fields: ${decoded.error}`));
  const managers = managersBeforeApply(write, live, servedManagers(kind, decoded.value));

  const type = mergeTypeOf(kind, subresource);
  const view = live === undefined ? emptyView(kind) : viewOf(kind, live);
  const author = authorOf(write, "Apply");
  const identity = identityOf(author);
  const attempt = (forced: boolean) => applied(type, managers, view, config, author, identity, forced);
  let result: Result<Applied, Conflicts> = attempt(force);
  // kubectl may take over what it set by client-side apply before.
  if (!result.ok && manager === "kubectl" && live !== undefined) {
    const rest = allowedByLastApplied(kind, type, view, live, result.error);
    result = rest.size === 0 ? attempt(true) : fail(rest);
  }
  if (!result.ok) return fail(applyConflict(result.error, managers));
  return finished(write, live, config, result.value, identity);
}

/** Objects from before the tracking get a manager for all that they have. */
function managersBeforeApply(write: FieldWrite, live: KubeObject | undefined, managers: Managers): Managers {
  if (managers.size > 0 || live === undefined) return managers;
  const before = { ...write, manager: "before-first-apply" };
  return managersAfterUpdate(before, managers, emptyView(write.kind), viewOf(write.kind, live));
}

function refusedConfiguration({ kind, subresource }: FieldWrite, config: JsonObject): Status | undefined {
  const apiVersion = typeof config.apiVersion === "string" ? config.apiVersion : "";
  const given = typeof config.kind === "string" ? config.kind : "";
  const named = `${apiVersion.includes("/") ? apiVersion : `/${apiVersion}`}, Kind=${given}`;
  if (apiVersion !== apiVersionOf(kind.ref) || given !== kind.ref.kind) {
    return badRequest(`invalid object type: ${named}`);
  }
  const metadata = isObject(config.metadata) ? config.metadata : {};
  if (metadata.managedFields !== undefined && metadata.managedFields !== null) {
    return badRequest("metadata.managedFields must be nil");
  }
  const type = mergeTypeOf(kind, subresource);
  const problem = typeError(type.shapes, type.root, config);
  if (problem === undefined) return undefined;
  const name = typeof metadata.name === "string" ? metadata.name : "";
  const namespace = typeof metadata.namespace === "string" ? metadata.namespace : "";
  return plainFailure(`failed to create typed patch object (${namespace}/${name}; ${named}): ${problem}`);
}

function finished(
  write: FieldWrite,
  live: KubeObject | undefined,
  config: JsonObject,
  outcome: Applied,
  identity: string,
): Result<KubeObject, Status> {
  const { kind } = write;
  const mine = outcome.managers.get(identity);
  let managers = outcome.managers;
  if (mine !== undefined) {
    // An apply that changes nothing leaves the time of the last that did.
    const isSame = outcome.object === undefined && live !== undefined;
    const last = isSame ? decodeManagers(live.metadata.managedFields) : undefined;
    const old = last?.ok ? last.value.get(identity) : undefined;
    const entry = old?.entry && { entry: old.entry };
    const time = isSame ? old?.time : write.now;
    managers = withManager(managers, identity, { ...mine, ...entry, time, set: difference(mine.set, STRIPPED) });
  }
  let object = live;
  if (outcome.object !== undefined || object === undefined) {
    const merged = isObject(outcome.object) ? outcome.object : {};
    const decoded = decodeAs(kind, merged, { fieldValidation: "Ignore" });
    if (!decoded.ok) {
      const { metadata } = config;
      const { name = "", namespace = "" } = isObject(metadata) ? metadata : {};
      const named = `${namespace}/${name}; ${apiVersionOf(kind.ref)}, Kind=${kind.ref.kind}`;
      return fail(plainFailure(`failed to convert new typed object (${named}) to object: ${decoded.error}`));
    }
    object = completed(kind, decoded.value.object);
  }
  if (write.manager === "kubectl" && lastAppliedOf(object) !== undefined) object = withLastApplied(object, config);
  return ok(withManagedFields(object, encodeManagers(managers)));
}
