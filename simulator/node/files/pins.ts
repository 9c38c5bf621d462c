import type { Cache } from "../../api/client.ts";
import { joinKey } from "../../api/object.ts";
import { CONFIG_MAPS, type ConfigMap, type Pod, SECRETS, type Secret } from "../../api/refs.ts";
import type { Container, ObjectMeta, Volume } from "../../api/schema/generated/types.ts";
import { equalJson } from "../../base/json.ts";

/**
 * The objects that a kubelet has read for a pod's volumes, or for a container's environment: what the container sees stays
 * the same until the kubelet reads them again, or for good. They are the frozen ones of the store. Names are those of the
 * pod's namespace.
 */
export interface Pins {
  /** When they were read. */
  readonly atMs: number;
  readonly configMaps?: { readonly [name: string]: ConfigMap };
  readonly secrets?: { readonly [name: string]: Secret };
  /** Values that variables have from files, by the variable's name. */
  readonly files?: { readonly [variable: string]: string };
  /** The pod's own metadata, where labels or annotations are shown. */
  readonly metadata?: ObjectMeta;
}

/** Every namespace has it, it is the same in all, and it does not change: nobody needs to remember it. */
export const ROOT_CA = "kube-root-ca.crt";

interface Wanted {
  /** Name -> whether the volume can't be written without it. */
  readonly configMaps: Map<string, boolean>;
  readonly secrets: Map<string, boolean>;
  metadata: boolean;
}

interface Reference {
  readonly name?: string;
  readonly optional?: boolean;
}

function want(names: Map<string, boolean>, { name, optional = false }: Reference): void {
  if (name) names.set(name, !optional || names.get(name) === true);
}

const wantNothing = (): Wanted => ({ configMaps: new Map(), secrets: new Map(), metadata: false });

/** Whether a field of the downward API may change while the pod lives. */
const isChanging = (fieldPath: string | undefined): boolean => /^metadata\.(labels|annotations)/.test(fieldPath ?? "");

function wantVolume({ configMap, secret, downwardAPI, projected }: Volume, wanted: Wanted): void {
  if (configMap !== undefined) want(wanted.configMaps, configMap);
  if (secret !== undefined) want(wanted.secrets, { ...secret, name: secret.secretName });
  for (const { fieldRef } of downwardAPI?.items ?? []) wanted.metadata ||= isChanging(fieldRef?.fieldPath);
  for (const source of projected?.sources ?? []) {
    if (source.configMap?.name !== ROOT_CA) want(wanted.configMaps, source.configMap ?? {});
    want(wanted.secrets, source.secret ?? {});
    for (const { fieldRef } of source.downwardAPI?.items ?? []) wanted.metadata ||= isChanging(fieldRef?.fieldPath);
  }
}

function wantEnvironment({ env, envFrom }: Container, wanted: Wanted): void {
  for (const { configMapRef, secretRef } of envFrom ?? []) {
    want(wanted.configMaps, configMapRef ?? {});
    want(wanted.secrets, secretRef ?? {});
  }
  for (const { valueFrom } of env ?? []) {
    want(wanted.configMaps, valueFrom?.configMapKeyRef ?? {});
    want(wanted.secrets, valueFrom?.secretKeyRef ?? {});
    wanted.metadata ||= isChanging(valueFrom?.fieldRef?.fieldPath);
  }
}

interface Reading {
  readonly cache: Cache;
  readonly nowMs: number;
}

function read({ cache, nowMs }: Reading, { metadata }: Pod, wanted: Wanted, old?: Pins): Pins | undefined {
  const { configMaps, secrets } = wanted;
  if (configMaps.size === 0 && secrets.size === 0 && !wanted.metadata) return undefined;
  const maps: Record<string, ConfigMap> = {};
  for (const [name, isRequired] of configMaps) {
    const kept = isRequired ? old?.configMaps?.[name] : undefined;
    const found = cache.get(CONFIG_MAPS, joinKey(metadata.namespace, name)) ?? kept;
    if (found !== undefined) maps[name] = found;
  }
  const hidden: Record<string, Secret> = {};
  for (const [name, isRequired] of secrets) {
    const kept = isRequired ? old?.secrets?.[name] : undefined;
    const found = cache.get(SECRETS, joinKey(metadata.namespace, name)) ?? kept;
    if (found !== undefined) hidden[name] = found;
  }
  return {
    atMs: nowMs,
    ...(configMaps.size > 0 && { configMaps: maps }),
    ...(secrets.size > 0 && { secrets: hidden }),
    ...(wanted.metadata && { metadata }),
  };
}

function isSame(a: Pins, b: Pins): boolean {
  const sameObjects = (one: Pins["configMaps" | "secrets"], other: Pins["configMaps" | "secrets"]) =>
    Object.keys({ ...one, ...other }).every(
      (name) => one?.[name]?.metadata.resourceVersion === other?.[name]?.metadata.resourceVersion,
    );
  const sameMaps = (one: Pins, other: Pins, field: "labels" | "annotations") =>
    equalJson(one.metadata?.[field], other.metadata?.[field]);
  return (
    sameObjects(a.configMaps, b.configMaps) &&
    sameObjects(a.secrets, b.secrets) &&
    sameMaps(a, b, "labels") &&
    sameMaps(a, b, "annotations")
  );
}

// Models pkg/volume/{configmap,secret,projected,downwardapi} SetUpAt: what it reads
/**
 * What a pod's volumes show, read now; undefined when that is nothing that may change. What is gone stays as it was, where
 * it is not optional, and `old` itself is given when nothing is new.
 */
export function volumePins(reading: Reading, pod: Pod, old?: Pins): Pins | undefined {
  const { volumes } = pod.spec;
  if (volumes === undefined) return undefined;
  const wanted = wantNothing();
  for (const volume of volumes) wantVolume(volume, wanted);
  const fresh = read(reading, pod, wanted, old);
  return old !== undefined && fresh !== undefined && isSame(old, fresh) ? old : fresh;
}

/**
 * What a container is made from for as long as it lives: its environment, and files that are mounted one by one. Undefined
 * when it is made from nothing that may change.
 */
export function containerPins(reading: Reading, pod: Pod, container: Container): Pins | undefined {
  const { env, envFrom, volumeMounts } = container;
  const parts = volumeMounts?.filter(({ subPath, subPathExpr }) => subPath || subPathExpr) ?? [];
  if (env === undefined && envFrom === undefined && parts.length === 0) return undefined;
  const wanted = wantNothing();
  wantEnvironment(container, wanted);
  for (const { name } of parts) {
    const volume = pod.spec.volumes?.find((each) => each.name === name);
    if (volume !== undefined) wantVolume(volume, wanted);
  }
  return read(reading, pod, wanted);
}
