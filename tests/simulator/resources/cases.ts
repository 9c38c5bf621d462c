import { readFileSync } from "node:fs";
import { join } from "node:path";
import { badRequest, type Status } from "../../../simulator/api/errors.ts";
import type { Kind } from "../../../simulator/api/kind.ts";
import { formatTime } from "../../../simulator/api/meta/time.ts";
import type { KubeObject } from "../../../simulator/api/object.ts";
import { Operations, type Writer } from "../../../simulator/api/operations.ts";
import { decodeObject } from "../../../simulator/api/schema/decode.ts";
import { schemaWith } from "../../../simulator/api/schema/schema.ts";
import { Store } from "../../../simulator/api/store.ts";
import { cloneJson, deepFreeze, type JsonObject } from "../../../simulator/base/json.ts";
import { fail, ok, type Result } from "../../../simulator/base/result.ts";
import { kinds } from "../../../simulator/resources/registry.ts";
import { Random } from "../../../simulator/time/random.ts";
import { referenceFolder } from "../../reference.ts";

/** The moment at which all test writes happen. */
export const NOW_MS = Date.parse("2026-11-22T10:00:00Z");

type Part = "" | "status";
export type Json = { [key: string]: unknown };

/** Reads one file of the recordings, or nothing where they are not at hand. */
export function readCases<T>(file: string): readonly T[] {
  const folder = referenceFolder();
  return folder === undefined ? [] : (JSON.parse(readFileSync(join(folder, file), "utf8")) as readonly T[]);
}

export function readJson<T>(file: string): T | undefined {
  const folder = referenceFolder();
  return folder === undefined ? undefined : (JSON.parse(readFileSync(join(folder, file), "utf8")) as T);
}

/** An API server's inner part with all kinds: decoding, defaults, and the operations, without admission. */
export class Bench {
  readonly warnings: string[] = [];
  readonly store = new Store();
  readonly operations: Operations;
  readonly #writer: Writer = { user: "test", trusted: false, warn: (text) => void this.warnings.push(text) };

  constructor(seed = 1) {
    for (const kind of kinds.all) this.store.add(kind.ref, { ...kind.indexes });
    const random = new Random(seed).stream("apiserver");
    this.operations = new Operations({ store: this.store, admission: [], random, nowMs: () => NOW_MS, formatTime });
  }

  create(kind: Kind, input: Json, namespace: string | undefined): Result<KubeObject, Status> {
    const decoded = this.decode(kind, input, namespace);
    return decoded.ok ? this.operations.create(kind, decoded.value, this.#writer) : decoded;
  }

  update(kind: Kind, key: string, change: (old: KubeObject) => Result<KubeObject, Status>, subresource: Part = "") {
    return this.operations.update(kind, key, change, this.#writer, subresource);
  }

  /** A merge patch as the server applies it: merged, defaulted, written. */
  mergePatch(kind: Kind, key: string, patch: Json): Result<KubeObject, Status> {
    return this.update(kind, key, (old) => this.decode(kind, merged(old as unknown as Json, patch), undefined));
  }

  delete(kind: Kind, key: string) {
    return this.operations.delete(kind, key, {}, this.#writer);
  }

  /** The object that a body stands for, decoded and defaulted, or the server's 400. */
  decode(kind: Kind, input: Json, namespace: string | undefined): Result<KubeObject, Status> {
    const apiVersion = kind.ref.group === "" ? kind.ref.version : `${kind.ref.group}/${kind.ref.version}`;
    const body = { apiVersion, kind: kind.ref.kind, ...input } as JsonObject;
    const decoded = decodeObject(kind.type ?? kind.ref.kind, body, {
      kind: kind.ref.kind,
      version: apiVersion,
      fieldValidation: "Strict",
      ...(kind.types && { schema: schemaWith(kind.types) }),
    });
    if (!decoded.ok) return fail(badRequest(decoded.error));
    const object = cloneJson(decoded.value.object) as Json & { metadata?: Json };
    object.metadata = { ...object.metadata, ...(namespace !== undefined && { namespace }) };
    kind.defaults?.(object as never);
    return ok(deepFreeze(object) as unknown as KubeObject);
  }
}

function merged(old: Json, patch: Json): Json {
  const result: Json = { ...old };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (typeof value === "object" && !Array.isArray(value)) {
      result[key] = merged((result[key] ?? {}) as Json, value as Json);
    } else result[key] = value;
  }
  return result;
}

/** The kind and names that a request's path is about. */
export function target(path: string): { kind: Kind | undefined; namespace: string | undefined; name: string } {
  const parts = path.split("/").filter(Boolean);
  const rest = parts.slice(parts[0] === "api" ? 2 : 3);
  const group = parts[0] === "api" ? "" : (parts[1] ?? "");
  const namespaced = rest[0] === "namespaces" && rest.length > 2;
  const [plural = "", name = ""] = namespaced ? rest.slice(2) : rest;
  const kind = kinds.get(group === "" ? plural : `${plural}.${group}`);
  return { kind, namespace: namespaced ? rest[1] : undefined, name };
}

const MASK = /<[A-Z]+[0-9]*>|xxxxx/;

/** Whether an answer is the recorded one, where the recording's masks stand for any text. */
export function matches(recorded: unknown, actual: unknown): boolean {
  if (typeof recorded === "string" && MASK.test(recorded)) {
    const pattern = recorded.split(MASK).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${pattern.join("[\\s\\S]+")}$`).test(String(actual));
  }
  if (Array.isArray(recorded)) {
    return (
      Array.isArray(actual) &&
      actual.length === recorded.length &&
      recorded.every((item, at) => matches(item, actual[at]))
    );
  }
  if (typeof recorded !== "object" || recorded === null) return recorded === actual;
  if (typeof actual !== "object" || actual === null || Array.isArray(actual)) return false;
  const left = recorded as Json;
  const right = actual as Json;
  const keys = new Set([...Object.keys(left), ...Object.keys(right).filter((key) => right[key] !== undefined)]);
  return [...keys].every((key) => key in left && matches(left[key], right[key]));
}

/** An object as it is compared: without what the field manager adds, which is the server's. */
export function comparable(object: unknown): Json {
  const { metadata, ...rest } = object as Json & { metadata: Json };
  const { managedFields: _, ...kept } = metadata;
  return { ...rest, metadata: kept };
}

/** The text of a recorded Warning header: `299 - "text"`, with the quoting undone. */
export function warningText(header: string): string {
  return JSON.parse(header.slice("299 - ".length)) as string;
}
