/** The static types of CEL, with Kubernetes' opaque ones. */
export type CelType =
  | { readonly kind: Simple; readonly maxSize?: number }
  | { readonly kind: "list"; readonly item: CelType; readonly maxSize?: number; readonly listType?: ListType }
  | { readonly kind: "map"; readonly key: CelType; readonly value: CelType; readonly maxSize?: number }
  | { readonly kind: "optional"; readonly value: CelType }
  | { readonly kind: "type"; readonly of: CelType }
  | { readonly kind: "param"; readonly name: string }
  | { readonly kind: "opaque"; readonly name: string }
  | ObjectType;

/** An object whose fields are declared. `fields` are by their CEL name; `jsonNames` tells the JSON name where it differs. */
export interface ObjectType {
  readonly kind: "object";
  readonly name: string;
  readonly fields: ReadonlyMap<string, CelType>;
  readonly jsonNames?: ReadonlyMap<string, string>;
}

/** How equality and `+` treat a list that comes from a schema. */
export type ListType = { readonly kind: "set" } | { readonly kind: "map"; readonly keys: readonly string[] };

const SIMPLE = [
  "dyn",
  "null",
  "bool",
  "int",
  "uint",
  "double",
  "string",
  "bytes",
  "timestamp",
  "duration",
  "error",
] as const;

type Simple = (typeof SIMPLE)[number];

export const DYN: CelType = { kind: "dyn" };
export const NULL: CelType = { kind: "null" };
export const BOOL: CelType = { kind: "bool" };
export const INT: CelType = { kind: "int" };
export const UINT: CelType = { kind: "uint" };
export const DOUBLE: CelType = { kind: "double" };
export const STRING: CelType = { kind: "string" };
export const BYTES: CelType = { kind: "bytes" };
export const TIMESTAMP: CelType = { kind: "timestamp" };
export const DURATION: CelType = { kind: "duration" };
/** The type of what has an error already: it fits everywhere, so that one mistake is told once. */
export const ERROR: CelType = { kind: "error" };

export const listOf = (item: CelType, maxSize?: number): CelType => ({ kind: "list", item, maxSize });
export const mapOf = (key: CelType, value: CelType, maxSize?: number): CelType => ({
  kind: "map",
  key,
  value,
  maxSize,
});
export const optionalOf = (value: CelType): CelType => ({ kind: "optional", value });

/** A type as cel-go's messages print it. Models cel-go checker FormatCELType. */
export function formatType(type: CelType): string {
  switch (type.kind) {
    case "list":
      return `list(${formatType(type.item)})`;
    case "map":
      return `map(${formatType(type.key)}, ${formatType(type.value)})`;
    case "optional":
      return `optional_type(${formatType(type.value)})`;
    case "type":
      return `type(${formatType(type.of)})`;
    case "param":
    case "opaque":
    case "object":
      return type.name;
    case "error":
      return "!error!";
    default:
      return type.kind;
  }
}

/** Reads a type in the words of `formatType`: `list(string)`, `map(K, V)`, `kubernetes.Quantity`; capitals are parameters. */
export function parseType(text: string): CelType {
  const open = text.indexOf("(");
  if (open < 0) {
    const simple = SIMPLE.find((one) => one === text);
    if (simple !== undefined) return { kind: simple };
    return /^[A-Z]$/.test(text) ? { kind: "param", name: text } : { kind: "opaque", name: text };
  }
  const inner = splitTypes(text.slice(open + 1, -1)).map(parseType);
  const [first = DYN, second = DYN] = inner;
  switch (text.slice(0, open)) {
    case "list":
      return listOf(first);
    case "map":
      return mapOf(first, second);
    case "optional_type":
      return optionalOf(first);
    default:
      return { kind: "type", of: first };
  }
}

/** Splits `a, map(b, c)` at the outer commas. */
export function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const char of text) {
    if (char === "(") depth++;
    if (char === ")") depth--;
    if (char === "," && depth === 0) {
      parts.push(part.trim());
      part = "";
    } else part += char;
  }
  if (part.trim() !== "") parts.push(part.trim());
  return parts;
}

/** What the parameters of a signature stand for. */
export type Bindings = Map<string, CelType>;

const isLoose = ({ kind }: CelType): boolean => kind === "dyn" || kind === "error";

/**
 * Whether a value of type `given` may stand where `wanted` is declared; binds the parameters of `wanted`. `dyn` fits
 * everywhere and is decided when the expression runs. Models cel-go checker internalIsAssignable.
 */
export function isAssignable(wanted: CelType, given: CelType, bindings: Bindings): boolean {
  if (wanted.kind === "param") {
    const bound = bindings.get(wanted.name);
    if (bound === undefined || isLoose(bound) || bound.kind === "param") {
      bindings.set(wanted.name, given);
      return true;
    }
    if (isLoose(given)) return true;
    if (!isAssignable(bound, given, bindings)) return false;
    // An empty list's items may be anything until another list says what they are.
    if (isUnknownDeep(bound)) bindings.set(wanted.name, given);
    return true;
  }
  if (isLoose(wanted) || isLoose(given) || given.kind === "param") return true;
  if (wanted.kind !== given.kind) return given.kind === "null" && acceptsNull(wanted);
  switch (wanted.kind) {
    case "list":
      return given.kind === "list" && isAssignable(wanted.item, given.item, bindings);
    case "map":
      return (
        given.kind === "map" &&
        isAssignable(wanted.key, given.key, bindings) &&
        isAssignable(wanted.value, given.value, bindings)
      );
    case "optional":
      return given.kind === "optional" && isAssignable(wanted.value, given.value, bindings);
    case "opaque":
    case "object":
      return given.kind === wanted.kind && given.name === wanted.name;
    default:
      return true;
  }
}

/** Messages may be null in CEL; so may opaque types. */
function acceptsNull({ kind }: CelType): boolean {
  return kind === "object" || kind === "opaque" || kind === "timestamp" || kind === "duration";
}

function isUnknownDeep(type: CelType): boolean {
  if (type.kind === "param" || isLoose(type)) return true;
  if (type.kind === "list") return isUnknownDeep(type.item);
  if (type.kind === "map") return isUnknownDeep(type.key) || isUnknownDeep(type.value);
  return type.kind === "optional" && isUnknownDeep(type.value);
}

/** A signature's type with its parameters filled in; those that nothing bound are `dyn`. */
export function substitute(type: CelType, bindings: Bindings): CelType {
  switch (type.kind) {
    case "param":
      return bindings.get(type.name) ?? DYN;
    case "list":
      return { ...type, item: substitute(type.item, bindings) };
    case "map":
      return { ...type, key: substitute(type.key, bindings), value: substitute(type.value, bindings) };
    case "optional":
      return optionalOf(substitute(type.value, bindings));
    case "type":
      return { kind: "type", of: substitute(type.of, bindings) };
    default:
      return type;
  }
}

/** The one type of two branches or items, or undefined where they have none. */
export function joinTypes(a: CelType, b: CelType): CelType | undefined {
  if (isLoose(a) || isLoose(b)) return a.kind === "error" ? b : a.kind === "dyn" ? a : b;
  const bindings: Bindings = new Map();
  if (!isAssignable(a, b, bindings) && !isAssignable(b, a, bindings)) return undefined;
  return a.kind === "param" || a.kind === "null" || isUnknownDeep(a) ? b : a;
}
