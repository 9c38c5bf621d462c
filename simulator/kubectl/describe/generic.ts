import type { ObjectMeta } from "../../api/schema/generated/types.ts";
import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import type { Describing } from "./describer.ts";
import { describeEvents } from "./events.ts";
import { writeAnnotations, writeLabels } from "./parts.ts";
import type { TextSink } from "./text.ts";

const SKIPPED = [
  ".metadata.managedFields",
  ".metadata.name",
  ".metadata.namespace",
  ".metadata.labels",
  ".metadata.annotations",
];
const ACRONYMS = ["API", "URL", "UID", "GUID"];

// Models kubectl pkg/describe genericDescriber
/** An object of a kind that kubectl knows nothing about: all its fields. */
export async function describeGeneric(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const metadata = (object.metadata ?? {}) as ObjectMeta;
  out.write(0, `Name:\t${metadata.name ?? ""}\n`);
  out.write(0, `Namespace:\t${metadata.namespace ?? ""}\n`);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  writeFields(out, 0, object, "");
  await describeEvents(object, describing);
}

function writeFields(out: TextSink, level: number, content: JsonObject, prefix: string): void {
  for (const field of Object.keys(content).sort()) {
    const path = `${prefix}.${field}`;
    if (SKIPPED.includes(path)) continue;
    const value = content[field];
    const label = labelOf(field);
    if (isObject(value)) {
      out.write(level, `${label}:\n`);
      writeFields(out, level + 1, value, path);
    } else if (Array.isArray(value)) {
      out.write(level, `${label}:\n`);
      for (const child of value) {
        if (isObject(child)) writeFields(out, level + 1, child, path);
        else out.write(level + 1, `${goText(child)}\n`);
      }
    } else out.write(level, `${label}:\t${goText(value)}\n`);
  }
}

function goText(value: JsonValue | undefined): string {
  return value === null || value === undefined ? "<nil>" : String(value);
}

// Models fatih/camelcase Split
function camelParts(word: string): string[] {
  const runs: string[] = [...word.matchAll(/\p{Ll}+|\p{Lu}+|[^\p{Ll}\p{Lu}]+/gu)].map(([run]) => run);
  for (let index = 0; index < runs.length - 1; index++) {
    const run = runs[index] ?? "";
    const next = runs[index + 1] ?? "";
    if (!/^\p{Lu}/u.test(run) || !/^\p{Ll}/u.test(next)) continue;
    runs[index + 1] = run.slice(-1) + next;
    runs[index] = run.slice(0, -1);
  }
  return runs.filter((run) => run !== "");
}

/** Two capitals and what begins with a capital are one word: `CIDRs`. */
function merged(parts: readonly string[]): string[] {
  const result: string[] = [];
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] ?? "";
    const next = parts[index + 1] ?? "";
    const joins = part.length >= 2 && part === part.toUpperCase() && /^\p{Lu}/u.test(next);
    result.push(joins ? part + next : part);
    if (joins) index++;
  }
  return result;
}

/** `Pod Template` for `podTemplate`. Models kubectl pkg/describe smartLabelFor. */
function labelOf(field: string): string {
  if (!/^[\p{L}-]*$/u.test(field)) return field;
  return merged(camelParts(field))
    .map((part) => {
      if (ACRONYMS.includes(part.toUpperCase())) return part.toUpperCase();
      return part === part.toLowerCase() ? part.charAt(0).toUpperCase() + part.slice(1) : part;
    })
    .join(" ");
}
