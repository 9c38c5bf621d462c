import type { ApiRequest, JsonObject } from "../../simulator/index.ts";
import { type Ref, splitKey } from "../store/objects.ts";

// Every change of the cluster that the page can ask for, as the Kubernetes API requests that it is.

const SIMULATION = "/apis/simulation.tabernetes.dev/v1alpha1";

/** Where each kind lives: API prefix, plural, and whether it is in a namespace. */
const PLACES: Readonly<Record<string, { readonly prefix: string; readonly plural: string }>> = {
  Pod: { prefix: "/api/v1", plural: "pods" },
  Node: { prefix: "/api/v1", plural: "nodes" },
  Namespace: { prefix: "/api/v1", plural: "namespaces" },
  Service: { prefix: "/api/v1", plural: "services" },
  Endpoints: { prefix: "/api/v1", plural: "endpoints" },
  ConfigMap: { prefix: "/api/v1", plural: "configmaps" },
  Secret: { prefix: "/api/v1", plural: "secrets" },
  ServiceAccount: { prefix: "/api/v1", plural: "serviceaccounts" },
  Event: { prefix: "/api/v1", plural: "events" },
  Deployment: { prefix: "/apis/apps/v1", plural: "deployments" },
  ReplicaSet: { prefix: "/apis/apps/v1", plural: "replicasets" },
  EndpointSlice: { prefix: "/apis/discovery.k8s.io/v1", plural: "endpointslices" },
  Lease: { prefix: "/apis/coordination.k8s.io/v1", plural: "leases" },
  Fault: { prefix: SIMULATION, plural: "faults" },
  Clock: { prefix: SIMULATION, plural: "clocks" },
};

/** Path of an object, or undefined for a kind that the page does not know how to reach. */
export function pathOf(ref: Ref, subresource?: string): string | undefined {
  const place = PLACES[ref.kind];
  if (!place) return undefined;
  const [namespace, name] = splitKey(ref.key);
  const scope = namespace === "" ? "" : `/namespaces/${namespace}`;
  return `${place.prefix}${scope}/${place.plural}/${name}${subresource ? `/${subresource}` : ""}`;
}

function mustPath(ref: Ref, subresource?: string): string {
  const path = pathOf(ref, subresource);
  if (path === undefined) throw new Error(`${ref.kind} has no path here.`);
  return path;
}

export function mergePatch(ref: Ref, body: JsonObject, subresource?: string): ApiRequest {
  return { method: "PATCH", path: mustPath(ref, subresource), contentType: "application/merge-patch+json", body };
}

/** Deletes an object, and what it owns with it: jobs and replication controllers would leave their pods behind. */
export function remove(ref: Ref): ApiRequest {
  const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Background" };
  return { method: "DELETE", path: mustPath(ref), contentType: "application/json", body };
}

export function cordon(node: string, unschedulable: boolean): ApiRequest {
  return mergePatch({ kind: "Node", key: node }, { spec: { unschedulable: unschedulable ? true : null } });
}

/** Asks the API server whether a pod may go; it says no (429) when a disruption budget forbids it. */
export function evict(pod: Ref): ApiRequest {
  const [namespace, name] = splitKey(pod.key);
  const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  return { method: "POST", path: mustPath(pod, "eviction"), contentType: "application/json", body };
}

export function podsOfNode(node: string): ApiRequest {
  return { method: "GET", path: `/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${node}`)}` };
}

export function scale(ref: Ref, replicas: number): ApiRequest {
  return mergePatch(ref, { spec: { replicas } }, "scale");
}

/** `type` is the fault's type; `target` names what it hits. */
export function fault(type: string, target: JsonObject, duration?: string): ApiRequest {
  const name = typeof target.name === "string" ? target.name : "cluster";
  const body = {
    apiVersion: "simulation.tabernetes.dev/v1alpha1",
    kind: "Fault",
    metadata: { generateName: `${type.toLowerCase()}-${name}-`.slice(0, 50) },
    spec: { type, target, ...(duration === undefined ? {} : { duration }) },
  };
  return { method: "POST", path: `${SIMULATION}/faults`, contentType: "application/json", body };
}

export function setClock(spec: { readonly speed?: number; readonly paused?: boolean }): ApiRequest {
  return mergePatch({ kind: "Clock", key: "cluster" }, { spec });
}

export type Step = { readonly events: number } | { readonly duration: string } | { readonly untilNextEvent: true };

export function advance(step: Step): ApiRequest {
  const body = { apiVersion: "simulation.tabernetes.dev/v1alpha1", kind: "ClockAdvance", spec: step };
  return { method: "POST", path: `${SIMULATION}/clocks/cluster/advance`, contentType: "application/json", body };
}
