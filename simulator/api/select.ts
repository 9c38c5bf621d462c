import { fail, ok, type Result } from "../base/result.ts";
import type { Status } from "./errors.ts";
import type { ComputeContext } from "./kind.ts";
import type { Page } from "./list-options.ts";
import { joinKey, type KubeObject } from "./object.ts";
import { type View, viewAt } from "./past.ts";
import { type ObjectFilter, selectionOf } from "./selection.ts";
import type { RoutedExchange } from "./server.ts";
import { placeOf, rangeOf } from "./sorted-keys.ts";
import type { Collection } from "./store.ts";
import { storedKind } from "./versions.ts";

/** Some objects in list order, and how many more there are; with a selector only whether there are more. */
interface Selected {
  readonly items: readonly KubeObject[];
  readonly remaining: number;
}

/** The objects that a collection request is about, in list order. */
export function select(exchange: RoutedExchange): Result<readonly KubeObject[], Status> {
  const selected = selectPage(exchange, WHOLE);
  return selected.ok ? ok(selected.value.items) : selected;
}

const WHOLE: Page = { limit: 0, after: "", revision: undefined, isContinued: false };

/** One page of the objects that a collection request is about. */
export function selectPage(exchange: RoutedExchange, page: Page): Result<Selected, Status> {
  const { kind, namespace } = exchange.route;
  const selection = selectionOf(kind, exchange.query);
  if (!selection.ok) return selection;
  if (kind.compute !== undefined) return madeObjects(exchange, selection.value);
  const view = viewOf(exchange, page);
  if (!view.ok) return view;
  const { keys } = view.value;
  const [begin, end] = rangeOf(keys, namespace);
  const from = page.after === "" ? begin : Math.max(begin, placeOf(keys, `${page.after}\0`));
  return ok(walk(view.value, from, end, page.limit, selection.value));
}

/** Who makes its objects for each reader gives them all at once. */
function madeObjects(exchange: RoutedExchange, matches: ObjectFilter | undefined): Result<Selected, Status> {
  const refused = refusedRead(exchange);
  if (refused !== undefined) return fail(refused);
  const objects = computed(exchange);
  return ok({ items: matches === undefined ? objects : objects.filter(matches), remaining: 0 });
}

function walk({ at }: View, from: number, end: number, limit: number, matches?: ObjectFilter): Selected {
  const items: KubeObject[] = [];
  for (let place = from; place < end; place++) {
    const isFull = limit > 0 && items.length === limit;
    if (isFull && matches === undefined) return { items, remaining: end - place };
    const object = at(place);
    if (object === undefined || (matches !== undefined && !matches(object))) continue;
    if (isFull) return { items, remaining: 1 };
    items.push(object);
  }
  return { items, remaining: 0 };
}

/** What there is, or was as of the page's revision. */
function viewOf({ server, route }: RoutedExchange, page: Page): Result<View, Status> {
  const collection = server.store.of(storedKind(route.kind).ref) as unknown as Collection;
  const isPast = page.revision !== undefined && (page.revision !== server.store.revision || page.isContinued);
  if (isPast) return viewAt(collection, page, server.nowMs());
  return ok({ keys: collection.sortedKeys(), at: (place) => collection.sortedAt(place) });
}

/** The objects of a kind that is made for each reader. */
export function computed(exchange: RoutedExchange): readonly KubeObject[] {
  const { kind, namespace, name } = exchange.route;
  return kind.compute?.(computeContext(exchange), namespace, name || undefined) ?? [];
}

export function refusedRead(exchange: RoutedExchange): Status | undefined {
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
