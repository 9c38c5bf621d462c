import { withDefaults } from "../../../api/custom/defaulting.ts";
import { isEmbedded, type JsonSchema, META_FIELDS } from "../../../api/custom/json-schema.ts";
import { validateListTypes } from "../../../api/custom/list-types.ts";
import { pruneValue } from "../../../api/custom/prune.ts";
import { validateAgainstSchema } from "../../../api/custom/validate.ts";
import { child, type FieldError, invalid, key } from "../../../api/meta/field-error.ts";
import { equalJson } from "../../../base/json.ts";

// Models apiextensions-apiserver pkg/apiserver/schema/defaulting validation.go
/** Defaults that would not be valid themselves. */
export function validateDefaults(schema: JsonSchema, path: string, isResource = true): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { default: fallback, items, properties = {} } = schema;
  const at = child(path, "default");
  if (fallback !== undefined) {
    if (!equalJson(pruneValue(fallback, schema), fallback)) {
      errors.push(invalid(at, fallback, "must not have unknown fields"));
    }
    const filled = withDefaults(fallback, schema);
    errors.push(...validateAgainstSchema(filled, schema, undefined, at), ...validateListTypes(filled, schema, at));
  }
  if (items !== undefined) errors.push(...validateDefaults(items, child(path, "items"), isEmbedded(items)));
  for (const [name, property] of Object.entries(properties)) {
    // Metadata has defaults of its own, which the schema may not set.
    if (isResource && META_FIELDS.includes(name)) continue;
    errors.push(...validateDefaults(property, key(child(path, "properties"), name), isEmbedded(property)));
  }
  return errors;
}
