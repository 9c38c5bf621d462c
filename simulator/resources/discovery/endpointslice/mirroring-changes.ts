import type { Incoming } from "../../../api/object.ts";
import type { EndpointSlice, Endpoints } from "../../../api/refs.ts";
import type { DiscoveryV1EndpointPort, Endpoint, EndpointAddress } from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";
import { controllerReference } from "../../../controllers/shared/pod-template.ts";
import { LAST_CHANGE_TRIGGER_TIME } from "../../../controllers/shared/trigger-times.ts";
import { endpointKey, MANAGED_BY_LABEL, portsKey } from "./controller-slices.ts";
import { SERVICE_NAME_LABEL } from "./kind.ts";

/** Who manages the mirrored slices, as their label says. */
export const MIRROR = "endpointslicemirroring-controller.k8s.io";
/** So many addresses of one subset are mirrored, in one slice. */
export const MAX_PER_SUBSET = 1000;
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** What is to be written; slices to update carry the resourceVersion that they were read at. */
interface MirrorChanges {
  readonly create: readonly Incoming<EndpointSlice>[];
  readonly update: readonly EndpointSlice[];
  readonly remove: readonly EndpointSlice[];
  /** Addresses that found no room. */
  readonly skipped: number;
}

/** The endpoints of one kind of address and one set of ports, by identity: one slice's. */
interface Group {
  readonly addressType: string;
  readonly ports: readonly DiscoveryV1EndpointPort[];
  readonly endpoints: Map<string, Endpoint>;
}

// Models endpointslicemirroring reconciler reconcile
/** What the mirrored slices of endpoints must become. */
export function mirrorChanges(endpoints: Endpoints, slices: readonly EndpointSlice[]): MirrorChanges {
  const { groups, skipped } = groupsOf(endpoints);
  const there = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const key = groupKey(slice.addressType, slice.ports);
    there.set(key, [...(there.get(key) ?? []), slice]);
  }
  const create: Group[] = [];
  const update: EndpointSlice[] = [];
  const remove: EndpointSlice[] = [];
  for (const [key, group] of groups) {
    const [first, ...others] = there.get(key) ?? [];
    there.delete(key);
    remove.push(...others);
    if (first === undefined) create.push(group);
    else if (!isMirrorOf(first, endpoints, group)) update.push(rewritten(first, endpoints, group));
  }
  remove.push(...[...there.values()].flat());
  // Models recycleSlices: one that would go becomes one that would be made, so that watchers see one change.
  const made: Incoming<EndpointSlice>[] = [];
  for (const group of create) {
    const at = remove.findIndex(({ addressType }) => addressType === group.addressType);
    const [slice] = at < 0 ? [] : remove.splice(at, 1);
    if (slice === undefined) made.push(newMirror(endpoints, group));
    else update.push(rewritten(slice, endpoints, group));
  }
  return { create: made, update, remove, skipped };
}

const groupKey = (addressType: string, ports: Group["ports"] | undefined): string =>
  `${addressType} ${portsKey(ports)}`;

function groupsOf({ subsets }: Endpoints): { readonly groups: ReadonlyMap<string, Group>; readonly skipped: number } {
  const groups = new Map<string, Group>();
  let skipped = 0;
  for (const { addresses = [], notReadyAddresses = [], ports: given = [] } of subsets ?? []) {
    const ports = given.map(({ name = "", ...port }) => ({ ...port, name }));
    const all = [
      ...addresses.map((address) => endpointOf(address, true)),
      ...notReadyAddresses.map((address) => endpointOf(address, false)),
    ];
    skipped += Math.max(all.length - MAX_PER_SUBSET, 0);
    for (const endpoint of all.slice(0, MAX_PER_SUBSET)) {
      const addressType = endpoint.addresses[0]?.includes(":") ? "IPv6" : "IPv4";
      const key = groupKey(addressType, ports);
      const group = groups.get(key) ?? { addressType, ports, endpoints: new Map() };
      groups.set(key, group);
      group.endpoints.set(endpointKey(endpoint), endpoint);
    }
  }
  return { groups, skipped };
}

// Models endpointslicemirroring addressToEndpoint
function endpointOf({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname && { hostname }),
    ...(targetRef !== undefined && { targetRef }),
    ...(nodeName !== undefined && { nodeName }),
  };
}

function marksOf({ metadata }: Endpoints): Pick<EndpointSlice["metadata"], "labels" | "annotations"> {
  const { [LAST_CHANGE_TRIGGER_TIME]: _, [LAST_APPLIED]: __, ...annotations } = metadata.annotations ?? {};
  return {
    labels: { ...metadata.labels, [SERVICE_NAME_LABEL]: metadata.name, [MANAGED_BY_LABEL]: MIRROR },
    annotations: Object.keys(annotations).length > 0 ? annotations : undefined,
  };
}

/** Whether a slice shows its endpoints already, whatever their order. */
function isMirrorOf({ metadata, endpoints = [] }: EndpointSlice, mirrored: Endpoints, group: Group): boolean {
  const { labels, annotations } = marksOf(mirrored);
  return (
    endpoints.length === group.endpoints.size &&
    endpoints.every((endpoint) => equalJson(endpoint, group.endpoints.get(endpointKey(endpoint)))) &&
    equalJson(metadata.labels, labels) &&
    equalJson(metadata.annotations ?? {}, annotations ?? {})
  );
}

// Models endpointslicemirroring newEndpointSlice
function newMirror(endpoints: Endpoints, group: Group): Incoming<EndpointSlice> {
  const { name, namespace } = endpoints.metadata;
  const ownerReferences = [controllerReference(endpoints)];
  return {
    metadata: { generateName: `${name}-`, namespace, ownerReferences, ...marksOf(endpoints) },
    ...contentOf(group),
  };
}

function rewritten(slice: EndpointSlice, endpoints: Endpoints, group: Group): EndpointSlice {
  const ownerReferences = [controllerReference(endpoints)];
  return { ...slice, ...contentOf(group), metadata: { ...slice.metadata, ownerReferences, ...marksOf(endpoints) } };
}

function contentOf({ addressType, ports, endpoints }: Group) {
  return { addressType, endpoints: [...endpoints.values()], ports };
}
