import { child, type FieldError, forbidden, invalid, required } from "../../../api/meta/field-error.ts";
import { inclusiveRangeError, isDns1035Label, isDns1123Subdomain, isPortNumber } from "../../../api/meta/validation.ts";
import type { ApiService } from "../../../api/refs.ts";

const MAX_GROUP_PRIORITY = 20_000;
const MAX_VERSION_PRIORITY = 1000;

// Models kube-aggregator pkg/apis/apiregistration/validation ValidateAPIService
export function validateApiService({ metadata, spec }: ApiService): readonly FieldError[] {
  const { group = "", version = "", groupPriorityMinimum, versionPriority, service } = spec;
  const errors: FieldError[] = [];
  if (metadata.name !== `${version}.${group}`) {
    errors.push(invalid("metadata.name", metadata.name, 'must be `spec.version+"."+spec.group`'));
  }
  for (const problem of group === "" ? [] : isDns1123Subdomain(group))
    errors.push(invalid("spec.group", group, problem));
  for (const problem of isDns1035Label(version)) errors.push(invalid("spec.version", version, problem));
  const range = (path: string, value: number, max: number) => {
    if (value <= 0 || value > max) errors.push(invalid(path, value, inclusiveRangeError(1, max)));
  };
  range("spec.groupPriorityMinimum", groupPriorityMinimum, MAX_GROUP_PRIORITY);
  range("spec.versionPriority", versionPriority, MAX_VERSION_PRIORITY);
  if (service === undefined) {
    if (spec.caBundle) errors.push(forbidden("spec.caBundle", "local APIServices may not have a caBundle"));
    if (spec.insecureSkipTLSVerify) {
      errors.push(forbidden("spec.insecureSkipTLSVerify", "local APIServices may not have insecureSkipTLSVerify"));
    }
    return errors;
  }
  const path = "spec.service";
  if (!service.namespace) errors.push(required(child(path, "namespace"), ""));
  if (!service.name) errors.push(required(child(path, "name"), ""));
  const { port = 443 } = service;
  for (const problem of isPortNumber(port)) {
    errors.push(invalid(child(path, "port"), port, `port is not valid: ${problem}`));
  }
  if (spec.caBundle && spec.insecureSkipTLSVerify) {
    errors.push(invalid("spec.insecureSkipTLSVerify", true, "may not be true if caBundle is present"));
  }
  return errors;
}
