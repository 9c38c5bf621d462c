import type { Kind } from "../../../api/kind.ts";
import { INGRESS_CLASSES, type IngressClass } from "../../../api/refs.ts";
import { ageColumn, NONE, nameColumn } from "../../columns.ts";
import { validateIngressClass, validateIngressClassUpdate } from "./validation.ts";

export const ingressClassKind: Kind<IngressClass> = {
  ref: INGRESS_CLASSES,
  singular: "ingressclass",
  namespaced: false,
  type: "IngressClass",
  hasGeneration: true,
  // Models pkg/apis/networking/v1 SetDefaults_IngressClass
  defaults: (object) => {
    object.spec ??= {};
    if (object.spec.parameters) object.spec.parameters.scope ??= "Cluster";
  },
  validate: validateIngressClass,
  validateUpdate: validateIngressClassUpdate,
  // Models pkg/printers/internalversion printIngressClass
  columns: [
    nameColumn(),
    {
      name: "Controller",
      type: "string",
      description: "Controller that is responsible for handling this class",
      priority: 0,
      cell: (object) => object.spec.controller ?? "",
    },
    {
      name: "Parameters",
      type: "string",
      description: "A reference to a resource with additional parameters",
      priority: 0,
      cell: ({ spec: { parameters } }) => {
        if (!parameters) return NONE;
        const { apiGroup, kind, name } = parameters;
        return `${kind}${apiGroup === undefined ? "" : `.${apiGroup}`}/${name}`;
      },
    },
    ageColumn(),
  ],
};
