import type { Pod, Service } from "../../api/refs.ts";
import type { ServicePort } from "../../api/schema/generated/types.ts";

export const HEADLESS_LABEL = "service.kubernetes.io/headless";

export interface FoundPort {
  readonly servicePort: ServicePort;
  readonly port: number;
}

// Models pkg/apis/core/v1/helper IsServiceIPSet
export function hasClusterIp({ spec }: Service): boolean {
  return spec.clusterIP !== undefined && spec.clusterIP !== "" && spec.clusterIP !== "None";
}

// Models pkg/api/v1/pod FindPort, for each port of a service
/** Where a pod serves the ports of a service; a named port that the pod does not have is left out. */
export function portsOf(service: Service, pod: Pod): readonly FoundPort[] {
  const found: FoundPort[] = [];
  for (const servicePort of service.spec.ports ?? []) {
    const port = findPort(servicePort, pod);
    if (port !== undefined) found.push({ servicePort, port });
  }
  return found;
}

function findPort({ targetPort, port, protocol = "TCP" }: ServicePort, { spec }: Pod): number | undefined {
  if (targetPort === undefined) return port;
  if (typeof targetPort === "number") return targetPort;
  const sidecars = spec.initContainers?.filter(({ restartPolicy }) => restartPolicy === "Always") ?? [];
  for (const container of [...spec.containers, ...sidecars]) {
    for (const candidate of container.ports ?? []) {
      if (candidate.name === targetPort && (candidate.protocol ?? "TCP") === protocol) return candidate.containerPort;
    }
  }
  return undefined;
}

// Models staging k8s.io/endpointslice util ShouldSetHostname
/** The name that a pod has within a service, for DNS. */
export function hostnameIn(service: Service, { spec, metadata }: Pod): string | undefined {
  const named = spec.hostname && spec.subdomain === service.metadata.name;
  return named && metadata.namespace === service.metadata.namespace ? spec.hostname : undefined;
}

/** A pod's addresses of one family. */
export function addressesOf({ status }: Pod, family: "IPv4" | "IPv6"): readonly string[] {
  const addresses: string[] = [];
  for (const { ip } of status.podIPs ?? []) {
    if (ip !== undefined && ip.includes(":") === (family === "IPv6")) addresses.push(ip);
  }
  return addresses;
}

/** The families of a service's addresses, its own first. */
export function familiesOf({ spec }: Service): readonly ("IPv4" | "IPv6")[] {
  const families = spec.ipFamilies?.filter((family) => family === "IPv4" || family === "IPv6") ?? [];
  if (families.length > 0) return families;
  return [spec.clusterIP?.includes(":") ? "IPv6" : "IPv4"];
}
