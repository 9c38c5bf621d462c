import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fieldErrorMessage } from "../../../../simulator/api/meta/field-error.ts";
import { applyJsonPatch } from "../../../../simulator/api/patch/json-patch.ts";
import { applyMergePatch } from "../../../../simulator/api/patch/merge-patch.ts";
import { patchedObjectInvalid, strategicPatchInvalid } from "../../../../simulator/api/patch/patch-error.ts";
import { applyStrategicMergePatch } from "../../../../simulator/api/patch/strategic-merge.ts";
import { decodeValue } from "../../../../simulator/api/schema/decode.ts";
import { isObject, type JsonObject, type JsonValue } from "../../../../simulator/base/json.ts";
import { referenceFolder } from "../../../reference.ts";

interface RecordedCase {
  readonly name: string;
  readonly setup?: readonly { readonly body?: JsonObject }[];
  readonly request: { readonly contentType?: string; readonly query?: string; readonly body: JsonValue };
  readonly response: { readonly code: number; readonly body: JsonObject };
}

const folder = referenceFolder();
const read = (path: string): readonly RecordedCase[] =>
  folder ? JSON.parse(readFileSync(join(folder, path), "utf8")) : [];

/** The patched object, or the message of the refusal. */
function patched({ request, setup }: RecordedCase): JsonObject | string {
  const live = setup?.at(-1)?.body ?? {};
  const type = String(live.kind);
  const dialect = request.contentType?.split("/")[1]?.split("+")[0];
  const validation = request.query?.includes("Strict") ? "Strict" : "Warn";
  if (dialect === "strategic-merge-patch") {
    const result = applyStrategicMergePatch(type, live, request.body);
    if (!result.ok) return result.error.message;
    const decoded = decodeValue(type, result.value, { fieldValidation: validation });
    return decoded.ok
      ? decoded.value.object
      : ` "" is invalid: ${fieldErrorMessage(strategicPatchInvalid(request.body, decoded.error))}`;
  }
  const result = dialect === "json-patch" ? applyJsonPatch(live, request.body) : applyMergePatch(live, request.body);
  if (!result.ok) return result.error.message;
  const object = (
    dialect === "json-patch" ? (result.value as { object: JsonObject }).object : result.value
  ) as JsonObject;
  const decoded = decodeValue(type, object, { fieldValidation: validation });
  return decoded.ok
    ? decoded.value.object
    : ` "" is invalid: ${fieldErrorMessage(patchedObjectInvalid(object, decoded.error))}`;
}

/** Paths where `ours` is not in `theirs`, which has defaults besides; lists must be as long. */
function differences(ours: JsonValue | undefined, theirs: JsonValue | undefined, path: string): string[] {
  if (isObject(ours) && isObject(theirs)) {
    return Object.keys(ours).flatMap((key) => differences(ours[key], theirs[key], `${path}.${key}`));
  }
  if (Array.isArray(ours) && Array.isArray(theirs) && ours.length === theirs.length) {
    return ours.flatMap((item, at) => differences(item, theirs[at], `${path}[${at}]`));
  }
  return ours === theirs ? [] : [`${path}: ${JSON.stringify(ours)} instead of ${JSON.stringify(theirs)}`];
}

const isPatch = ({ request }: RecordedCase): boolean =>
  /^application\/(strategic-merge|merge|json)-patch\+json$/.test(request.contentType ?? "") &&
  typeof request.body !== "string";

describe.skipIf(!folder)("recorded patches", () => {
  const cases = ["strategic", "merge", "json"].flatMap((file) => read(`requests/${file}.json`)).filter(isPatch);

  test.each(cases.filter(({ response }) => response.code === 200))("$name", (one) => {
    const object = patched(one);
    expect(typeof object === "string" ? object : differences(object, one.response.body, "")).toEqual([]);
  });
});

describe.skipIf(!folder)("recorded refusals", () => {
  // What the pipeline finds after patching is not the patch's business.
  const others = /^(the name of the object|Operation cannot be fulfilled)/;
  const cases = read("errors/patch.json").filter(
    (one) => isPatch(one) && one.response.code >= 400 && !others.test(String(one.response.body.message)),
  );

  test.each(cases)("$name", (one) => {
    const message = String(one.response.body.message);
    // The patched object's text has metadata that only a server gives.
    const [head, tail] = message.includes("uid")
      ? ["", message.slice(message.lastIndexOf(": json: "))]
      : [message, message];
    const ours = patched(one);
    expect(typeof ours).toBe("string");
    expect(String(ours).endsWith(tail) && String(ours).startsWith(head), String(ours)).toBe(true);
  });
});
