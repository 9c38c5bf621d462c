import { applyJsonPatch } from "../../api/patch/json-patch.ts";
import { applyMergePatch } from "../../api/patch/merge-patch.ts";
import { applyStrategicMergePatch } from "../../api/patch/strategic-merge.ts";
import { decodeValue } from "../../api/schema/decode.ts";
import type { JsonObject, JsonValue } from "../../base/json.ts";
import { type Call, complaint } from "../cli/command.ts";
import type { FlagSpec } from "../cli/flags.ts";
import { typedForm, typeNameOf, typeOf } from "./typed.ts";

export const OVERRIDE_FLAGS: readonly FlagSpec[] = [
  { name: "overrides", type: "string", default: "", usage: "JSON that changes the object that is made." },
  { name: "override-type", type: "string", default: "merge", usage: "How: json, merge or strategic." },
];

// Models kubectl pkg/cmd/util override_options.go
/** The object with what `--overrides` says. */
export function overridden({ flags }: Call, object: JsonObject): JsonObject {
  const text = flags.text("overrides");
  if (text === "") return object;
  let patch: JsonValue;
  try {
    patch = JSON.parse(text) as JsonValue;
  } catch {
    throw complaint("Invalid JSON Patch");
  }
  const type = flags.text("override-type");
  if (type === "json") {
    const done = applyJsonPatch(object, patch);
    if (!done.ok) throw complaint(done.error.message);
    return decoded(done.value.object);
  }
  if (type !== "merge" && type !== "strategic") throw complaint(`invalid override type: ${type}`);
  const typeName = typeNameOf(typeOf(object)) ?? "";
  const done = type === "merge" ? applyMergePatch(object, patch) : applyStrategicMergePatch(typeName, object, patch);
  if (!done.ok) throw complaint(done.error.message);
  return decoded(done.value);
}

/** The object as Go reads it; what does not fit its type is refused. */
function decoded(object: JsonObject): JsonObject {
  const name = typeNameOf(typeOf(object));
  const read = name === undefined ? undefined : decodeValue(name, object, { fieldValidation: "Ignore" });
  if (read?.ok === false) throw complaint(read.error);
  return typedForm(typeOf(object), object);
}
