import { joinKey } from "../api/object.ts";
import { NODES, PODS, type Pod } from "../api/refs.ts";
import type { Pod as PodManifest } from "../api/schema/generated/types.ts";
import { deepFreeze } from "../base/json.ts";
import type { Agent } from "./agent.ts";
import { hexOf } from "./ids.ts";
import { sendStatus } from "./status-writer.ts";
import type { PodWorker } from "./worker.ts";

export const MIRROR_ANNOTATION = "kubernetes.io/config.mirror";
const HASH_ANNOTATION = "kubernetes.io/config.hash";
const SEEN_ANNOTATION = "kubernetes.io/config.seen";
const SOURCE_ANNOTATION = "kubernetes.io/config.source";

export function isMirror(pod: Pod): boolean {
  return pod.metadata.annotations?.[MIRROR_ANNOTATION] !== undefined;
}

// Models pkg/kubelet/config common.go applyDefaults
/** The pod that a manifest makes on this node: the node's name is part of its own, and its uid is a hash. */
export function staticPod(agent: Agent, manifest: PodManifest): Pod {
  const { machine, context } = agent;
  const { name = "", namespace = "default" } = manifest.metadata ?? {};
  const uid = hexOf(`${machine.name}/${namespace}/${name}/${JSON.stringify(manifest.spec)}`, 32);
  // Assigned, not spread: see docs/measurements.md.
  return deepFreeze({
    apiVersion: "v1",
    kind: "Pod",
    metadata: Object.assign({}, manifest.metadata, {
      name: `${name}-${machine.name}`,
      namespace,
      uid,
      resourceVersion: "",
      creationTimestamp: context.now,
      annotations: {
        ...manifest.metadata?.annotations,
        [HASH_ANNOTATION]: uid,
        [SEEN_ANNOTATION]: context.nowMicro,
        [SOURCE_ANNOTATION]: "file",
      },
    }),
    spec: Object.assign({}, manifest.spec, {
      containers: manifest.spec?.containers ?? [],
      nodeName: machine.name,
      tolerations: [{ operator: "Exists", effect: "NoExecute" }, ...(manifest.spec?.tolerations ?? [])],
    }),
    status: {},
  });
}

export function keyOfStatic(machineName: string, manifest: PodManifest): string {
  return joinKey(manifest.metadata?.namespace ?? "default", `${manifest.metadata?.name}-${machineName}`);
}

// Models pkg/kubelet/pod mirror_client.go
/** Sees to it that a static pod shows in the API as it is: makes its mirror, and makes it anew when it was deleted. */
export function keepMirror(agent: Agent, worker: PodWorker): void {
  const { context, machine } = agent;
  const { pod } = worker;
  if (pod === undefined || worker.gone || !machine.connected) return;
  const there = context.cache.get(PODS, worker.key);
  const hash = pod.metadata.annotations?.[HASH_ANNOTATION] ?? "";
  if (there !== undefined) {
    const isGood = there.metadata.annotations?.[MIRROR_ANNOTATION] === hash;
    if (isGood && there.metadata.deletionTimestamp === undefined) {
      // Its status may have been changed while nobody looked: the next sync compares.
      if (agent.mirrors.get(worker.key) !== there) worker.syncMs = agent.nowMs;
      agent.mirrors.set(worker.key, there);
      sendStatus(agent, worker);
      return;
    }
    if (!removeMirror(agent, worker.key)) return;
  }
  const node = context.cache.get(NODES, machine.name);
  if (node === undefined) return;
  const { name, namespace = "", labels, annotations } = pod.metadata;
  const owner = { apiVersion: "v1", kind: "Node", name: machine.name, uid: node.metadata.uid, controller: true };
  const created = context.client.create(PODS, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace,
      labels,
      annotations: Object.assign({}, annotations, { [MIRROR_ANNOTATION]: hash }),
      ownerReferences: [owner],
    },
    spec: pod.spec,
  });
  if (!created.ok) {
    agent.hasUnsent = true;
    return;
  }
  agent.mirrors.set(worker.key, created.value);
  // Its status is empty: the next sync, at once, writes what is known.
  worker.syncMs = agent.nowMs;
}

/** Takes a mirror out of the API at once. False when that can't be done now. */
export function removeMirror(agent: Agent, key: string): boolean {
  const { context, machine } = agent;
  if (!machine.connected) return false;
  const result = context.client.delete(PODS, key, { gracePeriodSeconds: 0 });
  return result.ok || result.error.code === 404;
}
