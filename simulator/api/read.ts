import { fail, ok } from "../base/result.ts";
import { notFound } from "./errors.ts";
import { checkListOptions, encodeContinue, pageOf, revisionAsked } from "./list-options.ts";
import { joinKey, type KubeObject, keyOf } from "./object.ts";
import {
  type IncludeObject,
  type ListMetadata,
  type RenderOptions,
  renderingOf,
  renderList,
  renderObject,
} from "./render.ts";
import { computed, refusedRead, selectPage } from "./select.ts";
import { type Answer, nowEpochMs, type RoutedExchange } from "./server.ts";
import { sortKeyOf } from "./sorted-keys.ts";
import { storedKind } from "./versions.ts";

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
  return renderObject(exchange.route.kind, object, renderOptions(exchange));
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
  const selected = selectPage(exchange, page.value);
  if (!selected.ok) return selected;
  const { items, remaining } = selected.value;
  const revision = page.value.revision ?? server.store.revision;
  const last = items.at(-1);
  const exact = !query.has("labelSelector") && !query.has("fieldSelector");
  const metadata: ListMetadata = {
    resourceVersion: String(revision),
    ...(remaining > 0 && last && { continue: nextPage(last, revision, page.value.begunMs ?? server.nowMs()) }),
    ...(remaining > 0 && exact && { remainingItemCount: remaining }),
  };
  return ok({ code: 200, body: renderList(kind, items, metadata, renderOptions(exchange)) });
}

function nextPage(last: KubeObject, revision: number, begunMs: number): string {
  return encodeContinue(sortKeyOf(keyOf(last)), revision, begunMs);
}

function includeOf({ query }: RoutedExchange): IncludeObject {
  const text = query.get("includeObject")?.[0];
  return text === "Object" || text === "None" ? text : "Metadata";
}
