import { equalJson, type JsonObject } from "../../../base/json.ts";
import { fail, ok, type Result } from "../../../base/result.ts";
import { BOOL } from "../../cel/types.ts";
import { badRequest, forbidden, internalError, type Status } from "../../errors.ts";
import { completed, decodeAs } from "../../incoming.ts";
import { readJson } from "../../json-text.ts";
import { goQuote } from "../../meta/go-text.ts";
import type { KubeObject } from "../../object.ts";
import { applyJsonPatch } from "../../patch/json-patch.ts";
import {
  MUTATING_WEBHOOK_CONFIGURATIONS,
  type MutatingWebhookConfiguration,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
  type ValidatingWebhookConfiguration,
} from "../../refs.ts";
import type { MutatingWebhook, ValidatingWebhook } from "../../schema/generated/types.ts";
import { toStored } from "../../versions.ts";
import { callWebhook, reviewUid } from "../../webhooks/call.ts";
import type { AdmissionPlugin, AdmissionRequest, Mutations } from "../plugin.ts";
import { Activation } from "./activation.ts";
import { type AdmissionAttributes, attributesOf, type Names } from "./attributes.ts";
import { type Compilation, PolicyCompiler } from "./environment.ts";
import { matchedNames } from "./matching.ts";
import { kindIn } from "./mutating.ts";
import { admissionReview, rejection, reviewVersion, type Verdict, verdictOf } from "./review.ts";
import { conditionsMet, EXEMPT_GROUP } from "./validating.ts";

type Webhook = MutatingWebhook | ValidatingWebhook;
type Configuration = MutatingWebhookConfiguration | ValidatingWebhookConfiguration;

/** A webhook of a configuration, and what it is known by while a request passes. */
interface Hook {
  readonly id: string;
  readonly webhook: Webhook;
}

/** Why a webhook gave no verdict: it could not be called, which it may say to ignore, or the request itself is refused. */
type Failure = { readonly calling: string } | { readonly refused: Status };

const DEFAULT_SECONDS = 10;

// Models apiserver pkg/admission/plugin/webhook/mutating dispatcher.go
/** Lets webhooks refuse requests, and change their objects, one after the other. */
export const mutatingWebhook: AdmissionPlugin = {
  name: "MutatingAdmissionWebhook",
  resources: "*",
  verbs: ["create", "update", "delete", "connect"],
  subresources: true,
  rules: MUTATING_WEBHOOK_CONFIGURATIONS,
  mutate: (request) => {
    const hooks = hooksOf(request, request.context.byIndex(MUTATING_WEBHOOK_CONFIGURATIONS, "every", "true"));
    const mutations: Mutations = request.mutations ?? { isAgain: false, isPatched: false };
    if (hooks.length === 0) return ok(request.object);
    if (mutations.isAgain && !equalJson(mutations.left, request.object)) wantAgain(mutations);
    let { object } = request;
    let attributes = attributesOf(request);
    for (const hook of hooks) {
      const changed = mutatedBy(hook, attributes, mutations);
      if (!changed.ok) return changed;
      if (changed.value === undefined) continue;
      object = changed.value;
      attributes = attributesOf({ ...request, object });
    }
    mutations.left = object;
    return ok(object);
  },
};

// Models apiserver pkg/admission/plugin/webhook/validating dispatcher.go
/** Lets webhooks refuse requests. Upstream asks them all at once; here the first by name that refuses is heard. */
export const validatingWebhook: AdmissionPlugin = {
  name: "ValidatingAdmissionWebhook",
  resources: "*",
  verbs: ["create", "update", "delete", "connect"],
  subresources: true,
  rules: VALIDATING_WEBHOOK_CONFIGURATIONS,
  validate: (request) => {
    const hooks = hooksOf(request, request.context.byIndex(VALIDATING_WEBHOOK_CONFIGURATIONS, "every", "true"));
    if (hooks.length === 0) return undefined;
    const attributes = attributesOf(request);
    const meant: (readonly [Webhook, Names])[] = [];
    for (const { webhook } of hooks) {
      const matched = meantBy(webhook, attributes);
      if (!matched.ok) return matched.error;
      if (matched.value !== undefined) meant.push([webhook, matched.value]);
    }
    for (const [webhook, matched] of meant) {
      const verdict = verdictBy(webhook, attributes, matched, false);
      const refused = verdict.ok ? refusalBy(webhook, verdict.value) : refusalOf(webhook, verdict.error);
      if (refused !== undefined) return refused;
    }
    return undefined;
  },
};

function hooksOf(request: AdmissionRequest, configurations: Iterable<Configuration>): readonly Hook[] {
  if (request.kind.ref.group === EXEMPT_GROUP) return [];
  const sorted = [...configurations].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  return sorted.flatMap(({ metadata, webhooks = [] }) =>
    (webhooks as readonly Webhook[]).map((webhook, at) => ({ id: `${metadata.name}/${webhook.name}/${at}`, webhook })),
  );
}

/** Everyone who was asked and wants to be asked again is to be. */
function wantAgain(mutations: Mutations): void {
  mutations.again = new Set([...(mutations.again ?? []), ...(mutations.asked ?? [])]);
  mutations.asked = new Set();
}

const compiler = new PolicyCompiler({ hasParams: false, hasAuthorizer: true });
const compiledConditions = new WeakMap<Webhook, readonly Compilation[]>();

// Models apiserver pkg/admission/plugin/webhook/generic Webhook.ShouldCallHook
/** In which version a webhook is to be asked about a request; undefined: it is not. */
function meantBy(webhook: Webhook, attributes: AdmissionAttributes): Result<Names | undefined, Status> {
  const { matchPolicy, namespaceSelector, objectSelector, rules, matchConditions = [], failurePolicy } = webhook;
  // A webhook without rules is asked about nothing.
  if (!rules?.length) return ok(undefined);
  const matched = matchedNames({ matchPolicy, namespaceSelector, objectSelector, resourceRules: rules }, attributes);
  if (matched === undefined || matchConditions.length === 0) return ok(matched);
  let programs = compiledConditions.get(webhook);
  if (programs === undefined) {
    programs = matchConditions.map(({ expression }) => compiler.compile(expression, [BOOL]));
    compiledConditions.set(webhook, programs);
  }
  const activation = new Activation(attributes, matched, undefined, compiler.variables);
  const met = conditionsMet(activation, matchConditions, programs);
  if (met.error === undefined || failurePolicy === "Ignore") return ok(met.matches ? matched : undefined);
  return fail(forbidden(attributes.asked, attributes.name, met.error));
}

function verdictBy(
  webhook: Webhook,
  attributes: AdmissionAttributes,
  matched: Names,
  mayPatch: boolean,
): Result<Verdict, Failure> {
  const { name, sideEffects, clientConfig, timeoutSeconds = DEFAULT_SECONDS, admissionReviewVersions } = webhook;
  if (attributes.dryRun && sideEffects !== "None" && sideEffects !== "NoneOnDryRun") {
    return fail({ refused: badRequest(`admission webhook ${goQuote(name)} does not support dry run`) });
  }
  const version = reviewVersion(admissionReviewVersions);
  if (!version.ok) return fail({ calling: version.error });
  const { request, operation, user } = attributes;
  const uid = reviewUid(name, request.context.nowMs, user.name, operation, attributes.namespace, attributes.name);
  const review = admissionReview(attributes, matched, version.value, uid);
  const answer =
    request.webhooks === undefined
      ? fail("no way to the cluster's network")
      : callWebhook(request.webhooks, { clientConfig, timeoutSeconds }, review);
  if (!answer.ok) return fail({ calling: `failed to call webhook: ${answer.error}` });
  const verdict = verdictOf(answer.value, uid, version.value, mayPatch);
  if (!verdict.ok) return fail({ calling: `received invalid webhook response: ${verdict.error}` });
  for (const text of verdict.value.warnings) request.context.warn(text);
  return verdict;
}

/** The refusal for want of a verdict, unless that is to be ignored. */
function refusalOf({ name, failurePolicy }: Webhook, failure: Failure): Status | undefined {
  if ("refused" in failure) return failure.refused;
  if (failurePolicy === "Ignore") return undefined;
  return internalError(`failed calling webhook ${goQuote(name)}: ${failure.calling}`);
}

function refusalBy({ name }: Webhook, { allowed, result }: Verdict): Status | undefined {
  return allowed ? undefined : rejection(name, result);
}

/** The object as a webhook has changed it; undefined where it has not. */
function mutatedBy(
  { id, webhook }: Hook,
  attributes: AdmissionAttributes,
  mutations: Mutations,
): Result<KubeObject | undefined, Status> {
  const matched = meantBy(webhook, attributes);
  if (!matched.ok) return matched;
  // Whom nobody asked the first time is not asked for the first time now.
  if (matched.value === undefined || (mutations.isAgain && !mutations.again?.has(id))) return ok(undefined);
  const changed = patchedBy(webhook, attributes, matched.value);
  if (changed.ok && changed.value !== undefined) {
    wantAgain(mutations);
    mutations.isPatched = true;
  }
  if ((webhook as MutatingWebhook).reinvocationPolicy === "IfNeeded") {
    mutations.asked ??= new Set();
    mutations.asked.add(id);
  }
  if (changed.ok) return changed;
  const refused = refusalOf(webhook, changed.error);
  return refused === undefined ? ok(undefined) : fail(refused);
}

function patchedBy(
  webhook: Webhook,
  attributes: AdmissionAttributes,
  matched: Names,
): Result<KubeObject | undefined, Failure> {
  const verdict = verdictBy(webhook, attributes, matched, true);
  if (!verdict.ok) return verdict;
  const denied = refusalBy(webhook, verdict.value);
  if (denied !== undefined) return fail({ refused: denied });
  const { patch, patchType } = verdict.value;
  if (patch === "") return ok(undefined);
  const read = readJson(patch);
  if (!read.ok) return fail({ calling: `received undecodable patch in webhook response: ${read.error}` });
  const { value } = read.value;
  if (Array.isArray(value) && value.length === 0) return ok(undefined);
  const { request } = attributes;
  const before = attributes.inVersion(matched).object as unknown as JsonObject | undefined;
  const refused = (why: string) => fail({ refused: internalError(why) });
  if (before === undefined || request.verb === "connect") {
    const why = "attempted to modify the object, which is not supported for this operation";
    return refused(`admission webhook ${goQuote(webhook.name)} ${why}`);
  }
  if (patchType !== "JSONPatch") return fail({ calling: `unsupported patch type ${goQuote(patchType)}` });
  const patched = applyJsonPatch(before, value);
  if (!patched.ok) return refused(patched.error.message);
  const kind = kindIn(request.kind, matched);
  const decoded = decodeAs(kind, patched.value.object, { fieldValidation: "Ignore" });
  if (!decoded.ok) return refused(decoded.error);
  const changed = completed(kind, decoded.value.object);
  return ok(equalJson(changed, before) ? undefined : toStored(kind, changed));
}
