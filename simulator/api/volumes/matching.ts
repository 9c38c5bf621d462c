import { labelSelectorMatches } from "../meta/labels.ts";
import { compareQuantities, quantityOf } from "../meta/quantity.ts";
import type { PersistentVolume, PersistentVolumeClaim } from "../refs.ts";
import { storageClassOf } from "./annotations.ts";
import { isBoundTo } from "./claims.ts";

const sizeOf = ({ spec }: PersistentVolume) => quantityOf(spec.capacity?.storage);
const requestOf = ({ spec }: PersistentVolumeClaim) => quantityOf(spec.resources?.requests?.storage);

// Models component-helpers storage/volume CheckVolumeModeMismatches
/** Whether one is a block device and the other a file system. */
export function hasModeMismatch({ spec: claim }: PersistentVolumeClaim, { spec }: PersistentVolume): boolean {
  return (claim.volumeMode ?? "Filesystem") !== (spec.volumeMode ?? "Filesystem");
}

function hasAccessModes(claim: PersistentVolumeClaim, volume: PersistentVolume): boolean {
  return (claim.spec.accessModes ?? []).every((mode) => volume.spec.accessModes?.includes(mode));
}

function sameAttributesClass({ spec: claim }: PersistentVolumeClaim, { spec }: PersistentVolume): boolean {
  return (claim.volumeAttributesClassName ?? "") === (spec.volumeAttributesClassName ?? "");
}

// Models pkg/controller/volume/persistentvolume checkVolumeSatisfyClaim
/** Why a volume that a claim names can't be bound to it, or undefined. */
export function whyUnsuitable(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (volume.metadata.deletionTimestamp !== undefined) {
    return `the volume is marked for deletion "${volume.metadata.name}"`;
  }
  if (compareQuantities(sizeOf(volume), requestOf(claim)) < 0) return "requested PV is too small";
  if (!sameAttributesClass(claim, volume)) return "volumeAttributesClassName does not match";
  if (storageClassOf(volume) !== storageClassOf(claim)) return "storageClassName does not match";
  if (hasModeMismatch(claim, volume)) return "incompatible volumeMode";
  return hasAccessModes(claim, volume) ? undefined : "incompatible accessMode";
}

export interface MatchOptions {
  /** The class waits for the first pod: only a volume that is kept for the claim is bound without a node. */
  readonly delayBinding: boolean;
  /** Whether the node under look can reach a volume; absent where no node is looked at. */
  readonly fitsNode?: (volume: PersistentVolume) => boolean;
  /** Names of volumes that are taken by other claims of the same pod. */
  readonly taken?: ReadonlySet<string>;
}

// Models component-helpers storage/volume FindMatchingVolume
/** The volume that is kept for the claim, or else the smallest free one that is enough. */
export function findMatchingVolume(
  claim: PersistentVolumeClaim,
  volumes: Iterable<PersistentVolume>,
  { delayBinding, fitsNode, taken }: MatchOptions,
): PersistentVolume | undefined {
  const request = requestOf(claim);
  const className = storageClassOf(claim);
  let smallest: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (taken?.has(volume.metadata.name) || volume.metadata.deletionTimestamp !== undefined) continue;
    if (volume.spec.claimRef !== undefined && !isBoundTo(volume, claim)) continue;
    if (compareQuantities(sizeOf(volume), request) < 0 || hasModeMismatch(claim, volume)) continue;
    if (!sameAttributesClass(claim, volume)) continue;
    const isFit = fitsNode?.(volume) ?? true;
    if (isBoundTo(volume, claim)) return isFit ? volume : undefined;
    if (!isFit || (fitsNode === undefined && delayBinding)) continue;
    if (volume.status.phase !== "Available" || storageClassOf(volume) !== className) continue;
    if (claim.spec.selector && !labelSelectorMatches(claim.spec.selector, volume.metadata.labels)) continue;
    if (fitsNode !== undefined && !hasAccessModes(claim, volume)) continue;
    if (smallest === undefined || compareQuantities(sizeOf(smallest), sizeOf(volume)) > 0) smallest = volume;
  }
  return smallest;
}

// Models pkg/controller/volume/persistentvolume persistentVolumeOrderedIndex.findByClaim
/** As `findMatchingVolume` without a node: volumes with the fewest access modes first. */
export function findBestVolume(
  claim: PersistentVolumeClaim,
  volumes: Iterable<PersistentVolume>,
  delayBinding: boolean,
): PersistentVolume | undefined {
  const byModes = new Map<string, PersistentVolume[]>();
  for (const volume of volumes) {
    if (!hasAccessModes(claim, volume)) continue;
    const modes = [...(volume.spec.accessModes ?? [])].sort().join(",");
    const list = byModes.get(modes);
    if (list === undefined) byModes.set(modes, [volume]);
    else list.push(volume);
  }
  const count = (modes: string) => modes.split(",").length;
  const groups = [...byModes].sort(([a], [b]) => count(a) - count(b) || (a < b ? -1 : 1));
  for (const [, group] of groups) {
    const found = findMatchingVolume(claim, group, { delayBinding });
    if (found !== undefined) return found;
  }
  return undefined;
}
