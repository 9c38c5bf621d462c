import {
  child,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
  tooLong,
} from "../../../api/meta/field-error.ts";
import { byteLength } from "../../../api/meta/go-text.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import { nameIsDnsLabel } from "../../../api/meta/validation.ts";
import type { IngressClass } from "../../../api/refs.ts";
import type { IngressClassParametersReference } from "../../../api/schema/generated/types.ts";
import { validateDomainPrefixedPath } from "../../domain-path.ts";
import { validateReference } from "../reference.ts";

const SCOPES = ["Cluster", "Namespace"];
const MAX_CONTROLLER_BYTES = 250;

// Models pkg/apis/networking/validation ValidateIngressClass
export function validateIngressClass({ spec }: IngressClass): readonly FieldError[] {
  const { controller = "", parameters } = spec;
  const path = "spec.controller";
  return [
    ...(byteLength(controller) > MAX_CONTROLLER_BYTES ? [tooLong(path, MAX_CONTROLLER_BYTES)] : []),
    ...validateDomainPrefixedPath(controller, path),
    ...(parameters ? validateParameters(parameters, "spec.parameters") : []),
  ];
}

// Models pkg/apis/networking/validation ValidateIngressClassUpdate
export function validateIngressClassUpdate(object: IngressClass, old: IngressClass): readonly FieldError[] {
  const controller = object.spec.controller ?? "";
  return [
    ...validateImmutable(controller, old.spec.controller ?? "", "spec.controller"),
    ...validateIngressClass(object),
  ];
}

function validateParameters(parameters: IngressClassParametersReference, path: string): readonly FieldError[] {
  const { scope, namespace } = parameters;
  const scopePath = child(path, "scope");
  const here = child(path, "namespace");
  const errors = [...validateReference(parameters, path)];
  if (scope === undefined) return [...errors, required(scopePath)];
  if (!SCOPES.includes(scope)) return [...errors, notSupported(scopePath, scope, SCOPES)];
  if (scope === "Cluster") {
    return namespace === undefined ? errors : [...errors, forbidden(here, "`parameters.scope` is set to 'Cluster'")];
  }
  if (namespace === undefined) return [...errors, required(here, "`parameters.scope` is set to 'Namespace'")];
  return [...errors, ...nameIsDnsLabel(namespace, false).map((text) => invalid(here, namespace, text))];
}
