import { isObject, type JsonObject } from "../../../base/json.ts";
import { fail, ok, type Result } from "../../../base/result.ts";
import type { Status } from "../../errors.ts";
import { goQuote } from "../../meta/go-text.ts";
import type { KubeObject } from "../../object.ts";
import { decodeBase64 } from "../../schema/base64.ts";
import { requestObject } from "./activation.ts";
import type { AdmissionAttributes, Names } from "./attributes.ts";

const GROUP = "admission.k8s.io";
/** Versions of reviews that the API server speaks. */
const VERSIONS = ["v1", "v1beta1"];

/** What a webhook says of a request. The patch is its text. */
export interface Verdict {
  readonly allowed: boolean;
  readonly patch: string;
  readonly patchType: string;
  readonly result: JsonObject | undefined;
  readonly warnings: readonly string[];
}

// Models apiserver pkg/admission/plugin/webhook/request admissionreview.go
/** The version of review that a webhook takes: the first of its own that is known. */
export function reviewVersion(accepted: readonly string[]): Result<string, string> {
  const version = accepted.find((one) => VERSIONS.includes(one));
  if (version !== undefined) return ok(version);
  return fail(
    "could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)",
  );
}

/** The question to a webhook, about the request in the version that its rules mean. */
export function admissionReview(
  attributes: AdmissionAttributes,
  matched: Names,
  version: string,
  uid: string,
): JsonObject {
  const { object, old } = attributes.inVersion(matched);
  const { name, ...request } = requestObject(attributes, matched);
  const { userInfo } = request;
  const isNew = attributes.operation === "CREATE" && attributes.request.mutations !== undefined;
  const shown = object && isNew ? withoutSystemFields(object) : object;
  // Names that the server makes up are not made yet.
  const hasName = name !== "" && (shown === undefined || !isNew || shown.metadata.name !== undefined);
  return {
    kind: "AdmissionReview",
    apiVersion: `${GROUP}/${version}`,
    request: {
      uid,
      ...request,
      ...(hasName && { name }),
      userInfo: JSON.parse(JSON.stringify(userInfo)) as JsonObject,
      object: asJson(shown),
      oldObject: asJson(old),
    },
  } as JsonObject;
}

const asJson = (object: KubeObject | undefined) => (object === undefined ? null : (object as unknown as JsonObject));

/** A new object as its writer has it: the server gives it its own fields when all plugins have seen it. */
function withoutSystemFields(object: KubeObject): KubeObject {
  const { uid: _, resourceVersion: __, creationTimestamp: ___, ...metadata } = object.metadata;
  if (!isGenerated(object)) return { ...object, metadata } as unknown as KubeObject;
  const { name: ____, ...unnamed } = metadata;
  return { ...object, metadata: unnamed } as unknown as KubeObject;
}

const SUFFIX = 5;

function isGenerated({ metadata: { name, generateName } }: KubeObject): boolean {
  if (!generateName) return false;
  const base = generateName.slice(0, 58);
  return name.startsWith(base) && name.length === base.length + SUFFIX;
}

// Models VerifyAdmissionResponse
/** Reads a webhook's answer; the error says what is wrong with it. */
export function verdictOf(
  answer: JsonObject,
  uid: string,
  version: string,
  mayPatch: boolean,
): Result<Verdict, string> {
  const { response, kind, apiVersion } = answer;
  if (!isObject(response)) return fail("webhook response was absent");
  const isV1 = version === "v1";
  if (isV1 && response.uid !== uid) {
    return fail(`expected response.uid=${goQuote(uid)}, got ${goQuote(textOf(response.uid))}`);
  }
  if (isV1 && (kind !== "AdmissionReview" || apiVersion !== `${GROUP}/v1`)) {
    const got = `${textOf(apiVersion)}, Kind=${textOf(kind)}`;
    return fail(`expected webhook response of ${GROUP}/v1, Kind=AdmissionReview, got ${got}`);
  }
  const patch = utf8Text(textOf(response.patch));
  const problem = isV1 ? patchProblem(patch, response.patchType, mayPatch) : undefined;
  if (problem !== undefined) return fail(problem);
  const { warnings, status } = response;
  return ok({
    allowed: response.allowed === true,
    patch: mayPatch ? patch : "",
    patchType: isV1 ? textOf(response.patchType) : "JSONPatch",
    result: isObject(status) ? status : undefined,
    warnings: Array.isArray(warnings) ? warnings.filter((one) => typeof one === "string") : [],
  });
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function patchProblem(patch: string, type: unknown, mayPatch: boolean): string | undefined {
  const hasType = type !== undefined && type !== null;
  if (!mayPatch) {
    if (patch !== "") return "validating webhook may not return response.patch";
    return hasType ? "validating webhook may not return response.patchType" : undefined;
  }
  if (patch !== "" && !hasType) return "webhook returned response.patch but not response.patchType";
  if (patch === "" && hasType) return "webhook returned response.patchType but not response.patch";
  return type === "" ? 'webhook returned invalid response.patchType of ""' : undefined;
}

function utf8Text(base64: string): string {
  const bytes = decodeBase64(base64);
  const escaped = Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  try {
    return decodeURIComponent(escaped);
  } catch {
    return String.fromCharCode(...bytes);
  }
}

// Models apiserver pkg/admission/plugin/webhook/errors ToStatusErr
/** The refusal of a request that a webhook does not allow. */
export function rejection(webhook: string, result: JsonObject = {}): Status {
  const by = `admission webhook ${goQuote(webhook)} denied the request`;
  const { message, reason, code } = result;
  const why = textOf(message) || textOf(reason);
  return {
    ...result,
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: why === "" ? `${by} without explanation` : `${by}: ${why}`,
    code: typeof code === "number" && code >= 400 ? code : 400,
  } as unknown as Status;
}
