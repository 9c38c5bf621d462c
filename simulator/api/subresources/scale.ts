import { isObject, type JsonObject } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { appliedObject, isApply, withRecord } from "../apply/request.ts";
import { badRequest, invalid, notFound, type Status } from "../errors.ts";
import { checkWriteOptions } from "../incoming.ts";
import type { Kind, ScaleFields } from "../kind.ts";
import { humanDuration } from "../meta/duration.ts";
import { fieldErrorMessage, invalid as invalidField, toCause } from "../meta/field-error.ts";
import { timeOf } from "../meta/time.ts";
import { joinKey, type KubeObject } from "../object.ts";
import { apiVersionOf } from "../operations.ts";
import { applyPatch } from "../patch-request.ts";
import { renderOptions } from "../read.ts";
import { resourceRef } from "../refs.ts";
import { renderObject } from "../render.ts";
import type { Scale } from "../schema/generated/types.ts";
import { type Answer, type RoutedExchange, writerOf } from "../server.ts";
import type { SubresourceHandler } from "../subresource.ts";

/** The scale subresource of a kind that has one. Models pkg/registry/apps/deployment/storage ScaleREST. */
export function scaleHandler(kind: Kind, fields: ScaleFields<KubeObject>): SubresourceHandler {
  const write = (exchange: RoutedExchange, change: (old: KubeObject) => Result<KubeObject, Status>): Answer => {
    const { namespace, name } = exchange.route;
    const key = joinKey(namespace, name);
    const changed = exchange.server.operations.update(kind, key, change, writerOf(exchange));
    return changed.ok ? answerOf(exchange, fields, changed.value) : changed;
  };
  const change = (exchange: RoutedExchange, next: (scale: JsonObject) => Result<JsonObject, Status>): Answer =>
    write(exchange, (old) => {
      const scale = next(scaleOf(fields, old));
      if (!scale.ok) return scale;
      const wanted = scaled(fields, old, scale.value);
      return wanted.ok ? ok(withRecord(exchange, old, wanted.value)) : wanted;
    });
  return {
    resource: kind.ref.id,
    name: "scale",
    kind: "Scale",
    GET: (exchange) => {
      const { namespace, name } = exchange.route;
      const object = exchange.server.store.of(kind.ref).get(joinKey(namespace, name));
      return object === undefined ? fail(notFound(kind.ref, name)) : answerOf(exchange, fields, object);
    },
    PUT: (exchange) => change(exchange, () => ok(exchange.body ?? {})),
    PATCH: (exchange) => {
      const refused = checkWriteOptions(exchange, "PatchOptions");
      if (refused !== undefined) return fail(refused);
      return isApply(exchange)
        ? write(exchange, (old) => appliedObject(exchange, old, (scale) => configOfScale(kind, scale)))
        : change(exchange, (scale) => applyPatch(exchange, scale, "Scale"));
    },
  };
}

// Models apimachinery pkg/util/managedfields ScaleHandler
/** An applied Scale as a configuration of what it scales: the same manager owns the same field. */
function configOfScale({ ref }: Kind, { apiVersion, kind, metadata, spec }: JsonObject): Result<JsonObject, Status> {
  if (apiVersion !== "autoscaling/v1" || kind !== "Scale") {
    const version = typeof apiVersion === "string" ? apiVersion : "";
    const named = `${version.includes("/") ? version : `/${version}`}, Kind=${typeof kind === "string" ? kind : ""}`;
    return fail(badRequest(`invalid object type: ${named}`));
  }
  return ok({ apiVersion: apiVersionOf(ref), kind: ref.kind, metadata, spec });
}

// Models pkg/printers/internalversion scaleColumnDefinitions
const scaleKind: Kind = {
  ref: resourceRef<KubeObject>("autoscaling", "v1", "scales", "Scale"),
  singular: "scale",
  namespaced: true,
  columns: [
    {
      name: "Name",
      type: "string",
      format: "name",
      description: { type: "ObjectMeta", field: "name" },
      priority: 0,
      cell: ({ metadata }) => metadata.name,
    },
    {
      name: "Desired",
      type: "integer",
      description: { type: "ScaleSpec", field: "replicas" },
      priority: 0,
      cell: (object) => (object as unknown as Scale).spec?.replicas ?? 0,
    },
    {
      name: "Available",
      type: "integer",
      description: { type: "ScaleStatus", field: "replicas" },
      priority: 0,
      cell: (object) => (object as unknown as Scale).status?.replicas ?? 0,
    },
    {
      name: "Age",
      type: "string",
      description: { type: "ObjectMeta", field: "creationTimestamp" },
      priority: 0,
      cell: ({ metadata }, nowEpochMs) =>
        humanDuration(nowEpochMs - (timeOf(metadata.creationTimestamp) ?? nowEpochMs)),
    },
  ],
};

function answerOf(exchange: RoutedExchange, fields: ScaleFields<KubeObject>, object: KubeObject): Answer {
  const scale = scaleOf(fields, object) as unknown as KubeObject;
  return ok({ code: 200, body: renderObject(scaleKind, scale, renderOptions(exchange)) });
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
