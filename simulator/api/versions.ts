import { cloneJson, type Draft, deepFreeze } from "../base/json.ts";
import type { Kind, OtherVersion } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { apiVersionOf } from "./operations.ts";
import type { ResourceRef } from "./refs.ts";

/** Several versions of one kind: it is stored in one, and converted for whoever asks in another. */

const derived = new WeakMap<OtherVersion, Kind>();

/** A kind in all versions in which it is served: as it is stored first. */
export function versionsOf(kind: Kind): readonly Kind[] {
  const others = kind.otherVersions?.map((one) => servedIn(kind, one)) ?? [];
  return kind.isServed === false ? others : [kind, ...others];
}

/** The kind that a path names by group, version and plural, where one is served under it. */
export function findServed(
  kinds: { readonly all: readonly Kind[]; get(id: string): Kind | undefined },
  group: string,
  version: string,
  plural: string,
): Kind | undefined {
  const names = ({ ref }: { readonly ref: ResourceRef<KubeObject> }) =>
    ref.group === group && ref.version === version && ref.plural === plural;
  const kind = kinds.get(group === "" ? plural : `${plural}.${group}`);
  if (kind !== undefined && kind.isServed !== false && names(kind)) return kind;
  const stored = kinds.all.find((one) => one.otherVersions?.some(names));
  const other = stored?.otherVersions?.find(names);
  return stored && other && servedIn(stored, other);
}

function servedIn(kind: Kind, version: OtherVersion): Kind {
  let served = derived.get(version);
  if (served === undefined || served.storedAs?.kind !== kind) {
    served = {
      ...kind,
      ...version,
      otherVersions: undefined,
      columns:
        version.columns ??
        kind.columns.map((column) => ({
          ...column,
          cell: (object, nowEpochMs) => column.cell(version.toStored(object), nowEpochMs),
        })),
      storedAs: { kind: { ...kind, ...version.rules }, version },
    };
    derived.set(version, served);
  }
  return served;
}

/** The kind that the store and the operations know; another one only where `kind` is a further version of it. */
export function storedKind(kind: Kind): Kind {
  return kind.storedAs?.kind ?? kind;
}

/** An object that came in as `kind`, as it is stored, with the stored version's defaults. */
export function toStored(kind: Kind, object: KubeObject): KubeObject {
  if (kind.storedAs === undefined) return object;
  const { kind: stored, version } = kind.storedAs;
  const { ref } = stored;
  const converted = { ...version.toStored(object), apiVersion: apiVersionOf(ref), kind: ref.kind };
  const copy = cloneJson(converted);
  stored.defaults?.(copy as Draft<KubeObject>);
  return deepFreeze(copy) as KubeObject;
}

/** A stored object as `kind` shows it. */
export function fromStored(kind: Kind, object: KubeObject): KubeObject {
  if (kind.storedAs === undefined) return kind.custom?.upToDate?.(object) ?? object;
  const { ref } = kind;
  return { ...kind.storedAs.version.fromStored(object), apiVersion: apiVersionOf(ref), kind: ref.kind };
}
