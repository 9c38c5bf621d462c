import type { Kind } from "../../../api/kind.ts";
import { formatSelector, selectorFromMap } from "../../../api/meta/labels.ts";
import { REPLICATION_CONTROLLERS, type ReplicationController } from "../../../api/refs.ts";
import type { Draft } from "../../../base/json.ts";
import { workloadWarnings } from "../../apps/template.ts";
import { ageColumn, containerColumns, formatLabels, nameColumn } from "../../columns.ts";
import { defaultPodTemplate } from "../pod/defaults.ts";
import { validateReplicationController, validateReplicationControllerStatus } from "./validation.ts";

export const replicationControllerKind: Kind<ReplicationController> = {
  ref: REPLICATION_CONTROLLERS,
  singular: "replicationcontroller",
  shortNames: ["rc"],
  categories: ["all"],
  namespaced: true,
  type: "ReplicationController",
  hasGeneration: true,
  orphansByDefault: {},
  defaults: defaultReplicationController,
  prepareCreate: (object) => ({ ...object, status: { replicas: 0 } }),
  prepareStatusUpdate: (object, old) => ({ ...old, metadata: object.metadata, status: object.status }),
  validate: validateReplicationController,
  validateUpdate: validateReplicationController,
  validateStatusUpdate: validateReplicationControllerStatus,
  warnings: workloadWarnings,
  subresources: {
    status: true,
    scale: {
      replicas: (object) => object.spec.replicas ?? 0,
      statusReplicas: (object) => object.status.replicas ?? 0,
      selector: (object) => formatSelector(selectorFromMap(object.spec.selector)),
      withReplicas: (object, replicas) => ({ ...object, spec: { ...object.spec, replicas } }),
    },
  },
  selectableFields: { "status.replicas": (object) => String(object.status.replicas ?? 0) },
  // Models pkg/printers/internalversion printReplicationController
  columns: [
    nameColumn(),
    {
      name: "Desired",
      type: "integer",
      description: { type: "ReplicationControllerSpec", field: "replicas" },
      priority: 0,
      cell: (object) => object.spec.replicas ?? 0,
    },
    {
      name: "Current",
      type: "integer",
      description: { type: "ReplicationControllerStatus", field: "replicas" },
      priority: 0,
      cell: (object) => object.status.replicas ?? 0,
    },
    {
      name: "Ready",
      type: "integer",
      description: { type: "ReplicationControllerStatus", field: "readyReplicas" },
      priority: 0,
      cell: (object) => object.status.readyReplicas ?? 0,
    },
    ageColumn(),
    ...containerColumns<ReplicationController>(),
    {
      name: "Selector",
      type: "string",
      description: { type: "ReplicationControllerSpec", field: "selector" },
      priority: 1,
      cell: (object) => formatLabels(object.spec.selector),
    },
  ],
};

// Models pkg/apis/core/v1 SetDefaults_ReplicationController
/** Without a selector or labels of its own it takes those of its template. */
function defaultReplicationController(object: Draft<ReplicationController>): void {
  object.spec ??= {};
  const { spec } = object;
  const labels = spec.template?.metadata?.labels;
  if (labels && Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
  if (labels && Object.keys(object.metadata?.labels ?? {}).length === 0) {
    object.metadata = { ...object.metadata, labels: { ...labels } };
  }
  spec.replicas ??= 1;
  if (spec.template) defaultPodTemplate(spec.template);
}
