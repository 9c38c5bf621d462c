import { parseDuration } from "../api/meta/duration.ts";
import { isObject, type JsonObject, type JsonValue } from "../base/json.ts";
import { readQuery } from "./read-check.ts";
import { at, type Reader } from "./reader.ts";
import type { Action, NodeChoice } from "./schema.ts";

/** The fields of each kind of action, besides `kind` and `label`. */
const FIELDS = {
  apply: ["manifest", "namespace"],
  delete: ["object", "pick"],
  scale: ["object", "replicas"],
  cordon: ["node"],
  uncordon: ["node"],
  drain: ["node"],
  fault: ["type", "node", "duration"],
  clock: ["speed"],
} as const;

type ActionKind = keyof typeof FIELDS;
const ACTION_KINDS = Object.keys(FIELDS) as readonly ActionKind[];

/** An action as it is written; `hasManifest` tells whether a file of that name is at hand. */
export function readAction(
  reader: Reader,
  value: JsonValue | undefined,
  place: string,
  hasManifest: (name: string) => boolean,
): Action | undefined {
  if (!isObject(value)) {
    reader.problem(place, "must be an object with kind and label");
    return undefined;
  }
  const kind = reader.choice(value.kind, at(place, "kind"), ACTION_KINDS);
  if (kind === undefined) return undefined;
  reader.object(value, place, ["kind", "label", ...FIELDS[kind]]);
  const label = reader.text(value.label, at(place, "label"));
  switch (kind) {
    case "apply":
      return { kind, label, ...readApply(reader, value, place, hasManifest) };
    case "delete": {
      const pick = value.pick === undefined ? "first" : reader.choice(value.pick, at(place, "pick"), ["first", "all"]);
      return { kind, label, object: readQuery(reader, value.object, at(place, "object")), pick: pick ?? "first" };
    }
    case "scale": {
      const object = readQuery(reader, value.object, at(place, "object"));
      if (object.name === undefined) reader.problem(at(place, "object.name"), "is required");
      return { kind, label, object, replicas: reader.whole(value.replicas, at(place, "replicas"), 0) };
    }
    case "fault":
      return { kind, label, ...readFault(reader, value, place) };
    case "clock":
      return { kind, label, speed: reader.whole(value.speed, at(place, "speed"), 1) };
    default:
      return { kind, label, node: readNode(reader, value.node, at(place, "node")) };
  }
}

function readApply(reader: Reader, value: JsonObject, place: string, hasManifest: (name: string) => boolean) {
  const manifest = reader.text(value.manifest, at(place, "manifest"));
  if (manifest !== "" && !hasManifest(manifest)) reader.problem(at(place, "manifest"), `there is no file ${manifest}`);
  const namespace = reader.optionalText(value.namespace, at(place, "namespace"));
  return { manifest, ...(namespace !== undefined && { namespace }) };
}

function readFault(reader: Reader, value: JsonObject, place: string) {
  const duration = reader.optionalText(value.duration, at(place, "duration"));
  if (duration !== undefined) readWait(reader, duration, at(place, "duration"));
  return {
    type: reader.text(value.type, at(place, "type")),
    node: readNode(reader, value.node, at(place, "node")),
    ...(duration !== undefined && { duration }),
  };
}

function readNode(reader: Reader, value: JsonValue | undefined, place: string): NodeChoice {
  const given = reader.object(value, place, ["name", "ofPod"]);
  if (given.ofPod === undefined) return { name: reader.text(given.name, at(place, "name")) };
  if (given.name !== undefined) reader.problem(place, "may have a name or ofPod, not both");
  return { ofPod: readQuery(reader, given.ofPod, at(place, "ofPod")) };
}

/** A Go duration such as `90s`, in milliseconds. */
export function readWait(reader: Reader, value: JsonValue | undefined, place: string): number {
  const parsed = parseDuration(typeof value === "string" ? value : "");
  if (parsed.ok && parsed.value >= 0) return Math.round(parsed.value);
  reader.problem(place, "must be a duration such as 30s or 5m");
  return 0;
}
