import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { bytesOfText } from "../files/bytes.ts";
import { overTls, reviewIn } from "./agnhost-webhook.ts";
import { numberFlag } from "./flags.ts";
import type { Behaviour } from "./image.ts";
import { pathOf, respond } from "./program.ts";

// Models test/images/agnhost/crd-conversion-webhook

const V1 = "stable.example.com/v1";
const V2 = "stable.example.com/v2";

/** The object in the other version, or why there is none: v1 has `hostPort`, v2 `host` and `port`. */
function converted(object: JsonObject, to: string): JsonObject | string {
  const from = object.apiVersion;
  if (from === to) return `conversion from a version to itself should not call the webhook: ${to}`;
  if (from !== V1 && from !== V2) return `unexpected conversion version ${JSON.stringify(from ?? "")}`;
  if (to !== V1 && to !== V2) return `unexpected conversion version ${JSON.stringify(to)}`;
  const { hostPort, host, port, ...rest } = object;
  if (from === V1) {
    if (hostPort === undefined) return { ...object, apiVersion: to };
    const parts = String(hostPort).split(":");
    if (parts.length !== 2) return `invalid hostPort value \`${String(hostPort)}\``;
    return { ...rest, host: parts[0] ?? "", port: parts[1] ?? "", apiVersion: to };
  }
  if (host === undefined && port === undefined) return { ...object, apiVersion: to };
  return { ...rest, hostPort: `${String(host ?? "")}:${String(port ?? "")}`, apiVersion: to };
}

function answerTo(question: JsonValue | undefined): JsonObject {
  const { uid = "", desiredAPIVersion, objects } = isObject(question) ? question : {};
  const convertedObjects: JsonObject[] = [];
  for (const object of Array.isArray(objects) ? (objects as readonly JsonValue[]) : []) {
    const result = converted(isObject(object) ? object : {}, String(desiredAPIVersion ?? ""));
    if (typeof result === "string") {
      return { uid, convertedObjects: null, result: { metadata: {}, status: "Failure", message: result } };
    }
    convertedObjects.push(result);
  }
  return { uid, convertedObjects, result: { metadata: {}, status: "Success" } };
}

/** Converts the objects of Kubernetes' own test of conversion webhooks. */
export function conversionWebhook(words: readonly string[]): Behaviour {
  return overTls(words, numberFlag(words, 443, "port"), (request) => {
    const path = pathOf(request);
    if (path === "/readyz") return respond(200, "ok");
    if (path !== "/crdconvert") return respond(404, "404 page not found\n");
    const review = reviewIn(request, "ConversionReview", "apiextensions.k8s.io");
    if (typeof review === "string") return respond(400, `${review}\n`);
    const { kind, apiVersion } = review;
    const answer = { kind, apiVersion, request: {}, response: answerTo(review.request) };
    return respond(200, bytesOfText(JSON.stringify(answer)), "application/json");
  });
}
