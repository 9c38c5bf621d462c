import type { Column } from "../../../api/kind.ts";
import type { Service } from "../../../api/refs.ts";
import { ageColumn, NONE, nameColumn, UNKNOWN } from "../../columns.ts";

// Models pkg/printers/internalversion printService
export const serviceColumns: readonly Column<Service>[] = [
  nameColumn(),
  {
    name: "Type",
    type: "string",
    description:
      'type determines how the Service is exposed. Defaults to ClusterIP. Valid options are ExternalName, ClusterIP, NodePort, and LoadBalancer. "ClusterIP" allocates a cluster-internal IP address for load-balancing to endpoints. Endpoints are determined by the selector or if that is not specified, by manual construction of an Endpoints object or EndpointSlice objects. If clusterIP is "None", no virtual IP is allocated and the endpoints are published as a set of endpoints rather than a virtual IP. "NodePort" builds on ClusterIP and allocates a port on every node which routes to the same endpoints as the clusterIP. "LoadBalancer" builds on NodePort and creates an external load-balancer (if supported in the current cloud) which routes to the same endpoints as the clusterIP. "ExternalName" aliases this service to the specified externalName. Several other fields do not apply to ExternalName services. More info: https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types',
    priority: 0,
    cell: (object) => object.spec.type ?? "",
  },
  {
    name: "Cluster-IP",
    type: "string",
    description:
      'clusterIP is the IP address of the service and is usually assigned randomly. If an address is specified manually, is in-range (as per system configuration), and is not in use, it will be allocated to the service; otherwise creation of the service will fail. This field may not be changed through updates unless the type field is also being changed to ExternalName (which requires this field to be blank) or the type field is being changed from ExternalName (in which case this field may optionally be specified, as describe above).  Valid values are "None", empty string (""), or a valid IP address. Setting this to "None" makes a "headless service" (no virtual IP), which is useful when direct endpoint connections are preferred and proxying is not required.  Only applies to types ClusterIP, NodePort, and LoadBalancer. If this field is specified when creating a Service of type ExternalName, creation will fail. This field will be wiped when updating a Service to type ExternalName. More info: https://kubernetes.io/docs/concepts/services-networking/service/#virtual-ips-and-service-proxies',
    priority: 0,
    cell: (object) => object.spec.clusterIPs?.[0] ?? NONE,
  },
  {
    name: "External-IP",
    type: "string",
    description: { type: "ServiceSpec", field: "externalIPs" },
    priority: 0,
    cell: externalText,
  },
  {
    name: "Port(s)",
    type: "string",
    description: { type: "ServiceSpec", field: "ports" },
    priority: 0,
    cell: portsText,
  },
  ageColumn(),
  {
    name: "Selector",
    type: "string",
    description: { type: "ServiceSpec", field: "selector" },
    priority: 1,
    cell: selectorText,
  },
];

function externalText({ spec, status }: Service): string {
  const { externalIPs = [], externalName = "" } = spec;
  switch (spec.type) {
    case "ClusterIP":
    case "NodePort":
      return externalIPs.join(",") || NONE;
    case "LoadBalancer": {
      const balancers = (status.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || (hostname ?? ""));
      return [...new Set(balancers.filter(Boolean)), ...externalIPs].join(",") || "<pending>";
    }
    case "ExternalName":
      return externalName;
    default:
      return UNKNOWN;
  }
}

function portsText({ spec }: Service): string {
  const ports = (spec.ports ?? []).map(({ port, nodePort, protocol }) =>
    nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  );
  return ports.join(",") || NONE;
}

function selectorText({ spec }: Service): string {
  const labels = Object.entries(spec.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  return labels.sort().join(",") || NONE;
}
