import type {
  MatchResources,
  MutatingWebhook,
  NamedRuleWithOperations,
  ValidatingWebhook,
} from "../../api/schema/generated/types.ts";
import type { Draft } from "../../base/json.ts";

const HTTPS_PORT = 443;
const TIMEOUT_SECONDS = 10;

/** Fills in what a webhook of either sort leaves out. Models pkg/apis/admissionregistration/v1 SetDefaults_ValidatingWebhook. */
export function defaultWebhook(hook: Draft<ValidatingWebhook> | Draft<MutatingWebhook>): void {
  hook.failurePolicy ??= "Fail";
  hook.matchPolicy ??= "Equivalent";
  hook.namespaceSelector ??= {};
  hook.objectSelector ??= {};
  hook.timeoutSeconds ??= TIMEOUT_SECONDS;
  const service = hook.clientConfig?.service;
  if (service) service.port ??= HTTPS_PORT;
  defaultRules(hook.rules);
}

/** Models pkg/apis/admissionregistration/v1 SetDefaults_MatchResources. */
export function defaultMatch(match: Draft<MatchResources> | undefined): void {
  if (match === undefined) return;
  match.matchPolicy ??= "Equivalent";
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  defaultRules(match.resourceRules);
  defaultRules(match.excludeResourceRules);
}

function defaultRules(rules: readonly Draft<NamedRuleWithOperations>[] | undefined): void {
  for (const rule of rules ?? []) rule.scope ??= "*";
}
