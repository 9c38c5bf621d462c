import { keyOf, splitKey } from "../../../api/object.ts";
import { ENDPOINTS, type Endpoints, PODS, SERVICES, type Service } from "../../../api/refs.ts";
import { equalJson, type JsonObject } from "../../../base/json.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../../controller-runtime/controller.ts";
import { Pace } from "../../../controllers/shared/pace.ts";
import { hasEndpoints, ServicePods, servicesOfPod } from "../../../controllers/shared/service-pods.ts";
import { HEADLESS_LABEL, hasClusterIp } from "../../../controllers/shared/service-ports.ts";
import { LAST_CHANGE_TRIGGER_TIME, TriggerTimes } from "../../../controllers/shared/trigger-times.ts";
import { subsetsOf, truncate } from "./controller-subsets.ts";

const PODS_PER_MS = 50;
const MANAGED_BY_LABEL = "endpoints.kubernetes.io/managed-by";
const MANAGER = "endpoint-controller";
const OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";
const LEADER = "control-plane.alpha.kubernetes.io/leader";

// Models pkg/controller/endpoint
export const endpointsController: Controller = {
  name: "endpoint-controller",
  watches: [
    watchRule(SERVICES, ({ object }) => [keyOf(object)]),
    watchRule(PODS, (change, cache) => servicesOfPod(change, cache)),
    // At the start (revision 0) all are looked at: a service may have gone while nobody watched.
    watchRule(ENDPOINTS, ({ object, type, revision }) => {
      const leftOver = revision === 0 && object.metadata.annotations?.[LEADER] === undefined;
      return type === "DELETED" || leftOver ? [keyOf(object)] : [];
    }),
  ],
  create: (context) => new EndpointsReconciler(context),
};

class EndpointsReconciler implements Reconciler {
  readonly #context: ComponentContext;
  readonly #pods: ServicePods;
  readonly #triggers = new TriggerTimes();
  readonly #pace = new Pace(PODS_PER_MS);

  constructor(context: ComponentContext) {
    this.#context = context;
    this.#pods = new ServicePods(context);
  }

  save(): JsonObject {
    return { triggers: this.#triggers.save(), pace: this.#pace.save() };
  }

  load(state: JsonObject): void {
    this.#triggers.load(state.triggers as JsonObject);
    this.#pace.load(state.pace as JsonObject);
  }

  // Models pkg/controller/endpoint syncService
  reconcile(key: string): Outcome {
    const { cache, nowMs } = this.#context;
    const service = cache.get(SERVICES, key);
    if (service === undefined) return this.#serviceGone(key);
    if (!hasEndpoints(service)) return undefined;
    const waitMs = this.#pace.msUntil(key, this.#pods.count(service), nowMs);
    if (waitMs > 0) return { againAfterMs: waitMs };
    const pods = this.#pods.of(service);
    this.#pace.looked(key, pods.length, nowMs);
    const time = this.#triggers.next(key, service, pods);
    const { subsets, truncated } = truncate(subsetsOf(service, pods));
    return this.#write(service, subsets, truncated, time);
  }

  #serviceGone(key: string): Outcome {
    const { namespace, name } = splitKey(key);
    this.#triggers.forget(key);
    this.#pace.forget(key);
    this.#pods.forget(namespace, name);
    if (this.#context.cache.get(ENDPOINTS, key) === undefined) return undefined;
    const deleted = this.#context.client.delete(ENDPOINTS, key);
    return deleted.ok || deleted.error.code === 404 ? undefined : { failed: deleted.error };
  }

  #write(
    service: Service,
    subsets: NonNullable<Endpoints["subsets"]>,
    truncated: boolean,
    time: string | undefined,
  ): Outcome {
    const { cache, client } = this.#context;
    const key = keyOf(service);
    const current = cache.get(ENDPOINTS, key);
    const labels = labelsOf(service);
    const marked = current?.metadata.annotations?.[OVER_CAPACITY] === "truncated";
    const same =
      current !== undefined &&
      marked === truncated &&
      equalJson(current.subsets ?? [], subsets) &&
      equalJson(current.metadata.labels, labels);
    if (same) return undefined;

    const { [LAST_CHANGE_TRIGGER_TIME]: _, [OVER_CAPACITY]: __, ...others } = current?.metadata.annotations ?? {};
    const annotations = {
      ...others,
      ...(time !== undefined && { [LAST_CHANGE_TRIGGER_TIME]: time }),
      ...(truncated && { [OVER_CAPACITY]: "truncated" }),
    };
    const changes = { labels, annotations: Object.keys(annotations).length > 0 ? annotations : undefined };
    const content = { subsets: subsets.length > 0 ? subsets : undefined };
    const { name, namespace } = service.metadata;
    const written =
      current === undefined
        ? client.create(ENDPOINTS, { metadata: { name, namespace, ...changes }, ...content })
        : client.update(ENDPOINTS, { ...current, metadata: { ...current.metadata, ...changes }, ...content });
    if (written.ok) return undefined;
    // In a namespace that is going, nothing can be made.
    if (written.error.details?.causes?.some(({ reason }) => reason === "NamespaceTerminating")) return undefined;
    const [reason, what] =
      current === undefined
        ? ["FailedToCreateEndpoint", `create endpoint for service ${key}`]
        : ["FailedToUpdateEndpoint", `update endpoint ${key}`];
    const message = `Failed to ${what}: ${written.error.message}`;
    this.#context.recordEvent(service, { type: "Warning", reason, message });
    return { failed: written.error };
  }
}

function labelsOf(service: Service): { readonly [key: string]: string } {
  const { [HEADLESS_LABEL]: _, ...labels } = service.metadata.labels ?? {};
  return { ...labels, ...(!hasClusterIp(service) && { [HEADLESS_LABEL]: "" }), [MANAGED_BY_LABEL]: MANAGER };
}
