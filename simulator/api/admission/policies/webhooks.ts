import { fail, ok } from "../../../base/result.ts";
import { BOOL } from "../../cel/types.ts";
import { badRequest, internalError, type Status } from "../../errors.ts";
import {
  ENDPOINT_SLICES,
  MUTATING_WEBHOOK_CONFIGURATIONS,
  type MutatingWebhookConfiguration,
  SERVICES,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
  type ValidatingWebhookConfiguration,
} from "../../refs.ts";
import type { MutatingWebhook, ValidatingWebhook } from "../../schema/generated/types.ts";
import type { AdmissionPlugin, AdmissionRequest } from "../plugin.ts";
import { Activation } from "./activation.ts";
import { type AdmissionAttributes, attributesOf } from "./attributes.ts";
import { type Compilation, PolicyCompiler } from "./environment.ts";
import { matchedNames } from "./matching.ts";
import { conditionsMet, EXEMPT_GROUP } from "./validating.ts";

type Webhook = MutatingWebhook | ValidatingWebhook;
type Configuration = MutatingWebhookConfiguration | ValidatingWebhookConfiguration;

const SERVICE_LABEL = "kubernetes.io/service-name";
const DEFAULT_SECONDS = 10;
const HTTPS = 443;

// Models apiserver pkg/admission/plugin/webhook
/**
 * Webhooks are programs, which nobody runs here: whoever is asked does not answer, and the webhook's failure policy says
 * what that means.
 */
export const mutatingWebhook: AdmissionPlugin = {
  name: "MutatingAdmissionWebhook",
  resources: "*",
  verbs: ["create", "update", "delete"],
  subresources: true,
  mutate: (request) => {
    const configurations = request.context.byIndex(MUTATING_WEBHOOK_CONFIGURATIONS, "every", "true");
    const refused = firstFailure(request, configurations);
    return refused === undefined ? ok(request.object) : fail(refused);
  },
};

export const validatingWebhook: AdmissionPlugin = {
  name: "ValidatingAdmissionWebhook",
  resources: "*",
  verbs: ["create", "update", "delete"],
  subresources: true,
  validate: (request) =>
    firstFailure(request, request.context.byIndex(VALIDATING_WEBHOOK_CONFIGURATIONS, "every", "true")),
};

function firstFailure(request: AdmissionRequest, configurations: Iterable<Configuration>): Status | undefined {
  if (request.kind.ref.group === EXEMPT_GROUP) return undefined;
  const sorted = [...configurations].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const hooks = sorted.flatMap(({ webhooks = [] }) => webhooks as readonly Webhook[]);
  if (hooks.length === 0) return undefined;
  const attributes = attributesOf(request);
  for (const hook of hooks) {
    const failure = failureOf(hook, attributes);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

const compiler = new PolicyCompiler({ hasParams: false, hasAuthorizer: true });
const compiledConditions = new WeakMap<Webhook, readonly Compilation[]>();

function failureOf(hook: Webhook, attributes: AdmissionAttributes): Status | undefined {
  const { matchPolicy, namespaceSelector, objectSelector, rules, matchConditions = [], name, failurePolicy } = hook;
  // A webhook without rules is asked about nothing.
  if (!rules?.length) return undefined;
  const matched = matchedNames({ matchPolicy, namespaceSelector, objectSelector, resourceRules: rules }, attributes);
  if (matched === undefined) return undefined;
  const isIgnored = failurePolicy === "Ignore";
  if (matchConditions.length > 0) {
    let programs = compiledConditions.get(hook);
    if (programs === undefined) {
      programs = matchConditions.map(({ expression }) => compiler.compile(expression, [BOOL]));
      compiledConditions.set(hook, programs);
    }
    const activation = new Activation(attributes, matched, undefined, compiler.variables);
    const met = conditionsMet(activation, matchConditions, programs);
    if (met.error !== undefined && !isIgnored) return internalError(met.error);
    if (!met.matches) return undefined;
  }
  if (attributes.dryRun && hook.sideEffects !== "None" && hook.sideEffects !== "NoneOnDryRun") {
    return badRequest(`admission webhook "${name}" does not support dry run`);
  }
  if (isIgnored) return undefined;
  return internalError(
    `failed calling webhook "${name}": failed to call webhook: ${callProblem(hook, attributes.request)}`,
  );
}

/** Why a webhook can't be called, as the API server's HTTP client says it. */
function callProblem(
  { clientConfig = {}, timeoutSeconds = DEFAULT_SECONDS }: Webhook,
  { context }: AdmissionRequest,
): string {
  const { url, service } = clientConfig;
  const post = (target: string, why: string) => `Post "${target}?timeout=${timeoutSeconds}s": ${why}`;
  if (service === undefined) {
    const [, host = "", port = String(HTTPS)] = /^https:\/\/([^:/]+)(?::(\d+))?/.exec(url ?? "") ?? [];
    const isAddress = /^\d+(\.\d+){3}$/.test(host);
    const why = isAddress
      ? `dial tcp ${host}:${port}: connect: connection refused`
      : `dial tcp: lookup ${host}: no such host`;
    return post(url ?? "", why);
  }
  const { name, namespace, path = "", port = HTTPS } = service;
  const target = `https://${name}.${namespace}.svc:${port}${path.startsWith("/") || path === "" ? path : `/${path}`}`;
  const found = context.find(SERVICES, namespace, name);
  if (found === undefined) return post(target, `service "${name}" not found`);
  const slices = [...context.list(ENDPOINT_SLICES)].filter(
    ({ metadata }) => metadata.namespace === namespace && metadata.labels?.[SERVICE_LABEL] === name,
  );
  const isServed = slices.some(({ endpoints = [] }) => endpoints.some(({ conditions }) => conditions?.ready !== false));
  if (!isServed) return post(target, `no endpoints available for service "${name}"`);
  return post(target, `dial tcp ${found.spec.clusterIP}:${port}: connect: connection refused`);
}
