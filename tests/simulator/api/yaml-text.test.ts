import { describe, expect, it } from "vitest";
import { readYaml } from "../../../simulator/api/yaml-text.ts";

/** What sigs.k8s.io/yaml says of these texts. */
const WRONG: readonly (readonly [string, string])[] = [
  ["a: [b\n c: d", "line 1: did not find expected ',' or ']'"],
  ["a: [", "line 1: did not find expected node content"],
  ["a: {b: c,", "line 1: did not find expected node content"],
  ["a: b: c", "mapping values are not allowed in this context"],
  ["a:\n\tb: c", "line 2: found character that cannot start any token"],
  ['a: "b', "found unexpected end of stream"],
  ["a: b\nc", "line 3: could not find expected ':'"],
  ["a: {b: c", "line 1: did not find expected ',' or '}'"],
  ["a: b\n  c: d", "line 2: mapping values are not allowed in this context"],
  ["a: 1\n b: 2", "line 2: mapping values are not allowed in this context"],
  ["- a\nb: c", "line 1: did not find expected '-' indicator"],
  ["a: &x b\nc: *y", "unknown anchor 'y' referenced"],
  ["a: %b", "found character that cannot start any token"],
  ["a: @b", "found character that cannot start any token"],
  ["key: [a, b", "line 1: did not find expected ',' or ']'"],
  ["a:\n  - b\n c: d", "line 2: did not find expected key"],
  ["spec:\n  containers:\n  - name: a\n    image: b\n   ports: 1", "line 4: did not find expected key"],
  ["}", "did not find expected node content"],
  ["a: |\n x\n  y\nb", "line 5: could not find expected ':'"],
  ["a:\n- b\n  c: d", "line 3: mapping values are not allowed in this context"],
  ["a: b\n- c", "line 1: did not find expected key"],
  ["a: [1, 2\nb: c", "line 1: did not find expected ',' or ']'"],
  ["a: {b: c, d: e\nf: g", "line 1: did not find expected ',' or '}'"],
  ['a: "x\\q"', "found unknown escape character"],
];

describe("YAML as Go reads it", () => {
  it.each(WRONG)("%j is refused in Go's words", (text, words) => {
    expect(readYaml(text)).toEqual({ ok: false, error: `yaml: ${words}` });
  });

  it.each([
    ["a: 1\na: 2", { a: 2 }, 'yaml: unmarshal errors:\n  line 2: key "a" already set in map'],
    [
      "x: 1\na:\n  b: 1\n  b: 2\nx: 3",
      { x: 3, a: { b: 2 } },
      'yaml: unmarshal errors:\n  line 4: key "b" already set in map\n  line 5: key "x" already set in map',
    ],
    ["---\na: b\n---\nc: d", { a: "b" }, undefined],
    [
      "a: 2026-01-01\nb: 2026-01-01T00:00:00Z\nc: yes",
      { a: "2026-01-01", b: "2026-01-01T00:00:00Z", c: true },
      undefined,
    ],
    ["1: a\ntrue: b", { 1: "a", true: "b" }, undefined],
  ])("%j is taken", (text, value, strictError) => {
    expect(readYaml(text)).toEqual({ ok: true, value: { value, strictError } });
  });

  it("refuses what JSON can't say", () => {
    expect(readYaml("a: .inf")).toEqual({ ok: false, error: "json: unsupported value: +Inf" });
  });
});
