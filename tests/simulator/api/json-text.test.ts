import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readJson } from "../../../simulator/api/json-text.ts";

const errorOf = (text: string) => {
  const read = readJson(text);
  return read.ok ? "none" : read.error;
};

describe("JSON as Go reads it", () => {
  it.each([
    ["", "unexpected end of JSON input"],
    ['{"a":1,', "unexpected end of JSON input"],
    ['{"a"', "unexpected end of JSON input"],
    ["[{", "unexpected end of JSON input"],
    ["{x", "invalid character 'x' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ["metadata:", "invalid character 'm' looking for beginning of value"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ["[1 2]", "invalid character '2' after array element"],
    ["[1,]", "invalid character ']' looking for beginning of value"],
    ["{} x", "invalid character 'x' after top-level value"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\\q"', "invalid character 'q' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ["trie", "invalid character 'i' in literal true (expecting 'u')"],
    ["-a", "invalid character 'a' in numeric literal"],
    ["1.a", "invalid character 'a' after decimal point in numeric literal"],
    ["1ea", "invalid character 'a' in exponent of numeric literal"],
    ["01", "invalid character '1' after top-level value"],
    ["é", "invalid character 'Ã' looking for beginning of value"],
    ["'", "invalid character '\\'' looking for beginning of value"],
  ])("%s: %s", (text, error) => expect(errorOf(text)).toBe(error));

  it("takes what JavaScript takes, and refuses what it refuses", () => {
    const text = fc.oneof(fc.json(), fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ 1-.etrufalsn') }));
    fc.assert(
      fc.property(text, (json) => {
        let parsed: { value: unknown } | undefined;
        try {
          parsed = { value: JSON.parse(json) };
        } catch {
          parsed = undefined;
        }
        const read = readJson(json);
        expect(read.ok).toBe(parsed !== undefined);
        if (read.ok) expect(read.value.value).toEqual(parsed?.value);
      }),
    );
  });

  it("finds keys that stand twice, by their path", () => {
    const read = readJson('{"a":{"b":1,"b":2},"l":[{"c":1},{"c":1,"d":[],"c":{"e":0}}],"a":{}}');
    expect(read.ok && read.value.duplicates).toEqual(["a.b", "l[1].c", "a"]);
  });

  it("goes no deeper than Go", () => {
    expect(errorOf("[".repeat(20_000))).toBe("exceeded max depth");
    expect(errorOf(`${"[".repeat(9_000)}${"]".repeat(9_000)}`)).toBe("none");
  });
});
