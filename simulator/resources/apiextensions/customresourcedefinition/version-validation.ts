import { findFieldPath } from "../../../api/custom/field-path.ts";
import type { JsonSchema } from "../../../api/custom/json-schema.ts";
import { child, duplicate, type FieldError, index, invalid, required, tooMany } from "../../../api/meta/field-error.ts";
import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinitionVersion,
  CustomResourceSubresources,
  SelectableField,
} from "../../../api/schema/generated/types.ts";

// Models apiextensions-apiserver pkg/apis/apiextensions/validation, the parts of a version

const COLUMN_TYPES = ["boolean", "date", "integer", "number", "string"];
const COLUMN_FORMATS = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];
const MAX_SELECTABLE_FIELDS = 8;
const MAX_WARNING_LENGTH = 256;

export function validateColumns(
  columns: readonly CustomResourceColumnDefinition[],
  path: string,
): readonly FieldError[] {
  return columns.flatMap((column, at) => validateColumn(column, index(path, at)));
}

function validateColumn({ name, type, format, jsonPath }: CustomResourceColumnDefinition, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!name) errors.push(required(child(path, "name"), ""));
  const types = `must be one of ${COLUMN_TYPES.join(",")}`;
  if (!type) errors.push(required(child(path, "type"), types));
  else if (!COLUMN_TYPES.includes(type)) errors.push(invalid(child(path, "type"), type, types));
  if (format && !COLUMN_FORMATS.includes(format)) {
    errors.push(invalid(child(path, "format"), format, `must be one of ${COLUMN_FORMATS.join(",")}`));
  }
  if (!jsonPath) errors.push(required(child(path, "JSONPath"), ""));
  else errors.push(...validateSimplePath(jsonPath, child(path, "JSONPath")));
  return errors;
}

function validateSimplePath(text: string, path: string): FieldError[] {
  return text.startsWith(".") ? [] : [invalid(path, text, "must be a simple json path starting with .")];
}

export function validateSubresources(subresources: CustomResourceSubresources | undefined, path: string): FieldError[] {
  const scale = subresources?.scale;
  if (scale === undefined) return [];
  const { labelSelectorPath } = scale;
  const errors = [
    ...validateScalePath(scale.specReplicasPath, ".spec", `${path}.scale.specReplicasPath`),
    ...validateScalePath(scale.statusReplicasPath, ".status", `${path}.scale.statusReplicasPath`),
  ];
  if (!labelSelectorPath) return errors;
  const at = `${path}.scale.labelSelectorPath`;
  const wrong = validateSimplePath(labelSelectorPath, at);
  if (wrong.length > 0) return [...errors, ...wrong];
  if (/^\.(spec|status)\./.test(labelSelectorPath)) return errors;
  return [...errors, invalid(at, labelSelectorPath, "should be a json path under either .spec or .status")];
}

function validateScalePath(text: string, root: string, path: string): FieldError[] {
  if (!text) return [required(path, "")];
  const wrong = validateSimplePath(text, path);
  if (wrong.length > 0) return wrong;
  return text.startsWith(`${root}.`) ? [] : [invalid(path, text, `should be a json path under ${root}`)];
}

export function validateDeprecation(
  { deprecated, deprecationWarning }: CustomResourceDefinitionVersion,
  path: string,
): FieldError[] {
  if (deprecationWarning === undefined) return [];
  const complain = (text: string) => invalid(child(path, "deprecationWarning"), deprecationWarning, text);
  if (deprecated !== true) return [complain("can only be set for deprecated versions")];
  const errors: FieldError[] = [];
  if (deprecationWarning.length > MAX_WARNING_LENGTH) errors.push(complain("must be <= 256 characters long"));
  if (deprecationWarning === "") errors.push(complain("must not be an empty string"));
  const at = [...deprecationWarning].findIndex((char) => !/[ \p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(char));
  if (at >= 0) {
    const text = `must only contain printable UTF-8 characters; non-printable character found at index ${at}`;
    errors.push(complain(text));
  }
  return errors;
}

export function validateSelectableFields(
  fields: readonly SelectableField[],
  schema: JsonSchema,
  path: string,
  mayBeMany: boolean,
): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [place, { jsonPath }] of fields.entries()) {
    const at = child(index(path, place), "jsonPath");
    if (!jsonPath) {
      errors.push(required(at, ""));
      continue;
    }
    const found = findFieldPath(jsonPath, schema, false);
    if (!found.ok) {
      errors.push(invalid(at, jsonPath, `is an invalid path: ${found.error}`));
      continue;
    }
    if (found.value.path.split(".")[0] === "metadata") {
      errors.push(invalid(at, jsonPath, "must not point to fields in metadata"));
    }
    if (!["string", "boolean", "integer"].includes(found.value.schema.type ?? "")) {
      const text =
        "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.";
      errors.push(invalid(at, jsonPath, text));
    }
    if (seen.has(found.value.path)) errors.push(duplicate(at, jsonPath));
    seen.add(found.value.path);
  }
  if (seen.size > MAX_SELECTABLE_FIELDS && !mayBeMany) errors.push(tooMany(path, seen.size, MAX_SELECTABLE_FIELDS));
  return errors;
}
