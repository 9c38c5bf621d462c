import { isObject, type JsonObject } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { badRequest, invalid, notFound, type Status } from "../errors.ts";
import type { Kind, ScaleFields } from "../kind.ts";
import { fieldErrorMessage, invalid as invalidField, toCause } from "../meta/field-error.ts";
import { joinKey, type KubeObject } from "../object.ts";
import { applyPatch } from "../patch-request.ts";
import { type Answer, type RoutedExchange, writerOf } from "../server.ts";
import type { SubresourceHandler } from "../subresource.ts";

/** The scale subresource of a kind that has one. Models pkg/registry/apps/deployment/storage ScaleREST. */
export function scaleHandler(kind: Kind, fields: ScaleFields<KubeObject>): SubresourceHandler {
  const change = (exchange: RoutedExchange, next: (scale: JsonObject) => Result<JsonObject, Status>): Answer => {
    const { namespace, name } = exchange.route;
    const changed = exchange.server.operations.update(
      kind,
      joinKey(namespace, name),
      (old) => {
        const scale = next(scaleOf(fields, old));
        return scale.ok ? scaled(fields, old, scale.value) : scale;
      },
      writerOf(exchange),
    );
    return changed.ok ? ok({ code: 200, body: scaleOf(fields, changed.value) }) : changed;
  };
  return {
    resource: kind.ref.id,
    name: "scale",
    kind: "Scale",
    GET: ({ route: { namespace, name }, server }) => {
      const object = server.store.of(kind.ref).get(joinKey(namespace, name));
      return object === undefined ? fail(notFound(kind.ref, name)) : ok({ code: 200, body: scaleOf(fields, object) });
    },
    PUT: (exchange) => change(exchange, () => ok(exchange.body ?? {})),
    PATCH: (exchange) => change(exchange, (scale) => applyPatch(exchange, scale, "Scale")),
  };
}

function scaleOf(fields: ScaleFields<KubeObject>, object: KubeObject): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = fields.replicas(object);
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, ...(namespace !== undefined && { namespace }), uid, resourceVersion, creationTimestamp },
    spec: { ...(replicas !== 0 && { replicas }) },
    status: { replicas: fields.statusReplicas(object), selector: fields.selector(object) },
  };
}

function scaled(fields: ScaleFields<KubeObject>, old: KubeObject, scale: JsonObject): Result<KubeObject, Status> {
  const replicas = isObject(scale.spec) ? (scale.spec.replicas ?? 0) : 0;
  const metadata = isObject(scale.metadata) ? scale.metadata : {};
  if (typeof replicas !== "number" || !Number.isInteger(replicas)) {
    const type = typeof replicas;
    return fail(
      badRequest(`json: cannot unmarshal ${type} into Go struct field ScaleSpec.spec.replicas of type int32`),
    );
  }
  if (replicas < 0) {
    const problem = invalidField("spec.replicas", replicas, "must be greater than or equal to 0");
    const named = { group: "autoscaling", kind: "Scale" };
    return fail(invalid(named, old.metadata.name, [fieldErrorMessage(problem)], [toCause(problem)]));
  }
  const resourceVersion = typeof metadata.resourceVersion === "string" ? metadata.resourceVersion : "";
  const wanted = fields.withReplicas(old, replicas);
  return ok({
    ...wanted,
    metadata: { ...wanted.metadata, resourceVersion: resourceVersion || old.metadata.resourceVersion },
  });
}

/** The scale handlers of all kinds that have the subresource. */
export function scaleHandlers(kinds: readonly Kind[]): SubresourceHandler[] {
  return kinds.flatMap((kind) => (kind.subresources?.scale ? [scaleHandler(kind, kind.subresources.scale)] : []));
}
