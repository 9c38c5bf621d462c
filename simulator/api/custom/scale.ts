import { isObject, type JsonObject, type JsonValue, setOwn } from "../../base/json.ts";
import type { ScaleFields } from "../kind.ts";
import { type FieldError, invalid } from "../meta/field-error.ts";
import { goPlain } from "../meta/go-text.ts";
import type { KubeObject } from "../object.ts";
import type { CustomResourceSubresourceScale } from "../schema/generated/types.ts";

const MAX_INT32 = 2 ** 31 - 1;

function pathOf(text: string): readonly string[] {
  return text.replace(/^\./, "").split(".");
}

function readAt(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((found, key) => (isObject(found) ? found[key] : undefined), value);
}

function writeAt(value: JsonValue | undefined, path: readonly string[], what: JsonValue): JsonObject {
  const [key = "", ...rest] = path;
  const map = isObject(value) ? value : {};
  const copy: Record<string, JsonValue | undefined> = { ...map };
  setOwn(copy, key, rest.length === 0 ? what : writeAt(map[key], rest, what));
  return copy;
}

const asJson = (object: KubeObject): JsonObject => object as unknown as JsonObject;

/** Where a definition says that the numbers of the scale subresource are. */
export function scaleFieldsOf(scale: CustomResourceSubresourceScale): ScaleFields<KubeObject> {
  const [spec, status] = [pathOf(scale.specReplicasPath), pathOf(scale.statusReplicasPath)];
  const selector = scale.labelSelectorPath ? pathOf(scale.labelSelectorPath) : undefined;
  const numberAt = (object: KubeObject, path: readonly string[]): number => {
    const found = readAt(asJson(object), path);
    return typeof found === "number" ? found : 0;
  };
  return {
    replicas: (object) => numberAt(object, spec),
    statusReplicas: (object) => numberAt(object, status),
    selector: (object) => {
      const found = selector && readAt(asJson(object), selector);
      return typeof found === "string" ? found : "";
    },
    withReplicas: (object, replicas) => writeAt(asJson(object), spec, replicas) as unknown as KubeObject,
  };
}

// Models apiextensions-apiserver pkg/registry/customresource validator.go ValidateScaleSpec
/** Problems of the numbers that scaling reads. */
export function validateScale(
  object: JsonObject,
  scale: CustomResourceSubresourceScale,
  part: "spec" | "status" | "both",
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (part !== "status") errors.push(...validateReplicas(object, scale.specReplicasPath));
  if (part === "spec") return errors;
  errors.push(...validateReplicas(object, scale.statusReplicasPath));
  const { labelSelectorPath } = scale;
  const selector = labelSelectorPath ? readAt(object, pathOf(labelSelectorPath)) : undefined;
  if (labelSelectorPath && selector !== undefined && typeof selector !== "string") {
    const text = `${labelSelectorPath} accessor error: ${goPlain(selector)} is of the type ${goType(selector)}, expected string`;
    errors.push(invalid(labelSelectorPath, "", text));
  }
  return errors;
}

function validateReplicas(object: JsonObject, path: string): readonly FieldError[] {
  const value = readAt(object, pathOf(path));
  if (value === undefined) return [];
  if (typeof value !== "number" || !Number.isInteger(value)) {
    const text = `${path} accessor error: ${goPlain(value)} is of the type ${goType(value)}, expected int64`;
    return [invalid(path, 0, text)];
  }
  if (value < 0) return [invalid(path, value, "should be a non-negative integer")];
  return value > MAX_INT32 ? [invalid(path, value, `should be less than or equal to ${MAX_INT32}`)] : [];
}

function goType(value: JsonValue): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "number") return "float64";
  if (typeof value === "boolean") return "bool";
  return typeof value === "object" ? "map[string]interface {}" : "string";
}
