import type { Incoming } from "../../../api/object.ts";
import type { EndpointSlice, Service } from "../../../api/refs.ts";
import type { DiscoveryV1EndpointPort, Endpoint } from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";
import { controllerReference } from "../../../controllers/shared/pod-template.ts";
import { HEADLESS_LABEL, hasClusterIp } from "../../../controllers/shared/service-ports.ts";
import { SERVICE_NAME_LABEL } from "./kind.ts";

export const MAX_ENDPOINTS = 100;
export const MANAGED_BY_LABEL = "endpointslice.kubernetes.io/managed-by";
export const MANAGER = "endpointslice-controller.k8s.io";

export type NewSlice = Incoming<EndpointSlice>;
export type Ports = readonly DiscoveryV1EndpointPort[];

/** What is to be written, for one service. Slices to update carry the resourceVersion that they were read at. */
export interface SliceChanges {
  readonly create: NewSlice[];
  readonly update: EndpointSlice[];
  readonly remove: EndpointSlice[];
}

/** The endpoints that a set of ports is to have, by identity; of pods that did not change, none are told. */
export interface Wanted {
  readonly ports: Ports;
  readonly endpoints: Map<string, Endpoint>;
}

/** Whether an endpoint's pod may have changed: only then it is compared with what is wanted. */
export type Changed = (podName: string) => boolean;

/** One text for one set of ports, whatever their order. Models endpointslice util NewPortMapKey. */
export function portsKey(ports: Ports | undefined): string {
  return (ports ?? [])
    .map(({ name = "", protocol = "", port = "", appProtocol = "" }) => `${name}/${protocol}/${port}/${appProtocol}`)
    .sort()
    .join(",");
}

/** What makes an endpoint the same one. Models endpointslice util hashEndpoint. */
export function endpointKey({ addresses, hostname = "", targetRef }: Endpoint): string {
  return `${addresses.join(",")}|${hostname}|${targetRef?.name ?? ""}`;
}

// Models endpointslice util EndpointsEqualBeyondHash
function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return (
    a === b ||
    (a.conditions?.ready === b.conditions?.ready &&
      a.conditions?.serving === b.conditions?.serving &&
      a.conditions?.terminating === b.conditions?.terminating &&
      a.nodeName === b.nodeName &&
      a.zone === b.zone &&
      a.targetRef?.uid === b.targetRef?.uid)
  );
}

// Models endpointslice reconciler setEndpointSliceLabels
/** The labels of a service's slices: the service's own, and those that tie and mark them. */
export function sliceLabels(service: Service): { readonly [key: string]: string } {
  const { [HEADLESS_LABEL]: _, ...labels } = service.metadata.labels ?? {};
  return {
    ...labels,
    ...(!hasClusterIp(service) && { [HEADLESS_LABEL]: "" }),
    [SERVICE_NAME_LABEL]: service.metadata.name,
    [MANAGED_BY_LABEL]: MANAGER,
  };
}

// Models endpointslice reconciler newEndpointSlice
export function newSlice(
  service: Service,
  addressType: string,
  ports: Ports,
  endpoints: readonly Endpoint[],
): NewSlice {
  const { name, namespace } = service.metadata;
  return {
    metadata: {
      generateName: `${name}-`,
      ...(namespace !== undefined && { namespace }),
      labels: sliceLabels(service),
      ownerReferences: [controllerReference(service)],
    },
    addressType,
    ...(endpoints.length > 0 && { endpoints }),
    ...(ports.length > 0 && { ports }),
  };
}

/** A slice with room, while it is filled. */
interface Filling {
  readonly slice: EndpointSlice | undefined;
  readonly endpoints: Endpoint[];
}

// Models endpointslice reconciler reconcileByPortMapping
/**
 * Fits the wanted endpoints of one set of ports into slices with as few writes as can be: first into those that change
 * anyway, then into one with room for all the rest, then into new ones. Takes from `wanted` what it has placed.
 */
export function reconcilePorts(
  service: Service,
  addressType: string,
  existing: readonly EndpointSlice[],
  { ports, endpoints: wanted }: Wanted,
  isChanged: Changed,
): SliceChanges {
  const { changed, unchanged, remove } = keepWanted(service, existing, wanted, isChanged);
  const rest = inOrder(wanted);
  changed.sort((a, b) => b.endpoints.length - a.endpoints.length);
  for (const filling of changed) fill(filling, rest);
  const fresh: Filling[] = [];
  while (rest.length > 0) {
    const roomy = rest.length < MAX_ENDPOINTS ? takeRoomiest(unchanged, rest.length) : undefined;
    const filling = roomy ?? { slice: undefined, endpoints: [] };
    (roomy ? changed : fresh).push(filling);
    fill(filling, rest);
  }
  const labels = sliceLabels(service);
  const update: EndpointSlice[] = [];
  for (const { slice, endpoints } of changed) {
    if (slice !== undefined) update.push({ ...slice, metadata: { ...slice.metadata, labels }, endpoints });
  }
  return { create: fresh.map(({ endpoints }) => newSlice(service, addressType, ports, endpoints)), update, remove };
}

interface Kept {
  readonly changed: Filling[];
  readonly unchanged: EndpointSlice[];
  readonly remove: EndpointSlice[];
}

/** Goes through existing slices: drops what is not wanted, renews what differs. Placed ones leave `wanted`. */
function keepWanted(
  service: Service,
  existing: readonly EndpointSlice[],
  wanted: Map<string, Endpoint>,
  isChanged: Changed,
): Kept {
  const kept: Kept = { changed: [], unchanged: [], remove: [] };
  const labels = sliceLabels(service);
  const nothingNew = wanted.size === 0;
  for (const slice of existing) {
    const before = slice.endpoints ?? [];
    const endpoints: Endpoint[] = [];
    let differs = false;
    for (const endpoint of before) {
      if (!isChanged(endpoint.targetRef?.name ?? "")) {
        endpoints.push(endpoint);
        continue;
      }
      const key = endpointKey(endpoint);
      const now = wanted.get(key);
      if (now === undefined) continue;
      wanted.delete(key);
      const same = sameEndpoint(now, endpoint);
      endpoints.push(same ? endpoint : now);
      if (!same) differs = true;
    }
    // An empty slice is of no use, but for endpoints to come.
    if (endpoints.length === 0 && (before.length > 0 || nothingNew)) kept.remove.push(slice);
    else if (differs || endpoints.length !== before.length || !equalJson(slice.metadata.labels, labels)) {
      kept.changed.push({ slice, endpoints });
    } else kept.unchanged.push(slice);
  }
  return kept;
}

/** Upstream takes them as Go's maps come; by name, the same run is the same run. Last in the list comes first. */
function inOrder(wanted: Map<string, Endpoint>): Endpoint[] {
  const keyed = [...wanted].sort(([a], [b]) => (a < b ? 1 : -1));
  return keyed.map(([, endpoint]) => endpoint);
}

function fill({ endpoints }: Filling, rest: Endpoint[]): void {
  while (endpoints.length < MAX_ENDPOINTS) {
    const endpoint = rest.pop();
    if (endpoint === undefined) return;
    endpoints.push(endpoint);
  }
}

// Models endpointslice reconciler getSliceToFill
/** Takes out the slice that is fullest with `count` more, if one has room for them. */
function takeRoomiest(unchanged: EndpointSlice[], count: number): Filling | undefined {
  let best = -1;
  let bestLeft = MAX_ENDPOINTS;
  for (const [at, { endpoints = [] }] of unchanged.entries()) {
    const left = MAX_ENDPOINTS - endpoints.length - count;
    if (left < 0 || left >= bestLeft) continue;
    best = at;
    bestLeft = left;
  }
  const slice = best < 0 ? undefined : unchanged.splice(best, 1)[0];
  return slice && { slice, endpoints: [...(slice.endpoints ?? [])] };
}
