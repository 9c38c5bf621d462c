import type { Lease, Node, Pod } from "../../../simulator/index.ts";
import type { ClockView } from "../session.ts";

/** As much of the store as is needed to look ahead. */
export interface Readable {
  readonly collections: Iterable<{
    readonly ref: { readonly kind: string };
    readonly size: number;
    values(): IterableIterator<unknown>;
    get(key: string): unknown;
  }>;
}

type Next = NonNullable<ClockView["next"]>;

/** A healthy kubelet renews its Lease this often. */
const HEARTBEAT_MS = 10_000;
const SILENT_MS = 12_000;
/** What the node controller waits for before it gives a node up (node-monitor-grace-period). */
const GRACE_MS = 50_000;
/** Beyond so many objects looking ahead is left out: it is a courtesy, and reads the time texts of all of them. */
const LIMIT = 300;

/** The next thing worth seeing, read off what is stored: deadlines that Kubernetes itself acts on. */
export function nextEvent(store: Readable, nowMs: number, startEpochMs: number): Next | undefined {
  const kinds = new Map([...store.collections].map((collection) => [collection.ref.kind, collection]));
  const nodes = kinds.get("Node");
  const pods = kinds.get("Pod");
  const leases = kinds.get("Lease");
  if (!nodes || nodes.size > LIMIT) return undefined;
  const virtual = (time: string | undefined) => (time === undefined ? undefined : Date.parse(time) - startEpochMs);
  let best: Next | undefined;
  let beat: Next | undefined;
  const dark = new Map<string, number>();
  for (const item of nodes.values()) {
    const node = item as Node;
    const name = node.metadata?.name ?? "";
    const renewed = virtual((leases?.get(`kube-node-lease/${name}`) as Lease | undefined)?.spec?.renewTime);
    const ready = node.status?.conditions?.find(({ type }) => type === "Ready")?.status === "True";
    const since = virtual(
      node.spec?.taints?.find((taint) => taint.effect === "NoExecute" && taint.timeAdded)?.timeAdded,
    );
    if (since !== undefined) dark.set(name, since);
    if (renewed === undefined || !ready) continue;
    const silent = nowMs - renewed > SILENT_MS;
    if (silent) best = sooner(best, { atMs: renewed + GRACE_MS, what: `${name} turns NotReady` }, nowMs);
    else beat = sooner(beat, { atMs: renewed + HEARTBEAT_MS, what: `heartbeat of ${name}` }, nowMs);
  }
  if (pods && pods.size <= LIMIT) {
    for (const item of pods.values()) best = sooner(best, nextOfPod(item as Pod, dark, virtual), nowMs);
  }
  return best ?? beat;
}

function nextOfPod(
  pod: Pod,
  dark: ReadonlyMap<string, number>,
  virtual: (time: string | undefined) => number | undefined,
): Next | undefined {
  const name = pod.metadata?.name ?? "";
  const deadline = virtual(pod.metadata?.deletionTimestamp);
  const since = dark.get(pod.spec?.nodeName ?? "");
  if (deadline !== undefined)
    return since === undefined ? { atMs: deadline, what: `end of grace for ${name}` } : undefined;
  if (since === undefined) return undefined;
  const tolerated = (pod.spec?.tolerations ?? []).find(
    ({ key, effect, tolerationSeconds }) =>
      tolerationSeconds !== undefined && effect === "NoExecute" && key?.startsWith("node.kubernetes.io/"),
  );
  if (tolerated?.tolerationSeconds === undefined) return undefined;
  return { atMs: since + tolerated.tolerationSeconds * 1000, what: `eviction of ${name}` };
}

function sooner(best: Next | undefined, candidate: Next | undefined, nowMs: number): Next | undefined {
  if (!candidate || candidate.atMs < nowMs) return best;
  return best && best.atMs <= candidate.atMs ? best : candidate;
}
