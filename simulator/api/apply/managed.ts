import { isObject, type JsonObject } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { goJson } from "../meta/go-text.ts";
import type { ManagedFieldsEntry } from "../schema/generated/types.ts";
import { EMPTY_SET, equalSets, type FieldSet, fromFieldsV1, isEmptySet, toFieldsV1, union } from "./field-set.ts";

// Models apimachinery pkg/util/managedfields/internal managedfields

export type Operation = "Apply" | "Update";

/** One manager of an object: who, by which operation, and the fields that are theirs. */
export interface Manager {
  readonly manager: string;
  readonly operation: Operation;
  readonly apiVersion: string;
  readonly subresource: string;
  /** RFC 3339; undefined where nobody noted it. */
  readonly time: string | undefined;
  readonly set: FieldSet;
  /** The stored entry that this was read from, kept while it says the same. */
  readonly entry?: ManagedFieldsEntry;
}

/** The managers of an object by identity. Changed by replacing. */
export type Managers = ReadonlyMap<string, Manager>;

/**
 * What makes a manager one and the same: its name, operation and subresource, and for updates the version. The text is
 * also what managers are sorted by in messages.
 */
export function identityOf(manager: Pick<Manager, "manager" | "operation" | "apiVersion" | "subresource">): string {
  const { operation, apiVersion, subresource } = manager;
  return goJson({
    ...(manager.manager !== "" && { manager: manager.manager }),
    operation,
    ...(operation === "Update" && { apiVersion }),
    ...(subresource !== "" && { subresource }),
  });
}

/** Reads metadata.managedFields; the error is the text of upstream's. */
export function decodeManagers(entries: readonly ManagedFieldsEntry[] | undefined): Result<Managers, string> {
  const managers = new Map<string, Manager>();
  for (const [at, entry] of (entries ?? []).entries()) {
    const { manager = "", operation, apiVersion = "", subresource = "", time, fieldsType = "", fieldsV1 } = entry;
    if (operation !== "Apply" && operation !== "Update") return fail("operation must be `Apply` or `Update`");
    if (apiVersion === "") return fail("apiVersion must not be empty");
    if (fieldsType === "") return fail(`missing fieldsType in managed fields entry ${at}`);
    if (fieldsType !== "FieldsV1") return fail(`invalid fieldsType "${fieldsType}" in managed fields entry ${at}`);
    const set = isObject(fieldsV1) ? fromFieldsV1(fieldsV1 as JsonObject) : ok(EMPTY_SET);
    if (!set.ok) return fail(`error decoding set: ${set.error}`);
    const read = {
      manager,
      operation,
      apiVersion,
      subresource,
      time: time ?? undefined,
      set: set.value,
      entry,
    } as const;
    managers.set(identityOf(read), read);
  }
  return ok(managers);
}

/** Writes metadata.managedFields, appliers first, each group by time and name; undefined when nobody manages anything. */
export function encodeManagers(managers: Managers): readonly ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined;
  return [...managers.values()].map(entryOf).sort(compareEntries);
}

function entryOf(given: Manager): ManagedFieldsEntry {
  const { manager, operation, apiVersion, subresource, time, set, entry } = given;
  const before = entry?.fieldsV1;
  const isKept = before !== undefined && before !== null && sameAs(before as JsonObject, set);
  if (entry !== undefined && isKept && entry.time === time && entry.apiVersion === apiVersion) return entry;
  return {
    ...(manager !== "" && { manager }),
    operation,
    apiVersion,
    ...(time !== undefined && { time }),
    fieldsType: "FieldsV1",
    fieldsV1: isKept ? before : (toFieldsV1(set) as ManagedFieldsEntry["fieldsV1"]),
    ...(subresource !== "" && { subresource }),
  };
}

function sameAs(fields: JsonObject, set: FieldSet): boolean {
  const read = fromFieldsV1(fields);
  return read.ok && equalSets(read.value, set);
}

/** The entries with a new time for one of them, in their order: appliers first, each group by time and name. */
export function withTime(
  entries: readonly ManagedFieldsEntry[],
  own: ManagedFieldsEntry,
  time: string,
): readonly ManagedFieldsEntry[] {
  if (own.time === time) return entries;
  return entries.map((entry) => (entry === own ? { ...own, time } : entry)).sort(compareEntries);
}

function compareEntries(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  return (
    compareTexts(a.operation ?? "", b.operation ?? "") ||
    // Times are stored in one form, so that their texts sort as they do.
    compareTexts(a.time ?? "", b.time ?? "") ||
    compareTexts(a.manager ?? "", b.manager ?? "") ||
    compareTexts(a.apiVersion ?? "", b.apiVersion ?? "") ||
    compareTexts(a.subresource ?? "", b.subresource ?? "")
  );
}

export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The managers with one replaced, or taken out when it manages nothing. */
export function withManager(managers: Managers, identity: string, manager: Manager): Managers {
  const changed = new Map(managers);
  if (isEmptySet(manager.set)) changed.delete(identity);
  else changed.set(identity, manager);
  return changed;
}

const MAX_UPDATE_MANAGERS = 10;

// Models apimachinery pkg/util/managedfields/internal capManagersManager
/** Keeps the managers by update at ten: the oldest are merged into one that is named for them. */
export function cappedManagers(managers: Managers): Managers {
  const updaters = [...managers].filter(([, { operation }]) => operation === "Update");
  let count = updaters.length;
  if (count <= MAX_UPDATE_MANAGERS) return managers;
  updaters.sort(([a, x], [b, y]) => compareTexts(x.time ?? "", y.time ?? "") || compareTexts(a, b));
  const capped = new Map(managers);
  const firstOfVersion = new Map<string, string>();
  for (const [identity, updater] of updaters) {
    if (count <= MAX_UPDATE_MANAGERS) break;
    const { apiVersion, time } = updater;
    const first = firstOfVersion.get(apiVersion);
    if (first === undefined) {
      firstOfVersion.set(apiVersion, identity);
      continue;
    }
    const bucket = { manager: "ancient-changes", operation: "Update", apiVersion, subresource: "" } as const;
    const bucketIdentity = identityOf(bucket);
    const collected = capped.get(bucketIdentity) ?? capped.get(first);
    if (!capped.has(bucketIdentity)) capped.delete(first);
    capped.delete(identity);
    // The later of the two times counts.
    capped.set(bucketIdentity, { ...bucket, time, set: unionOf(updater.set, collected?.set) });
    count--;
  }
  return capped;
}

function unionOf(a: FieldSet, b: FieldSet | undefined): FieldSet {
  return b === undefined ? a : union(a, b);
}
