import type { Cache } from "../../../api/client.ts";
import { NODES, type Pod, type Service } from "../../../api/refs.ts";
import type { Endpoint } from "../../../api/schema/generated/types.ts";
import { isPodReady, isPodTerminal } from "../../../controllers/shared/pods.ts";
import { ZONE_LABEL } from "../../../controllers/shared/service-pods.ts";
import { addressesOf, hostnameIn, portsOf } from "../../../controllers/shared/service-ports.ts";
import { endpointKey, type Ports, portsKey, type Wanted } from "./controller-slices.ts";

export interface WantedEndpoints {
  /** By the key of their ports. */
  readonly byPorts: Map<string, Wanted>;
  /** Why pods were left out that ought to be in: their nodes are not there. */
  readonly problems: readonly string[];
}

// Models endpointslice reconciler reconcileByAddressType, its first half
/** The endpoints of one family that a service is to have. */
export function wantedEndpoints(
  service: Service,
  family: "IPv4" | "IPv6",
  pods: readonly Pod[],
  cache: Cache,
): WantedEndpoints {
  const byPorts = new Map<string, Wanted>();
  const problems: string[] = [];
  const named = service.spec.ports?.some(({ targetPort }) => typeof targetPort === "string");
  let shared: Wanted | undefined;
  for (const pod of pods) {
    if (isPodTerminal(pod) || !pod.status.podIPs?.length) continue;
    const node = pod.spec.nodeName ? cache.get(NODES, pod.spec.nodeName) : undefined;
    if (pod.spec.nodeName && node === undefined && !service.spec.publishNotReadyAddresses) {
      const { name, namespace } = service.metadata;
      problems.push(
        `skipping Pod ${pod.metadata.name} for Service ${namespace}/${name}: Node ${pod.spec.nodeName} Not Found`,
      );
      continue;
    }
    const addresses = addressesOf(pod, family);
    if (addresses.length === 0) continue;
    // Only named ports differ from pod to pod.
    const wanted: Wanted = (named ? undefined : shared) ?? wantedFor(byPorts, endpointPorts(service, pod));
    shared = wanted;
    const endpoint = podEndpoint(service, pod, addresses, node?.metadata.labels?.[ZONE_LABEL]);
    wanted.endpoints.set(endpointKey(endpoint), endpoint);
  }
  return { byPorts, problems };
}

function wantedFor(byPorts: Map<string, Wanted>, ports: Ports): Wanted {
  const key = portsKey(ports);
  const known = byPorts.get(key);
  if (known !== undefined) return known;
  const wanted: Wanted = { ports, endpoints: new Map() };
  byPorts.set(key, wanted);
  return wanted;
}

// Models endpointslice reconciler getEndpointPorts
function endpointPorts(service: Service, pod: Pod): Ports {
  return portsOf(service, pod).map(({ servicePort, port }) => ({
    name: servicePort.name ?? "",
    protocol: servicePort.protocol ?? "TCP",
    port,
    ...(servicePort.appProtocol !== undefined && { appProtocol: servicePort.appProtocol }),
  }));
}

// Models endpointslice reconciler podToEndpoint
function podEndpoint(service: Service, pod: Pod, addresses: readonly string[], zone: string | undefined): Endpoint {
  const serving = isPodReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const { name, namespace, uid } = pod.metadata;
  const hostname = hostnameIn(service, pod);
  return {
    addresses,
    conditions: { ready, serving, terminating },
    ...(hostname && { hostname }),
    targetRef: { kind: "Pod", namespace, name, uid },
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    ...(zone && { zone }),
  };
}
