import { formatTime, timeOf } from "../../api/meta/time.ts";
import { joinKey } from "../../api/object.ts";
import { CONFIG_MAPS, type ConfigMap, type Pod, type Secret } from "../../api/refs.ts";
import type { DownwardAPIVolumeFile, KeyToPath, Volume, VolumeProjection } from "../../api/schema/generated/types.ts";
import { fieldValue, resourceValue } from "../downward.ts";
import { hexOf } from "../ids.ts";
import type { Machine } from "../machine.ts";
import { containerSpecOf } from "../pod-spec-of.ts";
import type { SourcesPort } from "../ports.ts";
import type { RuntimePod } from "../runtime.ts";
import { bytesOfBase64, bytesOfText } from "./bytes.ts";
import { type FileNode, fileNode, folderNode, linkNode, putAt } from "./file-node.ts";
import type { Pins } from "./pins.ts";

/** What the projected volumes of one pod are made from. */
export interface ProjectionSources {
  readonly sources: SourcesPort;
  readonly machine: Machine;
  readonly runtime: RuntimePod;
  readonly pod: Pod;
  readonly pins: Pins | undefined;
  readonly nowMs: number;
}

interface PayloadFile {
  readonly bytes: string;
  readonly mode: number;
  readonly uid?: number;
}

type Payload = Map<string, PayloadFile>;

const DEFAULT_MODE = 0o644;

// Models pkg/volume/configmap MakePayload and pkg/volume/secret MakePayload
function addKeys(
  payload: Payload,
  contents: ReadonlyMap<string, string>,
  items: readonly KeyToPath[] | undefined,
  defaultMode: number,
): void {
  if (!items?.length) {
    for (const [key, bytes] of contents) payload.set(key, { bytes, mode: defaultMode });
    return;
  }
  for (const { key, path, mode = defaultMode } of items) {
    const bytes = contents.get(key);
    if (bytes !== undefined) payload.set(path, { bytes, mode });
  }
}

function contentsOfMap(map: ConfigMap | undefined): ReadonlyMap<string, string> {
  const contents = new Map<string, string>();
  for (const [key, text] of Object.entries(map?.data ?? {})) contents.set(key, bytesOfText(text));
  for (const [key, encoded] of Object.entries(map?.binaryData ?? {})) contents.set(key, bytesOfBase64(encoded));
  return contents;
}

function contentsOfSecret(secret: Secret | undefined): ReadonlyMap<string, string> {
  return new Map(Object.entries(secret?.data ?? {}).map(([key, encoded]) => [key, bytesOfBase64(encoded)]));
}

function mapNamed({ sources, pod, pins }: ProjectionSources, name: string | undefined): ConfigMap | undefined {
  if (!name) return undefined;
  return pins?.configMaps?.[name] ?? sources.cache.get(CONFIG_MAPS, joinKey(pod.metadata.namespace, name));
}

// Models pkg/volume/downwardapi CollectData
function addFields(
  payload: Payload,
  from: ProjectionSources,
  items: readonly DownwardAPIVolumeFile[] | undefined,
  defaultMode: number,
): void {
  const { pod, pins, machine, runtime, sources } = from;
  const metadata = pins?.metadata ?? pod.metadata;
  for (const { path, fieldRef, resourceFieldRef, mode = defaultMode } of items ?? []) {
    const container = containerSpecOf(pod, resourceFieldRef?.containerName ?? "");
    const text =
      fieldRef !== undefined
        ? fieldValue(fieldRef.fieldPath, { pod, metadata, runtime, machine })
        : resourceFieldRef !== undefined && container !== undefined
          ? resourceValue(resourceFieldRef, sources.cache, pod, container)
          : undefined;
    payload.set(path, { bytes: bytesOfText(text ?? ""), mode });
  }
}

const TOKEN_SECONDS = 3600;
/** Tokens are asked for anew when four fifths of their life are over, or after a day. Models pkg/kubelet/token requiresRefresh */
const REFRESH_SHARE = 0.8;
const LONGEST_MS = 24 * 60 * 60 * 1000;

function addToken(
  payload: Payload,
  from: ProjectionSources,
  projection: NonNullable<VolumeProjection["serviceAccountToken"]>,
  defaultMode: number,
): void {
  const { sources, pod, nowMs } = from;
  const { audience, expirationSeconds = TOKEN_SECONDS, path } = projection;
  const madeMs = mountedMs(from);
  const everyMs = Math.min(expirationSeconds * 1000 * REFRESH_SHARE, LONGEST_MS);
  const askedMs = madeMs + Math.floor(Math.max(0, nowMs - madeMs) / everyMs) * everyMs;
  const audiences = audience ? [audience] : [];
  const token = sources.token(pod, audiences, expirationSeconds, sources.startEpochMs + askedMs);
  const uid = onlyUser(pod);
  const isPrivate = uid !== undefined || pod.spec.securityContext?.fsGroup !== undefined;
  payload.set(path, { bytes: token ?? "", mode: isPrivate ? 0o600 : defaultMode, ...(uid !== undefined && { uid }) });
}

// Models pkg/volume/util FsUserFrom
/** The user of all containers of a pod, when it is the same one. */
function onlyUser({ spec }: Pod): number | undefined {
  const all = [...(spec.initContainers ?? []), ...spec.containers];
  const users = new Set(all.map((each) => each.securityContext?.runAsUser ?? spec.securityContext?.runAsUser));
  const [user] = users;
  return users.size === 1 ? user : undefined;
}

function addProjection(payload: Payload, from: ProjectionSources, source: VolumeProjection, mode: number): void {
  const { configMap, secret, downwardAPI, serviceAccountToken } = source;
  if (configMap) addKeys(payload, contentsOfMap(mapNamed(from, configMap.name)), configMap.items, mode);
  if (secret) addKeys(payload, contentsOfSecret(from.pins?.secrets?.[secret.name ?? ""]), secret.items, mode);
  if (downwardAPI) addFields(payload, from, downwardAPI.items, mode);
  if (serviceAccountToken) addToken(payload, from, serviceAccountToken, mode);
}

function payloadOf(from: ProjectionSources, { configMap, secret, downwardAPI, projected }: Volume): Payload {
  const payload: Payload = new Map();
  const mode = (configMap ?? secret ?? downwardAPI ?? projected)?.defaultMode ?? DEFAULT_MODE;
  if (configMap) addKeys(payload, contentsOfMap(mapNamed(from, configMap.name)), configMap.items, mode);
  if (secret) addKeys(payload, contentsOfSecret(from.pins?.secrets?.[secret.secretName ?? ""]), secret.items, mode);
  if (downwardAPI) addFields(payload, from, downwardAPI.items, mode);
  for (const source of projected?.sources ?? []) addProjection(payload, from, source, mode);
  return payload;
}

/** Whether a volume's files are written by the kubelet. */
export function isProjected({ configMap, secret, downwardAPI, projected }: Volume): boolean {
  return (configMap ?? secret ?? downwardAPI ?? projected) !== undefined;
}

/** When the kubelet wrote a pod's volumes last. */
function mountedMs({ pins, runtime, pod, sources }: ProjectionSources): number {
  if (pins !== undefined) return pins.atMs;
  const first = runtime.containers[0]?.startedMs ?? -1;
  return first >= 0 && runtime.containers[0]?.attempt === 0 ? first : startOf(pod, sources.startEpochMs);
}

function startOf(pod: Pod, startEpochMs: number): number {
  return (timeOf(pod.status.startTime ?? pod.metadata.creationTimestamp) ?? startEpochMs) - startEpochMs;
}

/** `..2026_11_22_09_30_00.1234567890`: the folder that holds one version of a volume's files. */
function versionName(epochMs: number, salt: string): string {
  const stamp = formatTime(epochMs).replace(/[-:T]/g, "_").replace("Z", "");
  return `..${stamp}.${Number.parseInt(hexOf(salt, 8), 16)}`;
}

const GROUP_READS = 0o440;
const GROUP_ENTERS = 0o110;
const SET_GROUP = 0o2000;

// Models pkg/volume/util AtomicWriter, and pkg/volume SetVolumeOwnership for volumes that are read only
/**
 * The files of a volume that the kubelet writes: one version in a folder of its own, a link `..data` to that, and links
 * through it. `version` is the folder's name.
 */
export function projectedTree(
  from: ProjectionSources,
  volume: Volume,
): { readonly root: FileNode; readonly version: string } {
  const { fsGroup } = from.pod.spec.securityContext ?? {};
  const epochMs = from.sources.startEpochMs + mountedMs(from);
  const gid = fsGroup ?? 0;
  const folderBits = fsGroup === undefined ? 0 : GROUP_READS | GROUP_ENTERS | SET_GROUP;
  const owner = { gid, mtimeMs: epochMs };
  const version = versionName(epochMs, `${from.runtime.uid}/${volume.name}/${epochMs}`);
  const data = folderNode({}, { ...owner, mode: 0o755 | folderBits });
  const root = folderNode(
    { [version]: data, "..data": linkNode(version, owner) },
    { ...owner, mode: 0o777 | folderBits },
  );
  for (const [path, { bytes, mode, uid }] of payloadOf(from, volume)) {
    const bits = fsGroup === undefined ? mode : mode | GROUP_READS;
    putAt(data, path, fileNode(bytes, { ...owner, mode: bits, ...(uid !== undefined && { uid }) }));
    const top = path.split("/")[0] ?? path;
    putAt(root, top, linkNode(`..data/${top}`, owner));
  }
  return { root, version };
}
