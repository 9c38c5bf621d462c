import type { Cache } from "../api/client.ts";
import { timeOf } from "../api/meta/time.ts";
import { joinKey } from "../api/object.ts";
import { SERVICES, type Service } from "../api/refs.ts";

/** `my-db.2` as part of a variable's name: `MY_DB_2`. */
function variableName(name: string): string {
  const upper = name.replace(/[.-]/g, "_").toUpperCase();
  return /^[0-9]/.test(upper) ? `_${upper}` : upper;
}

// Models pkg/kubelet/envvars FromServices and makeLinkVariables
function addLinks(variables: Map<string, string>, { metadata, spec }: Service): void {
  const prefix = variableName(metadata.name);
  const host = spec.clusterIP ?? "";
  const ports = spec.ports ?? [];
  variables.set(`${prefix}_SERVICE_HOST`, host);
  if (ports[0] !== undefined) variables.set(`${prefix}_SERVICE_PORT`, String(ports[0].port));
  for (const { name, port } of ports) {
    if (name) variables.set(`${prefix}_SERVICE_PORT_${variableName(name)}`, String(port));
  }
  ports.forEach(({ protocol = "TCP", port }, index) => {
    const url = `${protocol.toLowerCase()}://${host}:${port}`;
    if (index === 0) variables.set(`${prefix}_PORT`, url);
    const own = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
    variables.set(own, url);
    variables.set(`${own}_PROTO`, protocol.toLowerCase());
    variables.set(`${own}_PORT`, String(port));
    variables.set(`${own}_ADDR`, host);
  });
}

// Models pkg/kubelet kubelet_pods.go getServiceEnvVarMap
/**
 * The variables that tell a container where services are: the `kubernetes` one always, those of its namespace if the pod
 * wants links. Only services that were there at `atEpochMs`, when the container was made, count.
 */
export function serviceVariables(
  cache: Cache,
  namespace: string,
  wantsLinks: boolean,
  atEpochMs: number,
): Map<string, string> {
  const variables = new Map<string, string>();
  const isMaster = ({ metadata }: Service) => metadata.name === "kubernetes" && metadata.namespace === "default";
  const services: Service[] = [];
  const master = cache.get(SERVICES, joinKey("default", "kubernetes"));
  if (master !== undefined) services.push(master);
  if (wantsLinks) {
    for (const service of cache.byIndex(SERVICES, "namespace", namespace)) {
      if (!isMaster(service)) services.push(service);
    }
  }
  services.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  for (const service of services) {
    const { clusterIP } = service.spec;
    if (clusterIP === undefined || clusterIP === "" || clusterIP === "None") continue;
    if ((timeOf(service.metadata.creationTimestamp) ?? 0) > atEpochMs) continue;
    addLinks(variables, service);
  }
  return variables;
}
