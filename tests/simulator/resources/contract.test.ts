import { describe, expect, it } from "vitest";
import type { Kind } from "../../../simulator/api/kind.ts";
import { type KubeObject, keyOf } from "../../../simulator/api/object.ts";
import fields from "../../../simulator/api/schema/generated/fields.json" with { type: "json" };
import { builtinSchema } from "../../../simulator/api/schema/schema.ts";
import { cloneJson } from "../../../simulator/base/json.ts";
import { ok } from "../../../simulator/base/result.ts";
import { kinds } from "../../../simulator/resources/registry.ts";
import { Bench, type Json, NOW_MS } from "./cases.ts";
import { SAMPLES } from "./samples.ts";

/** What holds for every kind, also for those to come. */

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const SCALARS = [
  "string",
  "boolean",
  "int32",
  "int64",
  "double",
  "time",
  "microtime",
  "intstr",
  "bytes",
  "any",
  "quantity",
];

function namespaceFor(kind: Kind): string | undefined {
  return kind.namespaced ? "default" : undefined;
}

function createdSample(bench: Bench, kind: Kind): KubeObject {
  const sample = SAMPLES[kind.ref.id];
  if (sample === undefined) throw new Error(`tests/simulator/resources/samples.ts has no ${kind.ref.id}`);
  const created = bench.create(kind, sample, namespaceFor(kind));
  if (!created.ok) throw new Error(created.error.message);
  return created.value;
}

/** The sample without each of its parts in turn, and with that part empty. */
function torsos(sample: Json): { without: Json; emptied: Json }[] {
  return pathsOf(sample)
    .filter((path) => path[0] !== "metadata")
    .map((path) => ({ without: changed(sample, path, undefined), emptied: changed(sample, path, EMPTY) }));
}

const EMPTY = Symbol("empty");

function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]));
  return path.length === 0 ? below : [path, ...below];
}

function changed(value: Json, [key = "", ...rest]: readonly string[], to: undefined | typeof EMPTY): Json {
  const copy = cloneJson(value) as Json;
  if (rest.length > 0) copy[key] = changed(copy[key] as Json, rest, to);
  else if (to === EMPTY) copy[key] = emptyOf(copy[key]);
  else if (Array.isArray(copy)) copy.splice(Number(key), 1);
  else delete copy[key];
  return copy;
}

function emptyOf(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  return typeof value === "object" ? {} : typeof value === "number" ? 0 : "";
}

describe("the registry of kinds", () => {
  it("names each kind and each short name once", () => {
    const unique = (names: readonly string[]) =>
      expect(names.filter((name, at) => names.indexOf(name) < at)).toEqual([]);
    unique(kinds.all.map(({ ref }) => `${ref.group}/${ref.kind}`));
    unique(kinds.all.flatMap((kind) => [kind.ref.plural, ...(kind.shortNames ?? [])]));
  });

  it("finds a kind by the id of its resource", () => {
    for (const kind of kinds.all) expect(kinds.get(kind.ref.id)).toBe(kind);
  });
});

/** Kinds that are never stored have tests of their own. */
const STORED = kinds.all.filter(({ answer, compute }) => answer === undefined && compute === undefined);

describe.each(STORED.map((kind) => [kind.ref.id, kind] as const))("%s", (_id, kind) => {
  it("has field tables in which every type is known", () => {
    if (kind.types === undefined) {
      expect(fields).toHaveProperty(kind.type ?? "no type at all");
      return;
    }
    expect(kind.types).toHaveProperty(kind.ref.kind);
    const named = Object.values(kind.types).flatMap((type) => Object.values(type));
    const bare = named.map((type) => type.replace(/[![\]{}]/g, ""));
    const unknown = bare.filter(
      (type) => !SCALARS.includes(type) && !(type in fields) && !(type in (kind.types ?? {})),
    );
    expect(unknown).toEqual([]);
  });

  it("serves known verbs and says what its columns mean", () => {
    expect(kind.withoutVerbs?.filter((verb) => !VERBS.includes(verb)) ?? []).toEqual([]);
    expect(kind.singular).toBe(kind.ref.kind.toLowerCase());
    expect(kind.columns.some(({ name }) => name === "Name")).toBe(true);
    for (const { name, description } of kind.columns) {
      // A label, or the field of a known type whose documentation says it; for one column the real server has no words.
      if (kind.ref.id === "runtimeclasses.node.k8s.io" && name === "Handler") continue;
      if (typeof description === "string") expect(description.trim(), name).not.toBe("");
      else expect(builtinSchema.struct(description.type)?.fields.has(description.field), name).toBe(true);
    }
    const names = kind.columns.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("defaults an object once: a second time changes nothing", () => {
    const bench = new Bench();
    const once = bench.decode(kind, SAMPLES[kind.ref.id] ?? {}, namespaceFor(kind));
    if (!once.ok) throw new Error(once.error.message);
    const twice = cloneJson(once.value);
    kind.defaults?.(twice as never);
    expect(twice).toEqual(once.value);
  });

  it("creates, shows, keeps and deletes its sample without changing what it is given", () => {
    const bench = new Bench();
    // Everything that reaches the hooks is frozen: a hook that writes to it throws.
    const object = createdSample(bench, kind);
    const key = keyOf(object);
    for (const column of kind.columns) {
      expect(["string", "number", "boolean"]).toContain(typeof column.cell(object, NOW_MS));
    }
    for (const indexer of Object.values(kind.indexes ?? {})) {
      const values = indexer(object) ?? [];
      for (const value of typeof values === "string" ? [values] : values) expect(typeof value).toBe("string");
    }
    for (const select of Object.values(kind.selectableFields ?? {})) expect(typeof select(object)).toBe("string");

    const { revision } = bench.store;
    const same = bench.update(kind, key, (old) => bench.decode(kind, cloneJson(old) as never, undefined));
    expect(same.ok && same.value).toEqual(object);
    expect(bench.store.revision, "an update that changes nothing writes nothing").toBe(revision);

    const labelled = bench.mergePatch(kind, key, { metadata: { labels: { team: "a" } } });
    expect(labelled.ok).toBe(true);
    expect(labelled.ok && labelled.value.metadata.generation).toBe(object.metadata.generation);
    const deleted = bench.delete(kind, key);
    expect(deleted.ok || deleted.error.code === 403).toBe(true);
  });

  it("answers its sample with any one part missing or empty", () => {
    for (const { without, emptied } of torsos(SAMPLES[kind.ref.id] ?? {})) {
      for (const input of [without, emptied]) {
        const bench = new Bench();
        const created = bench.create(kind, input, namespaceFor(kind));
        if (!created.ok) expect([400, 422]).toContain(created.error.code);
        const other = new Bench();
        const key = keyOf(createdSample(other, kind));
        const updated = other.update(kind, key, () => other.decode(kind, input, namespaceFor(kind)));
        if (!updated.ok) expect([400, 422]).toContain(updated.error.code);
      }
    }
  });

  it("counts generations where it says so", () => {
    const object = createdSample(new Bench(), kind);
    expect(object.metadata.generation).toBe(kind.hasGeneration ? 1 : undefined);
  });

  it.runIf(kind.subresources?.status)("leaves the spec alone when the status is written", () => {
    const bench = new Bench();
    const object = createdSample(bench, kind) as KubeObject & { spec: unknown; status: unknown };
    const written = bench.update(kind, keyOf(object), (old) => ok({ ...old, spec: { gone: true } } as never), "status");
    expect(written.ok && (written.value as typeof object).spec).toEqual(object.spec);
  });
});
