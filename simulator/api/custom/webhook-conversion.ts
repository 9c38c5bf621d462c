import { deepFreeze, isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { plainFailure, type Status } from "../errors.ts";
import { goQuote } from "../meta/go-text.ts";
import type { KubeObject } from "../object.ts";
import type { CustomResourceDefinition as Definition } from "../refs.ts";
import { callWebhook, reviewUid, type WebhookCaller } from "../webhooks/call.ts";

const GROUP = "apiextensions.k8s.io";
const VERSIONS = ["v1", "v1beta1"];
const DEFAULT_SECONDS = 30;
/** Metadata that a webhook may not change. */
const KEPT = ["name", "namespace", "uid"] as const;

/** Brings an object into another version. Throws `ConversionFailure`. */
export type Converter = (object: KubeObject, apiVersion: string) => KubeObject;

/** Thrown where an object cannot be shown or stored in a version; the API server's doors make it a refusal. */
class ConversionFailure extends Error {
  readonly status: Status;

  constructor(message: string) {
    super(message);
    this.status = plainFailure(message);
  }
}

/** What is done, or the refusal where an object cannot be converted on the way. */
export function orConversionRefusal<T>(act: () => Result<T, Status>): Result<T, Status> {
  try {
    return act();
  } catch (error) {
    return conversionRefusal(error);
  }
}

/** The refusal where what was thrown is a conversion's failure; throws anything else on. */
export function conversionRefusal(error: unknown): { readonly ok: false; readonly error: Status } {
  if (error instanceof ConversionFailure) return fail(error.status);
  throw error;
}

// Models apiextensions-apiserver pkg/apiserver/conversion webhook_converter.go
/** How a definition's objects are converted where a webhook does it; undefined: nothing but their version changes. */
export function converterOf({ spec }: Definition, caller: WebhookCaller | undefined): Converter | undefined {
  const { strategy, webhook } = spec.conversion ?? {};
  if (strategy !== "Webhook" || webhook?.clientConfig === undefined || caller === undefined) return undefined;
  const { clientConfig, conversionReviewVersions } = webhook;
  return (object, apiVersion) => {
    if (object.apiVersion === apiVersion) return object;
    const version = conversionReviewVersions.find((one) => VERSIONS.includes(one));
    if (version === undefined) throw new ConversionFailure("no supported conversion review versions");
    const subject = `conversion webhook for ${object.apiVersion}, Kind=${object.kind}`;
    const { metadata } = object;
    const uid = reviewUid(apiVersion, caller.nowEpochMs(), metadata.uid, metadata.resourceVersion, metadata.name);
    const review = {
      kind: "ConversionReview",
      apiVersion: `${GROUP}/${version}`,
      request: { uid, desiredAPIVersion: apiVersion, objects: [object as unknown as JsonObject] },
    } as JsonObject;
    const answer = callWebhook(caller, { clientConfig, timeoutSeconds: DEFAULT_SECONDS }, review);
    const converted = answer.ok ? convertedOf(answer.value, uid, version) : answer;
    if (!converted.ok) throw new ConversionFailure(`${subject} failed: ${converted.error}`);
    const objects = converted.value;
    if (objects.length !== 1) {
      throw new ConversionFailure(`${subject} returned ${objects.length} objects, expected 1`);
    }
    const result = checkedObject(object, objects[0] ?? null, apiVersion);
    if (!result.ok) throw new ConversionFailure(`${subject} returned ${result.error}`);
    return result.value;
  };
}

function convertedOf(answer: JsonObject, uid: string, version: string): Result<readonly JsonValue[], string> {
  const { response, apiVersion, kind } = answer;
  const expected = `${GROUP}/v1`;
  if (version === "v1" && (apiVersion !== expected || kind !== "ConversionReview")) {
    const got = `${textOf(apiVersion)}, Kind=${textOf(kind)}`;
    return fail(`expected webhook response of ${expected}, Kind=ConversionReview, got ${got}`);
  }
  if (!isObject(response)) return fail("no response provided");
  if (version === "v1" && response.uid !== uid) {
    return fail(`expected response.uid=${goQuote(uid)}, got ${goQuote(textOf(response.uid))}`);
  }
  const result = isObject(response.result) ? response.result : {};
  if (result.status !== "Success") {
    return fail(textOf(result.message) || `response.result.status was '${textOf(result.status)}', not 'Success'`);
  }
  const { convertedObjects } = response;
  return ok(Array.isArray(convertedObjects) ? (convertedObjects as readonly JsonValue[]) : []);
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

// Models validateConvertedObject and restoreObjectMeta
/** The converted object with the metadata of the given one, labels and annotations apart. */
function checkedObject(given: KubeObject, converted: JsonValue, apiVersion: string): Result<KubeObject, string> {
  if (!isObject(converted)) return fail("invalid object at index 0: it is no object");
  const invalid = (what: string, expected: string, got: unknown) =>
    fail(`invalid object at index 0: invalid ${what} (expected ${expected}, received ${textOf(got)})`);
  if (converted.apiVersion !== apiVersion) return invalid("groupVersion", apiVersion, converted.apiVersion);
  if (converted.kind !== given.kind) return invalid("kind", given.kind ?? "", converted.kind);
  const metadata = isObject(converted.metadata) ? converted.metadata : {};
  for (const field of KEPT) {
    const [before, after] = [given.metadata[field] ?? "", textOf(metadata[field])];
    const name = field === "uid" ? "UID" : field;
    if (before !== after) return fail(`invalid object: must have the same ${name}: ${before} != ${after}`);
  }
  const { labels, annotations } = metadata;
  const { labels: _, annotations: __, ...kept } = given.metadata;
  const restored = { ...kept, ...(labels && { labels }), ...(annotations && { annotations }) };
  return ok(deepFreeze({ ...converted, metadata: restored }) as unknown as KubeObject);
}
