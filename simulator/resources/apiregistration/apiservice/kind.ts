import type { Kind } from "../../../api/kind.ts";
import { isPathSegmentName } from "../../../api/meta/validation.ts";
import { API_SERVICES, type ApiService } from "../../../api/refs.ts";
import { ageColumn, nameColumn } from "../../columns.ts";
import { validateApiService } from "./validation.ts";

/** Group versions as the aggregator lists them. Only local ones are served: nothing is proxied to services. */
export const apiServiceKind: Kind<ApiService> = {
  ref: API_SERVICES,
  singular: "apiservice",
  categories: ["api-extensions"],
  namespaced: false,
  type: "APIService",
  subresources: { status: true },
  defaults: (service) => {
    service.spec ??= { groupPriorityMinimum: 0, versionPriority: 0 };
    service.spec.groupPriorityMinimum ??= 0;
    service.spec.versionPriority ??= 0;
    if (service.spec.service !== undefined) service.spec.service.port ??= 443;
  },
  prepareCreate: (service) => ({ ...service, status: {} }),
  validateName: (name, prefix) => isPathSegmentName(name, prefix),
  validate: validateApiService,
  validateUpdate: validateApiService,
  columns: [
    nameColumn(),
    {
      name: "Service",
      type: "string",
      description: "The reference to the service that hosts this API endpoint.",
      priority: 0,
      cell: ({ spec: { service } }) => (service === undefined ? "Local" : `${service.namespace}/${service.name}`),
    },
    {
      name: "Available",
      type: "string",
      description: "Whether this service is available.",
      priority: 0,
      cell: ({ status }) => {
        const available = status.conditions?.find(({ type }) => type === "Available");
        if (available === undefined) return "Unknown";
        return available.status === "True" ? "True" : `${available.status} (${available.reason})`;
      },
    },
    ageColumn(),
  ],
};
