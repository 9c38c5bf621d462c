import type { ObjectMeta, PersistentVolumeClaim } from "../../api/schema/generated/types.ts";
import type { JsonObject } from "../../base/json.ts";
import { goList, sinceText, writeAnnotations, writeLabels } from "./parts.ts";
import type { TextSink } from "./text.ts";

const CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";
const MODES: readonly (readonly [string, string])[] = [
  ["ReadWriteOnce", "RWO"],
  ["ReadOnlyMany", "ROX"],
  ["ReadWriteMany", "RWX"],
  ["ReadWriteOncePod", "RWOP"],
];
const MAX_LINE = 140;

/** `RWO,ROX`. */
export function accessModesText(modes: readonly string[] = []): string {
  return MODES.flatMap(([mode, short]) => (modes.includes(mode) ? [short] : [])).join(",");
}

/** The class that a volume or a claim names. */
export function storageClassOf(
  metadata: ObjectMeta | undefined,
  spec: { readonly storageClassName?: string } = {},
): string {
  return metadata?.annotations?.[CLASS_ANNOTATION] ?? spec.storageClassName ?? "";
}

/** `Terminating (lasts 5s)`, or the phase. */
export function phaseText(metadata: ObjectMeta | undefined, phase: string | undefined, nowEpochMs: number): string {
  const { deletionTimestamp } = metadata ?? {};
  return deletionTimestamp === undefined
    ? (phase ?? "")
    : `Terminating (lasts ${sinceText(deletionTimestamp, nowEpochMs)})`;
}

/** `key=value` lines of a map, long ones cut. */
export function pairsLines(pairs: JsonObject): readonly string[] {
  return Object.keys(pairs)
    .sort()
    .map((key) => `${key}=${String(pairs[key])}`)
    .map((line) => (line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}...` : line));
}

// Models kubectl pkg/describe printPersistentVolumeClaim
/** A claim, or the template of one, of which less is known. */
export function writeClaim(out: TextSink, claim: PersistentVolumeClaim, isWhole: boolean, nowEpochMs = 0): void {
  const { metadata, spec = {}, status } = claim;
  if (isWhole) {
    out.write(0, `Name:\t${metadata?.name ?? ""}\n`);
    out.write(0, `Namespace:\t${metadata?.namespace ?? ""}\n`);
  }
  out.write(0, `StorageClass:\t${storageClassOf(metadata, spec)}\n`);
  if (isWhole) out.write(0, `Status:\t${phaseText(metadata, status?.phase, nowEpochMs)}\n`);
  out.write(0, `Volume:\t${spec.volumeName ?? ""}\n`);
  writeLabels(out, "Labels", metadata?.labels);
  writeAnnotations(out, "Annotations", metadata?.annotations);
  if (isWhole) out.write(0, `Finalizers:\t${goList(metadata?.finalizers)}\n`);
  const isBound = Boolean(spec.volumeName);
  out.write(0, `Capacity:\t${isBound ? (status?.capacity?.storage ?? "0") : ""}\n`);
  out.write(0, `Access Modes:\t${isBound ? accessModesText(status?.accessModes) : ""}\n`);
  if (spec.volumeMode !== undefined) out.write(0, `VolumeMode:\t${spec.volumeMode}\n`);
  if (spec.dataSource !== undefined) {
    const { apiGroup, kind, name } = spec.dataSource;
    out.write(0, "DataSource:\n");
    if (apiGroup !== undefined) out.write(1, `APIGroup:\t${apiGroup}\n`);
    out.write(1, `Kind:\t${kind}\n`);
    out.write(1, `Name:\t${name}\n`);
  }
}
