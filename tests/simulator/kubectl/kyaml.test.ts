import { expect, it } from "vitest";
import { toKyaml } from "../../../simulator/kubectl/print/kyaml.ts";

it("lists of maps stand together, others line by line", () => {
  const value = { a: [{}], b: [[1], [2]], c: [{}, { a: 1 }], d: [1, "s", null, [], {}], e: 1e21 };
  expect(toKyaml(value)).toBe(`---
{
  a: [{}],
  b: [[
    1,
  ], [
    2,
  ]],
  c: [{}, {
    a: 1,
  }],
  d: [
    1,
    "s",
    null,
    [],
    {},
  ],
  e: 1e+21,
}
`);
});

it("strings of several lines begin below, and what is blank at their beginning is kept", () => {
  expect(toKyaml({ a: "one\ntwo", b: "  lead\n x\n", c: "\n" })).toBe(`---
{
  a: "\\
     one\\n\\
     two\\
    ",
  b: "\\
    \\  lead\\n\\
    \\ x\\n\\
    ",
  c: "\\
     \\n\\
    ",
}
`);
});

it.each(["1a", "1-2", "1_a", "1e", "2001-1", "v1.2", "a-b_c.d/e", "_a", "é", "tru"])(
  "the key %s needs no quotes",
  (key) => {
    expect(toKyaml({ [key]: 1 })).toBe(`---\n{\n  ${key}: 1,\n}\n`);
  },
);

it.each([
  "",
  "-",
  "b-",
  "a+b",
  "x y",
  "1",
  "1.5",
  "1e3",
  "0x1f",
  "1_0",
  "2001-01-01",
  "y",
  "No",
  "t",
  "null",
  "~",
  "NaN",
  "infinity",
  ".inf",
])("the key %j is quoted", (key) => {
  expect(toKyaml({ [key]: 1 })).toBe(`---\n{\n  ${JSON.stringify(key)}: 1,\n}\n`);
});
