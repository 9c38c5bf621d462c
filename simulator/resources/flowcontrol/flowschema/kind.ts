import type { Kind } from "../../../api/kind.ts";
import { FLOW_SCHEMAS, type FlowSchema } from "../../../api/refs.ts";
import { ageColumn, column, NONE, nameColumn } from "../../columns.ts";
import { validateFlowSchema, validateFlowSchemaStatusUpdate } from "./validation.ts";

const SPEC = "FlowSchemaSpec";
/** The dependency that has upstream's words for fields has none for structs. */
const METHOD_WORDS =
  "`distinguisherMethod` defines how to compute the flow distinguisher for requests that match this schema. `nil` specifies that the distinguisher is disabled and thus will always be the empty string.";
const DEFAULT_PRECEDENCE = 1000;

export const flowSchemaKind: Kind<FlowSchema> = {
  ref: FLOW_SCHEMAS,
  singular: "flowschema",
  namespaced: false,
  type: "FlowSchema",
  hasGeneration: true,
  // Models pkg/apis/flowcontrol/v1 SetDefaults_FlowSchemaSpec
  defaults: (object) => {
    const spec: Partial<typeof object.spec> = object.spec ?? {};
    spec.priorityLevelConfiguration ??= { name: "" };
    spec.matchingPrecedence ||= DEFAULT_PRECEDENCE;
    object.spec = spec as typeof object.spec;
  },
  prepareCreate: (object) => ({ ...object, status: {} }),
  validate: validateFlowSchema,
  validateUpdate: validateFlowSchema,
  validateStatusUpdate: validateFlowSchemaStatusUpdate,
  subresources: { status: true },
  // Models pkg/printers/internalversion printFlowSchema
  columns: [
    nameColumn(),
    column("PriorityLevel", "string", { type: "PriorityLevelConfigurationReference", field: "name" }, ({ spec }) => {
      return spec.priorityLevelConfiguration.name;
    }),
    column("MatchingPrecedence", "string", { type: SPEC, field: "matchingPrecedence" }, ({ spec }) => {
      return spec.matchingPrecedence ?? DEFAULT_PRECEDENCE;
    }),
    column("DistinguisherMethod", "string", METHOD_WORDS, ({ spec }) => {
      return spec.distinguisherMethod?.type ?? NONE;
    }),
    ageColumn(),
    column("MissingPL", "string", "references a broken or non-existent PriorityLevelConfiguration", ({ status }) => {
      return status.conditions?.find(({ type }) => type === "Dangling")?.status ?? "?";
    }),
  ],
};
