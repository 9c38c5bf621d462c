import type { Kind } from "../../../api/kind.ts";
import { formatLabelSelector } from "../../../api/meta/labels.ts";
import { REPLICA_SETS, type ReplicaSet } from "../../../api/refs.ts";
import type { Draft } from "../../../base/json.ts";
import { ageColumn, containerColumns, nameColumn } from "../../columns.ts";
import { defaultPodTemplate } from "../../core/pod/defaults.ts";
import { workloadScale } from "../scale.ts";
import { workloadWarnings } from "../template.ts";
import { validateReplicaSet, validateReplicaSetStatusUpdate, validateReplicaSetUpdate } from "./validation.ts";

export const replicaSetKind: Kind<ReplicaSet> = {
  ref: REPLICA_SETS,
  singular: "replicaset",
  shortNames: ["rs"],
  categories: ["all"],
  namespaced: true,
  type: "ReplicaSet",
  hasGeneration: true,
  defaults: defaultReplicaSet,
  prepareCreate: (object) => ({ ...object, status: { replicas: 0 } }),
  prepareStatusUpdate: (object, old) => ({ ...old, metadata: object.metadata, status: object.status }),
  validate: validateReplicaSet,
  validateUpdate: validateReplicaSetUpdate,
  validateStatusUpdate: validateReplicaSetStatusUpdate,
  warnings: workloadWarnings,
  subresources: { status: true, scale: workloadScale<ReplicaSet>() },
  selectableFields: { "status.replicas": (object) => String(object.status.replicas) },
  // Models pkg/printers/internalversion printReplicaSet
  columns: [
    nameColumn(),
    {
      name: "Desired",
      type: "integer",
      description: { type: "ReplicaSetSpec", field: "replicas" },
      priority: 0,
      cell: (object) => object.spec.replicas ?? 0,
    },
    {
      name: "Current",
      type: "integer",
      description: { type: "ReplicaSetStatus", field: "replicas" },
      priority: 0,
      cell: (object) => object.status.replicas,
    },
    {
      name: "Ready",
      type: "integer",
      description: { type: "ReplicaSetStatus", field: "readyReplicas" },
      priority: 0,
      cell: (object) => object.status.readyReplicas ?? 0,
    },
    ageColumn(),
    ...containerColumns<ReplicaSet>(),
    {
      name: "Selector",
      type: "string",
      description:
        "Selector is a label query over pods that should match the replica count. Label keys and values that must match in order to be controlled by this replica set. It must match the pod template's labels. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
      priority: 1,
      cell: (object) => formatLabelSelector(object.spec.selector),
    },
  ],
};

// Models pkg/apis/apps/v1 SetDefaults_ReplicaSet
function defaultReplicaSet(object: Draft<ReplicaSet>): void {
  const spec: Partial<Draft<ReplicaSet>["spec"]> = object.spec ?? {};
  spec.replicas ??= 1;
  spec.template ??= {};
  defaultPodTemplate(spec.template);
  object.spec = spec as Draft<ReplicaSet>["spec"];
}
