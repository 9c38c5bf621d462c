import type { JsonObject, JsonValue } from "../base/json.ts";
import type { Column, Describe, Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { apiVersionOf } from "./operations.ts";

/** How a client wants an answer: objects as they are, as a Table, or their metadata only. */
export type Rendering = "object" | "table" | "metadata";

export function renderingOf(accept: string | undefined): Rendering {
  if (accept === undefined) return "object";
  if (/as=Table/.test(accept)) return "table";
  if (/as=PartialObjectMetadata/.test(accept)) return "metadata";
  return "object";
}

export interface ListMetadata {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** Which objects a Table's rows carry: their metadata (the default), the whole, or nothing. */
export type IncludeObject = "Metadata" | "Object" | "None";

export interface RenderOptions {
  readonly rendering: Rendering;
  /** The present, for ages. */
  readonly nowEpochMs: number;
  readonly include: IncludeObject;
  readonly describe: Describe | undefined;
}

export function renderObject(kind: Kind, object: KubeObject, options: RenderOptions): JsonObject {
  if (options.rendering === "table") {
    return table(kind, [object], { resourceVersion: object.metadata.resourceVersion }, options);
  }
  return (options.rendering === "metadata" ? partial(object) : object) as unknown as JsonObject;
}

export function renderList(
  kind: Kind,
  objects: readonly KubeObject[],
  metadata: ListMetadata,
  options: RenderOptions,
): JsonObject {
  if (options.rendering === "table") return table(kind, objects, metadata, options);
  if (options.rendering === "metadata") {
    return {
      kind: "PartialObjectMetadataList",
      apiVersion: "meta.k8s.io/v1",
      metadata: { ...metadata },
      items: objects.map(partial),
    };
  }
  return {
    kind: listKindOf(kind),
    apiVersion: apiVersionOf(kind.ref),
    metadata: { ...metadata },
    items: objects.map((object) => withoutType(kind, object)),
  };
}

export function listKindOf(kind: Kind): string {
  return kind.listKind ?? `${kind.ref.kind}List`;
}

/** Items of a list leave out apiVersion and kind, as the real server's do; custom resources have no type but these. */
function withoutType(kind: Kind, object: KubeObject): JsonObject {
  return kind.custom === undefined ? listed(object) : (object as unknown as JsonObject);
}

const listed = onceForEach((object) => {
  const { apiVersion: _, kind: __, ...rest } = object;
  return rest as unknown as JsonObject;
});

const partial = onceForEach((object) => ({
  kind: "PartialObjectMetadata",
  apiVersion: "meta.k8s.io/v1",
  metadata: object.metadata as unknown as JsonObject,
}));

/** Whoever asks for a stored object gets the same rendering of it, so that an edge may write that as text only once. */
function onceForEach(render: (object: KubeObject) => JsonObject): (object: KubeObject) => JsonObject {
  const made = new WeakMap<KubeObject, JsonObject>();
  return (object) => {
    // What is not frozen was made for this answer.
    if (!Object.isFrozen(object)) return render(object);
    let rendered = made.get(object);
    if (rendered === undefined) {
      rendered = Object.freeze(render(object));
      made.set(object, rendered);
    }
    return rendered;
  };
}

function table(
  kind: Kind,
  objects: readonly KubeObject[],
  metadata: ListMetadata,
  { nowEpochMs, include, describe }: RenderOptions,
): JsonObject {
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata: { ...metadata },
    columnDefinitions: kind.columns.map((column) => columnDefinition(column, describe)),
    rows: objects.map((object) => ({
      cells: kind.columns.map((column): JsonValue => column.cell(object, nowEpochMs)),
      ...(include !== "None" && {
        object: include === "Object" ? (object as unknown as JsonObject) : partial(object),
      }),
    })),
  };
}

/** A column as clients see it; without the words of a field's documentation its description is empty. */
export function columnDefinition(column: Column<KubeObject>, describe: Describe | undefined): JsonObject {
  const { name, type, format = "", description, priority } = column;
  const words = typeof description === "string" ? description : describe?.(description.type, description.field);
  return { name, type, format, description: words ?? "", priority };
}
