import { LEASES, NODES, type Node, PODS, type Pod } from "../../../simulator/api/refs.ts";
import type { Toleration } from "../../../simulator/api/schema/generated/types.ts";
import { type Cluster, must } from "./harness.ts";

const READY = { status: "True", reason: "KubeletReady", message: "kubelet is posting ready status" };

/** A ready node as its kubelet registers it, with its first lease. */
export function addNode(cluster: Cluster, name: string, labels: { readonly [key: string]: string } = {}): Node {
  const time = cluster.now;
  const calm = (type: string, reason: string) => ({
    type,
    status: "False",
    reason,
    message: "m",
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  });
  const conditions = [
    calm("MemoryPressure", "KubeletHasSufficientMemory"),
    calm("DiskPressure", "KubeletHasNoDiskPressure"),
    calm("PIDPressure", "KubeletHasSufficientPID"),
    { type: "Ready", ...READY, lastHeartbeatTime: time, lastTransitionTime: time },
  ];
  const node = must(
    cluster.client.create(NODES, { metadata: { name, labels }, spec: {}, status: { conditions } as never }),
  );
  renew(cluster, name);
  return node;
}

export function renew(cluster: Cluster, name: string): void {
  const renewTime = cluster.time(cluster.seconds).replace("Z", ".000000Z");
  const lease = cluster.store.of(LEASES).get(`kube-node-lease/${name}`);
  if (lease !== undefined) must(cluster.client.update(LEASES, { ...lease, spec: { ...lease.spec, renewTime } }));
  else must(cluster.client.create(LEASES, { metadata: { name, namespace: "kube-node-lease" }, spec: { renewTime } }));
}

/** Goes on to `seconds`, renewing the leases of these nodes every ten seconds. */
export function runWith(cluster: Cluster, seconds: number, alive: readonly string[]): void {
  while (cluster.seconds < seconds) {
    for (const name of alive) renew(cluster, name);
    cluster.advanceTo(Math.min(seconds, cluster.seconds + 10));
  }
}

/** What a kubelet writes: its Ready condition, with a new heartbeat. */
export function setReady(cluster: Cluster, name: string, status: string, message = READY.message): void {
  const node = cluster.get(NODES, name);
  const conditions = (node.status.conditions ?? []).map((condition) => {
    if (condition.type !== "Ready") return condition;
    const lastTransitionTime = condition.status === status ? condition.lastTransitionTime : cluster.now;
    const reason = status === "True" ? "KubeletReady" : "KubeletNotReady";
    return { ...condition, status, reason, message, lastHeartbeatTime: cluster.now, lastTransitionTime };
  });
  must(cluster.client.updateStatus(NODES, { ...node, status: { ...node.status, conditions } }));
}

/** A running, ready pod on a node. */
export function addPod(cluster: Cluster, name: string, nodeName: string, tolerations?: readonly Toleration[]): Pod {
  const containers = [{ name: "c", image: "nginx" }];
  const spec = { nodeName, terminationGracePeriodSeconds: 30, containers, ...(tolerations && { tolerations }) };
  const pod = must(cluster.client.create(PODS, { metadata: { name, namespace: "default" }, spec }));
  const conditions = [{ type: "Ready", status: "True", lastTransitionTime: cluster.now }];
  return must(cluster.client.updateStatus(PODS, { ...pod, status: { ...pod.status, phase: "Running", conditions } }));
}

/** `unreachable:NoExecute`, as the keys are read at a glance. */
export function taintsOf(cluster: Cluster, name: string): string[] {
  return (cluster.get(NODES, name).spec.taints ?? []).map(({ key, effect }) => `${key.split("/").at(-1)}:${effect}`);
}

export function readyOf(cluster: Cluster, name: string): string | undefined {
  return cluster.get(NODES, name).status.conditions?.find(({ type }) => type === "Ready")?.status;
}
