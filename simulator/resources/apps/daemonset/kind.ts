import type { Column, Kind } from "../../../api/kind.ts";
import { formatLabelSelector } from "../../../api/meta/labels.ts";
import { DAEMON_SETS, type DaemonSet } from "../../../api/refs.ts";
import { type Draft, equalJson } from "../../../base/json.ts";
import { ageColumn, containerColumns, formatLabels, nameColumn } from "../../columns.ts";
import { defaultPodTemplate } from "../../core/pod/defaults.ts";
import { podTemplateWarnings } from "../../core/pod/warnings.ts";
import { validateDaemonSet, validateDaemonSetStatusUpdate, validateDaemonSetUpdate } from "./validation.ts";

/** Counts the changes of the template; a field of the internal type, which the API shows as an annotation. */
const TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

export const daemonSetKind: Kind<DaemonSet> = {
  ref: DAEMON_SETS,
  singular: "daemonset",
  shortNames: ["ds"],
  categories: ["all"],
  namespaced: true,
  type: "DaemonSet",
  hasGeneration: true,
  defaults: defaultDaemonSet,
  prepareCreate: (object) =>
    withTemplateGeneration({ ...object, status: withFixedFields(undefined) }, Math.max(1, templateGeneration(object))),
  prepareUpdate: (object, old) => {
    const changed = !equalJson(object.spec.template, old.spec.template);
    return withTemplateGeneration(object, templateGeneration(old) + (changed ? 1 : 0));
  },
  prepareStatusUpdate: (object, old) =>
    withTemplateGeneration(
      { ...object, spec: old.spec, status: withFixedFields(object.status) },
      templateGeneration(old),
    ),
  validate: validateDaemonSet,
  validateUpdate: validateDaemonSetUpdate,
  validateStatusUpdate: validateDaemonSetStatusUpdate,
  // Models pkg/registry/apps/daemonset WarningsOnCreate and WarningsOnUpdate
  warnings: (object, old) =>
    old !== undefined && templateGeneration(old) === templateGeneration(object)
      ? []
      : podTemplateWarnings(object.spec.template ?? {}, "spec.template"),
  subresources: { status: true },
  // Models pkg/printers/internalversion printDaemonSet
  columns: [
    nameColumn(),
    count("Desired", "desiredNumberScheduled"),
    count("Current", "currentNumberScheduled"),
    count("Ready", "numberReady"),
    count("Up-to-date", "updatedNumberScheduled"),
    count("Available", "numberAvailable"),
    {
      name: "Node Selector",
      type: "string",
      description: { type: "PodSpec", field: "nodeSelector" },
      priority: 0,
      cell: (object) => formatLabels(object.spec.template.spec?.nodeSelector),
    },
    ageColumn(),
    ...containerColumns<DaemonSet>(),
    {
      name: "Selector",
      type: "string",
      description:
        "A label query over pods that are managed by the daemon set. Must match in order to be controlled. It must match the pod template's labels. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
      priority: 1,
      cell: (object) => formatLabelSelector(object.spec.selector),
    },
  ],
};

type Count =
  | "desiredNumberScheduled"
  | "currentNumberScheduled"
  | "numberReady"
  | "updatedNumberScheduled"
  | "numberAvailable";

function count(name: string, field: Count): Column<DaemonSet> {
  const description = { type: "DaemonSetStatus", field };
  return { name, type: "integer", description, priority: 0, cell: ({ status }) => status[field] ?? 0 };
}

// Models pkg/apis/apps/v1 SetDefaults_DaemonSet
function defaultDaemonSet(object: Draft<DaemonSet>): void {
  const spec: Partial<Draft<DaemonSet>["spec"]> = object.spec ?? {};
  spec.updateStrategy ??= {};
  const { updateStrategy } = spec;
  updateStrategy.type ||= "RollingUpdate";
  if (updateStrategy.type === "RollingUpdate") {
    updateStrategy.rollingUpdate = { maxUnavailable: 1, maxSurge: 0, ...updateStrategy.rollingUpdate };
  }
  spec.revisionHistoryLimit ??= 10;
  spec.template ??= {};
  defaultPodTemplate(spec.template);
  object.spec = spec as Draft<DaemonSet>["spec"];
}

function templateGeneration({ metadata: { annotations } }: DaemonSet): number {
  return Number.parseInt(annotations?.[TEMPLATE_GENERATION] ?? "0", 10) || 0;
}

function withTemplateGeneration(object: DaemonSet, generation: number): DaemonSet {
  const { metadata } = object;
  const annotations = { ...metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
  return { ...object, metadata: { ...metadata, annotations } };
}

/** The numbers of a status that Go always writes out. */
function withFixedFields(status: DaemonSet["status"] | undefined): DaemonSet["status"] {
  const fixed = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
  return { ...fixed, ...status };
}
