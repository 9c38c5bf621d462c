import type { AdmissionPlugin } from "../api/admission/plugin.ts";
import { invalid, type Status } from "../api/errors.ts";
import { type FieldError, fieldErrorMessage, notSupported, toCause } from "../api/meta/field-error.ts";
import { FAULTS, type Fault } from "../api/refs.ts";
import type { Registry } from "../base/registry.ts";
import type { FaultDefinition } from "./fault.ts";

/** Refuses faults that nobody knows how to carry out, and targets that their type cannot hit. */
export function faultAdmission(definitions: Registry<FaultDefinition>): AdmissionPlugin {
  return {
    name: "FaultTypes",
    resources: [FAULTS.id],
    verbs: ["create"],
    validate: ({ object }) => check(object as Fault, definitions),
  };
}

function check({ metadata, spec }: Fault, definitions: Registry<FaultDefinition>): Status | undefined {
  const problem = problemOf(spec, definitions);
  if (problem === undefined) return undefined;
  const kind = { group: FAULTS.group, kind: FAULTS.kind };
  return invalid(kind, metadata.name, [fieldErrorMessage(problem)], [toCause(problem)]);
}

function problemOf(spec: Fault["spec"], definitions: Registry<FaultDefinition>): FieldError | undefined {
  const definition = definitions.get(spec.type);
  if (definition === undefined) {
    const types = definitions.all.map(({ type }) => type);
    return notSupported("spec.type", spec.type, types);
  }
  if (spec.target.kind === definition.target) return undefined;
  return notSupported("spec.target.kind", spec.target.kind, [definition.target]);
}
