import { ok } from "../../base/result.ts";
import { decodeIncoming } from "../incoming.ts";
import type { Namespace } from "../refs.ts";
import { type Answer, type RoutedExchange, writerOf } from "../server.ts";
import type { SubresourceHandler } from "../subresource.ts";

/** PUT namespaces/finalize: sets spec.finalizers, and with the last one gone lets a deleted namespace go. */
export const finalizeHandler: SubresourceHandler = {
  resource: "namespaces",
  name: "finalize",
  kind: "Namespace",
  PUT: finalize,
};

function finalize(exchange: RoutedExchange): Answer {
  const { server, route, body } = exchange;
  const decoded = decodeIncoming(exchange, body);
  if (!decoded.ok) return decoded;
  const { finalizers } = (decoded.value as Namespace).spec ?? {};
  const finalized = server.operations.finalize(
    route.kind,
    route.name,
    (old) => ok({ ...old, spec: { ...(old as Namespace).spec, finalizers } }),
    writerOf(exchange),
  );
  return finalized.ok ? ok({ code: 200, body: { ...finalized.value } as never }) : finalized;
}
