import { isObject } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { DeleteOptions } from "../client.ts";
import { deleteOptions } from "../delete-options.ts";
import { badRequest, conflict, forbidden, notFound, type Status, tooManyRequests } from "../errors.ts";
import type { Kind } from "../kind.ts";
import { joinKey } from "../object.ts";
import { kindOf, type Writer } from "../operations.ts";
import { POD_DISRUPTION_BUDGETS, PODS, type Pod, type PodDisruptionBudget } from "../refs.ts";
import { type Answer, type ApiServerOptions, type RoutedExchange, writerOf } from "../server.ts";
import type { SubresourceHandler } from "../subresource.ts";
import { budgetsOf, disruptionConditions } from "./disruption-budget.ts";

const MAX_DISRUPTED_PODS = 2000;
const VIOLATION = "Cannot evict pod as it would violate the pod's disruption budget.";
const RETRY_SECONDS = 10;
const TWO_BUDGETS = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";

/** POST pods/eviction: a deletion that asks the pod's disruption budget first. Models pkg/registry/core/pod/storage EvictionREST. */
export const evictionHandler: SubresourceHandler = {
  resource: "pods",
  name: "eviction",
  kind: "Eviction",
  POST: evict,
};

/** What one eviction works with. */
interface Eviction {
  readonly server: ApiServerOptions;
  readonly kind: Kind<Pod>;
  readonly key: string;
  readonly options: DeleteOptions;
  readonly writer: Writer;
}

function evict(exchange: RoutedExchange): Answer {
  const { server, route, body } = exchange;
  const metadata = isObject(body?.metadata) ? body.metadata : {};
  if (metadata.name !== route.name) return fail(badRequest("name in URL does not match name in Eviction object"));
  const given = isObject(body?.deleteOptions) ? body.deleteOptions : {};
  const asked = deleteOptions(given, exchange.query);
  if (!asked.ok) return asked;
  const { options, dryRun } = asked.value;
  const writer = writerOf(exchange);
  const key = joinKey(route.namespace, route.name);
  const pod = server.store.of(PODS).get(key);
  if (pod === undefined) return fail(notFound(PODS, route.name));
  const kind = route.kind as unknown as Kind<Pod>;
  return ask({ server, kind, key, options, writer: dryRun ? { ...writer, dryRun } : writer }, pod);
}

function ask(eviction: Eviction, pod: Pod): Answer {
  const { server, options } = eviction;
  // A pod that has ended, is ending or has not begun serves nobody: it goes unasked.
  if (isUnguarded(pod)) return remove(eviction, options);
  const { namespace = "" } = pod.metadata;
  const budgets = budgetsOf(pod, server.store.of(POD_DISRUPTION_BUDGETS).byIndex("namespace", namespace));
  const [budget, ...others] = budgets;
  if (budget === undefined) return remove(eviction, options);
  if (others.length > 0) {
    const failure = {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: TWO_BUDGETS,
      code: 500,
    };
    return ok({ code: 500, body: failure });
  }
  if (isHealthy(pod) || !allowsUnhealthy(budget)) {
    const taken = take(eviction, budget, pod.metadata.name);
    return taken.ok ? remove(eviction, options) : taken;
  }
  // An unhealthy pod is no loss, as long as it has not become healthy in the meantime.
  const unchanged = { resourceVersion: pod.metadata.resourceVersion, ...definedOnly(options) };
  const removed = remove(eviction, unchanged);
  const lost = !removed.ok && removed.error.code === 409 && options.resourceVersion === undefined;
  return lost ? fail(stillProcessed(budget)) : removed;
}

function isUnguarded({ metadata, status }: Pod): boolean {
  const { phase } = status;
  if (metadata.deletionTimestamp !== undefined) return true;
  return phase === "Succeeded" || phase === "Failed" || phase === "Pending";
}

function isHealthy({ status }: Pod): boolean {
  return status.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") === true;
}

function allowsUnhealthy({ spec, status }: PodDisruptionBudget): boolean {
  if (spec.unhealthyPodEvictionPolicy === "AlwaysAllow") return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status;
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

function definedOnly(options: DeleteOptions): DeleteOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function stillProcessed({ metadata }: PodDisruptionBudget): Status {
  const message = `The disruption budget ${metadata.name} is still being processed by the server.`;
  return tooManyRequests(VIOLATION, RETRY_SECONDS, [{ reason: "DisruptionBudget", message }]);
}

// Models checkAndDecrement
/** Takes one disruption off a budget, and notes the pod as going, so that nobody counts it until it is gone. */
function take({ server, writer }: Eviction, budget: PodDisruptionBudget, podName: string): Result<true, Status> {
  const { metadata, status } = budget;
  const { disruptionsAllowed = 0, desiredHealthy = 0, currentHealthy = 0, disruptedPods = {} } = status;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return fail(stillProcessed(budget));
  const refuse = (why: string) =>
    fail(forbidden({ group: "policy", plural: "poddisruptionbudget" }, metadata.name, why));
  if (disruptionsAllowed < 0) return refuse("pdb disruptions allowed is negative");
  if (Object.keys(disruptedPods).length > MAX_DISRUPTED_PODS) {
    return refuse("DisruptedPods map too big - too many evictions not confirmed by PDB controller");
  }
  if (disruptionsAllowed === 0) {
    const message = `The disruption budget ${metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
    return fail(tooManyRequests(VIOLATION, 0, [{ reason: "DisruptionBudget", message }]));
  }
  if (writer.dryRun) return ok(true);
  const { now } = server.operations.context(writer);
  const left = { ...status, disruptionsAllowed: disruptionsAllowed - 1 };
  const conditions = left.disruptionsAllowed === 0 ? { conditions: disruptionConditions({ status: left, now }) } : {};
  const next = { ...left, ...conditions, disruptedPods: { ...disruptedPods, [podName]: now } };
  const kind = kindOf(server.kinds, POD_DISRUPTION_BUDGETS);
  const key = joinKey(metadata.namespace, metadata.name);
  const trusted = { ...writer, trusted: true };
  const written = server.operations.update(kind, key, (old) => ok({ ...old, status: next }), trusted, "status");
  return written.ok ? ok(true) : written;
}

// Models addConditionAndDeletePod
function remove(eviction: Eviction, options: DeleteOptions): Answer {
  const { server, kind, key, writer } = eviction;
  const marked = writer.dryRun ? undefined : mark(eviction, options);
  if (marked?.ok === false) return marked;
  const { resourceVersion } = options;
  const moved = marked !== undefined && resourceVersion !== undefined;
  const preconditions = moved ? { ...options, resourceVersion: marked.value.metadata.resourceVersion } : options;
  const deleted = server.operations.delete(kind, key, preconditions, writer);
  if (!deleted.ok) return deleted;
  return ok({ code: 201, body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 } });
}

/** Says in the pod's conditions why it goes. */
function mark({ server, kind, key, writer }: Eviction, options: DeleteOptions): Result<Pod, Status> {
  const { now } = server.operations.context(writer);
  const change = (pod: Pod): Result<Pod, Status> => {
    const { uid, resourceVersion, name } = pod.metadata;
    const refuse = (what: string, wanted: string, had: string, why: string) =>
      fail(
        conflict(
          { group: "", plural: "Pod" },
          name,
          `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${had}). The object might have been ${why}`,
        ),
      );
    if (options.uid && options.uid !== uid) return refuse("UID", options.uid, uid, "deleted and then recreated");
    if (options.resourceVersion && options.resourceVersion !== resourceVersion) {
      return refuse("ResourceVersion", options.resourceVersion, resourceVersion, "modified");
    }
    return ok(withDisruptionTarget(pod, now));
  };
  return server.operations.update(kind, key, change, { ...writer, trusted: true }, "status");
}

function withDisruptionTarget(pod: Pod, now: string): Pod {
  const conditions = pod.status.conditions ?? [];
  const old = conditions.find(({ type }) => type === "DisruptionTarget");
  const condition = {
    type: "DisruptionTarget",
    status: "True",
    lastTransitionTime: old?.status === "True" ? old.lastTransitionTime : now,
    reason: "EvictionByEvictionAPI",
    message: "Eviction API: evicting",
  };
  const next =
    old === undefined ? [...conditions, condition] : conditions.map((one) => (one === old ? condition : one));
  return { ...pod, status: { ...pod.status, conditions: next } };
}
