import type { Kind } from "../../../api/kind.ts";
import { type FieldError, invalid } from "../../../api/meta/field-error.ts";
import { parseQuantity, signOf } from "../../../api/meta/quantity.ts";
import { NODE_GROUPS, type NodeGroup } from "../../../api/refs.ts";
import type { Draft } from "../../../base/json.ts";
import { ageColumn, nameColumn } from "../../columns.ts";
import { kubeletErrors } from "./kubelet.ts";

/** The most machines of one group: Kubernetes' own largest cluster. */
const MAX_MACHINES = 5000;
const STARTUP_SECONDS = 60;

/** Machines of one shape: our own kind. Its machines come and go by `spec.desiredSize`, by hand or by the autoscaler. */
export const nodeGroupKind: Kind<NodeGroup> = {
  ref: NODE_GROUPS,
  singular: "nodegroup",
  shortNames: ["ng"],
  namespaced: false,
  hasGeneration: true,
  types: {
    NodeGroup: {
      apiVersion: "string",
      kind: "string",
      metadata: "ObjectMeta",
      spec: "NodeGroupSpec!",
      status: "NodeGroupStatus",
    },
    NodeGroupSpec: {
      minSize: "int32",
      maxSize: "int32",
      desiredSize: "int32",
      startupSeconds: "int32",
      shape: "NodeGroupShape",
    },
    NodeGroupShape: {
      cpu: "quantity",
      memory: "quantity",
      pods: "int32",
      ephemeralStorage: "quantity",
      devices: "{quantity}",
      labels: "{string}",
      taints: "[Taint]",
      instanceType: "string",
      zones: "[string]",
      spot: "boolean",
      kubelet: "NodeGroupKubelet",
    },
    NodeGroupKubelet: {
      evictionHard: "{string}",
      evictionSoft: "{string}",
      evictionSoftGracePeriod: "{string}",
      evictionMaxPodGracePeriod: "int32",
      evictionPressureTransitionPeriod: "string",
    },
    NodeGroupStatus: { machines: "int32", starting: "int32", nextIndex: "int32" },
  },
  defaults: defaultGroup,
  prepareCreate: (object) => ({ ...object, status: {} }),
  prepareUpdate: (object, old) => ({ ...object, status: old.status }),
  prepareStatusUpdate: (object, old) => ({ ...object, spec: old.spec }),
  validate: validateGroup,
  validateUpdate: validateGroup,
  subresources: {
    status: true,
    scale: {
      replicas: ({ spec }) => spec.desiredSize,
      statusReplicas: ({ status }) => status.machines ?? 0,
      selector: ({ metadata }) => `simulation.tabernetes.dev/node-group=${metadata.name}`,
      withReplicas: (object, replicas) => ({ ...object, spec: { ...object.spec, desiredSize: replicas } }),
    },
  },
  columns: [
    nameColumn(),
    count("Min", "The fewest machines that the autoscaler leaves.", ({ spec }) => spec.minSize ?? 0),
    count("Max", "The most machines that the autoscaler asks for.", ({ spec }) => spec.maxSize ?? 0),
    count("Desired", "How many there shall be.", ({ spec }) => spec.desiredSize),
    count("Machines", "How many there are.", ({ status }) => status.machines ?? 0),
    ageColumn(),
  ],
};

function count(name: string, description: string, cell: (object: NodeGroup) => number) {
  return { name, type: "integer" as const, description, priority: 0 as const, cell };
}

function defaultGroup(object: Draft<NodeGroup>): void {
  const spec: Partial<Draft<NodeGroup>["spec"]> = object.spec ?? {};
  const minSize = spec.minSize ?? 0;
  const desiredSize = spec.desiredSize ?? minSize;
  const startupSeconds = spec.startupSeconds ?? STARTUP_SECONDS;
  const maxSize = spec.maxSize ?? Math.max(minSize, desiredSize);
  object.spec = { ...spec, minSize, maxSize, desiredSize, startupSeconds };
}

function validateGroup({ spec }: NodeGroup): readonly FieldError[] {
  const { minSize = 0, maxSize = 0, desiredSize, startupSeconds = 0, shape = {} } = spec;
  const errors: FieldError[] = [];
  const notBelow = (field: string, value: number, least: number) => {
    if (value < least) errors.push(invalid(`spec.${field}`, value, `must be greater than or equal to ${least}`));
  };
  notBelow("minSize", minSize, 0);
  notBelow("maxSize", maxSize, minSize);
  notBelow("desiredSize", desiredSize, 0);
  notBelow("startupSeconds", startupSeconds, 0);
  for (const [field, value] of Object.entries({ maxSize, desiredSize })) {
    if (value > MAX_MACHINES) {
      errors.push(invalid(`spec.${field}`, value, `must be less than or equal to ${MAX_MACHINES}`));
    }
  }
  if (shape.pods !== undefined) notBelow("shape.pods", shape.pods, 1);
  errors.push(...kubeletErrors(shape.kubelet ?? {}));
  const { cpu, memory, ephemeralStorage, devices = {} } = shape;
  for (const [field, text] of Object.entries({ cpu, memory, ephemeralStorage, ...devices })) {
    const amount = text === undefined ? undefined : parseQuantity(text);
    if (amount?.ok === true && signOf(amount.value) <= 0) {
      errors.push(invalid(`spec.shape.${field}`, text, "must be greater than 0"));
    }
  }
  return errors;
}
