import type { Status } from "../../../api/errors.ts";
import { keyOf, splitKey } from "../../../api/object.ts";
import { ENDPOINTS, type Endpoints, PODS, SERVICES, type Service } from "../../../api/refs.ts";
import { equalJson, type JsonObject } from "../../../base/json.ts";
import { ok, type Result } from "../../../base/result.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../../controller-runtime/controller.ts";
import { Pace } from "../../../controllers/shared/pace.ts";
import { hasEndpoints, ServicePods, servicesOfPod } from "../../../controllers/shared/service-pods.ts";
import { HEADLESS_LABEL, hasClusterIp } from "../../../controllers/shared/service-ports.ts";
import { LAST_CHANGE_TRIGGER_TIME, TriggerTimes } from "../../../controllers/shared/trigger-times.ts";
import { subsetsOf, truncate } from "./controller-subsets.ts";

/** A service of 1,000 pods is looked at every 5 ms at most. (Upstream's client is held to 20 requests a second.) */
const PODS_PER_MS = 200;
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

interface Left {
  readonly spec: Service["spec"];
  readonly revision: string;
  /** All subsets, also the addresses that the object had no room for. */
  readonly whole: ReturnType<typeof subsetsOf>;
}

class EndpointsReconciler implements Reconciler {
  readonly #context: ComponentContext;
  readonly #pods: ServicePods;
  readonly #triggers = new TriggerTimes();
  readonly #pace = new Pace(PODS_PER_MS);
  /** For what service an object was last written, and its revision then; forgotten by a restart. */
  readonly #left = new Map<string, Left>();

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
    const current = cache.get(ENDPOINTS, key);
    if (!this.#isAsLeft(service, current)) this.#pods.lookAgain(service);
    const count = this.#pods.count(service);
    const waitMs = this.#pace.msUntil(key, count, nowMs);
    if (waitMs > 0) return { againAfterMs: waitMs };
    this.#pace.looked(key, count, nowMs);
    const look = this.#pods.look(service);
    const time = this.#triggers.next(key, service, look);
    const whole = subsetsOf(service, look, look.all ? [] : (this.#left.get(key)?.whole ?? []));
    const written = this.#write(service, current, truncate(whole), time);
    if (!written.ok) return { failed: written.error };
    if (written.value !== undefined) this.#remember(service, written.value, whole);
    return undefined;
  }

  /** Whether the object is what this controller last wrote, for the same service. */
  #isAsLeft(service: Service, current: Endpoints | undefined): boolean {
    const left = this.#left.get(keyOf(service));
    return left?.spec === service.spec && left.revision === current?.metadata.resourceVersion;
  }

  #remember(service: Service, { metadata }: Endpoints, whole: Left["whole"]): void {
    this.#left.set(keyOf(service), { spec: service.spec, revision: metadata.resourceVersion, whole });
    this.#pods.done(service);
  }

  #serviceGone(key: string): Outcome {
    const { namespace, name } = splitKey(key);
    this.#left.delete(key);
    this.#triggers.forget(key);
    this.#pace.forget(key);
    this.#pods.forget(namespace, name);
    if (this.#context.cache.get(ENDPOINTS, key) === undefined) return undefined;
    const deleted = this.#context.client.delete(ENDPOINTS, key);
    return deleted.ok || deleted.error.code === 404 ? undefined : { failed: deleted.error };
  }

  /** Writes what differs; the object as it stands then, or nothing where the namespace is going. */
  #write(
    service: Service,
    current: Endpoints | undefined,
    { subsets, truncated }: ReturnType<typeof truncate>,
    time: string | undefined,
  ): Result<Endpoints | undefined, Status> {
    const { client } = this.#context;
    const key = keyOf(service);
    const labels = labelsOf(service);
    const marked = current?.metadata.annotations?.[OVER_CAPACITY] === "truncated";
    const same =
      current !== undefined &&
      marked === truncated &&
      equalJson(current.subsets ?? [], subsets) &&
      equalJson(current.metadata.labels, labels);
    if (same) return ok(current);
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
    if (written.ok) return written;
    if (written.error.details?.causes?.some(({ reason }) => reason === "NamespaceTerminating")) return ok(undefined);
    const [reason, what] =
      current === undefined
        ? ["FailedToCreateEndpoint", `create endpoint for service ${key}`]
        : ["FailedToUpdateEndpoint", `update endpoint ${key}`];
    const message = `Failed to ${what}: ${written.error.message}`;
    this.#context.recordEvent(service, { type: "Warning", reason, message });
    return written;
  }
}

function labelsOf(service: Service): { readonly [key: string]: string } {
  const { [HEADLESS_LABEL]: _, ...labels } = service.metadata.labels ?? {};
  return { ...labels, ...(!hasClusterIp(service) && { [HEADLESS_LABEL]: "" }), [MANAGED_BY_LABEL]: MANAGER };
}
