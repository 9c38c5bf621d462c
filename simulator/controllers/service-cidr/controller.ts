import { cidrContains, parseCidr, parseIp } from "../../api/meta/ip.ts";
import { IP_ADDRESSES, SERVICE_CIDRS, type ServiceCidr } from "../../api/refs.ts";
import type { Condition } from "../../api/schema/generated/types.ts";
import { equalJson } from "../../base/json.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { type Controller, type Outcome, watchRule } from "../../controller-runtime/controller.ts";

const FINALIZER = "networking.k8s.io/service-cidr-finalizer";

// Models pkg/controller/servicecidrs
/** Says that ranges of service addresses are ready, and keeps a deleted one while addresses in it would be orphaned. Keys are names of ranges. */
export const serviceCidrController: Controller = {
  name: "service-cidr-controller",
  watches: [
    watchRule(SERVICE_CIDRS, ({ type, object }, cache) => {
      const others = [...cache.list(SERVICE_CIDRS)].map(({ metadata }) => metadata.name);
      return type === "DELETED" ? others : [object.metadata.name, ...others];
    }),
    // An address that goes may have held a range that is to go.
    watchRule(IP_ADDRESSES, ({ type }, cache) =>
      type === "DELETED"
        ? [...cache.list(SERVICE_CIDRS)].flatMap(({ metadata }) => (metadata.deletionTimestamp ? [metadata.name] : []))
        : [],
    ),
  ],
  create: (context) => ({ reconcile: (name) => reconcile(context, name) }),
};

function reconcile(context: ComponentContext, name: string): Outcome {
  const { cache, client } = context;
  const range = cache.get(SERVICE_CIDRS, name);
  if (range === undefined) return undefined;
  const { metadata } = range;
  const { finalizers = [], deletionTimestamp } = metadata;
  if (deletionTimestamp === undefined) {
    if (!finalizers.includes(FINALIZER)) {
      const held = { ...range, metadata: { ...metadata, finalizers: [...finalizers, FINALIZER] } };
      const updated = client.update(SERVICE_CIDRS, held);
      return updated.ok ? writeReady(context, updated.value, READY) : { failed: updated.error };
    }
    return writeReady(context, range, READY);
  }
  if (!finalizers.includes(FINALIZER)) return undefined;
  if (holdsAddresses(context, range)) return writeReady(context, range, TERMINATING);
  const others = finalizers.filter((one) => one !== FINALIZER);
  const freed = client.update(SERVICE_CIDRS, { ...range, metadata: { ...metadata, finalizers: others } });
  return freed.ok || freed.error.code === 404 ? undefined : { failed: freed.error };
}

type Said = Pick<Condition, "status" | "reason" | "message">;
const READY: Said = { status: "True", reason: "", message: "Kubernetes Service CIDR is ready" };
const TERMINATING: Said = {
  status: "False",
  reason: "Terminating",
  message: "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR",
};

function writeReady({ client, now }: ComponentContext, range: ServiceCidr, said: Said): Outcome {
  const conditions = range.status.conditions ?? [];
  const before = conditions.find(({ type }) => type === "Ready");
  const lastTransitionTime = before?.status === said.status ? before.lastTransitionTime : now;
  const ready: Condition = {
    type: "Ready",
    status: said.status,
    lastTransitionTime,
    reason: said.reason,
    message: said.message,
  };
  if (equalJson(before, ready)) return undefined;
  const others = conditions.filter(({ type }) => type !== "Ready");
  const updated = client.updateStatus(SERVICE_CIDRS, { ...range, status: { conditions: [...others, ready] } });
  return updated.ok || updated.error.code === 404 ? undefined : { failed: updated.error };
}

/** Whether there are addresses in the range that no other range covers. */
function holdsAddresses({ cache }: ComponentContext, range: ServiceCidr): boolean {
  const blocks = (one: ServiceCidr) => (one.spec.cidrs ?? []).flatMap((text) => parseCidr(text) ?? []);
  const own = blocks(range);
  const others = [...cache.list(SERVICE_CIDRS)]
    .filter(({ metadata }) => metadata.name !== range.metadata.name && metadata.deletionTimestamp === undefined)
    .flatMap(blocks);
  for (const { metadata } of cache.list(IP_ADDRESSES)) {
    const ip = parseIp(metadata.name);
    if (ip === undefined || !own.some((block) => cidrContains(block, ip))) continue;
    if (!others.some((block) => cidrContains(block, ip))) return true;
  }
  return false;
}
