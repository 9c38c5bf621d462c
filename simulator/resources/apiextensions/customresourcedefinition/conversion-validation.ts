import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from "../../../api/meta/field-error.ts";
import { isDns1035Label } from "../../../api/meta/validation.ts";
import type { CustomResourceConversion, WebhookConversion } from "../../../api/schema/generated/types.ts";
import { validateWebhookService, validateWebhookUrl } from "../../admissionregistration/webhooks.ts";

const PATH = "spec.conversion";
const CLIENT = "spec.conversion.webhookClientConfig";
const REVIEW_VERSIONS = ["v1", "v1beta1"];
const STRATEGIES = ["None", "Webhook"];

// Models apiextensions-apiserver pkg/apis/apiextensions/validation validateCustomResourceConversion
/** Problems of how a definition says that its objects are converted. */
export function validateConversion(conversion: CustomResourceConversion | undefined): readonly FieldError[] {
  if (conversion === undefined) return [];
  const { strategy, webhook } = conversion;
  if (!strategy) return [required(child(PATH, "strategy"), "")];
  if (strategy === "Webhook") {
    return [...validateClient(webhook?.clientConfig), ...validateReviews(webhook?.conversionReviewVersions ?? [])];
  }
  const text = "should not be set when strategy is not set to Webhook";
  return [
    ...(STRATEGIES.includes(strategy) ? [] : [notSupported(child(PATH, "strategy"), strategy, STRATEGIES)]),
    ...(webhook?.clientConfig === undefined ? [] : [forbidden(CLIENT, text)]),
    ...(webhook?.conversionReviewVersions?.length ? [forbidden(child(PATH, "conversionReviewVersions"), text)] : []),
  ];
}

function validateClient(client: WebhookConversion["clientConfig"]): readonly FieldError[] {
  if (client === undefined) return [required(CLIENT, "required when strategy is set to Webhook")];
  const { url, service } = client;
  if ((url === undefined) === (service === undefined)) {
    return [required(CLIENT, "exactly one of url or service is required")];
  }
  if (url !== undefined) return validateWebhookUrl(url, child(CLIENT, "url"));
  return service === undefined ? [] : validateWebhookService(service, child(CLIENT, "service"));
}

function validateReviews(versions: readonly string[]): readonly FieldError[] {
  const path = child(PATH, "conversionReviewVersions");
  if (versions.length === 0) return [required(path, "")];
  const errors = versions.flatMap((version, at) =>
    versions.indexOf(version) < at
      ? [invalid(index(path, at), version, "duplicate version")]
      : isDns1035Label(version).map((text) => invalid(index(path, at), version, text)),
  );
  if (versions.some((version) => REVIEW_VERSIONS.includes(version))) return errors;
  return [...errors, invalid(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(", ")}`)];
}
