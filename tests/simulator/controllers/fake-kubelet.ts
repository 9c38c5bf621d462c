import { type KubeObject, keyOf } from "../../../simulator/api/object.ts";
import { NODES, type Node, PODS, type Pod } from "../../../simulator/api/refs.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import type { ComponentContext, ComponentDefinition } from "../../../simulator/controller-runtime/component.ts";
import type { Cluster } from "./harness.ts";
import { must } from "./harness.ts";

/** What becomes of one pod: its node, and when it is ready. */
export interface PodPlan {
  readonly node: string;
  /** Virtual milliseconds; it runs when it is ready when undefined. */
  readonly runningAtMs?: number;
  /** Virtual milliseconds; never when undefined. */
  readonly readyAtMs: number | undefined;
}

export interface FakeKubeletOptions {
  /** Asked when a pod is made. */
  plan(pod: Pod, nowMs: number): PodPlan;
  /** From the deletion of a pod to the end of its containers, and to its end. */
  readonly stopMs: number;
  readonly goneMs: number;
}

/** Scheduler and kubelets in one: binds pods, makes them ready and lets them go as a plan says. */
export function fakeKubelet(options: FakeKubeletOptions): ComponentDefinition {
  return {
    name: "fake-kubelet",
    process: "fake-kubelet",
    eventSource: "kubelet",
    create: (context) => ({
      start: () => follow(context, options),
      resume: () => follow(context, options),
      handle: (event) => handle(context, event),
      save: () => ({}),
      queued: 0,
      reconciled: 0,
      activity: "idle",
    }),
  };
}

function follow(context: ComponentContext, options: FakeKubeletOptions): void {
  context.watcher.watch(PODS, ({ type, object, previous }) => {
    const pod = keyOf(object);
    const { uid } = object.metadata;
    if (type === "ADDED") {
      const { node, runningAtMs, readyAtMs } = options.plan(object, context.nowMs);
      context.send({ does: "bind", pod, uid, node }, 5);
      context.send({ does: "see", pod, uid }, 9);
      if (runningAtMs !== undefined) context.send({ does: "run", pod, uid }, Math.max(10, runningAtMs - context.nowMs));
      if (readyAtMs !== undefined) context.send({ does: "ready", pod, uid }, Math.max(10, readyAtMs - context.nowMs));
    } else if (type === "MODIFIED" && object.metadata.deletionTimestamp && !previous?.metadata.deletionTimestamp) {
      context.send({ does: "stop", pod, uid }, options.stopMs);
      context.send({ does: "remove", pod, uid }, options.goneMs);
    }
  });
}

function handle({ client, cache, now }: ComponentContext, event: JsonObject): void {
  const pod = cache.get(PODS, event.pod as string);
  if (pod === undefined || pod.metadata.uid !== event.uid) return;
  if (event.does === "bind") client.bind(keyOf(pod), pod.metadata.uid, event.node as string);
  else if (event.does === "remove") client.delete(PODS, keyOf(pod), { gracePeriodSeconds: 0 });
  else if (event.does === "see") client.updateStatus(PODS, withReady(pod, false, now, {}));
  else if (event.does === "stop") client.updateStatus(PODS, withReady(pod, false, now, { phase: "Succeeded" }));
  else if (pod.metadata.deletionTimestamp === undefined) {
    client.updateStatus(PODS, readyPod(pod, event.does === "ready", now));
  }
}

/** A running pod with an address, ready or not. */
export function readyPod(pod: Pod, ready: boolean, now: string): Pod {
  // Any address will do that no other pod has.
  const digits = Number.parseInt(pod.metadata.uid.slice(0, 6), 16);
  const podIP = pod.status.podIP ?? `10.${digits >> 16}.${(digits >> 8) & 255}.${digits & 255}`;
  return withReady(pod, ready, now, { phase: "Running", podIP, podIPs: [{ ip: podIP }] });
}

function withReady(pod: Pod, ready: boolean, now: string, more: Pod["status"]): Pod {
  const before = pod.status.conditions?.find(({ type }) => type === "Ready");
  const others = pod.status.conditions?.filter(({ type }) => type !== "Ready") ?? [];
  const status = ready ? "True" : "False";
  const condition = before?.status === status ? before : { type: "Ready", status, lastTransitionTime: now };
  return { ...pod, status: { ...pod.status, ...more, conditions: [...others, condition] } };
}

/** Nodes that exist, no more. */
export function addNodes(cluster: Cluster, names: readonly string[], zone: string): void {
  for (const name of names) {
    const labels = { "kubernetes.io/hostname": name, "topology.kubernetes.io/zone": zone };
    must(cluster.client.create(NODES, { metadata: { name, labels }, spec: {} } as unknown as Node & KubeObject));
  }
}
