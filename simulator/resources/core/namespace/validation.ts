import { type FieldError, invalid, key as keyPath } from "../../../api/meta/field-error.ts";
import { isQualifiedName } from "../../../api/meta/validation.ts";
import type { Namespace } from "../../../api/refs.ts";
import { equalJson } from "../../../base/json.ts";

/** Finalizer names without a domain that Kubernetes knows. */
const STANDARD_FINALIZERS = ["kubernetes", "orphan", "foregroundDeletion"];

// Models pkg/apis/core/validation ValidateNamespace, and the label check of the PodSecurity admission plugin
export function validateNamespace(object: Namespace): readonly FieldError[] {
  const path = "spec.finalizers";
  const finalizers = object.spec.finalizers ?? [];
  return [
    ...finalizers.flatMap((name) => [
      ...isQualifiedName(name).map((text) => invalid(path, name, text)),
      ...(name.includes("/") || STANDARD_FINALIZERS.includes(name)
        ? []
        : [invalid(path, name, "name is neither a standard finalizer name nor is it fully qualified")]),
    ]),
    ...podSecurityLabelErrors(object),
  ];
}

/** Labels that were wrong before may stay wrong. */
export function validateNamespaceUpdate(object: Namespace, old: Namespace): readonly FieldError[] {
  const errors = podSecurityLabelErrors(object);
  return equalJson(errors, podSecurityLabelErrors(old)) ? [] : errors;
}

// Models pkg/apis/core/validation ValidateNamespaceStatusUpdate
export function validateNamespaceStatusUpdate(object: Namespace): readonly FieldError[] {
  const { phase } = object.status;
  // Upstream writes the field's name with a capital.
  const path = "status.Phase";
  if (object.metadata.deletionTimestamp === undefined) {
    return phase === "Active"
      ? []
      : [invalid(path, phase ?? "", "may only be 'Active' if `deletionTimestamp` is empty")];
  }
  if (phase === "Terminating") return [];
  return [invalid(path, phase ?? "", "may only be 'Terminating' if `deletionTimestamp` is not empty")];
}

const LEVELS = ["privileged", "baseline", "restricted"];
const PREFIX = "pod-security.kubernetes.io/";

// Models pod-security-admission api PolicyToEvaluate
function podSecurityLabelErrors(object: Namespace): readonly FieldError[] {
  const labels = object.metadata.labels ?? {};
  const errors: FieldError[] = [];
  for (const mode of ["enforce", "audit", "warn"]) {
    const level = labels[PREFIX + mode];
    if (level !== undefined && !LEVELS.includes(level)) {
      errors.push(labelError(PREFIX + mode, level, `must be one of ${LEVELS.join(", ")}`));
    }
    const version = labels[`${PREFIX}${mode}-version`];
    if (version !== undefined && version !== "latest" && !/^v1\.(0|[1-9][0-9]*)$/.test(version)) {
      errors.push(labelError(`${PREFIX}${mode}-version`, version, 'must be "latest" or "v1.x"'));
    }
  }
  return errors;
}

function labelError(label: string, value: string, text: string): FieldError {
  return invalid(keyPath("metadata.labels", label), value, text);
}
