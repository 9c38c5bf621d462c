import { keyOf } from "../../../api/object.ts";
import { API_SERVICES, type ApiService, CUSTOM_RESOURCE_DEFINITIONS, SERVICES } from "../../../api/refs.ts";
import { equalJson } from "../../../base/json.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../../controller-runtime/controller.ts";
import { AUTOMANAGED, wantedServices } from "./local.ts";

/** The one key besides those of APIServices: what is served has changed. */
const ALL = "*";

/**
 * Keeps an APIService for each group version that is served, and says of each whether it is available. Models
 * kube-aggregator pkg/controllers/{autoregister,status}.
 */
export const apiServiceController: Controller = {
  name: "apiservice-registration-controller",
  watches: [
    watchRule(API_SERVICES, ({ object, type }) => (type === "DELETED" ? [ALL] : [keyOf(object)])),
    watchRule(CUSTOM_RESOURCE_DEFINITIONS, () => [ALL]),
    watchRule(SERVICES, ({ object, type }, cache) => {
      if (type === "MODIFIED") return [];
      const { name, namespace } = object.metadata;
      const about = [...cache.list(API_SERVICES)].filter(
        ({ spec: { service } }) => service?.name === name && service?.namespace === namespace,
      );
      return about.map(keyOf);
    }),
  ],
  create: (context) => new ApiServiceReconciler(context),
};

class ApiServiceReconciler implements Reconciler {
  readonly #context: ComponentContext;

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  start(): void {
    this.#register();
  }

  reconcile(key: string): Outcome {
    if (key === ALL) return this.#register();
    const { cache, client } = this.#context;
    const service = cache.get(API_SERVICES, key);
    if (service === undefined) return undefined;
    const next = this.#withCondition(service);
    if (next === service) return undefined;
    const updated = client.updateStatus(API_SERVICES, next);
    return updated.ok || updated.error.code === 404 ? undefined : { failed: updated.error };
  }

  #register(): Outcome {
    const { cache, client } = this.#context;
    const definitions = [...cache.list(CUSTOM_RESOURCE_DEFINITIONS)];
    const custom = new Set(definitions.map(({ metadata }) => metadata.name));
    const groups = this.#context.resources().flatMap(({ ref }) => (custom.has(ref.id) ? [] : [ref.group]));
    // Events are stored in the core group and served in their own.
    const wanted = wantedServices(new Set([...groups, "events.k8s.io"]), definitions);
    const names = new Set(wanted.map(({ metadata }) => metadata.name));
    for (const one of wanted) {
      const present = cache.get(API_SERVICES, one.metadata.name);
      if (present === undefined) client.create(API_SERVICES, one);
      else if (!equalJson(present.spec, one.spec) && present.metadata.labels?.[AUTOMANAGED] !== undefined) {
        client.update(API_SERVICES, { ...present, spec: one.spec });
      }
    }
    for (const service of [...cache.list(API_SERVICES)]) {
      const isGone = service.metadata.labels?.[AUTOMANAGED] === "true" && !names.has(service.metadata.name);
      if (isGone) client.delete(API_SERVICES, service.metadata.name);
    }
    return undefined;
  }

  #withCondition(service: ApiService): ApiService {
    const said = { type: "Available", ...this.#availability(service) };
    const before = service.status.conditions?.find(({ type }) => type === "Available");
    const isSame = before?.status === said.status;
    const { type, status, reason, message } = said;
    const lastTransitionTime = isSame ? before?.lastTransitionTime : this.#context.now;
    const condition = { type, status, lastTransitionTime, reason, message };
    return equalJson(before, condition) ? service : { ...service, status: { conditions: [condition] } };
  }

  #availability({ spec: { service } }: ApiService) {
    if (service === undefined) {
      return { status: "True", reason: "Local", message: "Local APIServices are always available" };
    }
    const where = `service/${service.name} in "${service.namespace}"`;
    if (this.#context.cache.get(SERVICES, `${service.namespace}/${service.name}`) === undefined) {
      return { status: "False", reason: "ServiceNotFound", message: `${where} is not present` };
    }
    // Nothing is proxied to services here, so none can answer.
    return {
      status: "False",
      reason: "FailedDiscoveryCheck",
      message: `${where} is not asked: nothing is aggregated here`,
    };
  }
}
