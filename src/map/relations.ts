import {
  controllerOf,
  isSystemNamespace,
  type KubeObject,
  keyOf,
  type Ref,
  refId,
  splitKey,
} from "../store/objects.ts";
import { kindView, type Projection } from "../store/projection.ts";

/** A thing of a graph, with what it leads to. `rank` is its column. */
export interface GraphNode {
  readonly ref: Ref;
  readonly rank: number;
  /** Set on the node that stands for those of its parent that are not drawn. */
  readonly more?: number;
}
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** False: the way is there but nothing may pass (an endpoint that is not ready). */
  readonly open: boolean;
}
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** So many children of one parent are drawn; the rest is a number. */
export const CHILD_LIMIT = 24;

/** And so many things of one kind that nothing owns. */
export const ROOT_LIMIT = 48;

/** A node's id in a graph: the "and N more" node of a parent is not the parent. */
export function graphId(node: GraphNode): string {
  return node.more === undefined ? refId(node.ref) : `more:${refId(node.ref)}`;
}

export function inScope(namespace: string, key: string): boolean {
  const [own] = splitKey(key);
  return namespace === "" ? !isSystemNamespace(own) : own === namespace;
}

const ROOT_KINDS = ["Deployment", "StatefulSet", "DaemonSet", "Job", "ReplicaSet", "Pod"] as const;

/** Who owns whom: Deployment → ReplicaSet → Pod, and whatever else has a controlling owner. */
export function workloadGraph(state: Projection, namespace: string): Graph {
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  for (const kind of ROOT_KINDS) {
    const rank = kind === "Pod" ? 2 : kind === "ReplicaSet" ? 1 : 0;
    let drawn = 0;
    for (const [key, object] of state.kinds[kind]?.items ?? []) {
      if (!inScope(namespace, key) || hasParent(state, object)) continue;
      drawn += 1;
      if (drawn > ROOT_LIMIT) continue;
      const ref = { kind, key };
      nodes.push({ ref, rank });
      addOwned(state, ref, object, nodes, edges);
    }
    if (drawn > ROOT_LIMIT) nodes.push({ ref: { kind, key: "" }, rank, more: drawn - ROOT_LIMIT });
  }
  return { nodes, edges };
}

function hasParent(state: Projection, object: KubeObject): boolean {
  const owner = controllerOf(object);
  if (!owner) return false;
  return state.kinds[owner.kind]?.items.has(keyOf(object.metadata?.namespace, owner.name)) ?? false;
}

function addOwned(state: Projection, parent: Ref, object: KubeObject, nodes: GraphNode[], edges: GraphEdge[]): void {
  const owned = state.ownedBy.get(object.metadata?.uid ?? "")?.keys;
  if (!owned) return;
  let drawn = 0;
  for (const id of owned) {
    const ref = parseRef(id);
    const child = state.kinds[ref.kind]?.items.get(ref.key);
    if (!child || (ref.kind === "ReplicaSet" && isRetired(child))) continue;
    drawn += 1;
    if (drawn > CHILD_LIMIT) continue;
    nodes.push({ ref, rank: ref.kind === "Pod" ? 2 : 1 });
    edges.push({ from: refId(parent), to: id, open: true });
    addOwned(state, ref, child, nodes, edges);
  }
  // Of a crowd only some pods are told; their owner says how many there are.
  const all = Math.max(drawn, state.crowd && drawn >= CHILD_LIMIT ? podsSaid(object) : 0);
  if (all > CHILD_LIMIT) {
    const more: GraphNode = { ref: parent, rank: 2, more: all - CHILD_LIMIT };
    nodes.push(more);
    edges.push({ from: refId(parent), to: graphId(more), open: true });
  }
}

function podsSaid(object: KubeObject): number {
  const { status } = object as { status?: { replicas?: number; currentNumberScheduled?: number; active?: number } };
  return status?.replicas ?? status?.currentNumberScheduled ?? status?.active ?? 0;
}

/** A ReplicaSet kept only as history of its Deployment. */
function isRetired(object: KubeObject): boolean {
  const { spec, status } = object as { spec?: { replicas?: number }; status?: { replicas?: number } };
  return spec?.replicas === 0 && (status?.replicas ?? 0) === 0;
}

function parseRef(id: string): Ref {
  const colon = id.indexOf(":");
  return { kind: id.slice(0, colon), key: id.slice(colon + 1) };
}

const SERVICE_LABEL = "kubernetes.io/service-name";

/** Where traffic goes: Service → EndpointSlice → Pod; a way is open when the endpoint is ready. */
export function trafficGraph(state: Projection, namespace: string): Graph {
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const seen = new Set<string>();
  const services = new Set<string>();
  let hidden = 0;
  for (const key of kindView(state, "Service").items.keys()) {
    if (!inScope(namespace, key)) continue;
    if (services.size < ROOT_LIMIT) services.add(key);
    else hidden += 1;
  }
  for (const key of services) nodes.push({ ref: { kind: "Service", key }, rank: 0 });
  if (hidden > 0) nodes.push({ ref: { kind: "Service", key: "" }, rank: 0, more: hidden });
  for (const [key, slice] of kindView(state, "EndpointSlice").items) {
    const service = slice.metadata?.labels?.[SERVICE_LABEL];
    if (service === undefined || !services.has(keyOf(splitKey(key)[0], service))) continue;
    const ref = { kind: "EndpointSlice", key };
    nodes.push({ ref, rank: 1 });
    edges.push({ from: refId({ kind: "Service", key: keyOf(splitKey(key)[0], service) }), to: refId(ref), open: true });
    const endpoints = slice.endpoints ?? [];
    for (const endpoint of endpoints.slice(0, CHILD_LIMIT)) {
      const target = endpoint.targetRef;
      if (target?.kind !== "Pod") continue;
      const pod = { kind: "Pod", key: keyOf(target.namespace, target.name ?? "") };
      if (!state.kinds.Pod?.items.has(pod.key)) continue;
      if (!seen.has(pod.key)) nodes.push({ ref: pod, rank: 2 });
      seen.add(pod.key);
      edges.push({ from: refId(ref), to: refId(pod), open: endpoint.conditions?.ready !== false });
    }
    if (endpoints.length > CHILD_LIMIT) {
      const more: GraphNode = { ref, rank: 2, more: endpoints.length - CHILD_LIMIT };
      nodes.push(more);
      edges.push({ from: refId(ref), to: graphId(more), open: true });
    }
  }
  return { nodes, edges };
}
