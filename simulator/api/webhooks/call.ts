import { sha256 } from "@noble/hashes/sha2.js";
import { isObject, type JsonObject } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { decodeUtf8, encodeUtf8 } from "../cel/functions/utf8.ts";
import { asciiBytes, asciiText } from "../certificates/der.ts";
import { readJson } from "../json-text.ts";
import { goQuote } from "../meta/go-text.ts";
import { joinKey } from "../object.ts";
import { ENDPOINT_SLICES, SERVICES } from "../refs.ts";
import { decodeBase64 } from "../schema/base64.ts";
import type { AdmissionregistrationV1WebhookClientConfig } from "../schema/generated/types.ts";
import type { Store } from "../store.ts";
import type { ClusterDoor, ProxyAnswer } from "../streams.ts";
import { certificateProblem } from "./serving-certificate.ts";

/** What calls of webhooks need of the cluster. */
export interface WebhookCaller {
  readonly store: Store;
  readonly http: ClusterDoor["http"];
  readonly nowEpochMs: () => number;
}

/** Whom to call, and how long to wait. */
interface WebhookTarget {
  readonly clientConfig: AdmissionregistrationV1WebhookClientConfig;
  readonly timeoutSeconds: number;
}

const SERVICE_LABEL = "kubernetes.io/service-name";
const HTTPS = 443;

// Models apiserver pkg/util/webhook client.go
/** Posts a review to a webhook; the answer is its body, the error is the API server's HTTP client's. */
export function callWebhook(
  caller: WebhookCaller,
  target: WebhookTarget,
  review: JsonObject,
): Result<JsonObject, string> {
  const { clientConfig, timeoutSeconds } = target;
  const { url, service } = clientConfig;
  const query = `?timeout=${timeoutSeconds}s`;
  if (service === undefined) return fail(`Post "${url ?? ""}${query}": ${outsideProblem(url ?? "")}`);
  const { name, namespace, path = "", port = HTTPS } = service;
  const host = `${name}.${namespace}.svc`;
  const fullPath = `${path.startsWith("/") || path === "" ? path : `/${path}`}${query}`;
  const failed = (why: string) => fail(`Post "https://${host}:${port}${fullPath}": ${why}`);
  const place = endpointOf(caller.store, namespace, name, port);
  if (!place.ok) return failed(place.error);
  const answer = caller.http(place.value.address, place.value.port, true, {
    method: "POST",
    path: fullPath.startsWith("?") ? `/${fullPath}` : fullPath,
    headers: {
      Host: `${host}:${port}`,
      "User-Agent": "kube-apiserver-admission",
      Accept: "application/json, */*",
      "Content-Type": "application/json",
    },
    body: JSON.stringify(review),
    isTraceless: true,
  });
  if (!answer.ok) return failed(answer.error);
  const { certificate, delayMs = 0 } = answer.value;
  const roots = asciiText(decodeBase64(clientConfig.caBundle ?? ""));
  const distrust =
    certificate === undefined
      ? "tls: failed to verify certificate: x509: certificate signed by unknown authority"
      : certificateProblem(certificate, roots, host, caller.nowEpochMs());
  if (distrust !== undefined) return failed(distrust);
  if (delayMs > timeoutSeconds * 1000) return failed("context deadline exceeded");
  return bodyOf(answer.value);
}

/** Nothing outside the cluster can be called. */
function outsideProblem(url: string): string {
  const [, host = "", port = String(HTTPS)] = /^https:\/\/([^:/]+)(?::(\d+))?/.exec(url) ?? [];
  return /^\d+(\.\d+){3}$/.test(host)
    ? `dial tcp ${host}:${port}: connect: connection refused`
    : `dial tcp: lookup ${host}: no such host`;
}

// Models apiserver pkg/util/proxy ResolveEndpoint
/** The first ready endpoint of a service's port: upstream throws dice. */
function endpointOf(
  store: Store,
  namespace: string,
  name: string,
  port: number,
): Result<{ readonly address: string; readonly port: number }, string> {
  const service = store.of(SERVICES).get(joinKey(namespace, name));
  if (service === undefined) return fail(`service ${goQuote(name)} not found`);
  const wanted = service.spec.ports?.find((one) => one.port === port);
  if (wanted === undefined) return fail(`no service port ${port} found for service ${goQuote(name)}`);
  for (const { metadata, endpoints = [], ports = [] } of store.of(ENDPOINT_SLICES).values()) {
    if (metadata.namespace !== namespace || metadata.labels?.[SERVICE_LABEL] !== name) continue;
    const found = ports.find((one) => (one.name ?? "") === (wanted.name ?? ""))?.port;
    const ready = endpoints.find(({ conditions }) => conditions?.ready !== false);
    const address = ready?.addresses[0];
    if (found !== undefined && address !== undefined) return ok({ address, port: found });
  }
  return fail(`no endpoints available for service ${goQuote(name)}`);
}

// Models client-go rest Request.transformResponse and Result.Into
function bodyOf({ status, headers, body }: ProxyAnswer): Result<JsonObject, string> {
  const text = /[\u0080-\u00ff]/.test(body) ? decodeUtf8(asciiBytes(body)) : body;
  if (status === 404) return fail("the server could not find the requested resource");
  if (status >= 500) {
    return fail(
      `an error on the server (${goQuote(text.trim() || "unknown")}) has prevented the request from succeeding`,
    );
  }
  if (status < 200 || status > 206) return fail("the server rejected our request for an unknown reason");
  if (body === "") {
    const type = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
    return fail(`0-length response with status code: ${status} and content type: ${type}`);
  }
  const read = readJson(text);
  if (!read.ok) return fail(`couldn't get version/kind; json parse error: ${read.error}`);
  return isObject(read.value.value)
    ? ok(read.value.value)
    : fail("couldn't get version/kind; json parse error: json: cannot unmarshal");
}

/** A review's own id: the same for the same question at the same instant, so that nothing of the run's chance is used up. */
export function reviewUid(...about: readonly (string | number)[]): string {
  const bytes = sha256(encodeUtf8(about.join("\0"))).slice(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
