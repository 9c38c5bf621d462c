import type { Kind } from "../../../api/kind.ts";
import { formatQuantity, quantityOf } from "../../../api/meta/quantity.ts";
import { RESOURCE_QUOTAS, type ResourceQuota } from "../../../api/refs.ts";
import type { Draft } from "../../../base/json.ts";
import { ageColumn, nameColumn } from "../../columns.ts";
import { roundResources } from "../pod/container-defaults.ts";
import { validateResourceQuota, validateResourceQuotaStatusUpdate, validateResourceQuotaUpdate } from "./validation.ts";

export const resourceQuotaKind: Kind<ResourceQuota> = {
  ref: RESOURCE_QUOTAS,
  singular: "resourcequota",
  shortNames: ["quota"],
  namespaced: true,
  type: "ResourceQuota",
  defaults: (object: Draft<ResourceQuota>) => {
    object.spec ??= {};
    object.status ??= {};
    if (object.spec.hard) object.spec.hard = roundResources(object.spec.hard);
    if (object.status.hard) object.status.hard = roundResources(object.status.hard);
    if (object.status.used) object.status.used = roundResources(object.status.used);
  },
  prepareCreate: (object) => ({ ...object, status: {} }),
  prepareStatusUpdate: (object, old) => ({ ...object, spec: old.spec }),
  validate: validateResourceQuota,
  validateUpdate: validateResourceQuotaUpdate,
  validateStatusUpdate: validateResourceQuotaStatusUpdate,
  subresources: { status: true },
  // Models pkg/printers/internalversion printResourceQuota
  columns: [
    nameColumn(),
    {
      name: "Request",
      type: "string",
      description: "Request represents a minimum amount of cpu/memory that a container may consume.",
      priority: 0,
      cell: (object) => usageText(object, (name) => !name.startsWith("limits.")),
    },
    {
      name: "Limit",
      type: "string",
      description:
        "Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.",
      priority: 0,
      cell: (object) => usageText(object, (name) => name.startsWith("limits.")),
    },
    ageColumn(),
  ],
};

/** What is used of what is allowed: `pods: 3/10, requests.cpu: 1/4`. */
function usageText({ status: { hard = {}, used = {} } }: ResourceQuota, isShown: (name: string) => boolean): string {
  const amount = (text: string | undefined) => formatQuantity(quantityOf(text));
  const names = Object.keys(hard).filter(isShown).sort();
  return names.map((name) => `${name}: ${amount(used[name])}/${amount(hard[name])}`).join(", ");
}
