import { deepFreeze, type JsonObject, type JsonValue } from "../base/json.ts";
import type { Column, Describe, Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { apiVersionOf } from "./operations.ts";
import { isLasting, seenAs, viewOf } from "./view.ts";

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

/** A stored object as the client asked for it, in the version of `kind`. */
export function renderObject(kind: Kind, stored: KubeObject, options: RenderOptions): JsonObject {
  const object = seenAs(kind, stored, options.nowEpochMs);
  if (options.rendering === "table") {
    return table(kind, [object], { resourceVersion: object.metadata.resourceVersion }, options);
  }
  return (options.rendering === "metadata" ? partial(object) : object) as unknown as JsonObject;
}

/** Stored objects as a list. */
export function renderList(
  kind: Kind,
  stored: readonly KubeObject[],
  metadata: ListMetadata,
  options: RenderOptions,
): JsonObject {
  const { rendering, nowEpochMs } = options;
  if (rendering === "object") {
    return {
      kind: listKindOf(kind),
      apiVersion: apiVersionOf(kind.ref),
      metadata: { ...metadata },
      items: stored.map((object) => item(kind, object, nowEpochMs)),
    };
  }
  const objects = stored.map((object) => seenAs(kind, object, nowEpochMs));
  if (rendering === "table") return table(kind, objects, metadata, options);
  return {
    kind: "PartialObjectMetadataList",
    apiVersion: "meta.k8s.io/v1",
    metadata: { ...metadata },
    items: objects.map(partial),
  };
}

export function listKindOf(kind: Kind): string {
  return kind.listKind ?? `${kind.ref.kind}List`;
}

/**
 * Renderings of stored objects. Whoever asks for one again gets the same one, so that an edge may write that as text only
 * once.
 */
const items = new WeakMap<Kind, WeakMap<KubeObject, JsonObject>>();
const partials = new WeakMap<KubeObject, JsonObject>();

/** Items of a list leave out apiVersion and kind, as the real server's do; custom resources have no type but these. */
function item(kind: Kind, stored: KubeObject, nowEpochMs: number): JsonObject {
  if (kind.custom !== undefined) return seenAs(kind, stored, nowEpochMs) as unknown as JsonObject;
  if (!isLasting(kind, stored)) return withoutType(viewOf(kind, stored, nowEpochMs));
  let known = items.get(kind);
  if (known === undefined) {
    known = new WeakMap();
    items.set(kind, known);
  }
  let made = known.get(stored);
  if (made === undefined) {
    made = deepFreeze(withoutType(viewOf(kind, stored, nowEpochMs)));
    known.set(stored, made);
  }
  return made;
}

function withoutType(object: KubeObject): JsonObject {
  const { apiVersion: _, kind: __, ...rest } = object;
  return rest as unknown as JsonObject;
}

function partial(object: KubeObject): JsonObject {
  let made = partials.get(object);
  if (made === undefined) {
    const { metadata } = object;
    made = {
      kind: "PartialObjectMetadata",
      apiVersion: "meta.k8s.io/v1",
      metadata: metadata as unknown as JsonObject,
    };
    // What is not frozen was made for this answer, and may yet change.
    if (Object.isFrozen(object)) partials.set(object, Object.freeze(made));
  }
  return made;
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
