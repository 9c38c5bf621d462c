import { addQuantities, compareQuantities, type Quantity, quantityOf, signOf } from "../../../api/meta/quantity.ts";
import type { PodSpec, ResourceRequirements } from "../../../api/schema/generated/types.ts";

export type QosClass = "Guaranteed" | "Burstable" | "BestEffort";

const COMPUTE_RESOURCES = ["cpu", "memory"] as const;

function addPositive(into: Map<string, Quantity>, name: string, text: string | undefined): boolean {
  if (text === undefined) return false;
  const amount = quantityOf(text);
  if (signOf(amount) <= 0) return false;
  const present = into.get(name);
  into.set(name, present === undefined ? amount : addQuantities(present, amount));
  return true;
}

// Models pkg/apis/core/helper/qos ComputePodQOS
/** The class that decides who is evicted first when a node runs out of memory. */
export function podQosClass(spec: PodSpec): QosClass {
  const requests = new Map<string, Quantity>();
  const limits = new Map<string, Quantity>();
  let everyLimitSet = true;
  const parts: readonly (ResourceRequirements | undefined)[] =
    spec.resources === undefined
      ? [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((container) => container.resources)
      : [spec.resources];
  for (const resources of parts) {
    for (const name of COMPUTE_RESOURCES) {
      addPositive(requests, name, resources?.requests?.[name]);
      if (!addPositive(limits, name, resources?.limits?.[name])) everyLimitSet = false;
    }
  }
  if (requests.size === 0 && limits.size === 0) return "BestEffort";
  const equal = COMPUTE_RESOURCES.every((name) => {
    const request = requests.get(name);
    const limit = limits.get(name);
    return request !== undefined && limit !== undefined && compareQuantities(request, limit) === 0;
  });
  return everyLimitSet && equal ? "Guaranteed" : "Burstable";
}
