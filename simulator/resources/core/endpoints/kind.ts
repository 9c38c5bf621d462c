import type { Kind } from "../../../api/kind.ts";
import { ENDPOINTS, type Endpoints } from "../../../api/refs.ts";
import { ageColumn, firstThree, NONE, nameColumn } from "../../columns.ts";
import { validateEndpoints } from "./validation.ts";

export const endpointsKind: Kind<Endpoints> = {
  ref: ENDPOINTS,
  singular: "endpoints",
  shortNames: ["ep"],
  namespaced: true,
  createOnUpdate: true,
  type: "Endpoints",
  defaults: (object) => {
    for (const subset of object.subsets ?? []) {
      for (const port of subset.ports ?? []) port.protocol ||= "TCP";
    }
  },
  validate: validateEndpoints,
  validateUpdate: validateEndpoints,
  deprecation: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
  columns: [
    nameColumn(),
    {
      name: "Endpoints",
      type: "string",
      description: { type: "Endpoints", field: "subsets" },
      priority: 0,
      cell: endpointsText,
    },
    ageColumn(),
  ],
};

// Models pkg/printers/internalversion formatEndpoints
function endpointsText(object: Endpoints): string {
  const subsets = object.subsets ?? [];
  if (subsets.length === 0) return NONE;
  const shown = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) =>
          addresses.map(({ ip }) => (ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`)),
        ),
  );
  return firstThree(shown, shown.length);
}
