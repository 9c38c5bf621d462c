import type { Service } from "../../../api/refs.ts";
import { equalJson } from "../../../base/json.ts";

/** What a Service of its type has or needs. Models pkg/api/service and pkg/registry/core/service. */

export const HEADLESS = "None";

type ServiceLike = Pick<Service, "spec">;

export function isHeadless({ spec }: ServiceLike): boolean {
  return spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === HEADLESS;
}

export function needsClusterIp({ spec }: ServiceLike): boolean {
  return spec.type !== "ExternalName";
}

export function needsNodePorts({ spec }: ServiceLike): boolean {
  return spec.type === "NodePort" || spec.type === "LoadBalancer";
}

/** Whether traffic from outside the cluster may come in. */
export function isExternallyAccessible(service: ServiceLike): boolean {
  const { spec } = service;
  return needsNodePorts(service) || (spec.type === "ClusterIP" && (spec.externalIPs ?? []).length > 0);
}

export function needsHealthCheckPort({ spec }: ServiceLike): boolean {
  return spec.type === "LoadBalancer" && spec.externalTrafficPolicy === "Local";
}

/** Whether free node ports are handed out, beyond those asked for. */
export function allocatesNodePorts({ spec }: ServiceLike): boolean {
  return spec.type === "NodePort" || (spec.type === "LoadBalancer" && spec.allocateLoadBalancerNodePorts !== false);
}

type Spec = Service["spec"];

/** Whether two services have the same value of a field; absent, empty and zero are one. */
export function sameField(a: Service, b: Service, field: keyof Spec): boolean {
  const value = (service: Service): unknown => {
    const given = service.spec[field];
    return given === undefined || given === "" || given === 0 || (Array.isArray(given) && given.length === 0)
      ? undefined
      : given;
  };
  return equalJson(value(a), value(b));
}
