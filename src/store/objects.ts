import type {
  Deployment,
  EndpointSlice,
  Event,
  Lease,
  Node,
  ObjectMeta,
  Pod,
  ReplicaSet,
  Service,
} from "../../simulator/index.ts";

export type { Deployment, EndpointSlice, Event, Lease, Node, ObjectMeta, Pod, ReplicaSet, Service };

/** What every object of the API has; enough to list, link and print any kind. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
}

/** A disturbance, as an object of `simulation.tabernetes.dev/v1alpha1`: made to begin it, deleted to heal it. */
export interface Fault extends KubeObject {
  readonly spec: {
    readonly type: string;
    readonly target: FaultTarget;
    readonly duration?: string;
  };
  /** `hit` names what it struck: `node/worker-1`, `pod/default/web`, `component/control-plane/kube-scheduler`. */
  readonly status?: { readonly phase?: string; readonly hit?: readonly string[]; readonly message?: string };
}
export interface FaultTarget {
  readonly kind: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly container?: string;
  readonly zone?: string;
}
/** The kinds that the page knows by shape; others are read as `KubeObject`. */
export interface KindTypes {
  Pod: Pod;
  Node: Node;
  Lease: Lease;
  ReplicaSet: ReplicaSet;
  Deployment: Deployment;
  Service: Service;
  EndpointSlice: EndpointSlice;
  Event: Event;
  Fault: Fault;
  Namespace: KubeObject;
}
export type KnownKind = keyof KindTypes;

/** Which object, in the projection's own terms: a kind and `namespace/name` (or `name`). */
export interface Ref {
  readonly kind: string;
  readonly key: string;
}

export function refId(ref: Ref): string {
  return `${ref.kind}:${ref.key}`;
}

export function keyOf(namespace: string | undefined, name: string): string {
  return namespace ? `${namespace}/${name}` : name;
}

/** `default/web` → ["default", "web"]; `worker-1` → ["", "worker-1"]. */
export function splitKey(key: string): readonly [namespace: string, name: string] {
  const slash = key.indexOf("/");
  return slash < 0 ? ["", key] : [key.slice(0, slash), key.slice(slash + 1)];
}

export function nameOf(object: KubeObject): string {
  return object.metadata?.name ?? "";
}

export function controllerOf(object: KubeObject) {
  return object.metadata?.ownerReferences?.find((owner) => owner.controller === true);
}

/** Namespaces that Kubernetes keeps for itself: shown quietly. */
export function isSystemNamespace(namespace: string | undefined): boolean {
  return namespace?.startsWith("kube-") ?? false;
}
