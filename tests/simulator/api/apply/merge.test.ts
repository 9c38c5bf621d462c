import { describe, expect, it } from "vitest";
import { pathsOf } from "../../../../simulator/api/apply/field-set.ts";
import { goView } from "../../../../simulator/api/apply/go-view.ts";
import { mergeValues } from "../../../../simulator/api/apply/merge.ts";
import { pathText } from "../../../../simulator/api/apply/path-element.ts";
import { Shapes } from "../../../../simulator/api/apply/shapes.ts";
import { typeError } from "../../../../simulator/api/apply/validate.ts";
import { compare, fieldSetOf } from "../../../../simulator/api/apply/walk.ts";
import { builtinSchema, schemaWith } from "../../../../simulator/api/schema/schema.ts";
import type { JsonObject, JsonValue } from "../../../../simulator/base/json.ts";

const shapes = new Shapes(builtinSchema);

const pod = (spec: JsonObject): JsonObject => ({ spec });
const named = (...names: string[]) => names.map((name) => ({ name }));

describe("merging lists of containers", () => {
  it.each<[string, string[], string[], string[]]>([
    ["keeps what only the live list has", ["a", "b"], ["b"], ["a", "b"]],
    ["adds new items at the end", ["a"], ["b"], ["a", "b"]],
    ["takes the configuration's order of shared items", ["a", "b", "c"], ["c", "a"], ["b", "c", "a"]],
    ["keeps strangers where they stood between shared items", ["a", "x", "b"], ["a", "b"], ["a", "x", "b"]],
    ["puts new items before the shared ones that follow them", ["a", "b"], ["a", "n", "b"], ["a", "n", "b"]],
    ["takes all of a list that was not there", [], ["a", "b"], ["a", "b"]],
  ])("%s", (_, live, config, merged) => {
    const result = mergeValues(
      shapes,
      shapes.root("Pod"),
      pod({ containers: named(...live) }),
      pod({ containers: named(...config) }),
    );
    expect(result).toEqual(pod({ containers: named(...merged) }));
  });
});

describe("merging", () => {
  it.each<[string, JsonObject, JsonObject, JsonObject]>([
    ["fields of both", { a: "1" }, { b: "2" }, { a: "1", b: "2" }],
    ["the configuration's value of a shared field", { a: "1" }, { a: "2" }, { a: "2" }],
  ])("a map: %s", (_, live, config, merged) => {
    expect(mergeValues(shapes, shapes.root("ConfigMap"), { data: live }, { data: config })).toEqual({ data: merged });
  });

  it("replaces what is atomic", () => {
    const live = pod({ nodeSelector: { a: "1" }, tolerations: [{ key: "a" }] });
    const config = pod({ nodeSelector: { b: "2" }, tolerations: [{ key: "b" }] });
    expect(mergeValues(shapes, shapes.root("Pod"), live, config)).toEqual(config);
  });

  it("finds ports without a protocol by its default", () => {
    const live = { spec: { ports: [{ port: 80, protocol: "TCP", targetPort: 8080 }] } };
    const config = {
      spec: {
        ports: [
          { port: 80, targetPort: 9090 },
          { port: 80, protocol: "UDP" },
        ],
      },
    };
    expect(mergeValues(shapes, shapes.root("Service"), live, config)).toEqual({
      spec: {
        ports: [
          { port: 80, protocol: "TCP", targetPort: 9090 },
          { port: 80, protocol: "UDP" },
        ],
      },
    });
  });

  it("keeps a key named __proto__ a key", () => {
    const config = { data: JSON.parse('{"__proto__":"x"}') as JsonObject };
    const merged = mergeValues(shapes, shapes.root("ConfigMap"), { data: { a: "1" } }, config) as JsonObject;
    expect(Object.keys(merged.data as object).sort()).toEqual(["__proto__", "a"]);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});

describe("fields of a value", () => {
  it.each<[string, string, JsonObject, string[]]>([
    [
      "keyed items",
      "Pod",
      pod({ containers: [{ name: "a", image: "x" }] }),
      ['.spec.containers[name="a"]', '.spec.containers[name="a"].image', '.spec.containers[name="a"].name'],
    ],
    [
      "atomic maps, structs and lists as one",
      "Pod",
      pod({ nodeSelector: { a: "b" }, tolerations: [{}] }),
      [".spec.nodeSelector", ".spec.tolerations"],
    ],
    ["empty maps", "ConfigMap", { data: {} }, [".data"]],
    [
      "items of a set",
      "ConfigMap",
      { metadata: { finalizers: ["b", "a"] } },
      ['.metadata.finalizers[="a"]', '.metadata.finalizers[="b"]'],
    ],
    ["label selectors as one", "Deployment", { spec: { selector: { matchLabels: { a: "b" } } } }, [".spec.selector"]],
  ])("%s", (_, type, value, paths) => {
    expect(pathsOf(fieldSetOf(shapes, shapes.root(type), value)).map(pathText)).toEqual(paths);
  });
});

describe("comparing", () => {
  const changes = (type: string, before: JsonValue, after: JsonValue) => {
    const { added, modified, removed } = compare(shapes, shapes.root(type), before, after);
    const texts = [added, modified, removed].map((set) => pathsOf(set).map(pathText));
    return { added: texts[0], modified: texts[1], removed: texts[2] };
  };

  it("tells what came, changed and went", () => {
    expect(changes("ConfigMap", { data: { a: "1", b: "1" } }, { data: { b: "2", c: "1" } })).toEqual({
      added: [".data.c"],
      modified: [".data.b"],
      removed: [".data.a"],
    });
  });

  it("counts a container that is new with all that it has", () => {
    expect(changes("Pod", pod({}), pod({ containers: named("a") })).added).toEqual([
      ".spec.containers",
      '.spec.containers[name="a"]',
      '.spec.containers[name="a"].name',
    ]);
  });

  it("does not mind the order of keyed items", () => {
    const none = { added: [], modified: [], removed: [] };
    expect(changes("Pod", pod({ containers: named("a", "b") }), pod({ containers: named("b", "a") }))).toEqual(none);
  });

  it("owns items that stand twice as one", () => {
    const twice = pod({ containers: [{ name: "a" }, { name: "a", env: [{ name: "X" }] }] });
    expect(changes("Pod", pod({ containers: [] }), twice).added).toEqual(['.spec.containers[name="a"]']);
  });

  it("goes into free-form values, whatever their shape is", () => {
    const schema = schemaWith({ Free: { spec: "any" } });
    const free = new Shapes(schema);
    const { added, modified } = compare(free, free.root("Free"), { spec: { a: 1 } }, { spec: { a: { b: 1 }, c: [1] } });
    expect(pathsOf(modified).map(pathText)).toEqual([".spec.a"]);
    expect(pathsOf(added).map(pathText)).toEqual([".spec.c", ".spec.a.b"]);
  });
});

describe("zero values of Go", () => {
  it("are there where Go would show them", () => {
    expect(goView(builtinSchema, "Deployment", {})).toEqual({
      metadata: {},
      spec: { selector: null, template: { metadata: {}, spec: { containers: null } }, strategy: {} },
      status: {},
    });
  });
});

describe("configurations that do not fit the type", () => {
  it.each<[string, string, JsonObject, string | undefined]>([
    ["none", "ConfigMap", { metadata: { name: "a" }, data: { a: "1" } }, undefined],
    ["null anywhere", "Deployment", { spec: null, metadata: { labels: null } }, undefined],
    ["an unknown field", "ConfigMap", { colour: "x" }, ".colour: field not declared in schema"],
    ["a text for a map", "ConfigMap", { data: "x" }, ".data: expected map, got &{x}"],
    ["a map for a list", "Pod", pod({ containers: { a: 1 } }), ".spec.containers: expected list, got &{map[a:1]}"],
    [
      "a text for a number",
      "Deployment",
      { spec: { replicas: "3" } },
      ".spec.replicas: expected numeric (int or float), got string",
    ],
    [
      "a number for a text",
      "ConfigMap",
      { data: { a: 1 } },
      ".data.a: expected string, got &value.valueUnstructured{Value:1}",
    ],
    ["a text for a boolean", "ConfigMap", { immutable: "yes" }, ".immutable: expected boolean, got &{yes}"],
    [
      "any scalar for a quantity",
      "Pod",
      pod({ containers: [{ name: "a", resources: { limits: { cpu: 1 } } }] }),
      undefined,
    ],
    [
      "a map for a quantity",
      "Pod",
      pod({ overhead: { cpu: {} } }),
      ".spec.overhead.cpu: expected any scalar, got &{map[]}",
    ],
    [
      "a container twice",
      "Pod",
      pod({ containers: named("a", "a") }),
      '.spec.containers: duplicate entries for key [name="a"]',
    ],
    [
      "a container without a name",
      "Pod",
      pod({ containers: [{ image: "x" }] }),
      '.spec.containers: element 0: associative list with keys has an element that omits all key fields ["name"] (and doesn\'t have default values for any key fields)',
    ],
    [
      "several",
      "ConfigMap",
      { data: "x", immutable: "y" },
      "errors:\n  .data: expected map, got &{x}\n  .immutable: expected boolean, got &{y}",
    ],
  ])("%s", (_, type, value, error) => {
    expect(typeError(shapes, shapes.root(type), value)).toBe(error);
  });
});
