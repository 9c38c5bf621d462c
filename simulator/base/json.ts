/** JSON as values: what crosses the API, what a snapshot holds. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** A deep-mutable copy's type: what defaulting and decoding work on before the object is frozen. */
export type Draft<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? Draft<Item>[]
    : { -readonly [Key in keyof T]: Draft<T[Key]> };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Freezes a value and all that it holds; what is frozen already is not walked again. */
export function deepFreeze<T>(value: T): T {
  if (isThawed(value)) freezeAll(value);
  return value;
}

function isThawed(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Object.isFrozen(value);
}

function freezeAll(value: object): void {
  Object.freeze(value);
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) if (isThawed(value[at])) freezeAll(value[at]);
    return;
  }
  for (const key in value) {
    const item: unknown = (value as JsonObject)[key];
    if (isThawed(item)) freezeAll(item);
  }
}

/** Sets a key of a plain object; `__proto__`, a fair key of a ConfigMap, becomes a key like any other. */
export function setOwn<T>(target: Record<string, T>, key: string, value: T): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[key] = value;
  }
}

/** A deep, mutable copy of JSON. */
export function cloneJson<T>(value: T): Draft<T> {
  if (Array.isArray(value)) return value.map((item) => cloneJson(item)) as Draft<T>;
  if (typeof value === "object" && value !== null) {
    const copy: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) if (item !== undefined) setOwn(copy, key, cloneJson(item));
    return copy as Draft<T>;
  }
  return value as Draft<T>;
}

/** Deep equality of JSON values; a key whose value is undefined counts as absent (Go's omitempty on our side). */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let at = 0; at < a.length; at++) if (!equalJson(a[at], b[at])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key in left) if (!equalJson(left[key], right[key])) return false;
  for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false;
  return true;
}

/** One text for one value, whatever the order of its keys: for hashes and comparisons of runs. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (isObject(value)) {
    const parts: string[] = [];
    for (const key of Object.keys(value).sort()) {
      if (value[key] !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(value[key])}`);
    }
    return `{${parts.join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}
