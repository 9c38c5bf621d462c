import type { Status } from "../../../api/errors.ts";
import { joinKey, keyOf } from "../../../api/object.ts";
import {
  ENDPOINT_SLICES,
  ENDPOINTS,
  type EndpointSlice,
  type Endpoints,
  SERVICES,
  type Service,
} from "../../../api/refs.ts";
import type { Change } from "../../../api/store.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../../controller-runtime/controller.ts";
import { MANAGED_BY_LABEL } from "./controller-slices.ts";
import { SERVICE_NAME_LABEL, SLICES_BY_SERVICE } from "./kind.ts";
import { MAX_PER_SUBSET, MIRROR, mirrorChanges } from "./mirroring-changes.ts";

const SKIP_LABEL = "endpointslice.kubernetes.io/skip-mirror";
const LEADER = "control-plane.alpha.kubernetes.io/leader";

// Models pkg/controller/endpointslicemirroring
/** Slices for endpoints that somebody wrote by hand, of services that select no pods. Keys: services. */
export const endpointSliceMirroringController: Controller = {
  name: "endpoint-slice-mirroring-controller",
  watches: [
    watchRule(SERVICES, ({ object, previous }) =>
      selectsNothing(object) || (previous !== undefined && selectsNothing(previous)) ? [keyOf(object)] : [],
    ),
    watchRule(ENDPOINTS, ({ object, previous }) =>
      isMirrored(object) || (previous !== undefined && isMirrored(previous)) ? [keyOf(object)] : [],
    ),
    watchRule(ENDPOINT_SLICES, servicesOfSlice),
  ],
  create: (context) => new Mirroring(context),
};

const selectsNothing = ({ spec }: Service): boolean => Object.keys(spec.selector ?? {}).length === 0;

// Models endpointslicemirroring shouldMirror
function isMirrored({ metadata }: Endpoints): boolean {
  return metadata.labels?.[SKIP_LABEL] !== "true" && metadata.annotations?.[LEADER] === undefined;
}

const isMirror = ({ metadata }: EndpointSlice): boolean => metadata.labels?.[MANAGED_BY_LABEL] === MIRROR;

function servicesOfSlice({ object, previous }: Change<EndpointSlice>): readonly string[] {
  return [object, ...(previous === undefined ? [] : [previous])].flatMap((slice) => {
    const service = slice.metadata.labels?.[SERVICE_NAME_LABEL];
    return isMirror(slice) && service ? [joinKey(slice.metadata.namespace, service)] : [];
  });
}

class Mirroring implements Reconciler {
  readonly #context: ComponentContext;

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  // Models endpointslicemirroring syncEndpoints
  reconcile(key: string): Outcome {
    const { cache } = this.#context;
    const slices = [...cache.byIndex(ENDPOINT_SLICES, SLICES_BY_SERVICE, key)].filter(isMirror);
    const endpoints = cache.get(ENDPOINTS, key);
    const service = cache.get(SERVICES, key);
    const isWanted =
      endpoints !== undefined && isMirrored(endpoints) && service !== undefined && selectsNothing(service);
    const failed = isWanted ? this.#mirror(endpoints, slices) : this.#remove(slices);
    return failed && { failed };
  }

  // Models endpointslicemirroring reconciler finalize
  #mirror(endpoints: Endpoints, slices: readonly EndpointSlice[]): Status | undefined {
    const { client, recordEvent } = this.#context;
    const { create, update, remove, skipped } = mirrorChanges(endpoints, slices);
    if (skipped > 0) {
      const limit = `A max of ${MAX_PER_SUBSET} addresses can be mirrored to EndpointSlices per Endpoints subset`;
      const message = `${limit}. ${skipped} addresses were skipped`;
      recordEvent(endpoints, { type: "Warning", reason: "TooManyAddressesToMirror", message });
    }
    for (const slice of endpoints.metadata.deletionTimestamp === undefined ? create : []) {
      const created = client.create(ENDPOINT_SLICES, slice);
      if (created.ok) continue;
      // In a namespace that is going, nothing can be made.
      const isGoing = created.error.details?.causes?.some(({ reason }) => reason === "NamespaceTerminating");
      return isGoing ? undefined : created.error;
    }
    for (const slice of update) {
      const written = client.update(ENDPOINT_SLICES, slice);
      if (!written.ok) return written.error;
    }
    return this.#remove(remove);
  }

  #remove(slices: readonly EndpointSlice[]): Status | undefined {
    for (const slice of slices) {
      const deleted = this.#context.client.delete(ENDPOINT_SLICES, keyOf(slice));
      if (!deleted.ok && deleted.error.code !== 404) return deleted.error;
    }
    return undefined;
  }
}
