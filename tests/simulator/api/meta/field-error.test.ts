import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  child,
  duplicate,
  type FieldError,
  fieldErrorBody,
  fieldErrorMessage,
  fieldErrorsMessage,
  forbidden,
  index,
  internal,
  invalid,
  key,
  notFound,
  notSupported,
  required,
  toCause,
  tooLong,
  tooLongCharacters,
  tooMany,
  tooShort,
  typeInvalid,
} from "../../../../simulator/api/meta/field-error.ts";
import { byteLength, goJson, goQuote, sortedMap } from "../../../../simulator/api/meta/go-text.ts";
import { referenceFolder } from "../../../reference.ts";

const texts: readonly [FieldError, string][] = [
  [
    invalid("spec.replicas", -1, "must be greater than or equal to 0"),
    "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
  ],
  [invalid("a", true, ""), "a: Invalid value: true"],
  [invalid("a", 'x"y\n', "no"), 'a: Invalid value: "x\\"y\\n": no'],
  [invalid("a", undefined, "no"), "a: Invalid value: null: no"],
  [invalid("a", { app: "<x>" }, "no"), 'a: Invalid value: {"app":"\\u003cx\\u003e"}: no'],
  [invalid("a", ["b"], "no"), 'a: Invalid value: ["b"]: no'],
  [typeInvalid("spec.size", "string", "must be integer"), 'spec.size: Invalid value: "string": must be integer'],
  [required("spec.containers"), "spec.containers: Required value"],
  [
    required("metadata.name", "name or generateName is required"),
    "metadata.name: Required value: name or generateName is required",
  ],
  [notSupported("a", "x", ["A", "B"]), 'a: Unsupported value: "x": supported values: "A", "B"'],
  [duplicate("spec.ports[1]", { Port: 80 }), 'spec.ports[1]: Duplicate value: {"Port":80}'],
  [notFound("a", "x"), 'a: Not found: "x"'],
  [
    forbidden("data", "field is immutable when `immutable` is set"),
    "data: Forbidden: field is immutable when `immutable` is set",
  ],
  [tooLong("a", 63), "a: Too long: may not be more than 63 bytes"],
  [tooLong("a", 1), "a: Too long: may not be more than 1 byte"],
  [tooLong("a", -1), "a: Too long: value is too long"],
  [tooLongCharacters("a", 2), "a: Too long: may not be more than 2 characters"],
  [tooShort("a", 1), "a: Too short: must be at least 1 character"],
  [tooMany("spec.list", 3, 2), "spec.list: Too many: 3: must have at most 2 items"],
  [tooMany("a", -1, 1), "a: Too many: must have at most 1 item"],
  [internal("a", "oops"), "a: Internal error: oops"],
];

test.each(texts)("%o", (error, text) => {
  expect(fieldErrorMessage(error)).toBe(text);
});

test("paths", () => {
  const containers = child("spec", "template", "spec", "containers");
  expect(child(index(containers, 2), "name")).toBe("spec.template.spec.containers[2].name");
  expect(key(child("", "data"), "a.b")).toBe("data[a.b]");
});

test("several errors stand in brackets, equal ones once", () => {
  const name = required("metadata.name", "x");
  expect(fieldErrorsMessage([name])).toBe("metadata.name: Required value: x");
  expect(fieldErrorsMessage([name, name, required("spec")])).toBe(
    "[metadata.name: Required value: x, spec: Required value]",
  );
});

test("Go's quoting, JSON and lengths", () => {
  expect(goQuote("é \u0000\u007f\u200b\u{1F600}\\")).toBe('"é \\x00\\x7f\\u200b😀\\\\"');
  expect(goJson({ a: "&", b: undefined, c: "\u2028" })).toBe('{"a":"\\u0026","c":"\\u2028"}');
  expect(Object.keys(sortedMap({ b: 1, a: 2, B: 3 }))).toEqual(["B", "a", "b"]);
  for (const text of ["", "abc", "é", "\u20ac", "😀x"]) expect(byteLength(text)).toBe(Buffer.byteLength(text));
});

const folder = referenceFolder();

interface RecordedCause {
  readonly reason?: string;
  readonly message: string;
  readonly field?: string;
}

/** Reads a recorded cause back into an error whose text can be made again. */
function errorOf(cause: RecordedCause): FieldError | undefined {
  const { field = "", message } = cause;
  const type = cause.reason as FieldError["type"];
  const title = fieldErrorBody({ type, field, badValue: 0 }).replace(/: 0$/, "");
  if (["FieldValueRequired", "FieldValueForbidden", "FieldValueTooLong", "FieldValueTooShort"].includes(type)) {
    return { type, field, detail: message.slice(title.length + 2) };
  }
  const value = /^: ("(?:[^"\\]|\\.)*"|-?\d+|true|false|null)(?:: ([\s\S]*))?$/.exec(message.slice(title.length));
  return value ? { type, field, badValue: JSON.parse(value[1] ?? "null"), detail: value[2] } : undefined;
}

describe.skipIf(!folder)("recorded causes", () => {
  const files = folder ? readdirSync(join(folder, "errors")).filter((file) => file !== "_crds.json") : [];
  const causes = files.flatMap((file) => {
    const cases = JSON.parse(readFileSync(join(folder ?? "", "errors", file), "utf8")) as readonly {
      response: { body: { details?: { causes?: readonly RecordedCause[] } } };
    }[];
    return cases.flatMap((one) => one.response.body?.details?.causes ?? []);
  });

  test("print again as recorded", () => {
    let printed = 0;
    for (const cause of causes) {
      const error = cause.reason?.startsWith("FieldValue") ? errorOf(cause) : undefined;
      if (!error) continue;
      expect(toCause(error)).toEqual(cause);
      printed++;
    }
    expect(printed).toBeGreaterThan(150);
  });
});
