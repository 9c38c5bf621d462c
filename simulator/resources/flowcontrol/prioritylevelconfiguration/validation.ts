import { child, type FieldError, forbidden, invalid, notSupported, required } from "../../../api/meta/field-error.ts";
import type { PriorityLevel } from "../../../api/refs.ts";
import type {
  LimitedPriorityLevelConfiguration,
  LimitResponse,
  QueuingConfiguration,
} from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";
import { flowControlBootstrap } from "../bootstrap.ts";
import { validateFlowConditions } from "../flowschema/validation.ts";

const TYPES = ["Exempt", "Limited"];
const RESPONSES = ["Queue", "Reject"];
const MAX_QUEUES = 10_000_000;
const MAX_HASH_BITS = 60;

// Models pkg/apis/flowcontrol/validation ValidatePriorityLevelConfiguration
export function validatePriorityLevel(object: PriorityLevel): readonly FieldError[] {
  return [
    ...validateSpec(object),
    ...validateFixed(object),
    ...validateFlowConditions(object.status?.conditions ?? []),
  ];
}

/** What the server itself relies on stays as it is; of the exempt level some numbers may change. */
function validateFixed({ metadata: { name }, spec }: PriorityLevel): readonly FieldError[] {
  const fixed = flowControlBootstrap.priorityLevels.find((one) => one.metadata.name === name)?.spec;
  if (name === "catch-all" && !equalJson(fixed, spec)) {
    return [invalid("spec", spec, `spec of '${name}' must equal the fixed value`)];
  }
  if (name === "exempt" && !equalJson({ ...fixed, exempt: 0 }, { ...spec, exempt: 0 })) {
    return [invalid("spec", spec, `spec of '${name}' except the spec.exempt field must equal the fixed value`)];
  }
  return [];
}

function validateSpec({ metadata: { name }, spec }: PriorityLevel): readonly FieldError[] {
  const { type, limited, exempt } = spec;
  const errors: FieldError[] = [];
  if ((name === "exempt") !== (type === "Exempt")) {
    errors.push(invalid("spec.type", type, "type must be 'Exempt' if and only if name is 'exempt'"));
  }
  if (type === "Exempt") {
    if (exempt) errors.push(...validatePercents(exempt, "spec.exempt"));
    if (limited) errors.push(forbidden("spec.limited", "must be nil if the type is not Limited"));
  } else if (type === "Limited") {
    if (exempt) errors.push(forbidden("spec.exempt", "must be nil if the type is Limited"));
    if (limited) errors.push(...validateLimited(limited, "spec.limited"));
    else errors.push(required("spec.limited", "must not be empty when type is Limited"));
  } else errors.push(notSupported("spec.type", type, TYPES));
  return errors;
}

function validatePercents(
  { nominalConcurrencyShares: shares = 0, lendablePercent: lendable }: LimitedPriorityLevelConfiguration,
  path: string,
): readonly FieldError[] {
  return [
    ...(shares < 0 ? [invalid(child(path, "nominalConcurrencyShares"), shares, "must be a non-negative integer")] : []),
    ...(lendable !== undefined && (lendable < 0 || lendable > 100)
      ? [invalid(child(path, "lendablePercent"), lendable, "must be between 0 and 100, inclusive")]
      : []),
  ];
}

function validateLimited(limited: LimitedPriorityLevelConfiguration, path: string): readonly FieldError[] {
  const { borrowingLimitPercent: borrowing, limitResponse } = limited;
  return [
    ...validatePercents(limited, path),
    ...(borrowing !== undefined && borrowing < 0
      ? [invalid(child(path, "borrowingLimitPercent"), borrowing, "if specified, must be a non-negative integer")]
      : []),
    ...validateResponse(limitResponse ?? { type: "" }, child(path, "limitResponse")),
  ];
}

function validateResponse({ type, queuing }: LimitResponse, path: string): readonly FieldError[] {
  const here = child(path, "queuing");
  if (!RESPONSES.includes(type)) return [notSupported(child(path, "type"), type, RESPONSES)];
  if (type === "Reject") {
    return queuing ? [forbidden(here, "must be nil if limited.limitResponse.type is not Limited")] : [];
  }
  return queuing
    ? validateQueuing(queuing, here)
    : [required(here, "must not be empty if limited.limitResponse.type is Limited")];
}

function validateQueuing(queuing: QueuingConfiguration, path: string): readonly FieldError[] {
  const { queues = 0, handSize = 0, queueLengthLimit = 0 } = queuing;
  const errors: FieldError[] = [];
  const handPath = child(path, "handSize");
  if (queueLengthLimit <= 0) {
    errors.push(invalid(child(path, "queueLengthLimit"), queueLengthLimit, "must be positive"));
  }
  if (queues <= 0) errors.push(invalid(child(path, "queues"), queues, "must be positive"));
  else if (queues > MAX_QUEUES) {
    errors.push(invalid(child(path, "queues"), queues, `must not be greater than ${MAX_QUEUES}`));
  }
  if (handSize <= 0) errors.push(invalid(handPath, handSize, "must be positive"));
  else if (handSize > queues) {
    errors.push(invalid(handPath, handSize, `should not be greater than queues (${queues})`));
  } else if (requiredEntropyBits(queues, handSize) > MAX_HASH_BITS) {
    const text = `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${MAX_HASH_BITS}`;
    errors.push(invalid(handPath, handSize, text));
  }
  return errors;
}

// Models apiserver pkg/util/shufflesharding RequiredEntropyBits
function requiredEntropyBits(deckSize: number, handSize: number): number {
  return Math.ceil(Math.log2(deckSize) * handSize);
}
