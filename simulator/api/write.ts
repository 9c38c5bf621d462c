import type { JsonObject } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { appliedObject, isApply, withRecord } from "./apply/request.ts";
import { actionOf } from "./authorization/attributes.ts";
import { authorize, refusal } from "./authorization/authorizer.ts";
import type { DeleteOptions } from "./client.ts";
import { deleteOptions } from "./delete-options.ts";
import { badRequest, conflict, methodNotAllowed, type Status } from "./errors.ts";
import { checkWriteOptions, decodeIncoming } from "./incoming.ts";
import type { Kind } from "./kind.ts";
import { joinKey, type KubeObject } from "./object.ts";
import { apiVersionOf } from "./operations.ts";
import { patched } from "./patch-request.ts";
import { rendered } from "./read.ts";
import { listKindOf } from "./render.ts";
import { select } from "./select.ts";
import { type Answer, type RoutedExchange, writerOf } from "./server.ts";
import { fromStored, storedKind, toStored } from "./versions.ts";

/** POST to a collection. */
export function create(exchange: RoutedExchange): Answer {
  const { kind, namespace } = exchange.route;
  if (kind.withoutVerbs?.includes("create") || (kind.namespaced && namespace === undefined)) {
    return fail(methodNotAllowed());
  }
  const refused = checkWriteOptions(exchange, "CreateOptions");
  if (refused !== undefined) return fail(refused);
  const decoded = decodeIncoming(exchange, exchange.body);
  if (!decoded.ok) return decoded;
  const placed = place(kind, decoded.value, namespace, "");
  if (!placed.ok) return placed;
  return createdAnswer(exchange, withRecord(exchange, undefined, placed.value));
}

function createdAnswer(exchange: RoutedExchange, object: KubeObject): Answer {
  const { kind } = exchange.route;
  const created = exchange.server.operations.create(storedKind(kind), toStored(kind, object), writerOf(exchange));
  return created.ok ? ok({ code: 201, body: rendered(exchange, created.value) }) : created;
}

/** PUT of one object, or of its status. */
export function update(exchange: RoutedExchange): Answer {
  const { kind, namespace, name } = exchange.route;
  if (kind.withoutVerbs?.includes("update")) return fail(methodNotAllowed());
  const refused = checkWriteOptions(exchange, "UpdateOptions");
  if (refused !== undefined) return fail(refused);
  const decoded = decodeIncoming(exchange, exchange.body);
  if (!decoded.ok) return decoded;
  const placed = place(kind, decoded.value, namespace, name);
  if (!placed.ok) return placed;
  if (kind.createOnUpdate && exchange.route.subresource === "" && liveObject(exchange) === undefined) {
    return createdByUpdate(exchange, placed.value);
  }
  return write(exchange, (old) => ok(withRecord(exchange, old, placed.value)));
}

function liveObject({ route: { kind, namespace, name }, server }: RoutedExchange): KubeObject | undefined {
  return server.store.of(storedKind(kind).ref).get(joinKey(namespace, name));
}

/** A PUT of what is not there yet, of kinds that allow it: its writer needs the right to create besides. */
function createdByUpdate(exchange: RoutedExchange, object: KubeObject): Answer {
  const { user, server, path, query, route } = exchange;
  const attributes = { user, action: { ...actionOf("PUT", path, query, false), verb: "create" } };
  const { allowed, reason } = authorize(server.view, attributes);
  if (!allowed) return fail(refusal(attributes, reason));
  const { uid } = object.metadata;
  if (uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: `;
    return fail(conflict(storedKind(route.kind).ref, route.name, why));
  }
  return createdAnswer(exchange, withRecord(exchange, undefined, object));
}

/** PATCH of one object, or of its status. */
export function patch(exchange: RoutedExchange): Answer {
  const { kind, namespace, name } = exchange.route;
  if (kind.withoutVerbs?.includes("patch")) return fail(methodNotAllowed());
  const refused = checkWriteOptions(exchange, "PatchOptions");
  if (refused !== undefined) return fail(refused);
  if (isApply(exchange)) return apply(exchange);
  return write(exchange, (old) => {
    const changed = patched(exchange, old);
    if (!changed.ok) return changed;
    const placed = place(kind, changed.value, namespace, name);
    return placed.ok ? ok(withRecord(exchange, old, placed.value)) : placed;
  });
}

/** Server-side apply: changes the object, or creates it. */
function apply(exchange: RoutedExchange): Answer {
  const { kind, namespace, name, subresource } = exchange.route;
  const result = (live: KubeObject | undefined) => {
    const applied = appliedObject(exchange, live);
    return applied.ok ? place(kind, applied.value, namespace, name) : applied;
  };
  if (liveObject(exchange) !== undefined || subresource !== "") return write(exchange, result);
  const object = result(undefined);
  if (!object.ok) return object;
  const { uid } = object.value.metadata;
  if (!uid) return createdAnswer(exchange, object.value);
  const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
  return fail(conflict(kind.ref, name, why));
}

function write(exchange: RoutedExchange, change: (old: KubeObject) => Result<KubeObject, Status>): Answer {
  const { kind, namespace, name, subresource } = exchange.route;
  const { operations } = exchange.server;
  const part = subresource === "status" ? "status" : "";
  const stored = (old: KubeObject) => {
    const changed = change(fromStored(kind, old));
    return changed.ok ? ok(toStored(kind, changed.value)) : changed;
  };
  const written = operations.update(storedKind(kind), joinKey(namespace, name), stored, writerOf(exchange), part);
  return written.ok ? ok({ code: 200, body: rendered(exchange, written.value) }) : written;
}

/** The namespace and name of the path belong to the object; what it says itself must agree. */
export function place(
  kind: Kind,
  object: KubeObject,
  namespace: string | undefined,
  name: string,
): Result<KubeObject, Status> {
  const { metadata } = object;
  if (namespace !== undefined && metadata.namespace && metadata.namespace !== namespace) {
    return fail(badRequest("the namespace of the provided object does not match the namespace sent on the request"));
  }
  if (name !== "" && metadata.name && metadata.name !== name) {
    const text = `the name of the object (${metadata.name}) does not match the name on the URL (${name})`;
    return fail(badRequest(text));
  }
  if (name !== "" && !metadata.name) {
    return fail(badRequest(`the name of the object (${""} based on URL) was undeterminable: name must be provided`));
  }
  return ok({ ...object, metadata: { ...metadata, ...(kind.namespaced && { namespace }) } });
}

/** DELETE of one object. */
export function remove(exchange: RoutedExchange): Answer {
  const { kind, namespace, name } = exchange.route;
  if (kind.withoutVerbs?.includes("delete")) return fail(methodNotAllowed());
  const asked = deleteOptions(exchange.body, exchange.query);
  if (!asked.ok) return asked;
  const { options, dryRun } = asked.value;
  warnOfOrphans(exchange, options);
  const key = joinKey(namespace, name);
  const writer = { ...writerOf(exchange), dryRun };
  const result = exchange.server.operations.delete(storedKind(kind), key, options, writer);
  if (!result.ok) return result;
  const { object, gone } = result.value;
  if (!gone || kind.returnsDeletedObject) return ok({ code: 200, body: rendered(exchange, object) });
  return ok({ code: 200, body: deletedStatus(kind, object) });
}

function warnOfOrphans({ route, warnings }: RoutedExchange, { propagationPolicy }: DeleteOptions): void {
  const text = route.kind.orphansByDefault?.warning;
  if (text !== undefined && propagationPolicy === undefined) warnings.push(text);
}

function deletedStatus({ ref }: Kind, { metadata }: KubeObject): JsonObject {
  const group = ref.group === "" ? {} : { group: ref.group };
  const details = { name: metadata.name, ...group, kind: ref.plural, uid: metadata.uid };
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details };
}

/** DELETE of a collection: each object in turn, as it stood. */
export function removeCollection(exchange: RoutedExchange): Answer {
  const { kind, namespace } = exchange.route;
  if (kind.withoutVerbs?.includes("deletecollection")) return fail(methodNotAllowed());
  const asked = deleteOptions(exchange.body, exchange.query);
  if (!asked.ok) return asked;
  const { options, dryRun } = asked.value;
  warnOfOrphans(exchange, options);
  const selected = select(exchange);
  if (!selected.ok) return selected;
  const writer = { ...writerOf(exchange), dryRun };
  const items: JsonObject[] = [];
  for (const object of selected.value) {
    const key = joinKey(namespace ?? object.metadata.namespace, object.metadata.name);
    const result = exchange.server.operations.delete(storedKind(kind), key, options, writer);
    if (!result.ok && result.error.code !== 404) return result;
    items.push(fromStored(kind, object) as unknown as JsonObject);
  }
  const metadata = { resourceVersion: String(exchange.server.store.revision) };
  return ok({
    code: 200,
    body: { kind: listKindOf(kind), apiVersion: apiVersionOf(kind.ref), metadata, items },
  });
}
