import type { Kind } from "../../../api/kind.ts";
import { formatLabelSelector } from "../../../api/meta/labels.ts";
import { DEPLOYMENTS, type Deployment } from "../../../api/refs.ts";
import { type Draft, equalJson } from "../../../base/json.ts";
import { ageColumn, containerColumns, nameColumn } from "../../columns.ts";
import { defaultPodTemplate } from "../../core/pod/defaults.ts";
import { workloadScale } from "../scale.ts";
import { workloadWarnings } from "../template.ts";
import { validateDeployment, validateDeploymentStatusUpdate, validateDeploymentUpdate } from "./validation.ts";

export const deploymentKind: Kind<Deployment> = {
  ref: DEPLOYMENTS,
  singular: "deployment",
  shortNames: ["deploy"],
  categories: ["all"],
  namespaced: true,
  type: "Deployment",
  hasGeneration: true,
  defaults: defaultDeployment,
  prepareCreate: (object) => ({ ...object, status: {} }),
  prepareUpdate,
  prepareStatusUpdate,
  validate: validateDeployment,
  validateUpdate: validateDeploymentUpdate,
  validateStatusUpdate: validateDeploymentStatusUpdate,
  warnings: workloadWarnings,
  subresources: { status: true, scale: workloadScale<Deployment>() },
  // Models pkg/printers/internalversion printDeployment
  columns: [
    nameColumn(),
    {
      name: "Ready",
      type: "string",
      description: "Number of the pod with ready state",
      priority: 0,
      cell: ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    },
    {
      name: "Up-to-date",
      type: "string",
      description: { type: "DeploymentStatus", field: "updatedReplicas" },
      priority: 0,
      cell: (object) => object.status.updatedReplicas ?? 0,
    },
    {
      name: "Available",
      type: "string",
      description:
        "Total number of available non-terminating pods (ready for at least minReadySeconds) targeted by this deployment.",
      priority: 0,
      cell: (object) => object.status.availableReplicas ?? 0,
    },
    ageColumn(),
    ...containerColumns<Deployment>(),
    {
      name: "Selector",
      type: "string",
      description:
        "Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones affected by this deployment. It must match the pod template's labels.",
      priority: 1,
      cell: (object) => formatLabelSelector(object.spec.selector),
    },
  ],
};

// Models pkg/apis/apps/v1 SetDefaults_Deployment
function defaultDeployment(object: Draft<Deployment>): void {
  const spec: Partial<Draft<Deployment>["spec"]> = object.spec ?? {};
  spec.replicas ??= 1;
  spec.strategy ??= {};
  const { strategy } = spec;
  strategy.type ||= "RollingUpdate";
  if (strategy.type === "RollingUpdate") {
    strategy.rollingUpdate = { maxUnavailable: "25%", maxSurge: "25%", ...strategy.rollingUpdate };
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  spec.template ??= {};
  defaultPodTemplate(spec.template);
  object.spec = spec as Draft<Deployment>["spec"];
}

// Models pkg/registry/apps/deployment PrepareForUpdate: a Deployment's generation counts changes of annotations as well.
function prepareUpdate(object: Deployment, old: Deployment): Deployment {
  const { metadata } = object;
  if (equalJson(metadata.annotations ?? {}, old.metadata.annotations ?? {})) return object;
  return { ...object, metadata: { ...metadata, generation: (old.metadata.generation ?? 0) + 1 } };
}

// Models pkg/registry/apps/deployment deploymentStatusStrategy: annotations pass, the controller's revision among them.
function prepareStatusUpdate(object: Deployment, old: Deployment): Deployment {
  const { labels } = old.metadata;
  return { ...object, spec: old.spec, metadata: { ...object.metadata, labels } };
}
