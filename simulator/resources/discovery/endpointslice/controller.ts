import { internalError, type Status } from "../../../api/errors.ts";
import { controllerOf, joinKey, keyOf, splitKey } from "../../../api/object.ts";
import { ENDPOINT_SLICES, type EndpointSlice, PODS, SERVICES, type Service } from "../../../api/refs.ts";
import type { Change } from "../../../api/store.ts";
import { equalJson, type JsonObject } from "../../../base/json.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../../controller-runtime/controller.ts";
import { Pace } from "../../../controllers/shared/pace.ts";
import { hasEndpoints, ServicePods, servicesOfPod } from "../../../controllers/shared/service-pods.ts";
import { familiesOf } from "../../../controllers/shared/service-ports.ts";
import { LAST_CHANGE_TRIGGER_TIME, TriggerTimes } from "../../../controllers/shared/trigger-times.ts";
import { wantedEndpoints } from "./controller-endpoints.ts";
import {
  type Changed,
  MANAGED_BY_LABEL,
  MANAGER,
  type NewSlice,
  newSlice,
  portsKey,
  reconcilePorts,
  type SliceChanges,
  sliceLabels,
  type Wanted,
} from "./controller-slices.ts";
import { SERVICE_NAME_LABEL, SLICES_BY_SERVICE } from "./kind.ts";

/** A service of 10,000 pods is looked at every 50 ms at most. (Upstream's client is held to 20 requests a second.) */
const PODS_PER_MS = 200;

// Models pkg/controller/endpointslice and staging k8s.io/endpointslice
export const endpointSliceController: Controller = {
  name: "endpoint-slice-controller",
  watches: [
    watchRule(SERVICES, ({ object }) => [keyOf(object)]),
    watchRule(PODS, (change, cache) => servicesOfPod(change, cache)),
    watchRule(ENDPOINT_SLICES, sliceKey),
  ],
  create: (context) => new EndpointSliceReconciler(context),
};

// Models pkg/controller/endpointslice onEndpointSliceUpdate, onEndpointSliceDelete
/** A slice's change, as `namespace/service/slice`: whether it was this controller's own is found out later. */
function sliceKey({ object, type, previous }: Change<EndpointSlice>): readonly string[] {
  const managed = (slice: EndpointSlice) => slice.metadata.labels?.[MANAGED_BY_LABEL] === MANAGER;
  const subject = previous !== undefined && !managed(object) ? previous : object;
  const service = subject.metadata.labels?.[SERVICE_NAME_LABEL];
  if (service === undefined || !managed(subject) || type === "ADDED") return [];
  return [`${object.metadata.namespace}/${service}/${object.metadata.name}`];
}

class EndpointSliceReconciler implements Reconciler {
  readonly #context: ComponentContext;
  readonly #pods: ServicePods;
  readonly #triggers = new TriggerTimes();
  readonly #pace = new Pace(PODS_PER_MS);
  /** What services asked for when their slices were last brought up to date; forgotten by a restart. */
  readonly #served = new Map<string, Service["spec"]>();
  /** Revisions of slices as this controller left them. */
  readonly #left = new Map<string, string>();

  constructor(context: ComponentContext) {
    this.#context = context;
    this.#pods = new ServicePods(context);
  }

  save(): JsonObject {
    return { triggers: this.#triggers.save(), pace: this.#pace.save(), left: Object.fromEntries(this.#left) };
  }

  load(state: JsonObject): void {
    this.#triggers.load(state.triggers as JsonObject);
    this.#pace.load(state.pace as JsonObject);
    for (const [key, revision] of Object.entries(state.left as { [key: string]: string }))
      this.#left.set(key, revision);
  }

  reconcile(key: string): Outcome {
    const [namespace = "", service = "", slice] = key.split("/");
    const serviceKey = joinKey(namespace, service);
    if (slice === undefined) return this.#sync(serviceKey, false);
    const sliceKey = joinKey(namespace, slice);
    if (this.#isAsLeft(sliceKey)) return undefined;
    this.#left.delete(sliceKey);
    return this.#sync(serviceKey, true);
  }

  /** Whether a slice is as this controller wrote it, or gone as it wished. */
  #isAsLeft(sliceKey: string): boolean {
    const slice = this.#context.cache.get(ENDPOINT_SLICES, sliceKey);
    return this.#left.get(sliceKey) === slice?.metadata.resourceVersion;
  }

  // Models pkg/controller/endpointslice syncService
  #sync(key: string, fromScratch: boolean): Outcome {
    const { cache, nowMs } = this.#context;
    const service = cache.get(SERVICES, key);
    if (service === undefined) {
      const { namespace, name } = splitKey(key);
      this.#triggers.forget(key);
      this.#pace.forget(key);
      this.#served.delete(key);
      this.#pods.forget(namespace, name);
      return undefined;
    }
    if (!hasEndpoints(service)) return undefined;
    const slices = this.#slicesOf(key);
    const known = !fromScratch && slices.length > 0 && slices.every((slice) => this.#isAsLeft(keyOf(slice)));
    if (!known || this.#served.get(key) !== service.spec) this.#pods.lookAgain(service);
    const count = this.#pods.count(service);
    const waitMs = this.#pace.msUntil(key, count, nowMs);
    if (waitMs > 0) return { againAfterMs: waitMs };
    this.#pace.looked(key, count, nowMs);
    const failure = this.#reconcileService(key, service, slices);
    if (failure === undefined) {
      this.#pods.done(service);
      this.#served.set(key, service.spec);
      return undefined;
    }
    const message = `Error updating Endpoint Slices for Service ${key}: ${failure.message}`;
    this.#context.recordEvent(service, { type: "Warning", reason: "FailedToUpdateEndpointSlices", message });
    return { failed: failure };
  }

  #slicesOf(serviceKey: string): readonly EndpointSlice[] {
    const slices: EndpointSlice[] = [];
    for (const slice of this.#context.cache.byIndex(ENDPOINT_SLICES, SLICES_BY_SERVICE, serviceKey)) {
      const { labels, deletionTimestamp } = slice.metadata;
      if (labels?.[MANAGED_BY_LABEL] === MANAGER && deletionTimestamp === undefined) slices.push(slice);
    }
    return slices;
  }

  // Models endpointslice reconciler Reconcile
  #reconcileService(key: string, service: Service, slices: readonly EndpointSlice[]): Status | undefined {
    const { cache } = this.#context;
    const look = this.#pods.look(service);
    const time = this.#triggers.next(key, service, look);
    const families = familiesOf(service);
    const problems: string[] = [];
    let failure: Status | undefined;
    for (const family of families) {
      const wanted = wantedEndpoints(service, family, look.pods, cache);
      problems.push(...wanted.problems);
      const ofFamily = slices.filter(({ addressType }) => addressType === family);
      failure ??= this.#write(changesOf(service, family, ofFamily, wanted.byPorts, look.changed), service, time);
    }
    const remove = slices.filter(({ addressType }) => !families.includes(addressType as "IPv4"));
    failure ??= this.#write({ create: [], update: [], remove }, service, time);
    return failure ?? (problems.length > 0 ? internalError(problems.join(", ")) : undefined);
  }

  // Models endpointslice reconciler finalize
  /** Writes; a slice that would go becomes one that would be made, so that watchers see one change. */
  #write({ create, update, remove }: SliceChanges, service: Service, time: string | undefined): Status | undefined {
    const made = [...create];
    const changed = [...update];
    const gone: EndpointSlice[] = [];
    for (const slice of remove) {
      const mayBecome = made.length > 0 && controllerOf(slice)?.uid === service.metadata.uid;
      const wanted = mayBecome ? made.pop() : undefined;
      if (wanted === undefined) gone.push(slice);
      else changed.push(becoming(slice, wanted));
    }
    const { client } = this.#context;
    for (const slice of made) {
      const created = client.create(ENDPOINT_SLICES, { ...slice, metadata: withTime(slice.metadata, time) });
      // In a namespace that is going, nothing can be made.
      const terminating =
        !created.ok && created.error.details?.causes?.some((at) => at.reason === "NamespaceTerminating");
      if (created.ok) this.#left.set(keyOf(created.value), created.value.metadata.resourceVersion);
      else if (!terminating) return created.error;
    }
    for (const slice of changed) {
      const written = client.update(ENDPOINT_SLICES, { ...slice, metadata: withTime(slice.metadata, time) });
      if (!written.ok) return written.error;
      this.#left.set(keyOf(slice), written.value.metadata.resourceVersion);
    }
    for (const slice of gone) {
      const deleted = client.delete(ENDPOINT_SLICES, keyOf(slice));
      if (!deleted.ok && deleted.error.code !== 404) return deleted.error;
      this.#left.delete(keyOf(slice));
    }
    return undefined;
  }
}

function withTime<M extends { readonly annotations?: { readonly [key: string]: string } }>(
  metadata: M,
  time: string | undefined,
): M {
  const { [LAST_CHANGE_TRIGGER_TIME]: _, ...others } = metadata.annotations ?? {};
  const annotations = time === undefined ? others : { ...others, [LAST_CHANGE_TRIGGER_TIME]: time };
  return { ...metadata, annotations: Object.keys(annotations).length > 0 ? annotations : undefined };
}

function becoming(slice: EndpointSlice, { metadata, ...content }: NewSlice): EndpointSlice {
  const { apiVersion, kind } = slice;
  const { labels, ownerReferences } = metadata;
  return { apiVersion, kind, ...content, metadata: { ...slice.metadata, labels, ownerReferences } };
}

// Models endpointslice reconciler reconcileByAddressType, its second half
function changesOf(
  service: Service,
  family: string,
  existing: readonly EndpointSlice[],
  wanted: ReadonlyMap<string, Wanted>,
  isChanged: Changed,
): SliceChanges {
  const changes: SliceChanges = { create: [], update: [], remove: [] };
  const byPorts = new Map<string, EndpointSlice[]>();
  for (const slice of existing) {
    if (controllerOf(slice)?.uid !== service.metadata.uid) {
      changes.remove.push(slice);
      continue;
    }
    const key = portsKey(slice.ports);
    const group = byPorts.get(key);
    if (group === undefined) byPorts.set(key, [slice]);
    else group.push(slice);
  }
  for (const key of new Set([...wanted.keys(), ...byPorts.keys()])) {
    const slices = byPorts.get(key) ?? [];
    const group = wanted.get(key) ?? { ports: slices[0]?.ports ?? [], endpoints: new Map() };
    const { create, update, remove } = reconcilePorts(service, family, slices, group, isChanged);
    changes.create.push(...create);
    changes.update.push(...update);
    changes.remove.push(...remove);
  }
  if (existing.length !== changes.remove.length || changes.create.length > 0) return changes;
  return withPlaceholder(service, family, changes);
}

/** A service without endpoints has one empty slice, so that its watchers know that it was looked at. */
function withPlaceholder(service: Service, family: string, changes: SliceChanges): SliceChanges {
  const [only, ...others] = changes.remove;
  const isPlaceholder =
    only !== undefined &&
    others.length === 0 &&
    controllerOf(only)?.uid === service.metadata.uid &&
    !only.endpoints?.length &&
    !only.ports?.length &&
    equalJson(only.metadata.labels, sliceLabels(service));
  if (isPlaceholder) return { ...changes, remove: [] };
  return { ...changes, create: [newSlice(service, family, [], [])] };
}
