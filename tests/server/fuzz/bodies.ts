import { schemaOf, typeOf } from "../../../simulator/api/incoming.ts";
import type { Kind } from "../../../simulator/api/kind.ts";
import type { FieldType, Schema } from "../../../simulator/api/schema/schema.ts";
import type { JsonValue } from "../../../simulator/index.ts";
import { SAMPLES } from "../../simulator/resources/samples.ts";
import type { Chance } from "./chance.ts";

type Draft = { [key: string]: JsonValue };

/** Texts that trip up: names of prototypes, wrong times and quantities, too long, not quite Unicode. */
const TEXTS = [
  "a",
  "b",
  "main",
  "web",
  "nginx:1.27",
  "default",
  "node-1",
  "Always",
  "10m",
  "1Gi",
  "-1",
  "1e400",
  "80%",
  "101%",
  "",
  " ",
  "\u0000",
  "\ud800",
  "🦆",
  "x".repeat(64),
  "x".repeat(300),
  "__proto__",
  "constructor",
  "toString",
  "../../etc",
  "A_B",
  "a.b.c",
  "/",
  "10.96.0.300",
  "::1",
  "2026-01-01T00:00:00Z",
  "2026-13-99T99:99:99Z",
  "null",
  "*/5 * * * *",
  "@every 1s",
  "61 * * * *",
  "self.x == 1",
  "(((((",
  "[a-z",
  "{.x[*]}",
  "TCP",
  "kubernetes.io/metadata.name",
  "bm90",
];
const NUMBERS = [0, 1, 2, 3, 30, 80, 443, 65535, 65536, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 1e308, 0.5];
const ANYTHING: readonly JsonValue[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  "",
  "x",
  [],
  {},
  [[]],
  [null],
  { a: null },
  [{}],
  { __: [] },
  JSON.parse('{"__proto__":{"polluted":true}}'),
  JSON.parse('{"constructor":{"prototype":{"polluted":true}}}'),
];

/** What may be in a request's body: mostly an object of the kind, more or less in order. */
export function bodyOf(chance: Chance, method: string, contentType: string, kind: Kind | undefined): JsonValue {
  const { pick, percent } = chance;
  if (percent(5)) return pick(NONSENSE);
  const value =
    method === "PATCH"
      ? patchOf(chance, contentType, kind)
      : method === "DELETE"
        ? options(chance)
        : objectOf(chance, kind);
  if (percent(60)) return value;
  const text = JSON.stringify(value);
  if (percent(70)) return text;
  // Cut off, with a letter too much, or with everything twice.
  const place = chance.below(text.length + 1);
  const broken = [
    text.slice(0, place),
    `${text.slice(0, place)}"${text.slice(place)}`,
    text.replace("{", '{"kind":"x","kind":"y",'),
  ];
  return pick(broken);
}

const NONSENSE: readonly JsonValue[] = [
  "",
  "{",
  "[",
  "nul",
  "\u0000\u0001",
  "k8s\u0000\u0001\u0002",
  "a: [b\n c: d",
  "a: &a [*a]",
  "- - - -",
  "%YAML 9.9\n---\n",
  "!!js/function x",
  "[".repeat(12_000),
  '{"a":'.repeat(12_000),
  "x".repeat(100_000),
  '"\\ud800"',
  "1e999",
  "{}{}",
  "a: 1\na: 2",
  "{<<: 3}",
  [],
  null,
  5,
  "true",
];

function options({ pick, percent }: Chance): JsonValue {
  return {
    kind: "DeleteOptions",
    apiVersion: "v1",
    ...(percent(50) && { propagationPolicy: pick(["Orphan", "Background", "Foreground", "x", 1]) }),
    ...(percent(30) && { gracePeriodSeconds: pick([0, 1, -1, 1e300, "x"]) }),
    ...(percent(20) && { preconditions: pick([{ uid: "x" }, { resourceVersion: "1" }, [], "x", null]) }),
    ...(percent(10) && { dryRun: pick([["All"], "All", ["x"], [1]]) }),
  };
}

function patchOf(chance: Chance, contentType: string, kind: Kind | undefined): JsonValue {
  const { pick, percent } = chance;
  if (!contentType.startsWith("application/json-patch") || percent(5)) return objectOf(chance, kind, percent(80));
  const path = () =>
    pick([
      "",
      "/",
      "/metadata/labels/a",
      "/metadata/name",
      "/spec",
      "/spec/replicas",
      "/spec/containers/0/image",
      "/a/-",
      "/a/01",
      "/~2",
      "/metadata/finalizers/-",
      "/__proto__/x",
      "/constructor",
      "/status",
      "/metadata/annotations",
      "x",
      "/metadata/managedFields",
    ]);
  const step = (): JsonValue => ({
    op: pick(["add", "remove", "replace", "move", "copy", "test", "x", ""]),
    path: percent(95) ? path() : pick(ANYTHING),
    ...(percent(40) && { from: path() }),
    ...(percent(70) && { value: anyValue(chance, 2) }),
  });
  return Array.from({ length: chance.below(5) + (percent(1) ? 10_001 : 0) }, step);
}

/** An object of a kind, with some of its fields; `isPart`: without what only whole objects need. */
function objectOf(chance: Chance, kind: Kind | undefined, isPart = false): JsonValue {
  const { percent } = chance;
  if (kind === undefined || percent(2)) return anyValue(chance, 3);
  const sample = SAMPLES[kind.ref.id];
  if (sample !== undefined && percent(60)) return nearly(chance, kind, sample as Draft);
  const { ref } = kind;
  const value = structOf(chance, schemaOf(kind), typeOf(kind), 0, isPart);
  if (!isPart || percent(50)) {
    value.apiVersion = percent(97) ? (ref.group === "" ? ref.version : `${ref.group}/${ref.version}`) : "x/v1";
    value.kind = percent(97) ? ref.kind : "X";
  } else {
    delete value.apiVersion;
    delete value.kind;
  }
  if (percent(isPart ? 20 : 97)) {
    const meta: Draft = percent(30) && isMap(value.metadata) ? { ...value.metadata } : {};
    value.metadata = {
      ...meta,
      ...(percent(95) && { name: percent(90) ? chance.pick(["a", "b"]) : chance.pick(TEXTS) }),
    };
  }
  if (percent(3)) value[chance.pick(TEXTS)] = anyValue(chance, 2);
  return value;
}

/** A good object, with a few fields that the kind has and that are wrong more often than not. */
function nearly(chance: Chance, kind: Kind, sample: Draft): JsonValue {
  const { ref } = kind;
  const apiVersion = ref.group === "" ? ref.version : `${ref.group}/${ref.version}`;
  const metadata = { ...(sample.metadata as Draft), ...(chance.percent(80) && { name: chance.pick(["a", "b"]) }) };
  let object: Draft = { apiVersion, kind: ref.kind, ...sample, metadata };
  const strange = structOf(chance, schemaOf(kind), typeOf(kind), 1, true);
  for (let count = chance.below(4); count > 0; count--) object = crossed(chance, object, strange);
  return object;
}

/** The first with one field, somewhere in it, as the second has it. */
function crossed(chance: Chance, object: Draft, other: Draft): Draft {
  const names = Object.keys(other).filter((name) => name !== "apiVersion" && name !== "kind");
  if (names.length === 0) return object;
  const name = chance.pick(names);
  const [mine, theirs] = [object[name], other[name] as JsonValue];
  if (isMap(mine) && isMap(theirs) && chance.percent(90)) return { ...object, [name]: crossed(chance, mine, theirs) };
  const [first] = Array.isArray(mine) ? mine : [];
  const [strange] = Array.isArray(theirs) ? theirs : [];
  if (isMap(first) && isMap(strange) && chance.percent(90))
    return { ...object, [name]: [crossed(chance, first, strange)] };
  return { ...object, [name]: theirs };
}

const MAX_DEPTH = 7;

function structOf(chance: Chance, schema: Schema, type: string, depth: number, isPart: boolean): Draft {
  const found: Draft = {};
  // Some objects are rich, some poor.
  const share = chance.pick(depth > 3 ? [5, 15] : [10, 25, 50]);
  for (const [name, field] of schema.struct(type)?.fields ?? []) {
    const wanted = field.required && !isPart ? 95 : depth === 0 ? 70 : share;
    if (depth < MAX_DEPTH && chance.percent(wanted))
      found[name] = fieldValue(chance, schema, field.type, depth + 1, isPart);
  }
  return found;
}

function fieldValue(chance: Chance, schema: Schema, type: FieldType, depth: number, isPart: boolean): JsonValue {
  const { pick, percent, below } = chance;
  if (percent(2)) return pick(ANYTHING);
  const inside = (item: FieldType) => fieldValue(chance, schema, item, depth + 1, isPart);
  switch (type.kind) {
    case "struct":
      return structOf(chance, schema, type.type, depth, isPart);
    case "list":
      return Array.from({ length: pick([0, 1, 1, 1, 2, 3]) + (percent(0.1) ? 500 : 0) }, () => inside(type.item));
    case "map": {
      const made: Draft = {};
      for (let count = below(3); count > 0; count--) made[pick(TEXTS)] = inside(type.item);
      return made;
    }
    case "boolean":
      return percent(50);
    case "int32":
    case "int64":
    case "double":
      return pick(NUMBERS);
    case "intstr":
      return percent(50) ? pick(NUMBERS) : pick(TEXTS);
    case "any":
      return anyValue(chance, 2);
    default:
      return pick(TEXTS);
  }
}

function anyValue(chance: Chance, depth: number): JsonValue {
  if (depth === 0 || chance.percent(60)) return chance.pick(chance.percent(50) ? ANYTHING : TEXTS);
  if (chance.percent(30)) return [anyValue(chance, depth - 1), anyValue(chance, depth - 1)];
  return { [chance.pick(TEXTS)]: anyValue(chance, depth - 1), spec: anyValue(chance, depth - 1) };
}

function isMap(value: JsonValue | undefined): value is Draft {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
