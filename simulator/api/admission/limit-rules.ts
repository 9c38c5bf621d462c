import { compareQuantities, formatQuantity, type Quantity, quantityOf, toFloat } from "../meta/quantity.ts";
import type { LimitRangeItem } from "../schema/generated/types.ts";

type ResourceList = { readonly [resource: string]: string };

/** What something uses, as a limit looks at it. */
export interface Usage {
  readonly requests?: ResourceList;
  readonly limits?: ResourceList;
  /** Claims have no limits: none is asked of them. */
  readonly requestsOnly?: boolean;
}

type Rule = (about: string, enforced: Quantity, request: Quantity | undefined, limit: Quantity | undefined) => string;

// Models plugin/pkg/admission/limitranger minConstraint, maxConstraint, maxRequestConstraint, limitRequestRatioConstraint
/** How a usage is outside of one limit: texts, none when it is within. */
export function limitProblems(item: LimitRangeItem, usage: Usage): string[] {
  const apply = (amounts: ResourceList | undefined, rule: Rule, words: (resource: string) => string) =>
    Object.keys(amounts ?? {})
      .sort()
      .map((resource) => {
        const enforced = quantityOf(amounts?.[resource]);
        const about = `${words(resource)} per ${item.type} is ${formatQuantity(enforced)}`;
        return rule(about, enforced, amountOf(usage.requests, resource), amountOf(usage.limits, resource));
      });
  const max = usage.requestsOnly ? maxRequest : maximum;
  return [
    ...apply(item.min, minimum, (resource) => `minimum ${resource} usage`),
    ...apply(item.max, max, (resource) => `maximum ${resource} usage`),
    ...(usage.requestsOnly
      ? []
      : apply(item.maxLimitRequestRatio, ratio, (name) => `${name} max limit to request ratio`)),
  ].filter((text) => text !== "");
}

function amountOf(list: ResourceList | undefined, resource: string): Quantity | undefined {
  const text = list?.[resource];
  return text === undefined ? undefined : quantityOf(text);
}

const minimum: Rule = (about, enforced, request, limit) => {
  if (request === undefined) return `${about}.  No request is specified`;
  if (compareQuantities(request, enforced) < 0) return `${about}, but request is ${formatQuantity(request)}`;
  const tooLow = limit !== undefined && compareQuantities(limit, enforced) < 0;
  return tooLow ? `${about}, but limit is ${formatQuantity(limit)}` : "";
};

const maximum: Rule = (about, enforced, request, limit) => {
  if (limit === undefined) return `${about}.  No limit is specified`;
  if (compareQuantities(limit, enforced) > 0) return `${about}, but limit is ${formatQuantity(limit)}`;
  const tooHigh = request !== undefined && compareQuantities(request, enforced) > 0;
  return tooHigh ? `${about}, but request is ${formatQuantity(request)}` : "";
};

const maxRequest: Rule = (about, enforced, request) => {
  if (request === undefined) return `${about}.  No request is specified`;
  return compareQuantities(request, enforced) > 0 ? `${about}, but request is ${formatQuantity(request)}` : "";
};

const ratio: Rule = (about, enforced, request, limit) => {
  const [asked, allowed] = [toFloat(request ?? quantityOf("0")), toFloat(limit ?? quantityOf("0"))];
  if (asked === 0) return `${about}, but no request is specified or request is 0`;
  if (allowed === 0) return `${about}, but no limit is specified or limit is 0`;
  return allowed / asked > toFloat(enforced) ? `${about}, but provided ratio is ${(allowed / asked).toFixed(6)}` : "";
};
