import type { Kind } from "../../../api/kind.ts";
import { POD_TEMPLATES, type PodTemplate } from "../../../api/refs.ts";
import type { Container } from "../../../api/schema/generated/types.ts";
import type { Draft } from "../../../base/json.ts";
import { formatLabels, nameColumn } from "../../columns.ts";
import { defaultPodTemplate } from "../pod/defaults.ts";
import { validatePodTemplate } from "../pod/validation/pod-template.ts";
import { podTemplateWarnings } from "../pod/warnings.ts";

const validate = (object: PodTemplate) => validatePodTemplate(object.template ?? {}, "template");

const containersOf = (object: PodTemplate): readonly Container[] => object.template?.spec?.containers ?? [];

export const podTemplateKind: Kind<PodTemplate> = {
  ref: POD_TEMPLATES,
  singular: "podtemplate",
  namespaced: true,
  type: "PodTemplate",
  hasGeneration: true,
  defaults: (object: Draft<PodTemplate>) => {
    object.template ??= {};
    defaultPodTemplate(object.template);
  },
  // Models pkg/apis/core/validation ValidatePodTemplate
  validate,
  validateUpdate: validate,
  warnings: (object, old) =>
    old !== undefined && old.metadata.generation === object.metadata.generation
      ? []
      : podTemplateWarnings(object.template ?? {}, "template"),
  // Models pkg/printers/internalversion printPodTemplate
  columns: [
    nameColumn(),
    {
      name: "Containers",
      type: "string",
      description: "Names of each container in the template.",
      priority: 0,
      cell: (object) =>
        containersOf(object)
          .map(({ name }) => name)
          .join(","),
    },
    {
      name: "Images",
      type: "string",
      description: "Images referenced by each container in the template.",
      priority: 0,
      cell: (object) =>
        containersOf(object)
          .map(({ image }) => image ?? "")
          .join(","),
    },
    {
      name: "Pod Labels",
      type: "string",
      description: "The labels for the pod template.",
      priority: 0,
      cell: (object) => formatLabels(object.template?.metadata?.labels),
    },
  ],
};
