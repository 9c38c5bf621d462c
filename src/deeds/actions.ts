import { type Fault, isSystemNamespace, type Node, nameOf, type Pod, type Ref, splitKey } from "../store/objects.ts";
import { kindView, type Projection } from "../store/projection.ts";
import { nodeStatus } from "../store/status.ts";
import { markDone } from "../store/ui.ts";
import { cordon, fault, pathOf, remove, scale } from "./requests.ts";
import { drain, send } from "./run.ts";

export type ActionIcon =
  | "power-off"
  | "power-on"
  | "stop"
  | "cut"
  | "cordon"
  | "uncordon"
  | "drain"
  | "delete"
  | "crash"
  | "plus"
  | "minus";

/** One thing that can be done to an object, in the words of the menu. */
export interface Action {
  readonly id: string;
  readonly label: string;
  /** What will happen, in a few plain words. */
  readonly hint: string;
  readonly icon: ActionIcon;
  readonly danger?: boolean;
  readonly run: () => void;
}

const NODE_FAULTS = [
  { type: "KubeletStop", label: "Stop the kubelet", hint: "containers run on, heartbeats end", icon: "stop" },
  { type: "NodeCrash", label: "Power off", hint: "everything on it stops at once", icon: "power-off" },
  { type: "NodePartition", label: "Cut its network", hint: "it runs on, unheard", icon: "cut" },
] as const;

const HEAL: Readonly<Record<string, string>> = {
  KubeletStop: "Start the kubelet",
  NodeCrash: "Power on",
  NodePartition: "Mend its network",
};

/** Whether a fault is at work: it began, or is about to, and is not over. */
export function isActive(item: Fault): boolean {
  return item.status?.phase === undefined || item.status.phase === "Active";
}

/** The faults that hold an object now. A stopped component has no pod: it is found at the node that ran it. */
export function faultsOn(state: Projection, ref: Ref): readonly Fault[] {
  const [namespace, name] = splitKey(ref.key);
  const hit = ref.kind === "Pod" ? `pod/${namespace}/${name}` : `${ref.kind.toLowerCase()}/${name}`;
  const component = ref.kind === "Node" ? `component/${name}/` : undefined;
  const found: Fault[] = [];
  for (const item of kindView(state, "Fault").items.values()) {
    if (!isActive(item)) continue;
    const { target } = item.spec;
    const named = target.kind === ref.kind && target.name === name && (target.namespace ?? namespace) === namespace;
    const isHit = item.status?.hit?.some((text) => text === hit || (component && text.startsWith(component)));
    if (named || isHit) found.push(item);
  }
  return found;
}

/** What can be done to an object as things stand, the healing first. */
export function actionsFor(state: Projection, ref: Ref): readonly Action[] {
  const object = state.kinds[ref.kind]?.items.get(ref.key);
  if (!object) return [];
  const heal = faultsOn(state, ref).map((item): Action => healing(item));
  switch (ref.kind) {
    case "Node":
      return [...heal, ...nodeActions(object as Node, state, ref)];
    case "Pod":
      return [...heal, ...podActions(object as Pod, ref)];
    case "Deployment":
    case "ReplicaSet":
      return scaleActions((object as { spec?: { replicas?: number } }).spec?.replicas ?? 1, ref);
    default:
      return pathOf(ref) && !isSystemNamespace(splitKey(ref.key)[0]) ? [deletion(ref)] : [];
  }
}

function healLabel({ spec }: Fault): string {
  if (spec.type === "ComponentStop") return `Start ${spec.target.name}`;
  return HEAL[spec.type] ?? `Heal ${spec.type}`;
}

function healing(item: Fault): Action {
  return {
    id: `heal-${nameOf(item)}`,
    label: healLabel(item),
    hint: `deletes the Fault ${nameOf(item)}`,
    icon: "power-on",
    run: () => {
      markDone("heal");
      void send(remove({ kind: "Fault", key: nameOf(item) }));
    },
  };
}

function nodeActions(node: Node, state: Projection, ref: Ref): readonly Action[] {
  const held = new Set(faultsOn(state, ref).map((item) => item.spec.type));
  const { cordoned } = nodeStatus(node);
  const actions: Action[] = NODE_FAULTS.filter((item) => !held.has(item.type)).map((item) => ({
    id: item.type,
    label: item.label,
    hint: item.hint,
    icon: item.icon,
    danger: true,
    run: () => {
      markDone("node-fault");
      void send(fault(item.type, { kind: "Node", name: ref.key }));
    },
  }));
  actions.push(
    cordoned
      ? {
          id: "uncordon",
          label: "Uncordon",
          hint: "new pods may come again",
          icon: "uncordon",
          run: () => void send(cordon(ref.key, false)),
        }
      : {
          id: "cordon",
          label: "Cordon",
          hint: "no new pods; those here stay",
          icon: "cordon",
          run: () => void send(cordon(ref.key, true)),
        },
    { id: "drain", label: "Drain", hint: "cordon, then evict its pods", icon: "drain", run: () => void drain(ref.key) },
  );
  return actions;
}

/** Static pods are the control plane itself: stopping one stops what it does. */
export function isStaticPod(pod: Pod): boolean {
  return pod.metadata?.annotations?.["kubernetes.io/config.mirror"] !== undefined;
}

/** `kube-scheduler-control-plane` → `kube-scheduler`: the kubelet adds its node's name to a static pod's. */
function componentOf(pod: Pod): string {
  const name = nameOf(pod);
  const tail = `-${pod.spec?.nodeName ?? ""}`;
  return name.endsWith(tail) ? name.slice(0, -tail.length) : name;
}

function podActions(pod: Pod, ref: Ref): readonly Action[] {
  const [namespace, name] = splitKey(ref.key);
  const target = { kind: "Pod", namespace, name };
  const actions: Action[] = [];
  if (isStaticPod(pod)) {
    actions.push({
      id: "ComponentStop",
      label: `Stop ${componentOf(pod)}`,
      hint: "the cluster goes on without it",
      icon: "stop",
      danger: true,
      run: () => void send(fault("ComponentStop", { kind: "Component", name: componentOf(pod) })),
    });
  }
  for (const container of pod.spec?.containers ?? []) {
    const several = (pod.spec?.containers.length ?? 0) > 1;
    actions.push({
      id: `crash-${container.name}`,
      label: several ? `Crash container ${container.name}` : "Crash its container",
      hint: "exits with an error; the kubelet restarts it",
      icon: "crash",
      danger: true,
      run: () => void send(fault("ContainerCrash", { ...target, container: container.name })),
    });
  }
  actions.push(deletion(ref));
  return actions;
}

function scaleActions(replicas: number, ref: Ref): readonly Action[] {
  const to = (count: number): Action => ({
    id: `scale-${count}`,
    label: `Scale to ${count}`,
    hint: count > replicas ? "one more pod" : "one pod fewer",
    icon: count > replicas ? "plus" : "minus",
    run: () => {
      markDone("scale");
      void send(scale(ref, count));
    },
  });
  const scaling = replicas > 0 ? [to(replicas + 1), to(replicas - 1)] : [to(1)];
  return [...(ref.kind === "Deployment" ? scaling : []), deletion(ref)];
}

function deletion(ref: Ref): Action {
  return {
    id: "delete",
    label: `Delete this ${ref.kind === "Pod" ? "pod" : ref.kind}`,
    hint: "as kubectl delete does",
    icon: "delete",
    danger: true,
    run: () => {
      markDone(`delete-${ref.kind}`);
      void send(remove(ref));
    },
  };
}

/** A fault in a few words: `NodeCrash on worker-2`. */
export function faultLabel(item: Fault): string {
  const { target } = item.spec;
  return `${item.spec.type} on ${target.name ?? target.zone ?? target.kind}`;
}
