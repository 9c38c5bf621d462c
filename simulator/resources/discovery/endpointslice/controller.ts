import { internalError, type Status } from "../../../api/errors.ts";
import { controllerOf, joinKey, keyOf, splitKey } from "../../../api/object.ts";
import { ENDPOINT_SLICES, type EndpointSlice, PODS, type Pod, SERVICES, type Service } from "../../../api/refs.ts";
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
  MANAGED_BY_LABEL,
  MANAGER,
  type NewSlice,
  newSlice,
  portsKey,
  reconcilePorts,
  type SliceChanges,
  sliceLabels,
} from "./controller-slices.ts";
import { SERVICE_NAME_LABEL, SLICES_BY_SERVICE } from "./kind.ts";

const PODS_PER_MS = 100;

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
  /** Revisions of slices as this controller left them, whose changes it has yet to see; "" for deleted ones. */
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
    return slice !== undefined && this.#isAsLeft(joinKey(namespace, slice)) ? undefined : this.#sync(serviceKey);
  }

  /** Whether a changed slice is as this controller wrote it. */
  #isAsLeft(sliceKey: string): boolean {
    const left = this.#left.get(sliceKey);
    this.#left.delete(sliceKey);
    return left === (this.#context.cache.get(ENDPOINT_SLICES, sliceKey)?.metadata.resourceVersion ?? "");
  }

  // Models pkg/controller/endpointslice syncService
  #sync(key: string): Outcome {
    const { cache, nowMs } = this.#context;
    const service = cache.get(SERVICES, key);
    if (service === undefined) {
      const { namespace, name } = splitKey(key);
      this.#triggers.forget(key);
      this.#pace.forget(key);
      this.#pods.forget(namespace, name);
      return undefined;
    }
    if (!hasEndpoints(service)) return undefined;
    const waitMs = this.#pace.msUntil(key, this.#pods.count(service), nowMs);
    if (waitMs > 0) return { againAfterMs: waitMs };
    const pods = this.#pods.of(service);
    this.#pace.looked(key, pods.length, nowMs);
    const failure = this.#reconcileService(key, service, pods);
    if (failure === undefined) return undefined;
    const message = `Error updating Endpoint Slices for Service ${key}: ${failure.message}`;
    this.#context.recordEvent(service, { type: "Warning", reason: "FailedToUpdateEndpointSlices", message });
    return { failed: failure };
  }

  // Models endpointslice reconciler Reconcile
  #reconcileService(key: string, service: Service, pods: readonly Pod[]): Status | undefined {
    const { cache } = this.#context;
    const time = this.#triggers.next(key, service, pods);
    const slices: EndpointSlice[] = [];
    for (const slice of cache.byIndex(ENDPOINT_SLICES, SLICES_BY_SERVICE, key)) {
      const { labels, deletionTimestamp } = slice.metadata;
      if (labels?.[MANAGED_BY_LABEL] === MANAGER && deletionTimestamp === undefined) slices.push(slice);
    }
    const families = familiesOf(service);
    const problems: string[] = [];
    let failure: Status | undefined;
    for (const family of families) {
      const wanted = wantedEndpoints(service, family, pods, cache);
      problems.push(...wanted.problems);
      const ofFamily = slices.filter(({ addressType }) => addressType === family);
      failure ??= this.#write(changesOf(service, family, ofFamily, wanted.byPorts), service, time);
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
      if (!created.ok && !terminating) return created.error;
    }
    for (const slice of changed) {
      const written = client.update(ENDPOINT_SLICES, { ...slice, metadata: withTime(slice.metadata, time) });
      if (!written.ok) return written.error;
      this.#left.set(keyOf(slice), written.value.metadata.resourceVersion);
    }
    for (const slice of gone) {
      const deleted = client.delete(ENDPOINT_SLICES, keyOf(slice));
      if (!deleted.ok && deleted.error.code !== 404) return deleted.error;
      this.#left.set(keyOf(slice), "");
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
  wanted: ReturnType<typeof wantedEndpoints>["byPorts"],
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
  for (const [key, group] of wanted) {
    const { create, update, remove } = reconcilePorts(service, family, byPorts.get(key) ?? [], group);
    changes.create.push(...create);
    changes.update.push(...update);
    changes.remove.push(...remove);
    byPorts.delete(key);
  }
  for (const group of byPorts.values()) changes.remove.push(...group);
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
