import { applyJsonPatch } from "../../api/patch/json-patch.ts";
import { applyMergePatch } from "../../api/patch/merge-patch.ts";
import { applyStrategicMergePatch } from "../../api/patch/strategic-merge.ts";
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
    throw complaint(`invalid json, error converting YAML to JSON: ${JSON.stringify(text)} is no JSON`);
  }
  const type = flags.text("override-type");
  if (type === "json") {
    const done = applyJsonPatch(object, patch);
    if (!done.ok) throw complaint(done.error.message);
    return typedForm(typeOf(object), done.value.object);
  }
  if (type !== "merge" && type !== "strategic") throw complaint(`invalid override type: ${type}`);
  const typeName = typeNameOf(typeOf(object)) ?? "";
  const done = type === "merge" ? applyMergePatch(object, patch) : applyStrategicMergePatch(typeName, object, patch);
  if (!done.ok) throw complaint(done.error.message);
  return typedForm(typeOf(object), done.value);
}
