import { fail, ok } from "../base/result.ts";
import { badRequest, notFound } from "./errors.ts";
import { joinKey, type KubeObject } from "./object.ts";
import {
  type IncludeObject,
  type ListMetadata,
  type RenderOptions,
  renderingOf,
  renderList,
  renderObject,
} from "./render.ts";
import { decodeBase64, encodeBase64 } from "./schema/base64.ts";
import { selectionOf } from "./selection.ts";
import { type Answer, nowEpochMs, type RoutedExchange } from "./server.ts";
import { fromStored, storedKind } from "./versions.ts";

/** GET of one object. */
export function read(exchange: RoutedExchange): Answer {
  const { kind, namespace, name } = exchange.route;
  const { ref } = storedKind(kind);
  const made = kind.compute && computed(exchange).find(({ metadata }) => metadata.name === name);
  const object = made ?? exchange.server.store.of(ref).get(joinKey(namespace, name));
  if (object === undefined) return fail(notFound(ref, name));
  return ok({ code: 200, body: rendered(exchange, object) });
}

/** An object as the client asked for it. */
export function rendered(exchange: RoutedExchange, object: KubeObject) {
  return renderObject(exchange.route.kind, seen(exchange, object), renderOptions(exchange));
}

/** What a reader sees of a stored object, in the version that was asked for. */
function seen(exchange: RoutedExchange, object: KubeObject): KubeObject {
  const { kind } = exchange.route;
  return fromStored(kind, kind.view?.(object, nowEpochMs(exchange)) ?? object);
}

/** The objects of a kind that is made for each reader. */
function computed({ route, server }: RoutedExchange): readonly KubeObject[] {
  const { store } = server;
  const objects = route.kind.compute?.({
    find: (ref, namespace, name) => store.of(ref).get(joinKey(namespace, name)),
    byIndex: (ref, index, value) => store.of(ref).byIndex(index, value),
  });
  return objects ?? [];
}

/** How the client wants its answer. */
export function renderOptions(exchange: RoutedExchange): RenderOptions {
  return {
    rendering: renderingOf(exchange.request.accept),
    nowEpochMs: nowEpochMs(exchange),
    include: includeOf(exchange),
    describe: exchange.server.describe,
  };
}

/** GET of a collection: selectors, `limit` and `continue`. */
export function list(exchange: RoutedExchange): Answer {
  const { query, server } = exchange;
  const { kind } = exchange.route;
  const page = pageOf(exchange);
  if (!page.ok) return page;
  const selected = select(exchange);
  if (!selected.ok) return selected;
  const rest = selected.value.filter(([key]) => key > page.value.after);
  const { limit } = page.value;
  const items = limit > 0 ? rest.slice(0, limit) : rest;
  const remaining = rest.length - items.length;
  const revision = String(server.store.revision);
  const last = items.at(-1)?.[0] ?? "";
  const exact = !query.has("labelSelector") && !query.has("fieldSelector");
  const metadata: ListMetadata = {
    resourceVersion: revision,
    ...(remaining > 0 && { continue: encodeContinue(last, server.store.revision) }),
    ...(remaining > 0 && exact && { remainingItemCount: remaining }),
  };
  const objects = items.map(([, object]) => seen(exchange, object));
  return ok({ code: 200, body: renderList(kind, objects, metadata, renderOptions(exchange)) });
}

/** The objects that a collection request is about, in list order, each with its sort key. */
export function select(exchange: RoutedExchange) {
  const { kind, namespace } = exchange.route;
  const selection = selectionOf(kind, exchange.query);
  if (!selection.ok) return selection;
  if (kind.compute !== undefined) {
    const objects = computed(exchange).filter((object) => selection.value?.(object) ?? true);
    return ok(objects.map((object) => [object.metadata.name, object] as const));
  }
  const collection = exchange.server.store.of(storedKind(kind).ref);
  const found: (readonly [string, KubeObject])[] = [];
  for (const key of collection.sortedKeys()) {
    if (namespace !== undefined && !key.startsWith(`${namespace}/`)) continue;
    const object = collection.get(key);
    if (object !== undefined && (selection.value === undefined || selection.value(object))) {
      found.push([key.replace("/", "\0"), object]);
    }
  }
  return ok(found);
}

function includeOf({ query }: RoutedExchange): IncludeObject {
  const text = query.get("includeObject")?.[0];
  return text === "Object" || text === "None" ? text : "Metadata";
}

function pageOf({ query }: RoutedExchange) {
  const limit = Number(query.get("limit")?.[0] ?? "0");
  if (!Number.isSafeInteger(limit)) return fail(badRequest(`invalid limit: ${query.get("limit")?.[0]}`));
  const token = query.get("continue")?.[0] ?? "";
  if (token === "") return ok({ limit, after: "" });
  const after = decodeContinue(token);
  if (after === undefined) {
    return fail(badRequest("continue key is not valid: illegal base64 data at input byte 0"));
  }
  return ok({ limit, after });
}

/** The token is opaque to clients: the last key that was sent, and the revision of the first page. */
function encodeContinue(key: string, revision: number): string {
  const text = JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start: key });
  const base64 = encodeBase64(Uint8Array.from(text, (char) => char.charCodeAt(0)));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function decodeContinue(token: string): string | undefined {
  try {
    const bytes = decodeBase64(token.replaceAll("-", "+").replaceAll("_", "/"));
    const parsed: unknown = JSON.parse(String.fromCharCode(...bytes));
    const start = (parsed as { start?: unknown } | null)?.start;
    return typeof start === "string" ? start : undefined;
  } catch {
    return undefined;
  }
}
