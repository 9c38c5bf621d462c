import { type FieldError, invalid, required } from "../../../api/meta/field-error.ts";
import { byteLength } from "../../../api/meta/go-text.ts";
import { isDns1123Subdomain, isQualifiedName } from "../../../api/meta/validation.ts";
import type { Event } from "../../../api/refs.ts";

const MISMATCH = "does not match event.namespace";

// Models pkg/apis/core/validation legacyValidateEvent: all that core/v1 asks of an event
export function validateEvent(object: Event): readonly FieldError[] {
  const { namespace = "" } = object.metadata;
  return [
    ...(object.eventTime ? validateNewStyle(object, namespace) : validateOldStyle(object, namespace)),
    ...isDns1123Subdomain(namespace).map((text) => invalid("namespace", namespace, text)),
  ];
}

/** Events without eventTime: written by the old recorder. */
function validateOldStyle(object: Event, namespace: string): readonly FieldError[] {
  const { namespace: involved = "" } = object.involvedObject;
  const matches = involved === "" ? namespace === "" || namespace === "default" : namespace === involved;
  return matches ? [] : [invalid("involvedObject.namespace", involved, MISMATCH)];
}

function validateNewStyle(object: Event, namespace: string): readonly FieldError[] {
  const { involvedObject, reportingComponent = "", reportingInstance = "", action = "", reason = "" } = object;
  const errors: FieldError[] = [];
  if (!involvedObject.namespace && namespace !== "default" && namespace !== "kube-system") {
    errors.push(invalid("involvedObject.namespace", "", MISMATCH));
  }
  if (reportingComponent === "") errors.push(required("reportingController"));
  const wrong = isQualifiedName(reportingComponent);
  errors.push(...wrong.map((text) => invalid("reportingController", reportingComponent, text)));
  errors.push(...requiredText("reportingInstance", reportingInstance));
  errors.push(...requiredText("action", action));
  errors.push(...requiredText("reason", reason));
  errors.push(...validateLength("message", object.message ?? "", 1024));
  return errors;
}

function requiredText(path: string, text: string): readonly FieldError[] {
  return text === "" ? [required(path)] : validateLength(path, text, 128);
}

function validateLength(path: string, text: string, maxBytes: number): readonly FieldError[] {
  return byteLength(text) > maxBytes ? [invalid(path, "", `can have at most ${maxBytes} characters`)] : [];
}
