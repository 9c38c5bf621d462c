import { fail, ok } from "../base/result.ts";
import { notFound } from "./errors.ts";
import type { ComputeContext } from "./kind.ts";
import { checkListOptions, encodeContinue, objectsAt, type Page, pageOf, revisionAsked } from "./list-options.ts";
import { joinKey, type KubeObject, keyOf } from "./object.ts";
import {
  type IncludeObject,
  type ListMetadata,
  type RenderOptions,
  renderingOf,
  renderList,
  renderObject,
} from "./render.ts";
import { selectionOf } from "./selection.ts";
import { type Answer, nowEpochMs, type RoutedExchange } from "./server.ts";
import { type Collection, compareKeys } from "./store.ts";
import { fromStored, storedKind } from "./versions.ts";

/** GET of one object. */
export function read(exchange: RoutedExchange): Answer {
  const { kind, namespace, name } = exchange.route;
  const asked = revisionAsked(exchange.query, exchange.server.store.revision);
  if (!asked.ok) return asked;
  const { ref } = storedKind(kind);
  const refused = refusedRead(exchange);
  if (refused !== undefined) return fail(refused);
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
function computed(exchange: RoutedExchange): readonly KubeObject[] {
  const { kind, namespace, name } = exchange.route;
  return kind.compute?.(computeContext(exchange), namespace, name || undefined) ?? [];
}

function refusedRead(exchange: RoutedExchange) {
  return exchange.route.kind.refuseRead?.(computeContext(exchange));
}

function computeContext({ server: { store, metrics, verdicts, causes, waits } }: RoutedExchange): ComputeContext {
  return {
    find: (ref, namespace, name) => store.of(ref).get(joinKey(namespace, name)),
    byIndex: (ref, index, value) => store.of(ref).byIndex(index, value),
    ...(metrics && { metrics }),
    ...(verdicts && { verdicts }),
    ...(causes && { causes }),
    ...(waits && { waits }),
  };
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
  const refused = checkListOptions(query, false);
  if (refused !== undefined) return fail(refused);
  const page = pageOf(query, server.store.revision);
  if (!page.ok) return page;
  const selected = select(exchange, page.value);
  if (!selected.ok) return selected;
  const rest = selected.value.filter(([key]) => key > page.value.after);
  const { limit } = page.value;
  const items = limit > 0 ? rest.slice(0, limit) : rest;
  const remaining = rest.length - items.length;
  const revision = page.value.revision ?? server.store.revision;
  const last = items.at(-1)?.[0] ?? "";
  const exact = !query.has("labelSelector") && !query.has("fieldSelector");
  const metadata: ListMetadata = {
    resourceVersion: String(revision),
    ...(remaining > 0 && { continue: encodeContinue(last, revision, page.value.begunMs ?? server.nowMs()) }),
    ...(remaining > 0 && exact && { remainingItemCount: remaining }),
  };
  const objects = items.map(([, object]) => seen(exchange, object));
  return ok({ code: 200, body: renderList(kind, objects, metadata, renderOptions(exchange)) });
}

/** The objects that a collection request is about, in list order, each with its sort key. */
export function select(exchange: RoutedExchange, page?: Page) {
  const { kind, namespace } = exchange.route;
  const selection = selectionOf(kind, exchange.query);
  if (!selection.ok) return selection;
  if (kind.compute !== undefined) {
    const refused = refusedRead(exchange);
    if (refused !== undefined) return fail(refused);
    const objects = computed(exchange).filter((object) => selection.value?.(object) ?? true);
    return ok(objects.map((object) => [keyOf(object).replace("/", "\0"), object] as const));
  }
  const collection = exchange.server.store.of(storedKind(kind).ref) as unknown as Collection;
  const { revision } = exchange.server.store;
  const isPast = page?.revision !== undefined && (page.revision !== revision || page.isContinued);
  const past = isPast ? objectsAt(collection, page, exchange.server.nowMs()) : undefined;
  if (past !== undefined && !past.ok) return past;
  const keys = past === undefined ? collection.sortedKeys() : [...past.value.keys()].sort(compareKeys);
  const found: (readonly [string, KubeObject])[] = [];
  for (const key of keys) {
    if (namespace !== undefined && !key.startsWith(`${namespace}/`)) continue;
    const object = past === undefined ? collection.get(key) : past.value.get(key);
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
