import { equalJson } from "../../base/json.ts";
import type { Registry } from "../../base/registry.ts";
import type { Kind } from "../kind.ts";
import { CUSTOM_RESOURCE_DEFINITIONS, type CustomResourceDefinition as Definition } from "../refs.ts";
import type { Change, Store, StoreState } from "../store.ts";
import { type SubresourceHandler, subresourceKey } from "../subresource.ts";
import { scaleHandlers } from "../subresources/scale.ts";
import type { WebhookCaller } from "../webhooks/call.ts";
import { customKindOf } from "./custom-kind.ts";

/**
 * The kinds that are served: those that are built in, and those that objects define. The latter are no state of their own:
 * they follow from the definitions in the store, at each commit and after a restore. A kind is there from when its
 * definition is established until that is gone.
 */
export class DynamicKinds implements Registry<Kind> {
  readonly #builtin: Registry<Kind>;
  readonly #store: Store;
  /** Adds a kind's collection to the store. */
  readonly #addCollection: (kind: Kind) => void;
  /** The way to webhooks that convert. */
  readonly #webhooks: WebhookCaller | undefined;
  /** By the resource's id, which is the definition's name. */
  readonly #custom = new Map<string, Kind>();
  #all: readonly Kind[] | undefined;
  #handlers: ReadonlyMap<string, SubresourceHandler> | undefined;

  constructor(
    builtin: Registry<Kind>,
    store: Store,
    addCollection: (kind: Kind) => void,
    webhooks: WebhookCaller | undefined = undefined,
  ) {
    this.#webhooks = webhooks;
    this.#builtin = builtin;
    this.#store = store;
    this.#addCollection = addCollection;
  }

  /** All kinds; another array when one has come, changed or gone. */
  get all(): readonly Kind[] {
    this.#all ??= [
      ...this.#builtin.all,
      ...[...this.#custom.values()].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)),
    ];
    return this.#all;
  }

  get(id: string): Kind | undefined {
    return this.#builtin.get(id) ?? this.#custom.get(id);
  }

  /** Follows a commit, where that is one of a definition. */
  follow({ type, object, previous }: Change): void {
    if (object.kind !== CUSTOM_RESOURCE_DEFINITIONS.kind || object.apiVersion !== "apiextensions.k8s.io/v1") return;
    const definition = object as Definition;
    const before = previous as Definition | undefined;
    if (type === "DELETED") this.#remove(definition.metadata.name);
    else if (isEstablished(definition) && !isSameKind(definition, before)) {
      this.#put(definition);
      if (before !== undefined && isEstablished(before) && !isSameService(definition, before)) {
        this.#store.of(customKindOf(definition).ref).endWatches();
      }
    }
  }

  /** Makes the kinds that a saved store defines, before it is loaded: in the order in which their collections stood. */
  restore({ collections }: StoreState): void {
    const saved = collections[CUSTOM_RESOURCE_DEFINITIONS.id]?.objects ?? [];
    const byName = new Map(saved.map((object) => [object.metadata.name, object as Definition]));
    for (const id of Object.keys(collections)) {
      const definition = byName.get(id);
      if (definition !== undefined && isEstablished(definition)) this.#put(definition);
    }
  }

  /** The subresources, with those of the kinds that come and go. */
  withSubresources(builtin: Registry<SubresourceHandler>): Registry<SubresourceHandler> {
    const custom = (): ReadonlyMap<string, SubresourceHandler> => {
      this.#handlers ??= new Map(
        scaleHandlers([...this.#custom.values()]).map((one) => [subresourceKey(one.resource, one.name), one]),
      );
      return this.#handlers;
    };
    return {
      get all() {
        return [...builtin.all, ...custom().values()];
      },
      get: (key) => builtin.get(key) ?? custom().get(key),
    };
  }

  #put(definition: Definition): void {
    const kind = customKindOf(definition, this.#webhooks);
    if (this.#builtin.get(kind.ref.id) !== undefined) return;
    if (!this.#custom.has(kind.ref.id)) this.#addCollection(kind);
    this.#custom.set(kind.ref.id, kind);
    this.#changed();
  }

  #remove(id: string): void {
    const kind = this.#custom.get(id);
    if (kind === undefined) return;
    this.#custom.delete(id);
    this.#store.remove(kind.ref);
    this.#changed();
  }

  #changed(): void {
    this.#all = undefined;
    this.#handlers = undefined;
  }
}

function sortKey({ ref }: Kind): string {
  return `${ref.group}/${ref.plural}`;
}

function isEstablished({ status }: Definition): boolean {
  return status?.conditions?.some(({ type, status: holds }) => type === "Established" && holds === "True") === true;
}

/** Whether a definition says what it said before, but for its conditions. */
function isSameKind(definition: Definition, previous: Definition | undefined): boolean {
  if (previous === undefined || !isEstablished(previous)) return false;
  const { deletionTimestamp } = previous.metadata;
  return isSameService(definition, previous) && definition.metadata.deletionTimestamp === deletionTimestamp;
}

// Models apiextensions-apiserver pkg/apiserver crdHandler updateCustomResourceDefinition
function isSameService(definition: Definition, previous: Definition): boolean {
  const said = ({ spec, status }: Definition) => [spec, status.acceptedNames];
  return equalJson(said(definition), said(previous));
}
