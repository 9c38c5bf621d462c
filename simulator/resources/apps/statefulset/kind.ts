import type { Kind } from "../../../api/kind.ts";
import { STATEFUL_SETS, type StatefulSet } from "../../../api/refs.ts";
import type { Draft } from "../../../base/json.ts";
import { ageColumn, containerColumns, nameColumn } from "../../columns.ts";
import { defaultClaim } from "../../core/persistentvolumeclaim/defaults.ts";
import { claimSpecWarnings } from "../../core/persistentvolumeclaim/warnings.ts";
import { defaultPodTemplate } from "../../core/pod/defaults.ts";
import { podTemplateWarnings } from "../../core/pod/warnings.ts";
import { workloadScale } from "../scale.ts";
import {
  statefulSetName,
  validateStatefulSet,
  validateStatefulSetStatusUpdate,
  validateStatefulSetUpdate,
} from "./validation.ts";

export const statefulSetKind: Kind<StatefulSet> = {
  ref: STATEFUL_SETS,
  singular: "statefulset",
  shortNames: ["sts"],
  categories: ["all"],
  namespaced: true,
  type: "StatefulSet",
  hasGeneration: true,
  validateName: statefulSetName,
  defaults: defaultStatefulSet,
  prepareCreate: (object) => ({ ...withoutMaxUnavailable(object), status: { replicas: 0, availableReplicas: 0 } }),
  prepareUpdate: withoutMaxUnavailable,
  prepareStatusUpdate: (object, old) => ({
    ...object,
    spec: old.spec,
    // A number that Go always writes out.
    status: { ...object.status, availableReplicas: object.status.availableReplicas ?? 0 },
  }),
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  validateStatusUpdate: validateStatefulSetStatusUpdate,
  warnings,
  subresources: { status: true, scale: workloadScale<StatefulSet>() },
  // Models pkg/printers/internalversion printStatefulSet
  columns: [
    nameColumn(),
    {
      name: "Ready",
      type: "string",
      description: "Number of the pod with ready state",
      priority: 0,
      cell: ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    },
    ageColumn(),
    ...containerColumns<StatefulSet>(),
  ],
};

// Models pkg/apis/apps/v1 SetDefaults_StatefulSet
function defaultStatefulSet(object: Draft<StatefulSet>): void {
  const spec: Partial<Draft<StatefulSet>["spec"]> = object.spec ?? {};
  spec.podManagementPolicy ||= "OrderedReady";
  spec.updateStrategy ??= {};
  const { updateStrategy } = spec;
  updateStrategy.type ||= "RollingUpdate";
  if (updateStrategy.type === "RollingUpdate") {
    updateStrategy.rollingUpdate = { partition: 0, ...updateStrategy.rollingUpdate };
  }
  const retention = spec.persistentVolumeClaimRetentionPolicy ?? {};
  spec.persistentVolumeClaimRetentionPolicy = {
    whenDeleted: retention.whenDeleted || "Retain",
    whenScaled: retention.whenScaled || "Retain",
  };
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  spec.template ??= {};
  defaultPodTemplate(spec.template);
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.kind = "PersistentVolumeClaim";
    claim.apiVersion = "v1";
    claim.metadata ??= {};
    defaultClaim(claim);
  }
  object.spec = spec as Draft<StatefulSet>["spec"];
}

// Models pkg/registry/apps/statefulset dropStatefulSetDisabledFields: the feature gate MaxUnavailableStatefulSet is off.
function withoutMaxUnavailable(object: StatefulSet): StatefulSet {
  const { rollingUpdate } = object.spec?.updateStrategy ?? {};
  if (rollingUpdate?.maxUnavailable === undefined) return object;
  const { maxUnavailable: _, ...kept } = rollingUpdate;
  const updateStrategy = { ...object.spec.updateStrategy, rollingUpdate: kept };
  return { ...object, spec: { ...object.spec, updateStrategy } };
}

// Models pkg/registry/apps/statefulset WarningsOnCreate and WarningsOnUpdate
function warnings(object: StatefulSet, old: StatefulSet | undefined): readonly string[] {
  const { template, volumeClaimTemplates = [], revisionHistoryLimit = 0 } = object.spec;
  const sameSpec = old !== undefined && old.metadata.generation === object.metadata.generation;
  const negative =
    "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended";
  return [
    ...(sameSpec ? [] : podTemplateWarnings(template ?? {}, "spec.template")),
    ...volumeClaimTemplates.flatMap((claim, at) => claimSpecWarnings(claim.spec, `spec.volumeClaimTemplates[${at}]`)),
    ...(revisionHistoryLimit < 0 ? [negative] : []),
  ];
}
