import { PolicyCompiler } from "../../api/admission/policies/environment.ts";
import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
} from "../../api/meta/field-error.ts";
import { validateLabelSelector } from "../../api/meta/label-validation.ts";
import { isDns1035Label, isDns1123Subdomain, isPortNumber } from "../../api/meta/validation.ts";
import type {
  AdmissionregistrationV1ServiceReference,
  AdmissionregistrationV1WebhookClientConfig,
  MutatingWebhook,
  ValidatingWebhook,
} from "../../api/schema/generated/types.ts";
import { FAILURE_POLICIES, validateMatchConditions } from "./conditions.ts";
import { validateMatchPolicy, validateRule } from "./rules.ts";

/** Conditions of webhooks know no parameters and no variables. */
const CONDITIONS = new PolicyCompiler({ hasParams: false, hasAuthorizer: true });
const SIDE_EFFECTS = ["None", "NoneOnDryRun"];
const REINVOCATION_POLICIES = ["IfNeeded", "Never"];
const REVIEW_VERSIONS = ["v1", "v1beta1"];
const MAX_TIMEOUT_SECONDS = 30;
const FORM = "; desired format: https://host[/path]";

type Webhook = ValidatingWebhook & Pick<MutatingWebhook, "reinvocationPolicy">;

/** The webhooks of a configuration. Models pkg/apis/admissionregistration/validation validateMutatingWebhookConfiguration. */
export function validateWebhooks(hooks: readonly Webhook[]): readonly FieldError[] {
  const seen = new Set<string>();
  return hooks.flatMap((hook, at) => {
    const path = index("webhooks", at);
    const { name = "", admissionReviewVersions = [] } = hook;
    const repeated = name !== "" && seen.has(name) ? [duplicate(child(path, "name"), name)] : [];
    seen.add(name);
    return [
      ...validateWebhook(hook, path),
      ...validateReviewVersions(admissionReviewVersions, child(path, "admissionReviewVersions")),
      ...repeated,
    ];
  });
}

function validateWebhook(hook: Webhook, path: string): readonly FieldError[] {
  const { name = "", rules = [], failurePolicy, sideEffects, timeoutSeconds, reinvocationPolicy } = hook;
  const at = (field: string) => child(path, field);
  const oneOf = (value: string | undefined, allowed: readonly string[], field: string) =>
    value === undefined || allowed.includes(value) ? [] : [notSupported(at(field), value, allowed)];
  const isTimeoutWrong = timeoutSeconds !== undefined && (timeoutSeconds < 1 || timeoutSeconds > MAX_TIMEOUT_SECONDS);
  const timeoutText = `the timeout value must be between 1 and ${MAX_TIMEOUT_SECONDS} seconds`;
  return [
    ...validateFullName(name, at("name")),
    ...rules.flatMap((rule, nth) => validateRule(rule, index(at("rules"), nth))),
    ...oneOf(failurePolicy, FAILURE_POLICIES, "failurePolicy"),
    ...validateMatchPolicy(hook.matchPolicy, at("matchPolicy"), false),
    ...(sideEffects ? [] : [required(at("sideEffects"), `must specify one of ${SIDE_EFFECTS.join(", ")}`)]),
    ...oneOf(sideEffects || undefined, SIDE_EFFECTS, "sideEffects"),
    ...(isTimeoutWrong ? [invalid(at("timeoutSeconds"), timeoutSeconds, timeoutText)] : []),
    ...validateLabelSelector(hook.namespaceSelector, at("namespaceSelector")),
    ...validateLabelSelector(hook.objectSelector, at("objectSelector")),
    ...oneOf(reinvocationPolicy, REINVOCATION_POLICIES, "reinvocationPolicy"),
    ...validateClient(hook.clientConfig ?? {}, at("clientConfig")),
    ...validateMatchConditions(hook.matchConditions ?? [], at("matchConditions"), CONDITIONS),
  ];
}

// Models apimachinery pkg/util/validation IsFullyQualifiedName
function validateFullName(name: string, path: string): readonly FieldError[] {
  if (name === "") return [required(path)];
  const wrong = isDns1123Subdomain(name);
  if (wrong.length > 0) return wrong.map((text) => invalid(path, name, text));
  return name.split(".").length < 3
    ? [invalid(path, name, "should be a domain with at least three segments separated by dots")]
    : [];
}

function validateReviewVersions(versions: readonly string[], path: string): readonly FieldError[] {
  if (versions.length === 0) return [required(path, `must specify one of ${REVIEW_VERSIONS.join(", ")}`)];
  const seen = new Set<string>();
  const errors = versions.flatMap((version, at) => {
    if (seen.has(version)) return [invalid(index(path, at), version, "duplicate version")];
    seen.add(version);
    return isDns1035Label(version).map((text) => invalid(index(path, at), version, text));
  });
  if (versions.some((version) => REVIEW_VERSIONS.includes(version))) return errors;
  return [...errors, invalid(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(", ")}`)];
}

function validateClient({ url, service }: AdmissionregistrationV1WebhookClientConfig, path: string) {
  if ((url === undefined) === (service === undefined)) {
    return [required(path, "exactly one of url or service is required")];
  }
  if (url !== undefined) return validateWebhookUrl(url, child(path, "url"));
  return service === undefined ? [] : validateWebhookService(service, child(path, "service"));
}

/** `scheme://user@host/path?query#fragment`, in parts. */
const URL_PARTS = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/(?:([^@/?#]*)@)?([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/s;

// Models apiserver pkg/util/webhook ValidateWebhookURL
/** The address of a webhook outside the cluster. */
export function validateWebhookUrl(url: string, path: string): readonly FieldError[] {
  const [, scheme = "", user, host = "", query = "", fragment = ""] = URL_PARTS.exec(url) ?? [];
  const errors: FieldError[] = [];
  if (scheme.toLowerCase() !== "https") {
    errors.push(invalid(path, scheme.toLowerCase(), `'https' is the only allowed URL scheme${FORM}`));
  }
  if (host === "") errors.push(invalid(path, host, `host must be specified${FORM}`));
  if (user !== undefined) errors.push(invalid(path, user, "user information is not permitted in the URL"));
  if (fragment !== "") errors.push(invalid(path, fragment, "fragments are not permitted in the URL"));
  if (query !== "") errors.push(invalid(path, query, "query parameters are not permitted in the URL"));
  return errors;
}

// Models apiserver pkg/util/webhook ValidateWebhookService
/** A service that is called as a webhook. */
export function validateWebhookService(
  service: AdmissionregistrationV1ServiceReference,
  path: string,
): readonly FieldError[] {
  const { name = "", namespace = "", port = 0, path: urlPath = "/" } = service;
  const errors: FieldError[] = [];
  const here = child(path, "path");
  if (name === "") errors.push(required(child(path, "name"), "service name is required"));
  if (namespace === "") errors.push(required(child(path, "namespace"), "service namespace is required"));
  const wrongPort = isPortNumber(port);
  if (wrongPort.length > 0)
    errors.push(invalid(child(path, "port"), port, `port is not valid: ${wrongPort.join(",")}`));
  if (urlPath === "" || urlPath === "/") return errors;
  if (urlPath === "//") return [...errors, invalid(here, urlPath, "segment[0] may not be empty")];
  if (!urlPath.startsWith("/")) errors.push(invalid(here, urlPath, "must start with a '/'"));
  const steps = urlPath.slice(1).replace(/\/$/, "").split("/");
  for (const [at, step] of steps.entries()) {
    const problems = step === "" ? [" may not be empty"] : isDns1123Subdomain(step).map((text) => `: ${text}`);
    errors.push(...problems.map((text) => invalid(here, urlPath, `segment[${at}]${text}`)));
  }
  return errors;
}
