import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  matchesFields,
  parseFieldSelector,
  requiredFieldValue,
} from "../../../../simulator/api/meta/field-selector.ts";
import {
  EVERYTHING,
  formatLabelSelector,
  formatSelector,
  labelSelectorMatches,
  matchesLabels,
  NOTHING,
  selectorFromLabelSelector,
  selectorFromMap,
} from "../../../../simulator/api/meta/labels.ts";
import { parseLabelSelector } from "../../../../simulator/api/meta/selector-parser.ts";
import { referenceFolder } from "../../../reference.ts";

test.each([
  ["", ""],
  ["  a = b ", "a=b"],
  ["a==b,c!=d", "a==b,c!=d"],
  ["c in (z, y,y),a", "a,c in (y,z)"],
  ["x notin ()", "x notin ()"],
  ["x in (a,)", "x in (,a)"],
  ["!x,y>3,z<4", "!x,y>3,z<4"],
  ["a=", "a="],
  ["in in (in)", "in in (in)"],
  ["a=,b", "a=,b"],
])("%o reads as %o", (text, formatted) => {
  const parsed = parseLabelSelector(text);
  expect(parsed.ok && formatSelector(parsed.value)).toBe(formatted);
});

test.each([
  ["a===b", "unable to parse requirement: found '=', expected: identifier"],
  ["a in (b", "unable to parse requirement: found '', expected: ',' or ')'"],
  ["a in b", "unable to parse requirement: found 'b' expected: '('"],
  ["a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ["!", "unable to parse requirement: found '', expected: identifier"],
  ["a,", "found '', expected: identifier after ','"],
  [",a", "found ',', expected: !, identifier, or 'end of string'"],
  ["!a=b", "found '=', expected: ',' or 'end of string'"],
  ["a in (!)", "unable to parse requirement: found '!', expected: ',', ')' or identifier"],
  [
    "a>x",
    `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
  ],
])("%o is refused", (text, error) => {
  expect(parseLabelSelector(text)).toEqual({ ok: false, error });
});

test("bad keys and values are named", () => {
  const key = parseLabelSelector("-a=b");
  expect(!key.ok && key.error).toMatch(
    /^unable to parse requirement: <nil>: Invalid value: "-a": name part must consist/,
  );
  const value = parseLabelSelector("a=b@");
  expect(!value.ok && value.error).toMatch(
    /^unable to parse requirement: values\[0\]\[a\]: Invalid value: "b@": a valid label/,
  );
});

test.each([
  ["a=b", { a: "b" }, true],
  ["a=b", { a: "c" }, false],
  ["a=b", {}, false],
  ["a!=b", {}, true],
  ["a!=b", { a: "b" }, false],
  ["a in (b,c)", { a: "c" }, true],
  ["a notin (b,c)", { a: "c" }, false],
  ["a notin (b)", {}, true],
  ["a", { a: "" }, true],
  ["!a", { a: "" }, false],
  ["!a", {}, true],
  ["a>3", { a: "4" }, true],
  ["a<3", { a: "4" }, false],
  ["a>3", { a: "x" }, false],
  ["constructor", {}, false],
  ["!constructor", {}, true],
])("%o on %o: %o", (text, labels, expected) => {
  const parsed = parseLabelSelector(text);
  expect(parsed.ok && matchesLabels(parsed.value, labels)).toBe(expected);
});

test("LabelSelector objects", () => {
  const selector = Object.freeze({
    matchLabels: { app: "web" },
    matchExpressions: [
      { key: "tier", operator: "In", values: ["a", "b"] },
      { key: "old", operator: "DoesNotExist" },
    ],
  });
  expect(labelSelectorMatches(selector, { app: "web", tier: "b" })).toBe(true);
  expect(labelSelectorMatches(selector, { app: "web", tier: "c" })).toBe(false);
  expect(labelSelectorMatches(selector, { app: "web", tier: "a", old: "" })).toBe(false);
  expect(selectorFromLabelSelector(selector)).toBe(selectorFromLabelSelector(selector));
  expect(formatLabelSelector(selector)).toBe("app=web,!old,tier in (a,b)");
  expect(formatLabelSelector({})).toBe("<none>");
  expect(formatLabelSelector({ matchExpressions: [{ key: "a", operator: "Like" }] })).toBe("<error>");
  expect(selectorFromLabelSelector(undefined)).toEqual({ ok: true, value: NOTHING });
  expect(selectorFromLabelSelector({})).toEqual({ ok: true, value: EVERYTHING });
  expect(matchesLabels(NOTHING, {})).toBe(false);
  expect(matchesLabels(selectorFromMap({ a: "1" }), { a: "1", b: "2" })).toBe(true);
});

test("field selectors", () => {
  const parsed = parseFieldSelector("metadata.name=a\\,b,status.phase!=Running,,spec.nodeName==n");
  expect(parsed).toEqual({
    ok: true,
    value: [
      { field: "metadata.name", value: "a,b", equal: true },
      { field: "spec.nodeName", value: "n", equal: true },
      { field: "status.phase", value: "Running", equal: false },
    ],
  });
  const terms = parsed.ok ? parsed.value : [];
  const values: Record<string, string> = { "metadata.name": "a,b", "spec.nodeName": "n", "status.phase": "Pending" };
  expect(matchesFields(terms, (field) => values[field] ?? "")).toBe(true);
  expect(matchesFields(terms, () => "Running")).toBe(false);
  expect(requiredFieldValue(terms, "spec.nodeName")).toBe("n");
  expect(requiredFieldValue(terms, "status.phase")).toBeUndefined();
});

test.each([
  ["x", "invalid selector: 'x'; can't understand 'x'"],
  ["a=b=c", "invalid field selector: unescaped character in value: 61"],
  ["a=b\\c", "invalid field selector: invalid escape sequence: \\c"],
  ["a=b\\", "invalid field selector: invalid escape sequence: \\"],
])("field selector %o is refused", (text, error) => {
  expect(parseFieldSelector(text)).toEqual({ ok: false, error });
});

const folder = referenceFolder();

describe.skipIf(!folder)("recorded selector errors", () => {
  const cases = folder
    ? (JSON.parse(readFileSync(join(folder, "errors/selector.json"), "utf8")) as readonly {
        name: string;
        request: { query: string };
        response: { body: { message: string } };
      }[])
    : [];
  const parseable = cases.flatMap((one) => {
    const query = new URLSearchParams(one.request.query);
    const label = query.get("labelSelector");
    const field = query.get("fieldSelector");
    const parsed = label === null ? parseFieldSelector(field ?? "") : parseLabelSelector(label);
    // Which fields a resource knows is not the parser's business.
    return one.response.body.message.includes("field label") || one.response.body.message.includes("known field")
      ? []
      : [{ name: one.name, parsed, message: one.response.body.message }];
  });

  test.each(parseable)("$name", ({ parsed, message }) => {
    expect(parsed).toEqual({ ok: false, error: message });
  });
});
