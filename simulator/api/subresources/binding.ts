import { isObject } from "../../base/json.ts";
import { fail, ok } from "../../base/result.ts";
import { bindPod } from "../binding.ts";
import { plainFailure } from "../errors.ts";
import { aggregateMessage, fieldErrorMessage, notSupported, required } from "../meta/field-error.ts";
import { joinKey } from "../object.ts";
import { type Answer, type RoutedExchange, writerOf } from "../server.ts";
import type { SubresourceHandler } from "../subresource.ts";

/** POST pods/binding: what a scheduler outside sends. */
export const bindingHandler: SubresourceHandler = { resource: "pods", name: "binding", kind: "Binding", POST: bind };

function bind(exchange: RoutedExchange): Answer {
  const { server, route, body } = exchange;
  const target = isObject(body?.target) ? body.target : {};
  const name = typeof target.name === "string" ? target.name : "";
  const problems = [
    ...(target.kind && target.kind !== "Node" ? [notSupported("target.kind", target.kind, ["Node", "<empty>"])] : []),
    ...(name === "" ? [required("target.name")] : []),
  ];
  if (problems.length > 0) return fail(plainFailure(aggregateMessage(problems.map(fieldErrorMessage))));
  const metadata = isObject(body?.metadata) ? body.metadata : {};
  const uid = typeof metadata.uid === "string" ? metadata.uid : "";
  const { now } = server.operations.context(writerOf(exchange));
  const bound = bindPod(server.store, joinKey(route.namespace, route.name), uid, name, now, {
    ...(isObject(metadata.labels) && { labels: metadata.labels as Record<string, string> }),
    ...(isObject(metadata.annotations) && { annotations: metadata.annotations as Record<string, string> }),
  });
  if (!bound.ok) return bound;
  return ok({ code: 201, body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 } });
}
