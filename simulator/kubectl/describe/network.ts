import type {
  EndpointSlice,
  Endpoints,
  Ingress,
  IngressBackend,
  IngressClass,
  IPAddress,
  LoadBalancerIngress,
  Service,
  ServiceCIDR,
} from "../../api/schema/generated/types.ts";
import type { JsonObject } from "../../base/json.ts";
import { ApiError } from "../cli/client.ts";
import { urlPart } from "../mapping.ts";
import { failureOf } from "../transport.ts";
import { writeDatedConditions } from "./conditions.ts";
import { type Describing, listAll, listAllowed } from "./describer.ts";
import { describeEvents } from "./events.ts";
import { orNone, pairsText, writeAnnotations, writeLabels } from "./parts.ts";
import type { TextSink } from "./text.ts";
import { writeName } from "./workloads.ts";

const SHOWN_ENDPOINTS = 3;
const SERVICE_LABEL = "kubernetes.io/service-name";

/** A slice's lists; an empty one is null as a server writes it. */
function listsOf({ ports, endpoints }: EndpointSlice) {
  return { ports: ports ?? [], endpoints: endpoints ?? [] };
}

// Models kubectl pkg/describe formatEndpointSlices
/** `10.0.0.1:80,10.0.0.2:80 + 3 more...`: the ready addresses of ports of a name. */
function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return "<none>";
  const all: string[] = [];
  let seenBeyond = false;
  for (const slice of slices) {
    const { ports, endpoints } = listsOf(slice);
    const wanted = ports.length === 0 ? [undefined] : ports.filter(({ name = "" }) => name === portName);
    for (const port of wanted) {
      for (const { conditions, addresses } of endpoints) {
        // Even one that isn't ready tells that there is more, once the places are taken.
        if (all.length >= SHOWN_ENDPOINTS) seenBeyond = true;
        if (conditions?.ready === false) continue;
        const address = addresses[0] ?? "";
        const host = address.includes(":") ? `[${address}]` : address;
        all.push(port === undefined ? address : `${host}:${port.port ?? 0}`);
      }
    }
  }
  const shown = all.slice(0, SHOWN_ENDPOINTS).join(",");
  return seenBeyond ? `${shown} + ${all.length - SHOWN_ENDPOINTS} more...` : shown;
}

function slicesPath(namespace: string): string {
  return `/apis/discovery.k8s.io/v1/namespaces/${urlPart(namespace)}/endpointslices`;
}

function balancerText(ingress: readonly LoadBalancerIngress[]): string {
  return ingress
    .map(({ ip, ipMode, hostname = "" }) => (ip ? `${ip}${ipMode === undefined ? "" : ` (${ipMode})`}` : hostname))
    .join(", ");
}

// Models kubectl pkg/describe describeService
export async function describeService(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, spec = {}, status } = object as Service;
  const labelSelector = `${SERVICE_LABEL}=${metadata.name}`;
  const slices = await listAllowed(describing, slicesPath(metadata.namespace ?? ""), { labelSelector });
  writeName(out, metadata);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  const line = (label: string, value: string | number | undefined) => {
    if (value) out.write(0, `${label}:\t${value}\n`);
  };
  line("Selector", pairsText(spec.selector));
  out.write(0, `Type:\t${spec.type ?? ""}\n`);
  line("IP Family Policy", spec.ipFamilyPolicy);
  line("IP Families", orNone((spec.ipFamilies ?? []).join(",")));
  out.write(0, `IP:\t${spec.clusterIP ?? ""}\n`);
  line("IPs", orNone((spec.clusterIPs ?? []).join(",")));
  line("External IPs", (spec.externalIPs ?? []).join(","));
  line("Desired LoadBalancer IP", spec.loadBalancerIP);
  line("External Name", spec.externalName);
  line("LoadBalancer Ingress", balancerText(status?.loadBalancer?.ingress ?? []));
  writePorts(out, spec, (slices ?? []) as unknown as readonly EndpointSlice[]);
  out.write(0, `Session Affinity:\t${spec.sessionAffinity ?? ""}\n`);
  line("External Traffic Policy", spec.externalTrafficPolicy);
  line("Internal Traffic Policy", spec.internalTrafficPolicy);
  line("HealthCheck NodePort", spec.healthCheckNodePort);
  line("LoadBalancer Source Ranges", (spec.loadBalancerSourceRanges ?? []).join(","));
  line("Traffic Distribution", spec.trafficDistribution);
  await describeEvents(object, describing);
}

function writePorts(
  out: TextSink,
  { ports = [] }: NonNullable<Service["spec"]>,
  slices: readonly EndpointSlice[],
): void {
  for (const { name = "", port, protocol = "", targetPort = 0, appProtocol, nodePort = 0 } of ports) {
    const shown = name || "<unset>";
    out.write(0, `Port:\t${shown}\t${port}/${protocol}\n`);
    out.write(0, `TargetPort:\t${targetPort}/${protocol}\n`);
    if (appProtocol !== undefined) out.write(0, `AppProtocol:\t${appProtocol}\n`);
    if (nodePort !== 0) out.write(0, `NodePort:\t${shown}\t${nodePort}/${protocol}\n`);
    out.write(0, `Endpoints:\t${endpointsText(slices, name)}\n`);
  }
}

// Models kubectl pkg/describe describeEndpoints
export async function describeEndpoints(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, subsets = [] } = object as Endpoints;
  writeName(out, metadata);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  out.write(0, "Subsets:\n");
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    out.write(1, `Addresses:\t${orNone(addresses.map(({ ip }) => ip).join(","))}\n`);
    out.write(1, `NotReadyAddresses:\t${orNone(notReadyAddresses.map(({ ip }) => ip).join(","))}\n`);
    if (ports.length > 0) {
      out.write(1, "Ports:\n");
      out.write(2, "Name\tPort\tProtocol\n");
      out.write(2, "----\t----\t--------\n");
    }
    for (const { name, port, protocol = "" } of ports) out.write(2, `${name || "<unset>"}\t${port}\t${protocol}\n`);
    out.write(0, "\n");
  }
  await describeEvents(object, describing);
}

// Models kubectl pkg/describe describeEndpointSliceV1
export async function describeEndpointSlice(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const slice = object as unknown as EndpointSlice;
  const { metadata = {}, addressType } = slice;
  const { ports, endpoints } = listsOf(slice);
  writeName(out, metadata);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  out.write(0, `AddressType:\t${addressType}\n`);
  out.write(0, ports.length === 0 ? "Ports: <unset>\n" : "Ports:\n");
  if (ports.length > 0) {
    out.write(1, "Name\tPort\tProtocol\n");
    out.write(1, "----\t----\t--------\n");
  }
  for (const { name, port, protocol = "" } of ports) {
    out.write(1, `${name || "<unset>"}\t${port ?? "<unset>"}\t${protocol}\n`);
  }
  out.write(0, endpoints.length === 0 ? "Endpoints: <none>\n" : "Endpoints:\n");
  for (const { addresses, conditions, hostname, targetRef, nodeName, zone } of endpoints) {
    out.write(1, `- Addresses:\t${orNone(addresses.join(", "))}\n`);
    out.write(2, "Conditions:\n");
    out.write(3, `Ready:\t${conditions?.ready ?? "<unset>"}\n`);
    out.write(2, `Hostname:\t${hostname ?? "<unset>"}\n`);
    if (targetRef !== undefined) out.write(2, `TargetRef:\t${targetRef.kind ?? ""}/${targetRef.name ?? ""}\n`);
    out.write(2, `NodeName:\t${nodeName ?? "<unset>"}\n`);
    out.write(2, `Zone:\t${zone ?? "<unset>"}\n`);
  }
  await describeEvents(object, describing);
}

// Models kubectl pkg/describe describeBackendV1
async function backendText(describing: Describing, namespace: string, backend: IngressBackend): Promise<string> {
  const { service, resource } = backend;
  if (service !== undefined) {
    const { number, name: portName } = service.port ?? {};
    const text = `${service.name}:${number || (portName ?? "")}`;
    try {
      const labelSelector = `${SERVICE_LABEL}=${service.name}`;
      const everything = { ...describing, chunkSize: 0 };
      const slices = (await listAll(everything, slicesPath(namespace), { labelSelector })) as unknown[];
      const path = `/api/v1/namespaces/${urlPart(namespace)}/services/${urlPart(service.name)}`;
      const { spec = {} } = (await describing.client.get(path)).body as Service;
      const named = (spec.ports ?? []).filter(({ port, name }) =>
        number ? port === number : name && name === portName,
      );
      return `${text} (${endpointsText(slices as readonly EndpointSlice[], named.at(-1)?.name ?? "")})`;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return `${text} (<error: ${failureOf(error.response)?.message ?? ""}>)`;
    }
  }
  if (resource === undefined) return "";
  return `APIGroup: ${resource.apiGroup ?? "<none>"}, Kind: ${resource.kind}, Name: ${resource.name}`;
}

// Models kubectl pkg/describe describeIngressV1
export async function describeIngress(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, spec = {}, status } = object as Ingress;
  const { name = "", namespace = "" } = metadata;
  out.write(0, `Name:\t${name}\n`);
  writeLabels(out, "Labels", metadata.labels);
  out.write(0, `Namespace:\t${namespace}\n`);
  const places = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || "");
  const addresses = [...new Set(places.filter((place) => place !== ""))].sort();
  out.write(0, `Address:\t${addresses.join(",")}\n`);
  out.write(0, `Ingress Class:\t${spec.ingressClassName ?? "<none>"}\n`);
  const { defaultBackend } = spec;
  const fallback =
    defaultBackend === undefined ? "<default>" : await backendText(describing, namespace, defaultBackend);
  out.write(0, `Default backend:\t${fallback}\n`);
  if ((spec.tls ?? []).length > 0) out.write(0, "TLS:\n");
  for (const { secretName, hosts = [] } of spec.tls ?? []) {
    out.write(1, secretName ? `${secretName} terminates ${hosts.join(",")}\n` : `SNI routes ${hosts.join(",")}\n`);
  }
  out.write(0, "Rules:\n  Host\tPath\tBackends\n");
  out.write(1, "----\t----\t--------\n");
  const rules = (spec.rules ?? []).filter(({ http }) => http !== undefined);
  for (const { host, http } of rules) {
    out.write(1, `${host || "*"}\t\n`);
    for (const { path = "", backend } of http?.paths ?? []) {
      out.write(2, `\t${path} \t${await backendText(describing, namespace, backend)}\n`);
    }
  }
  if (rules.length === 0) out.write(1, `*\t*\t${fallback}\n`);
  writeAnnotations(out, "Annotations", metadata.annotations);
  await describeEvents(object, describing);
}

// Models kubectl pkg/describe describeIngressClassV1
export async function describeIngressClass(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, spec = {} } = object as IngressClass;
  out.write(0, `Name:\t${metadata.name ?? ""}\n`);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  out.write(0, `Controller:\t${spec.controller ?? ""}\n`);
  if (spec.parameters !== undefined) {
    const { apiGroup, kind, name } = spec.parameters;
    out.write(0, "Parameters:\n");
    if (apiGroup !== undefined) out.write(1, `APIGroup:\t${apiGroup}\n`);
    out.write(1, `Kind:\t${kind}\n`);
    out.write(1, `Name:\t${name}\n`);
  }
  await describeEvents(object, describing);
}

// Models kubectl pkg/describe describeServiceCIDRV1
export async function describeServiceCidr(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, spec, status } = object as ServiceCIDR;
  out.write(0, `Name:\t${metadata.name ?? ""}\n`);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  out.write(0, `CIDRs:\t${(spec?.cidrs ?? []).join(", ")}\n`);
  if ((status?.conditions ?? []).length > 0) out.write(0, "Status:\n");
  writeDatedConditions(out, status?.conditions);
  await describeEvents(object, describing);
}

// Models kubectl pkg/describe describeIPAddressV1
export async function describeIpAddress(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, spec } = object as unknown as IPAddress;
  out.write(0, `Name:\t${metadata.name ?? ""}\n`);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  const parent = spec?.parentRef;
  if (parent !== undefined) {
    out.write(0, "Parent Reference:\n");
    out.write(1, `Group:\t${parent.group ?? ""}\n`);
    out.write(1, `Resource:\t${parent.resource}\n`);
    out.write(1, `Namespace:\t${parent.namespace ?? ""}\n`);
    out.write(1, `Name:\t${parent.name}\n`);
  }
  await describeEvents(object, describing);
}
