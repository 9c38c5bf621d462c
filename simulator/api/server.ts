import { deepFreeze, isObject, type JsonObject, type JsonValue } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { ask } from "./ask.ts";
import { authenticate as userOf } from "./authentication/authenticate.ts";
import { impersonate as impersonated } from "./authentication/impersonate.ts";
import type { ServiceAccountTokens } from "./authentication/service-account-tokens.ts";
import { ADMINISTRATOR, ANONYMOUS, isMaster, type User } from "./authentication/user.ts";
import { actionOf } from "./authorization/attributes.ts";
import { authorize as decide, refusal } from "./authorization/authorizer.ts";
import type { AccessView } from "./authorization/resolver.ts";
import { decodeBody } from "./body.ts";
import { orConversionRefusal } from "./custom/webhook-conversion.ts";
import { discovery, isServedVersion } from "./discovery.ts";
import { badRequest, connectionRefused, methodNotAllowed, pageNotFound, type Status, unauthorized } from "./errors.ts";
import { type Flow, flowOf } from "./flow-control.ts";
import type { ApiRequest, ApiResponse } from "./http.ts";
import type { CausesDoor, Describe, Kind, MetricsDoor, VerdictsDoor, WaitsDoor } from "./kind.ts";
import { parseDuration } from "./meta/duration.ts";
import type { Operations, Writer } from "./operations.ts";
import { list, read } from "./read.ts";
import { type Query, type Route, routeOf, splitUrl } from "./routing.ts";
import type { Store } from "./store.ts";
import type { ByteStream, ClusterDoor, ConnectTarget } from "./streams.ts";
import { type SubresourceHandler, subresourceKey } from "./subresource.ts";
import { connectRefusal } from "./subresources/connect-admission.ts";
import { findServed, storedKind } from "./versions.ts";
import { openWatch, type WatchStream } from "./watch.ts";
import { create, patch, remove, removeCollection, update } from "./write.ts";

export interface ApiServerOptions {
  readonly store: Store;
  readonly kinds: { readonly all: readonly Kind[]; get(id: string): Kind | undefined };
  readonly operations: Operations;
  readonly subresources: {
    get(key: string): SubresourceHandler | undefined;
    readonly all: readonly SubresourceHandler[];
  };
  /** What access is judged by. */
  readonly view: AccessView;
  readonly tokens: ServiceAccountTokens;
  readonly nowMs: () => number;
  readonly startEpochMs: number;
  /** Whether the API server answers at all; groups in `alwaysServed` do even if not. */
  readonly up: () => boolean;
  readonly alwaysServed: readonly string[];
  /** Upstream's words for fields, where an edge has them. */
  readonly describe?: Describe;
  /** The way to kubelets and pods. */
  readonly door: ClusterDoor;
  /** The metrics server, where there is one. */
  readonly metrics?: MetricsDoor;
  /** The scheduler's account of itself. */
  readonly verdicts?: VerdictsDoor;
  /** The journal's account of who wrote what, and why. */
  readonly causes?: CausesDoor;
  /** What the parts of the control plane wait for. */
  readonly waits?: WaitsDoor;
  /** Where refused connections were going, as `host:port`. */
  readonly address: string;
}

/** One request on its way through the pipeline; stages fill it in. */
export interface Exchange {
  readonly request: ApiRequest;
  readonly server: ApiServerOptions;
  readonly warnings: string[];
  user: User;
  flow: Flow | undefined;
  readonly isWatch: boolean;
  path: string;
  query: Query;
  route: Route | undefined;
  body: JsonObject | undefined;
  /** The body when it is no object: a JSON patch is a list. */
  rawBody: JsonValue | undefined;
  /** What a strict reader finds wrong in a body given as text. */
  strictErrors: readonly string[];
}

/** A routed request: what the verbs get. */
export type RoutedExchange = Exchange & { readonly route: Route };

export type Reply = Pick<ApiResponse, "code" | "body" | "text" | "contentType" | "bytes" | "location">;

export type Answer = Result<Reply, Status>;

/** A stage passes the exchange on (undefined) or answers it. */
type Stage = (exchange: Exchange) => Answer | undefined;

/** What happens to a request, in order. */
const pipeline: readonly Stage[] = [
  splitPath,
  checkTimeout,
  connect,
  authenticate,
  impersonate,
  classify,
  authorize,
  discover,
  route,
  decode,
  execute,
];

/** Of watches, and of logs that are followed. */
const watchPipeline: readonly Stage[] = [splitPath, connect, authenticate, impersonate, classify, authorize, route];

const connectPipeline: readonly Stage[] = [
  splitPath,
  connect,
  authenticate,
  impersonate,
  authorize,
  authorizeUpgrade,
  route,
];

/** The Kubernetes API as a function: one request in, one response out, in no time. */
export class ApiServer {
  readonly #options: ApiServerOptions;

  constructor(options: ApiServerOptions) {
    this.#options = options;
  }

  handle(request: ApiRequest): ApiResponse {
    const exchange = newExchange(request, this.#options, false);
    for (const stage of pipeline) {
      const answer = stage === execute ? orConversionRefusal(() => execute(exchange)) : stage(exchange);
      if (answer !== undefined) return respond(answer, exchange);
    }
    return respond(fail(pageNotFound()), exchange);
  }

  /** The name of who a request comes from, for the record. */
  userName(request: ApiRequest): string {
    return request.impersonate?.user ?? userOf(request, this.#options.tokens)?.name ?? ANONYMOUS;
  }

  /** Opens a watch on the collection that the request names; its reader pulls events as time goes on. */
  watch(request: ApiRequest): Result<WatchStream, ApiResponse> {
    return this.#open(request, watchPipeline, true, (routed) =>
      routed.route.kind.answer === undefined ? openWatch(routed) : fail(methodNotAllowed()),
    );
  }

  /** Opens an answer that goes on as time does: a log that is followed. */
  stream(request: ApiRequest): Result<ByteStream | undefined, ApiResponse> {
    return this.#open(request, watchPipeline, false, (routed) => {
      const handler = handlerOf(routed);
      return handler?.STREAM === undefined ? fail(pageNotFound()) : handler.STREAM(routed);
    });
  }

  /** What a request that upgrades its connection is to be connected with, when its sender may. */
  connect(request: ApiRequest): Result<ConnectTarget, ApiResponse> {
    return this.#open(request, connectPipeline, false, (routed) => {
      const handler = handlerOf(routed);
      if (handler?.CONNECT === undefined) return fail(pageNotFound());
      const refused = connectRefusal(routed, handler);
      return refused === undefined ? handler.CONNECT(routed) : fail(refused);
    });
  }

  #open<T>(
    request: ApiRequest,
    stages: readonly Stage[],
    isWatch: boolean,
    open: (exchange: RoutedExchange) => Result<T, Status>,
  ): Result<T, ApiResponse> {
    const exchange = newExchange(request, this.#options, isWatch);
    for (const stage of stages) {
      const answer = stage(exchange);
      if (answer !== undefined) return fail(respond(answer, exchange));
    }
    const opened = orConversionRefusal(() => open(exchange as RoutedExchange));
    return opened.ok ? opened : fail(respond(opened, exchange));
  }
}

function newExchange(request: ApiRequest, server: ApiServerOptions, isWatch: boolean): Exchange {
  return {
    request,
    server,
    warnings: [],
    user: ADMINISTRATOR,
    flow: undefined,
    isWatch,
    path: "",
    query: new Map(),
    route: undefined,
    body: undefined,
    rawBody: undefined,
    strictErrors: [],
  };
}

/** A refusal as a response. */
export function statusResponse(status: Status): ApiResponse {
  return respond(fail(status), { warnings: [], flow: undefined });
}

function respond(answer: Answer, { warnings, flow }: Pick<Exchange, "warnings" | "flow">): ApiResponse {
  const common = { warnings, ...(flow && { flow }) };
  const response = answer.ok
    ? { ...answer.value, ...common }
    : { code: answer.error.code, body: answer.error as unknown as JsonObject, ...common };
  return deepFreeze(response);
}

function splitPath(exchange: Exchange): Answer | undefined {
  const url = splitUrl(exchange.request.path);
  if (url === undefined) return fail(pageNotFound());
  exchange.path = url.path;
  exchange.query = url.query;
  return undefined;
}

// Models apiserver pkg/endpoints/filters/request_deadline.go parseTimeout
/** Answers take no virtual time, so a time limit is never reached; one that can't be read is refused. */
function checkTimeout({ query }: Exchange): Answer | undefined {
  const text = query.get("timeout")?.[0] ?? "";
  const read = text === "" ? ok(0) : parseDuration(text);
  return read.ok ? undefined : fail(badRequest(`invalid timeout specified in the request URL - ${read.error}`));
}

/** Nobody listens while the API server's container is down. */
function connect({ server, path }: Exchange): Answer | undefined {
  if (server.up() || server.alwaysServed.some((group) => path.startsWith(`/apis/${group}/`))) return undefined;
  return fail(connectionRefused(server.address));
}

function authenticate(exchange: Exchange): Answer | undefined {
  const user = userOf(exchange.request, exchange.server.tokens);
  if (user === undefined) return fail(unauthorized());
  exchange.user = user;
  return undefined;
}

function impersonate(exchange: Exchange): Answer | undefined {
  const { request, server, user } = exchange;
  if (request.impersonate === undefined) return undefined;
  const actor = impersonated(server.view, user, request.impersonate);
  if (!actor.ok) return actor;
  exchange.user = actor.value;
  return undefined;
}

function classify(exchange: Exchange): undefined {
  const { request, server, path, query, user, isWatch } = exchange;
  exchange.flow = flowOf(server.store, user, actionOf(request.method, path, query, isWatch));
}

/** Before anything is looked up: who may not ask does not learn what there is. */
function authorize({ request, server, path, query, user, isWatch }: Exchange): Answer | undefined {
  if (isMaster(user)) return undefined;
  const attributes = { user, action: actionOf(request.method, path, query, isWatch) };
  const { allowed, reason } = decide(server.view, attributes);
  return allowed ? undefined : fail(refusal(attributes, reason));
}

// Models pkg/registry/core/pod/rest subresources.go ensureAuthorizedForVerb
/** A websocket begins with a GET; what it does to a pod needs the right to create. */
function authorizeUpgrade({ request, server, path, query, user }: Exchange): Answer | undefined {
  if (request.method !== "GET" || isMaster(user)) return undefined;
  const attributes = { user, action: actionOf("POST", path, query, false) };
  const { allowed, reason } = decide(server.view, attributes);
  return allowed ? undefined : fail(refusal(attributes, reason));
}

function discover({ request, path, query, server }: Exchange): Answer | undefined {
  if (request.method !== "GET") return undefined;
  const found = discovery({ path, query, accept: request.accept ?? "", server });
  return found && ok(found);
}

function route(exchange: Exchange): Answer | undefined {
  const { kinds } = exchange.server;
  exchange.route = routeOf(exchange.path, (group, version, plural) => findServed(kinds, group, version, plural));
  if (exchange.route !== undefined) return undefined;
  // Upstream's routes of a group version answer with a Status, its root with plain text.
  if (isServedVersion(exchange.path, kinds.all)) return fail(pageNotFound());
  return ok({ code: 404, body: pageNotFound() as unknown as JsonObject, text: "404 page not found\n" });
}

function decode(exchange: Exchange): Answer | undefined {
  if (handlerOf(exchange)?.isProxy) return undefined;
  const body = decodeBody(exchange.request, exchange.route?.kind.ref.kind ?? "");
  if (!body.ok) return body;
  const { value, strictErrors } = body.value;
  exchange.rawBody = value;
  exchange.body = isObject(value) ? value : undefined;
  exchange.strictErrors = strictErrors;
  return undefined;
}

function execute(exchange: Exchange): Answer {
  const routed = exchange as RoutedExchange;
  const { kind, name, subresource } = routed.route;
  if (kind.answer !== undefined) {
    return name === "" && exchange.request.method === "POST" ? ask(routed) : fail(methodNotAllowed());
  }
  if (kind.deprecation !== undefined && !isRefused(routed)) exchange.warnings.push(kind.deprecation);
  if (subresource !== "" && subresource !== "status") {
    const handler = handlerOf(exchange);
    if (handler === undefined) return fail(pageNotFound());
    const verb = handler[exchange.request.method];
    if (verb === undefined) return fail(methodNotAllowed());
    const refused = connectRefusal(routed, handler);
    return refused === undefined ? verb(routed) : fail(refused);
  }
  if (subresource === "status" && !kind.subresources?.status) return fail(pageNotFound());
  const verb = (name === "" ? collectionVerbs : itemVerbs)[exchange.request.method];
  if (verb === undefined || (subresource !== "" && exchange.request.method === "DELETE"))
    return fail(methodNotAllowed());
  return verb(routed);
}

/** Whether a kind does not serve the verb of a request: nobody warns of it then. */
function isRefused({ request: { method }, route: { kind, name } }: RoutedExchange): boolean {
  const verbs = name === "" ? COLLECTION_VERBS : ITEM_VERBS;
  return kind.withoutVerbs?.includes(verbs[method] ?? "") === true;
}

const COLLECTION_VERBS: { readonly [method: string]: string } = { POST: "create", DELETE: "deletecollection" };
const ITEM_VERBS: { readonly [method: string]: string } = { PUT: "update", PATCH: "patch", DELETE: "delete" };

function handlerOf({ route, server }: Exchange): SubresourceHandler | undefined {
  if (route === undefined || route.subresource === "") return undefined;
  return server.subresources.get(subresourceKey(storedKind(route.kind).ref.id, route.subresource));
}

type Verbs = { readonly [method in ApiRequest["method"]]?: (exchange: RoutedExchange) => Answer };

const collectionVerbs: Verbs = { GET: list, POST: create, DELETE: removeCollection };
const itemVerbs: Verbs = { GET: read, PUT: update, PATCH: patch, DELETE: remove };

export function writerOf(exchange: Exchange): Writer {
  return {
    user: exchange.user.name,
    identity: exchange.user,
    trusted: false,
    ...(exchange.route && { requestKind: exchange.route.kind, subresource: exchange.route.subresource }),
    dryRun: (exchange.query.get("dryRun") ?? []).includes("All"),
    warn: (text) => {
      if (!exchange.warnings.includes(text)) exchange.warnings.push(text);
    },
  };
}

/** Epoch milliseconds of the present, for ages. */
export function nowEpochMs({ server }: Exchange): number {
  return server.startEpochMs + server.nowMs();
}
