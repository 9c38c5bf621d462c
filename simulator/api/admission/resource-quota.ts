import { forbidden, type Status } from "../errors.ts";
import {
  compareQuantities,
  formatQuantity,
  type Quantity,
  signOf,
  subtractQuantities,
  ZERO_QUANTITY,
} from "../meta/quantity.ts";
import { timeOf } from "../meta/time.ts";
import { isInScope } from "../quota/scopes.ts";
import { type Amounts, addAmounts, amountsOf, listOf, missingDemands, usageOf } from "../quota/usage.ts";
import { PERSISTENT_VOLUME_CLAIMS, PODS, type Pod, RESOURCE_QUOTAS, type ResourceQuota, SERVICES } from "../refs.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./plugin.ts";

/** Kinds whose objects may come to use more in their life. */
const CHANGING: readonly string[] = [SERVICES.id, PERSISTENT_VOLUME_CLAIMS.id];

// Models apiserver pkg/admission/plugin/resourcequota checkRequest
/** Charges what is created to the quotas of its namespace, and refuses what they have no room for. */
export const resourceQuota: AdmissionPlugin = {
  name: "ResourceQuota",
  resources: "*",
  verbs: ["create", "update"],
  rules: RESOURCE_QUOTAS,
  validate: (request) => {
    const { kind, verb, object, context } = request;
    if (!kind.namespaced || (verb === "update" && !CHANGING.includes(kind.ref.id))) return undefined;
    const quotas = [...context.byIndex(RESOURCE_QUOTAS, "namespace", object.metadata.namespace ?? "")];
    return quotas.length === 0 ? undefined : charge(request, quotas);
  },
};

function charge(request: AdmissionRequest, quotas: readonly ResourceQuota[]): Status | undefined {
  const { kind, object, write } = request;
  const usage = usageOfChange(request);
  const charged: ResourceQuota[] = [];
  for (const quota of quotas) {
    if (!isInScope(quota, kind.ref.id, object)) continue;
    const hard = amountsOf(quota.status?.hard);
    const wanted = new Map([...usage].filter(([name]) => hard.has(name)));
    const refuse = (why: string) => forbidden(kind.ref, object.metadata.name, why);
    const { name } = quota.metadata;
    const silent = kind.ref.id === PODS.id ? missingDemands(object as Pod, new Set(hard.keys())) : undefined;
    if (silent !== undefined) return refuse(`failed quota: ${name}: ${silent}`);
    if (wanted.size === 0) continue;
    const used = amountsOf(quota.status?.used);
    const unknown = [...wanted.keys()].filter((resource) => !used.has(resource)).sort();
    if (unknown.length > 0) return refuse(`status unknown for quota: ${name}, resources: ${unknown.join(",")}`);
    const after = new Map(used);
    addAmounts(after, wanted);
    const exceeded = [...wanted]
      .filter(([resource, amount]) => signOf(amount) > 0 && isOver(after.get(resource), hard.get(resource)))
      .map(([resource]) => resource);
    if (exceeded.length > 0) {
      const text = (amounts: Amounts) => printed(amounts, exceeded);
      return refuse(`exceeded quota: ${name}, requested: ${text(wanted)}, used: ${text(used)}, limited: ${text(hard)}`);
    }
    charged.push({ ...quota, status: { ...quota.status, used: listOf(after) } });
  }
  for (const quota of charged) write(RESOURCE_QUOTAS, quota);
  return undefined;
}

/** What a write adds to its object's usage: of a change only what differs. */
function usageOfChange({ kind, object, old, context }: AdmissionRequest): Amounts {
  const now = timeOf(context.now) ?? 0;
  const usage = usageOf(kind.ref.id, object, now);
  if (old === undefined) return usage;
  const before = usageOf(kind.ref.id, old, now);
  const names = new Set([...usage.keys(), ...before.keys()]);
  const delta = [...names].map((name): [string, Quantity] => [
    name,
    subtractQuantities(usage.get(name) ?? ZERO_QUANTITY, before.get(name) ?? ZERO_QUANTITY),
  ]);
  return new Map(delta.filter(([, amount]) => signOf(amount) !== 0));
}

function isOver(amount: Quantity | undefined, limit: Quantity | undefined): boolean {
  return amount !== undefined && limit !== undefined && compareQuantities(amount, limit) > 0;
}

function printed(amounts: Amounts, names: readonly string[]): string {
  return [...names]
    .sort()
    .flatMap((name) => {
      const amount = amounts.get(name);
      return amount === undefined ? [] : [`${name}=${formatQuantity(amount)}`];
    })
    .join(",");
}
