import type { WriteContext } from "../../../api/kind.ts";
import type { Service } from "../../../api/refs.ts";
import type { ServicePort } from "../../../api/schema/generated/types.ts";
import { allocate } from "./allocation.ts";
import { isExternallyAccessible, needsClusterIp, needsHealthCheckPort, needsNodePorts, sameField } from "./traits.ts";

type Spec = Service["spec"];

/** The status that Go always writes out. */
const EMPTY_STATUS = { loadBalancer: {} };

export function prepareServiceCreate(object: Service, context: WriteContext): Service {
  const spec = object.spec ?? {};
  const { clusterIP, clusterIPs = [] } = spec;
  const listed = clusterIP && clusterIPs.length === 0 ? { ...spec, clusterIPs: [clusterIP] } : spec;
  return allocate({ ...object, spec: listed, status: EMPTY_STATUS }, undefined, context).service;
}

export function prepareServiceUpdate(object: Service, old: Service, context: WriteContext): Service {
  const kept = withKeptNodePorts(withKeptAddress(object, old), old);
  return withoutForeignFields(allocate(kept, old, context).service, old);
}

// Models pkg/registry/core/service/storage patchAllocatedValues and normalizeClusterIPs
/** What an update leaves out of the addresses stays; the single field and the list are brought together. */
function withKeptAddress(object: Service, old: Service): Service {
  const { spec } = object;
  if (!needsClusterIp(object) || !needsClusterIp(old)) return syncedAddress(object, old);
  const clusterIP = spec.clusterIP || old.spec.clusterIP;
  return syncedAddress({ ...object, spec: { ...spec, ...(clusterIP && { clusterIP }) } }, old);
}

function syncedAddress(object: Service, old: Service): Service {
  const { clusterIP = "", clusterIPs = [] } = object.spec;
  const before = old.spec.clusterIP ?? "";
  const withList = (list: readonly string[] | undefined): Service => ({
    ...object,
    spec: { ...object.spec, clusterIPs: list },
  });
  if (clusterIP === before) return clusterIPs.length === 0 ? withList(old.spec.clusterIPs) : object;
  const untouched = sameField(object, old, "clusterIPs") || clusterIPs.length === 0;
  if (!untouched) return object;
  return withList(clusterIP === "" ? undefined : [clusterIP]);
}

function withKeptNodePorts(object: Service, old: Service): Service {
  let { ports, healthCheckNodePort } = object.spec;
  if (needsNodePorts(object) && needsNodePorts(old) && ports !== undefined) ports = keptPorts(ports, old);
  if (needsHealthCheckPort(object) && needsHealthCheckPort(old)) healthCheckNodePort ||= old.spec.healthCheckNodePort;
  return {
    ...object,
    spec: { ...object.spec, ...(ports && { ports }), ...(healthCheckNodePort && { healthCheckNodePort }) },
  };
}

/** Ports without a node port get the one that the port of that name had, unless another port has it now. */
function keptPorts(ports: readonly ServicePort[], old: Service): readonly ServicePort[] {
  const oldPorts = old.spec.ports ?? [];
  const used = new Set(ports.map((port) => port.nodePort ?? 0));
  const byName = new Map(oldPorts.map((port) => [port.name ?? "", port.nodePort ?? 0]));
  return ports.map((port) => {
    const nodePort = byName.get(port.name ?? "") ?? 0;
    if (port.nodePort || nodePort === 0 || used.has(nodePort)) return port;
    used.add(nodePort);
    return { ...port, nodePort };
  });
}

// Models pkg/registry/core/service dropTypeDependentFields
/** Takes away what the service's new type has no use for, where the update did not change it as well. */
function withoutForeignFields(object: Service, old: Service): Service {
  const dropped: (keyof Spec)[] = [];
  const dropSame = (...fields: readonly (keyof Spec)[]) =>
    dropped.push(...fields.filter((field) => sameField(object, old, field)));
  const lost = (needs: (service: Service) => boolean) => needs(old) && !needs(object);
  const isLoadBalancer = ({ spec }: Service) => spec.type === "LoadBalancer";
  if (lost(needsClusterIp)) {
    if (sameField(object, old, "clusterIPs")) dropped.push("clusterIP", "clusterIPs");
    dropSame("ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy");
  }
  if (lost(needsHealthCheckPort)) dropSame("healthCheckNodePort");
  if (lost(isLoadBalancer)) dropSame("allocateLoadBalancerNodePorts", "loadBalancerClass");
  if (lost(isExternallyAccessible)) dropSame("externalTrafficPolicy");
  let spec: Spec = object.spec;
  if (lost(needsNodePorts) && spec.ports !== undefined && sameNodePorts(object, old)) {
    spec = { ...spec, ports: spec.ports.map(({ nodePort: _, ...port }) => port) };
  }
  if (dropped.length === 0) return spec === object.spec ? object : { ...object, spec };
  const kept = Object.entries(spec).filter(([field]) => !dropped.includes(field as keyof Spec));
  return { ...object, spec: Object.fromEntries(kept) as Spec };
}

function sameNodePorts(a: Service, b: Service): boolean {
  const numbers = ({ spec }: Service) => new Set((spec.ports ?? []).map((port) => port.nodePort ?? 0));
  const left = numbers(a);
  const right = numbers(b);
  return left.size === right.size && [...left].every((port) => right.has(port));
}
