import { duplicate, type FieldError, index, invalid } from "../../../api/meta/field-error.ts";
import { validateLabels } from "../../../api/meta/label-validation.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import { nameIsDnsLabel } from "../../../api/meta/validation.ts";
import type { RuntimeClass } from "../../../api/refs.ts";
import type { Scheduling, Toleration } from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";
import { internalForm } from "../../core/pod/validation/internal-form.ts";
import { validateOverhead } from "../../core/pod/validation/resources.ts";
import { validateTolerations } from "../../core/pod/validation/tolerations.ts";

// Models pkg/apis/node/validation ValidateRuntimeClass
export function validateRuntimeClass(object: RuntimeClass): readonly FieldError[] {
  const { handler = "", overhead, scheduling } = object;
  return [
    ...nameIsDnsLabel(handler, false).map((text) => invalid("handler", handler, text)),
    ...(overhead ? validateOverhead(overhead.podFixed ?? {}, "overhead") : []),
    ...(scheduling ? validateScheduling(scheduling) : []),
  ];
}

// Models pkg/apis/node/validation ValidateRuntimeClassUpdate
export function validateRuntimeClassUpdate(object: RuntimeClass, old: RuntimeClass): readonly FieldError[] {
  return validateImmutable(object.handler, old.handler, "handler");
}

function validateScheduling({ nodeSelector, tolerations = [] }: Scheduling): readonly FieldError[] {
  const path = "scheduling.tolerations";
  const repeated = (toleration: Toleration, at: number) =>
    tolerations.slice(0, at).some((other) => equalJson(other, toleration));
  return [
    ...validateLabels(nodeSelector, "scheduling.nodeSelector"),
    ...validateTolerations(tolerations, path),
    ...tolerations.flatMap((toleration, at) =>
      repeated(toleration, at) ? [duplicate(index(path, at), internalForm("Toleration", toleration))] : [],
    ),
  ];
}
