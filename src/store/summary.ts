import type { Deployment, EndpointSlice, KubeObject, ReplicaSet, Service } from "./objects.ts";
import type { Tone } from "./status.ts";

export interface Summary {
  readonly line: string;
  readonly tone: Tone;
}

/** How a thing stands, in one line: what `kubectl get` would put in its columns, in words. */
export function summary(kind: string, object: KubeObject): Summary | undefined {
  switch (kind) {
    case "Deployment":
    case "StatefulSet":
      return replicas(object as Deployment);
    case "ReplicaSet":
      return replicas(object as ReplicaSet);
    case "Service":
      return service(object as Service);
    case "EndpointSlice":
      return endpoints(object as EndpointSlice);
    case "DaemonSet":
      return daemons(object);
    default:
      return undefined;
  }
}

function replicas(object: Deployment | ReplicaSet): Summary {
  const wanted = object.spec?.replicas ?? 1;
  const ready = object.status?.readyReplicas ?? 0;
  const conditions = object.status?.conditions ?? [];
  const stuck = conditions.find((item) => item.type === "Progressing" && item.status === "False");
  const failing = conditions.find((item) => item.type === "ReplicaFailure" && item.status === "True");
  const line = `${ready}/${wanted} ready`;
  const trouble = stuck ?? failing;
  if (trouble) return { line: `${line} · ${trouble.reason ?? trouble.type}`, tone: "failing" };
  if (wanted === 0) return { line: "scaled to 0", tone: "completed" };
  return { line, tone: ready >= wanted ? "running" : ready > 0 ? "not-ready" : "pending" };
}

function service(object: Service): Summary {
  const ports = (object.spec?.ports ?? []).map((port) => `${port.port}/${port.protocol ?? "TCP"}`).join(", ");
  const address = object.spec?.clusterIP ?? "";
  return { line: [address, ports].filter(Boolean).join(" · "), tone: "running" };
}

function endpoints(object: EndpointSlice): Summary {
  const all = object.endpoints ?? [];
  const ready = all.filter((endpoint) => endpoint.conditions?.ready !== false).length;
  if (all.length === 0) return { line: "no endpoints", tone: "pending" };
  return { line: `${ready}/${all.length} endpoints ready`, tone: ready === all.length ? "running" : "not-ready" };
}

function daemons(object: KubeObject): Summary {
  const status = (object as { status?: { numberReady?: number; desiredNumberScheduled?: number } }).status;
  const ready = status?.numberReady ?? 0;
  const wanted = status?.desiredNumberScheduled ?? 0;
  return { line: `${ready}/${wanted} ready`, tone: ready >= wanted ? "running" : "not-ready" };
}
