import type { Kind } from "../../../api/kind.ts";
import { nameIsDnsLabel } from "../../../api/meta/validation.ts";
import { SERVICES, type Service } from "../../../api/refs.ts";
import { clusterIpsOf, nodePortsOf, SERVICES_BY_CLUSTER_IP, SERVICES_BY_NODE_PORT } from "./addresses.ts";
import { defaultService } from "./defaults.ts";
import { prepareServiceCreate, prepareServiceUpdate } from "./prepare.ts";
import { serviceColumns } from "./table.ts";
import { validateNewService, validateServiceStatusUpdate, validateServiceUpdate } from "./validation.ts";
import { serviceWarnings } from "./warnings.ts";

export const serviceKind: Kind<Service> = {
  ref: SERVICES,
  singular: "service",
  shortNames: ["svc"],
  categories: ["all"],
  namespaced: true,
  createOnUpdate: true,
  type: "Service",
  validateName: nameIsDnsLabel,
  defaults: defaultService,
  prepareCreate: prepareServiceCreate,
  prepareUpdate: prepareServiceUpdate,
  prepareStatusUpdate: (object, old) => ({ ...object, spec: old.spec }),
  validate: validateNewService,
  validateUpdate: validateServiceUpdate,
  validateStatusUpdate: validateServiceStatusUpdate,
  warnings: serviceWarnings,
  subresources: { status: true },
  indexes: { [SERVICES_BY_CLUSTER_IP]: clusterIpsOf, [SERVICES_BY_NODE_PORT]: nodePortsOf },
  selectableFields: {
    "spec.clusterIP": (object) => object.spec.clusterIP ?? "",
    "spec.type": (object) => object.spec.type ?? "",
  },
  columns: serviceColumns,
};
