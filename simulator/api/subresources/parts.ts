import type { Kind, PartRules } from "../kind.ts";
import type { KubeObject } from "../object.ts";
import { read } from "../read.ts";
import type { RoutedExchange } from "../server.ts";
import type { SubresourceHandler } from "../subresource.ts";
import { patch, update } from "../write.ts";

/** A part of a kind's objects with a path of its own: the whole object is sent and answered, and only the part is written. */
function partHandler(kind: Kind, { name, prepareUpdate, validateUpdate }: PartRules<KubeObject>): SubresourceHandler {
  // Without its status subresource: the part may lie in the status.
  const changed: Kind = { ...kind, prepareUpdate, validateUpdate, warnings: () => [], subresources: {} };
  const within = (exchange: RoutedExchange): RoutedExchange => ({
    ...exchange,
    route: { ...exchange.route, kind: changed },
  });
  return {
    resource: kind.ref.id,
    name,
    kind: kind.ref.kind,
    GET: read,
    PUT: (exchange) => update(within(exchange)),
    PATCH: (exchange) => patch(within(exchange)),
  };
}

/** The handlers of all parts that the kinds name. */
export function partHandlers(kinds: readonly Kind[]): SubresourceHandler[] {
  return kinds.flatMap((kind) => (kind.subresources?.parts ?? []).map((rules) => partHandler(kind, rules)));
}
