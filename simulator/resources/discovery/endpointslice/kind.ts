import type { Kind } from "../../../api/kind.ts";
import { joinKey } from "../../../api/object.ts";
import { ENDPOINT_SLICES, type EndpointSlice } from "../../../api/refs.ts";
import { ageColumn, firstThree, nameColumn } from "../../columns.ts";
import { validateEndpointSlice, validateEndpointSliceUpdate } from "./validation.ts";

/** The label that ties a slice to its Service. */
export const SERVICE_NAME_LABEL = "kubernetes.io/service-name";
/** The index of slices by their Service, as `namespace/name`. */
export const SLICES_BY_SERVICE = "service";

export const endpointSliceKind: Kind<EndpointSlice> = {
  ref: ENDPOINT_SLICES,
  singular: "endpointslice",
  namespaced: true,
  // Readers see lists that are empty: Go's JSON does not leave them out.
  view: (object) => ({ ...object, endpoints: object.endpoints ?? null, ports: object.ports ?? null }) as EndpointSlice,
  type: "EndpointSlice",
  hasGeneration: true,
  defaults: (object) => {
    for (const port of object.ports ?? []) {
      port.name ??= "";
      port.protocol ??= "TCP";
    }
  },
  validate: validateEndpointSlice,
  validateUpdate: validateEndpointSliceUpdate,
  indexes: {
    [SLICES_BY_SERVICE]: ({ metadata }) => {
      const service = metadata.labels?.[SERVICE_NAME_LABEL];
      return service ? joinKey(metadata.namespace, service) : undefined;
    },
  },
  columns: [
    nameColumn(),
    {
      name: "AddressType",
      type: "string",
      description:
        'addressType specifies the type of address carried by this EndpointSlice. All addresses in this slice must be the same type. This field is immutable after creation. The following address types are currently supported: * IPv4: Represents an IPv4 Address. * IPv6: Represents an IPv6 Address. * FQDN: Represents a Fully Qualified Domain Name. (Deprecated) The EndpointSlice controller only generates, and kube-proxy only processes, slices of addressType "IPv4" and "IPv6". No semantics are defined for the "FQDN" type.',
      priority: 0,
      cell: (object) => object.addressType,
    },
    {
      name: "Ports",
      type: "string",
      description: { type: "EndpointSlice", field: "ports" },
      priority: 0,
      cell: ({ ports }) => shortList((ports ?? []).map(({ port, name }) => String(port ?? name ?? "*"))),
    },
    {
      name: "Endpoints",
      type: "string",
      description: { type: "EndpointSlice", field: "endpoints" },
      priority: 0,
      cell: (object) => shortList((object.endpoints ?? []).flatMap(({ addresses }) => addresses)),
    },
    ageColumn(),
  ],
};

// Models pkg/printers/internalversion listWithMoreString
function shortList(items: readonly string[]): string {
  return firstThree(items, items.length) || "<unset>";
}
