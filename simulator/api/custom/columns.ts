import type { JsonValue } from "../../base/json.ts";
import type { Column } from "../kind.ts";
import { humanDuration } from "../meta/duration.ts";
import { goJson } from "../meta/go-text.ts";
import { timeOf } from "../meta/time.ts";
import type { KubeObject } from "../object.ts";
import type { CustomResourceColumnDefinition } from "../schema/generated/types.ts";
import { readJsonPath } from "./json-path.ts";

const NAME: Column<KubeObject> = {
  name: "Name",
  type: "string",
  format: "name",
  description: { type: "ObjectMeta", field: "name" },
  priority: 0,
  cell: ({ metadata }) => metadata.name,
};

const AGE: Column<KubeObject> = {
  name: "Age",
  type: "date",
  description: { type: "ObjectMeta", field: "creationTimestamp" },
  priority: 0,
  cell: ({ metadata }, nowEpochMs) => cellOf("date", metadata.creationTimestamp, nowEpochMs),
};

// Models apiextensions-apiserver pkg/registry/customresource/tableconvertor
/** The columns of a Table of custom resources: the name, then those of the definition, or the age. */
export function columnsOf(definitions: readonly CustomResourceColumnDefinition[] = []): readonly Column<KubeObject>[] {
  return [NAME, ...(definitions.length === 0 ? [AGE] : definitions.map(columnOf))];
}

function columnOf(definition: CustomResourceColumnDefinition): Column<KubeObject> {
  const { name, type, format, description, priority, jsonPath } = definition;
  const read = readJsonPath(jsonPath);
  return {
    name,
    type: type as Column<KubeObject>["type"],
    ...(format && { format }),
    description: description ?? `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    priority: (priority ?? 0) as 0 | 1,
    cell: (object, nowEpochMs) => cellOf(type, read(object as unknown as JsonValue)[0], nowEpochMs),
  };
}

// Models cellForJSONValue
function cellOf(type: string, value: JsonValue | undefined, nowEpochMs: number): JsonValue {
  if (value === undefined || value === null) return null;
  switch (type) {
    case "integer":
      return typeof value === "number" ? Math.trunc(value) : null;
    case "number":
      return typeof value === "number" ? value : null;
    case "boolean":
      return typeof value === "boolean" ? value : null;
    case "date": {
      const epochMs = typeof value === "string" ? timeOf(value) : undefined;
      return epochMs === undefined ? "<invalid>" : humanDuration(nowEpochMs - epochMs);
    }
    case "string":
      return typeof value === "string" ? value : goJson(value);
    default:
      return null;
  }
}
