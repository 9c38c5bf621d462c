import type { Pod, Service } from "../../../api/refs.ts";
import type { EndpointAddress, EndpointPort, EndpointSubset } from "../../../api/schema/generated/types.ts";
import { isPodReady, isPodTerminal } from "../../../controllers/shared/pods.ts";
import type { Look } from "../../../controllers/shared/service-pods.ts";
import { addressesOf, familiesOf, hostnameIn, portsOf } from "../../../controllers/shared/service-ports.ts";

/** An Endpoints object holds no more addresses than this. */
export const MAX_ADDRESSES = 1000;

export interface Subset {
  readonly ports: readonly EndpointPort[];
  readonly addresses: EndpointAddress[];
  readonly notReadyAddresses: EndpointAddress[];
}

// Models pkg/controller/endpoint syncService, and pkg/api/v1/endpoints RepackSubsets
/**
 * The subsets of a service: addresses with the same ports together, sorted by address. Of pods that did not change the
 * present addresses are kept. Upstream orders ports and subsets by hashes of Go's memory; here it is by what they are.
 */
export function subsetsOf(service: Service, { pods, changed }: Look, present: readonly Subset[]): readonly Subset[] {
  const subsets = keptSubsets(present, changed);
  const withoutPorts = service.spec.ports?.length ? undefined : service.spec.clusterIP === "None";
  const named = service.spec.ports?.some(({ targetPort }) => typeof targetPort === "string");
  const touched = new Set<EndpointAddress[]>();
  let shared: Subset | undefined;
  for (const pod of pods) {
    const address = addressOf(service, pod);
    if (address === undefined) continue;
    const subset: Subset = (named ? undefined : shared) ?? subsetFor(subsets, portsFor(service, pod));
    shared = subset;
    if (subset.ports.length === 0 && withoutPorts !== true) continue;
    const ready = service.spec.publishNotReadyAddresses || isPodReady(pod);
    const list = ready ? subset.addresses : subset.notReadyAddresses;
    list.push(address);
    touched.add(list);
  }
  const filled = [...subsets].filter(
    ([, { addresses, notReadyAddresses }]) => addresses.length + notReadyAddresses.length,
  );
  for (const list of touched) list.sort(compareAddresses);
  return filled.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, subset]) => subset);
}

function keptSubsets(present: readonly Subset[], changed: Look["changed"]): Map<string, Subset> {
  const subsets = new Map<string, Subset>();
  const isKept = ({ targetRef }: EndpointAddress) => !changed(targetRef?.name ?? "");
  for (const { ports, addresses, notReadyAddresses } of present) {
    const kept = { ports, addresses: addresses.filter(isKept), notReadyAddresses: notReadyAddresses.filter(isKept) };
    subsets.set(portsKey(ports), kept);
  }
  return subsets;
}

function portsKey(ports: readonly EndpointPort[]): string {
  return ports.map(({ name = "", protocol = "", port }) => `${name}/${protocol}/${port}`).join(",");
}

function subsetFor(subsets: Map<string, Subset>, ports: readonly EndpointPort[]): Subset {
  const key = portsKey(ports);
  const known = subsets.get(key);
  if (known !== undefined) return known;
  const subset: Subset = { ports, addresses: [], notReadyAddresses: [] };
  subsets.set(key, subset);
  return subset;
}

function portsFor(service: Service, pod: Pod): readonly EndpointPort[] {
  const ports = portsOf(service, pod).map(({ servicePort: { name, protocol, appProtocol }, port }) => ({
    ...(name && { name }),
    port,
    protocol: protocol ?? "TCP",
    ...(appProtocol !== undefined && { appProtocol }),
  }));
  return ports.sort((a, b) => ((a.name ?? "") < (b.name ?? "") ? -1 : (a.name ?? "") > (b.name ?? "") ? 1 : 0));
}

// Models pkg/controller/endpoint podToEndpointAddressForService
/** A pod's address in the service's first family; none for a pod that has ended, or is being deleted. */
function addressOf(service: Service, pod: Pod): EndpointAddress | undefined {
  const leaving = pod.metadata.deletionTimestamp !== undefined && !service.spec.publishNotReadyAddresses;
  const [ip] = addressesOf(pod, familiesOf(service)[0] ?? "IPv4");
  if (leaving || isPodTerminal(pod) || ip === undefined) return undefined;
  const { name, namespace, uid } = pod.metadata;
  const hostname = hostnameIn(service, pod);
  return {
    ip,
    ...(hostname && { hostname }),
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: "Pod", namespace, name, uid },
  };
}

function compareAddresses(a: EndpointAddress, b: EndpointAddress): number {
  if (a.ip !== b.ip) return a.ip < b.ip ? -1 : 1;
  return (a.targetRef?.uid ?? "") < (b.targetRef?.uid ?? "") ? -1 : 1;
}

// Models pkg/controller/endpoint truncateEndpoints
/** Subsets as they are stored: cut in proportion to the most that an object holds, ready addresses before others. */
export function truncate(subsets: readonly Subset[]): {
  readonly subsets: readonly EndpointSubset[];
  readonly truncated: boolean;
} {
  const ready = subsets.reduce((sum, { addresses }) => sum + addresses.length, 0);
  const notReady = subsets.reduce((sum, { notReadyAddresses }) => sum + notReadyAddresses.length, 0);
  if (ready + notReady <= MAX_ADDRESSES) return { subsets: subsets.map(stored), truncated: false };
  const cutReady = ready > MAX_ADDRESSES;
  const room = cutReady ? MAX_ADDRESSES : MAX_ADDRESSES - ready;
  let left = room;
  const cut = subsets.map((subset) => {
    const list = cutReady ? subset.addresses : subset.notReadyAddresses;
    const count = Math.min(left, Math.ceil((list.length / (cutReady ? ready : notReady)) * room));
    left -= count;
    const some = list.slice(0, count);
    return cutReady ? { ...subset, addresses: some, notReadyAddresses: [] } : { ...subset, notReadyAddresses: some };
  });
  return { subsets: cut.map(stored), truncated: true };
}

function stored({ ports, addresses, notReadyAddresses }: Subset): EndpointSubset {
  return {
    ...(addresses.length > 0 && { addresses }),
    ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
    ...(ports.length > 0 && { ports }),
  };
}
