import { describe, expect, it } from "vitest";
import { JsonPath, relaxedPath } from "../../../../simulator/kubectl/print/jsonpath.ts";

const LIST = {
  kind: "List",
  items: [
    { name: "a", size: 5, on: true, labels: { "x.y/z": "q" }, parts: [{ id: 1 }, { id: 2 }] },
    { name: "b", size: 30, labels: {}, parts: [{ id: 3 }], none: null },
    { name: "c", parts: [] },
  ],
};

const text = (template: string, strict = false) => new JsonPath(template, strict).print(LIST);

describe("kubectl's JSONPath", () => {
  it.each([
    ["{.items[0].name}", "a"],
    ["{.items[-1].name}", "c"],
    ["{.items[-2:].name}", "b c"],
    ["{.items[0:3:2].name}", "a c"],
    ["{.items[].name}", "a"],
    ["{.items[0,2].name}", "a c"],
    ["{.items[*]['name','size']}", "a b c 5 30"],
    ["{.items[0].labels.x\\.y/z}", "q"],
    ["{.items[?(@.size>5)].name}", "b"],
    ["{.items[?(@.on)].name}", "a"],
    ['{.items[?(@.name!="a")].name}', "b c"],
    ['{range .items[*]}{.name}{"\\t"}{range .parts[*]}{.id},{end}{"\\n"}{end}', "a\t1,2,\nb\t3,\nc\t\n"],
    ["{range .nope[*]}{.name}{end}rest", "rest"],
    ["{.items[1].none}", "null"],
    ["{.items[0].labels}", '{"x.y/z":"q"}'],
    ["{.kind} and {.kind}", "List and List"],
    ["{..id}", "1 2 3"],
  ])("%s is %s", (template, wanted) => {
    expect(text(template)).toBe(wanted);
  });

  it.each([
    ["{.items[3].name}", "array index out of bounds: index 3, length 3"],
    ["{.items[2:1]}", "starting index 2 is greater than ending index 1"],
    ["{.items[0:3:0]}", "step must be > 0"],
    ["{.kind[0]}", "string is not array or slice"],
    ["{kind}", "unrecognized identifier kind"],
    ["{end}", "not in range, nothing to end"],
    ["{.items[?(@.name==5)]}", "incompatible types for comparison"],
    ["{.items[?(@.parts[*].id==1)]}", "can only compare one element at a time"],
  ])("%s can't be carried out", (template, problem) => {
    expect(() => text(template)).toThrow(problem);
  });

  it.each([
    ["{.a", "unclosed action"],
    ['{.a["b"]}', 'invalid array index "b"'],
    ['{.a[?(@.b=="c" && @.d)]}', "unrecognized character in action: U+0026 '&'"],
    ['{"\\q"}', 'unquote string "\\q" error invalid syntax'],
    ["{....a}", "invalid multiple recursive descent"],
  ])("%s can't be read", (template, problem) => {
    expect(() => new JsonPath(template)).toThrow(problem);
  });

  it("misses keys only when told to", () => {
    expect(text("{.items[*].nope}")).toBe("");
    expect(() => text("{.items[*].nope}", true)).toThrow("nope is not found");
  });

  it("takes paths without braces", () => {
    expect(["a.b", ".a.b", "{a.b}", "{.a.b}"].map(relaxedPath)).toEqual(Array(4).fill("{.a.b}"));
    expect(() => relaxedPath("{a")).toThrow("unexpected path string");
  });
});
