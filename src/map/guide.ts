import { faultsOn } from "../deeds/actions.ts";
import {
  type Deployment,
  isSystemNamespace,
  type Node,
  nameOf,
  type Pod,
  type Ref,
  splitKey,
} from "../store/objects.ts";
import { kindView, ownedKeys, type Projection } from "../store/projection.ts";
import { isControlPlane, nodeStatus, podStatus } from "../store/status.ts";
import { ageMs, showAge } from "../store/time.ts";

/** What a guide's button does; the view turns it into a call. */
export type GuideDeed =
  | { readonly do: "apply-starter" }
  | { readonly do: "delete-pod"; readonly ref: Ref }
  | { readonly do: "stop-node"; readonly ref: Ref }
  | { readonly do: "heal-node"; readonly ref: Ref }
  | { readonly do: "speed"; readonly speed: number }
  | { readonly do: "scale"; readonly ref: Ref; readonly to: number }
  | { readonly do: "expose" }
  | { readonly do: "lessons" };

export interface Guide {
  readonly say: string;
  readonly label?: string;
  readonly deed?: GuideDeed;
}

const POD_LIMIT = 200;
/** How long a pod stays on a node that went dark, unless it says otherwise (DefaultTolerationSeconds). */
const TOLERATED_MS = 300_000;
/** Speed for waiting out minutes, and back. */
const FAST = 100;

/** The next thing worth trying, from how the cluster stands and what was done before. */
export function guide(state: Projection, done: readonly string[]): Guide {
  const lesson = inLesson(state);
  if (lesson) return lesson;
  if (!isSomeNodeReady(state)) {
    return { say: "No node is ready yet. The control plane starts first, then the kubelets register their nodes." };
  }
  const held = heldNode(state);
  if (held) return nodeStory(state, held);
  const first = firstDeployment(state);
  if (!first) {
    return {
      say: "This cluster is running. Nothing of yours is in it yet.",
      label: "Apply this Deployment",
      deed: { do: "apply-starter" },
    };
  }
  const [ref, deployment] = first;
  const name = nameOf(deployment);
  const wanted = deployment.spec?.replicas ?? 1;
  const ready = deployment.status?.readyReplicas ?? 0;
  if (ready < wanted) return waiting(state, deployment, ready, wanted);
  if (state.clock.speed > 10 && done.includes("node-fault")) {
    return {
      say: `${name} is whole again, ${ready} of ${wanted} ready.`,
      label: "Back to 1x",
      deed: { do: "speed", speed: 1 },
    };
  }
  const pod = aPodOf(state, deployment.metadata?.uid);
  if (!done.includes("delete-Pod") && pod) {
    return {
      say: `${name} has ${ready} of ${wanted} pods ready. Now delete a pod and see who makes another.`,
      label: `Delete ${splitKey(pod.key)[1]}`,
      deed: { do: "delete-pod", ref: pod },
    };
  }
  const worker = aWorkerWithPods(state);
  if (!done.includes("node-fault") && worker) {
    return {
      say: "The ReplicaSet replaced it. Now stop a node: its heartbeats end, and the cluster has to notice.",
      label: `Power off ${worker.key}`,
      deed: { do: "stop-node", ref: worker },
    };
  }
  if (!done.includes("scale")) {
    return {
      say: `Healed. Now scale ${name} and see where the scheduler puts the new pods.`,
      label: `Scale to ${wanted * 2}`,
      deed: { do: "scale", ref, to: wanted * 2 },
    };
  }
  if (kindView(state, "Service").items.size <= 2 && !done.includes("expose")) {
    return {
      say: `${name} runs, but has no address of its own. A Service gives it one.`,
      label: "Open a Service in the editor",
      deed: { do: "expose" },
    };
  }
  return {
    say: "You have seen the main loop. The lessons go on from here, each checking itself.",
    label: "Open the lessons",
    deed: { do: "lessons" },
  };
}

function isSomeNodeReady(state: Projection): boolean {
  for (const { tone } of state.crowd?.cells.values() ?? []) if (tone === "running") return true;
  for (const node of kindView(state, "Node").items.values()) if (nodeStatus(node).ready) return true;
  return false;
}

/** While a lesson is played it alone says what comes next. */
function inLesson({ lesson }: Projection): Guide | undefined {
  if (!lesson) return undefined;
  const open = { label: "Open the lesson", deed: { do: "lessons" } } as const;
  if (lesson.state === "finished")
    return { say: "The lesson is finished. Go on as you like, or take the next one.", ...open };
  const at = lesson.steps.findIndex((step) => step.state === "current");
  return { say: `Step ${at + 1} of the lesson. ${lesson.steps[at]?.missing.join(" ") ?? ""}`, ...open };
}

function firstDeployment(state: Projection) {
  for (const [key, deployment] of kindView(state, "Deployment").items) {
    if (!isSystemNamespace(splitKey(key)[0])) return [{ kind: "Deployment", key }, deployment] as const;
  }
  return undefined;
}

function waiting(state: Projection, deployment: Deployment, ready: number, wanted: number): Guide {
  const name = nameOf(deployment);
  const pods = podsOf(state, deployment.metadata?.uid);
  const said = `${name}: ${ready} of ${wanted} pods ready.`;
  const failing = pods.find((pod) => podStatus(pod).tone === "failing");
  if (failing)
    return { say: `${said} ${nameOf(failing)} is in ${podStatus(failing).word}; select it to see its events.` };
  const stuck = pods.find((pod) => unschedulable(pod) !== undefined);
  if (stuck) return { say: `${said} ${nameOf(stuck)} waits: ${unschedulable(stuck)}` };
  return { say: `${said} The scheduler picks a node for each, its kubelet pulls the image and starts the container.` };
}

function unschedulable(pod: Pod): string | undefined {
  const condition = pod.status?.conditions?.find((item) => item.type === "PodScheduled" && item.status === "False");
  return condition?.message;
}

/** Pods of a Deployment, a few hundred at most: enough to speak of them. */
function podsOf(state: Projection, uid: string | undefined): readonly Pod[] {
  const found: Pod[] = [];
  const pods = kindView(state, "Pod").items;
  for (const set of ownedKeys(state, uid, "ReplicaSet")) {
    const owner = kindView(state, "ReplicaSet").items.get(set)?.metadata?.uid;
    for (const key of ownedKeys(state, owner, "Pod")) {
      const pod = pods.get(key);
      if (pod) found.push(pod);
      if (found.length >= POD_LIMIT) return found;
    }
  }
  return found;
}

function aPodOf(state: Projection, uid: string | undefined): Ref | undefined {
  const pod = podsOf(state, uid).find((item) => podStatus(item).tone === "running");
  return pod && { kind: "Pod", key: `${pod.metadata?.namespace}/${nameOf(pod)}` };
}

function aWorkerWithPods(state: Projection): Ref | undefined {
  for (const [key, node] of kindView(state, "Node").items) {
    if (!isControlPlane(node) && nodeStatus(node).ready && ownPods(state, key).length > 0) return { kind: "Node", key };
  }
  return undefined;
}

function ownPods(state: Projection, node: string): readonly string[] {
  return [...(state.podsByNode.get(node)?.keys ?? [])].filter((key) => !isSystemNamespace(splitKey(key)[0]));
}

function heldNode(state: Projection): Node | undefined {
  if (kindView(state, "Fault").items.size === 0) return undefined;
  for (const [key, node] of kindView(state, "Node").items) {
    const faults = faultsOn(state, { kind: "Node", key });
    if (faults.some(({ spec }) => spec.target.kind === "Node")) return node;
  }
  return undefined;
}

/** A node under a fault: silence, NotReady, eviction, replacement, and at last healing it. */
function nodeStory(state: Projection, node: Node): Guide {
  const name = nameOf(node);
  const lease = kindView(state, "Lease").items.get(`kube-node-lease/${name}`);
  const silence = ageMs(lease?.spec?.renewTime, state.clock) ?? 0;
  const faster: Pick<Guide, "label" | "deed"> =
    state.clock.speed < FAST ? { label: `Speed up to ${FAST}x`, deed: { do: "speed", speed: FAST } } : {};
  if (nodeStatus(node).ready) {
    const heard = silence > 12_000 ? `${name} has been silent for ${showAge(silence)}.` : `${name} is held by a fault.`;
    return { say: `${heard} After 50 s without a heartbeat the node controller marks it NotReady.`, ...faster };
  }
  const left = ownPods(state, name).filter(
    (key) => !kindView(state, "Pod").items.get(key)?.metadata?.deletionTimestamp,
  );
  if (left.length > 0) {
    const pods = left.length === 1 ? "Its pod tolerates" : `Its ${left.length} pods tolerate`;
    const since = node.spec?.taints?.find((taint) => taint.effect === "NoExecute")?.timeAdded;
    const until = Math.max(0, TOLERATED_MS - (ageMs(since, state.clock) ?? 0));
    return {
      say: `${name} is NotReady and has a taint. ${pods} it for ${showAge(until)} more; then others are made elsewhere.`,
      ...faster,
    };
  }
  return {
    say: `The pods of ${name} are replaced elsewhere; the old ones stay Terminating until its kubelet answers.`,
    label: `Heal ${name}`,
    deed: { do: "heal-node", ref: { kind: "Node", key: name } },
  };
}
