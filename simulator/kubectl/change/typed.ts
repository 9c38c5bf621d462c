import { decodeValue } from "../../api/schema/decode.ts";
import { builtinSchema } from "../../api/schema/schema.ts";
import { isObject, type JsonObject } from "../../base/json.ts";
import type { RestMapping } from "../mapping.ts";

/** Groups whose kinds kubectl has Go types of; besides them, the core group's and all that end with `.k8s.io`. */
const OWN_GROUPS = ["", "apps", "autoscaling", "batch", "policy"];

type Typed = Pick<RestMapping, "group" | "version" | "kind">;

/** The name of a kind's type in the tables of fields, when kubectl knows the kind. Models kubectl pkg/scheme. */
export function typeNameOf({ group, version, kind }: Typed): string | undefined {
  if (!OWN_GROUPS.includes(group) && !group.endsWith(".k8s.io")) return undefined;
  if (group === "apiregistration.k8s.io" || group === "apiextensions.k8s.io") return undefined;
  if (group === "events.k8s.io") return undefined;
  const ofVersion = `${version.charAt(0).toUpperCase()}${version.slice(1)}${kind}`;
  const name = [ofVersion, kind].find((each) => builtinSchema.struct(each) !== undefined);
  const type = name === undefined ? undefined : builtinSchema.struct(name);
  return type?.goType.startsWith(`${version}.`) ? name : undefined;
}

/** An object as Go would write it: fields in the order of its struct, and structs that are never left out. */
export function typedForm(type: Typed, object: JsonObject): JsonObject {
  const name = typeNameOf(type);
  if (name === undefined) return object;
  const decoded = decodeValue(name, object, { fieldValidation: "Ignore" });
  if (!decoded.ok) return object;
  if (name === "Event") return withEventTime(decoded.value.object);
  return name === "Service" ? withTargetPorts(decoded.value.object) : decoded.value.object;
}

/** Go never leaves out the time of an event, which older reporters do not set. */
function withEventTime(event: JsonObject): JsonObject {
  const { reportingComponent, reportingInstance, eventTime = null, ...rest } = event;
  const after = { reportingComponent, reportingInstance };
  return Object.fromEntries(
    Object.entries({ ...rest, eventTime, ...after }).filter(([, value]) => value !== undefined),
  ) as JsonObject;
}

/** Go never leaves out the port that a service's port goes to. */
function withTargetPorts(service: JsonObject): JsonObject {
  const { spec } = service;
  if (!isObject(spec) || !Array.isArray(spec.ports)) return service;
  const ports = spec.ports.filter(isObject).map(({ nodePort, targetPort = 0, ...port }) => ({
    ...port,
    targetPort,
    ...(nodePort !== undefined && { nodePort }),
  }));
  return { ...service, spec: { ...spec, ports } };
}

/** The group, version and kind that an object says it has. */
export function typeOf(object: JsonObject): Typed {
  const [first = "", second] = String(object.apiVersion ?? "").split("/");
  const kind = String(object.kind ?? "");
  return second === undefined ? { group: "", version: first, kind } : { group: first, version: second, kind };
}
