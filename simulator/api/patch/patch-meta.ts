import { builtinSchema, type FieldType, type Schema } from "../schema/schema.ts";
import { PatchFailure } from "./patch-error.ts";

// Models apimachinery pkg/util/strategicpatch LookupPatchMeta

/** How a field's value merges, and the type below it. */
export interface PatchMeta {
  readonly type: FieldType;
  readonly strategy: "" | "merge" | "replace";
  readonly retainKeys: boolean;
  readonly mergeKey: string;
}

/** Finds the merge rules of fields; made once for a patch. */
export class PatchSchema {
  private readonly schema: Schema;

  constructor(schema: Schema = builtinSchema) {
    this.schema = schema;
  }

  /** The rules of a struct's field; a field that no type knows cannot be merged. */
  field(parent: FieldType, key: string): PatchMeta {
    if (parent.kind !== "struct") {
      // A free-form value is a struct in Go too, one without fields.
      const message =
        parent.kind === "any"
          ? `unable to find api field in struct RawExtension for the json field "${key}"`
          : `merging an object in json but data type is not struct, instead is: ${parent.kind === "list" ? "slice" : parent.kind}`;
      throw new PatchFailure(500, message);
    }
    const struct = this.schema.struct(parent.type);
    const field = struct?.fields.get(key);
    if (!field) {
      const name = struct?.goName ?? parent.type;
      throw new PatchFailure(500, `unable to find api field in struct ${name} for the json field "${key}"`);
    }
    const strategies = (field.merge.strategy ?? "").split(",");
    const strategy = strategies.includes("merge") ? "merge" : strategies.includes("replace") ? "replace" : "";
    const retainKeys = strategies.includes("retainKeys");
    return { type: field.type, strategy, retainKeys, mergeKey: field.merge.mergeKey ?? "" };
  }

  /** As `field`, with the type of the list's items. */
  list(parent: FieldType, key: string): PatchMeta {
    const meta = this.field(parent, key);
    if (meta.type.kind !== "list") throw new PatchFailure(500, "expected slice or array type, but got: struct");
    return { ...meta, type: meta.type.item };
  }
}
