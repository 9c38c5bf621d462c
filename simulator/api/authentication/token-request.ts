import { isObject, type JsonObject } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { badRequest, conflict, invalid as invalidStatus, notFound, type Status } from "../errors.ts";
import { decodeIncoming } from "../incoming.ts";
import type { Kind } from "../kind.ts";
import { type FieldError, fieldErrorMessage, invalid, toCause } from "../meta/field-error.ts";
import { formatTime } from "../meta/time.ts";
import type { KubeObject } from "../object.ts";
import { NODES, type Pod, resourceRef, SERVICE_ACCOUNTS } from "../refs.ts";
import type { BoundObjectReference, TokenRequestSpec } from "../schema/generated/types.ts";
import { type Answer, nowEpochMs, type RoutedExchange } from "../server.ts";
import type { SubresourceHandler } from "../subresource.ts";
import { API_AUDIENCES, BINDABLE, type BoundObject } from "./service-account-tokens.ts";

type TokenRequest = KubeObject & { readonly spec: TokenRequestSpec };

const DEFAULT_SECONDS = 60 * 60;
const LEAST_SECONDS = 10 * 60;
const MOST_SECONDS = 2 ** 32;

/** What the body is: it has no resource of its own. */
const tokenRequestKind: Kind<TokenRequest> = {
  ref: resourceRef<TokenRequest>("authentication.k8s.io", "v1", "tokenrequests", "TokenRequest"),
  singular: "tokenrequest",
  namespaced: true,
  type: "AuthenticationV1TokenRequest",
  columns: [],
};

/** POST serviceaccounts/token: a token for who runs as the account. Models pkg/registry/core/serviceaccount/storage TokenREST. */
export const tokenHandler: SubresourceHandler = {
  resource: SERVICE_ACCOUNTS.id,
  name: "token",
  kind: "TokenRequest",
  POST: requestToken,
};

function requestToken(exchange: RoutedExchange): Answer {
  const { server, route, body } = exchange;
  const { name, namespace = "" } = route;
  const decoded = decodeIncoming({ ...exchange, route: { ...route, kind: tokenRequestKind as unknown as Kind } }, body);
  if (!decoded.ok) return decoded;
  const request = decoded.value as TokenRequest;
  const misnamed = checkNames(request, name, namespace);
  if (misnamed !== undefined) return fail(invalidRequest(name, misnamed));
  const account = server.view.find(SERVICE_ACCOUNTS, namespace, name);
  if (account === undefined) return fail(notFound(SERVICE_ACCOUNTS, name));
  const { audiences = [], expirationSeconds = DEFAULT_SECONDS, boundObjectRef } = request.spec ?? {};
  const problem = checkSeconds(expirationSeconds);
  if (problem !== undefined) return fail(invalidRequest("", problem));
  const bound = boundObjectRef ? boundObject(exchange, boundObjectRef) : ok(undefined);
  if (!bound.ok) return bound;
  const wanted = audiences.length > 0 ? audiences : API_AUDIENCES;
  const now = Math.floor(nowEpochMs(exchange) / 1000) * 1000;
  const token = server.tokens.issue(account, bound.value, wanted, expirationSeconds);
  const answer: JsonObject = {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { name, namespace, creationTimestamp: formatTime(now) },
    spec: {
      audiences: wanted,
      expirationSeconds,
      boundObjectRef: isObject(boundObjectRef) ? boundObjectRef : null,
    },
    status: { token, expirationTimestamp: formatTime(now + expirationSeconds * 1000) },
  };
  return ok({ code: 201, body: answer });
}

function invalidRequest(name: string, problem: FieldError): Status {
  const kind = { group: "authentication.k8s.io", kind: "TokenRequest" };
  return invalidStatus(kind, name, [fieldErrorMessage(problem)], [toCause(problem)]);
}

function checkNames({ metadata }: TokenRequest, name: string, namespace: string): FieldError | undefined {
  if (metadata.name && metadata.name !== name) {
    return invalid("metadata.name", metadata.name, "must match the service account name if specified");
  }
  if (metadata.namespace && metadata.namespace !== namespace) {
    return invalid("metadata.namespace", metadata.namespace, "must match the service account namespace if specified");
  }
  return undefined;
}

function checkSeconds(seconds: number): FieldError | undefined {
  const path = "spec.expirationSeconds";
  if (seconds < LEAST_SECONDS) return invalid(path, seconds, "may not specify a duration less than 10 minutes");
  return seconds > MOST_SECONDS
    ? invalid(path, seconds, "may not specify a duration larger than 2^32 seconds")
    : undefined;
}

function boundObject(exchange: RoutedExchange, reference: BoundObjectReference): Result<BoundObject, Status> {
  const { name: account, namespace } = exchange.route;
  const { view } = exchange.server;
  const { apiVersion = "", kind = "", name = "", uid = "" } = reference;
  if (apiVersion !== "v1" || !(kind === "Pod" || kind === "Secret" || kind === "Node")) {
    const [version, group = ""] = apiVersion.split("/").reverse();
    return fail(badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`));
  }
  const ref = BINDABLE[kind];
  const object = view.find(ref, kind === "Node" ? undefined : namespace, name);
  if (object === undefined) return fail(notFound(ref, name));
  const spec = (object as Partial<Pod>).spec;
  if (kind === "Pod" && spec?.serviceAccountName !== account) {
    const other = JSON.stringify(spec?.serviceAccountName ?? "");
    const why = `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with serviceaccount ${other}.`;
    return fail(badRequest(why));
  }
  if (uid !== "" && uid !== object.metadata.uid) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    return fail(conflict({ group: "", plural: kind }, name, why));
  }
  if (kind !== "Pod" || !spec?.nodeName) return ok({ kind, object });
  const node = view.find(NODES, undefined, spec.nodeName);
  return ok({ kind, object, node: { name: spec.nodeName, ...(node && { uid: node.metadata.uid }) } });
}
