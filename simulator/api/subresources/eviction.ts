import { isObject } from "../../base/json.ts";
import { ok } from "../../base/result.ts";
import { joinKey } from "../object.ts";
import { type Answer, type RoutedExchange, writerOf } from "../server.ts";
import type { SubresourceHandler } from "../subresource.ts";

/**
 * POST pods/eviction: a deletion that asks first. Nothing refuses it yet: PodDisruptionBudgets are not served.
 * Models pkg/registry/core/pod/storage EvictionREST.
 */
export const evictionHandler: SubresourceHandler = {
  resource: "pods",
  name: "eviction",
  kind: "Eviction",
  POST: evict,
};

function evict(exchange: RoutedExchange): Answer {
  const { server, route, body } = exchange;
  const options = isObject(body?.deleteOptions) ? body.deleteOptions : {};
  const grace = options.gracePeriodSeconds;
  const deleted = server.operations.delete(
    route.kind,
    joinKey(route.namespace, route.name),
    { gracePeriodSeconds: typeof grace === "number" ? grace : undefined },
    writerOf(exchange),
  );
  if (!deleted.ok) return deleted;
  return ok({ code: 201, body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 } });
}
