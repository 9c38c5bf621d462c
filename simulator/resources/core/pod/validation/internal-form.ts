import { sortedMap } from "../../../../api/meta/go-text.ts";
import type { PodSpec } from "../../../../api/schema/generated/types.ts";
import { INTERNAL_TYPES } from "./internal-types.ts";

/** One field of an internal type. */
interface InternalField {
  readonly goName: string;
  readonly jsonName: string;
  readonly type: string;
  /** An embedded API type: its fields are printed among those of the type around it. */
  readonly spread: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

const parsed = new Map<string, readonly InternalField[]>();

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function fieldsOf(type: string): readonly InternalField[] {
  const known = parsed.get(type);
  if (known) return known;
  const fields = (INTERNAL_TYPES[type] ?? "").split(" ").flatMap((token): readonly InternalField[] => {
    const spread = token.startsWith("...");
    const [name = "", fieldType] = (spread ? token.slice(3) : token).split(":");
    if (fieldType === undefined) return fieldsOf(name);
    const [goName = "", jsonName = lowerFirst(goName)] = name.split("=");
    return [{ goName, jsonName, type: fieldType, spread }];
  });
  parsed.set(type, fields);
  return fields;
}

const ZERO: Readonly<Record<string, unknown>> = { s: "", n: 0, b: false, q: "0", i: 0 };

function formOf(type: string, value: unknown): unknown {
  if (type.startsWith("?")) return value === undefined || value === null ? null : formOf(type.slice(1), value);
  if (type.startsWith("[")) {
    const items = value as readonly unknown[] | undefined;
    return items?.map((item) => formOf(type.slice(1, -1), item)) ?? null;
  }
  if (type === "{}") return value ? sortedMap(value as Record<string, string>) : null;
  if (type === "json") return apiForm(value as Fields);
  return type in ZERO ? (value ?? ZERO[type]) : internalForm(type, value as Fields | undefined);
}

/** A label selector or metadata: printed as in the API, with its fields in the order of their type. */
function apiForm(value: Fields | undefined): Fields {
  const { matchLabels, matchExpressions, ...others } = value ?? {};
  const labels = matchLabels as Record<string, string> | undefined;
  return {
    ...(labels && { matchLabels: sortedMap(labels) }),
    ...(matchExpressions ? { matchExpressions } : {}),
    ...others,
  };
}

/** An API object as the API server's internal type of that name prints it: every field there, set or not. */
export function internalForm(type: string, object: object | undefined): Record<string, unknown> {
  const values = (object ?? {}) as Fields;
  const form: Record<string, unknown> = {};
  for (const { goName, jsonName, type: fieldType, spread } of fieldsOf(type)) {
    const value = formOf(fieldType, values[jsonName]);
    if (spread) Object.assign(form, value);
    else form[goName] = value;
  }
  return form;
}

/** As `internalForm`, for a pod's spec, whose security context holds more than the API's. */
export function internalPodSpec(spec: PodSpec): Record<string, unknown> {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers, securityContext } = spec;
  const host = { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers };
  return internalForm("PodSpec", { ...spec, securityContext: { ...host, ...securityContext } });
}

/** The fields of an object by their Go names, each with its name in errors and whether it is set. */
export function internalFields(type: string, object: object): readonly (readonly [string, string, boolean])[] {
  const form = internalForm(type, object);
  const empty = internalForm(type, undefined);
  return Object.keys(form).map((goName) => {
    const set = JSON.stringify(form[goName]) !== JSON.stringify(empty[goName]);
    return [goName, lowerFirst(goName), set];
  });
}
