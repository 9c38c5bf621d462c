import { present } from "../base/assert.ts";
import { equalJson } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { RandomStream } from "../time/random.ts";
import { randomSuffix, randomUuid } from "../time/random.ts";
import { AdmissionChain } from "./admission/chain.ts";
import type { AdmissionPlugin, Mutations } from "./admission/plugin.ts";
import { LOOPBACK, type User } from "./authentication/user.ts";
import type { DeleteOptions } from "./client.ts";
import { alreadyExists, invalid, notFound, type Status } from "./errors.ts";
import type { Kind, WriteContext } from "./kind.ts";
import { type FieldError, fieldErrorMessage, toCause } from "./meta/field-error.ts";
import { validateMetadataChange, validateNewMetadata } from "./metadata.ts";
import { joinKey, type KubeObject, keyOf, type Metadata } from "./object.ts";
import { deletePrecondition, updatePrecondition } from "./preconditions.ts";
import type { ResourceRef } from "./refs.ts";
import type { ObjectMeta } from "./schema/generated/types.ts";
import type { Store } from "./store.ts";
import type { WebhookCaller } from "./webhooks/call.ts";

/** Who writes, and how far it is trusted. */
export interface Writer {
  readonly user: string;
  /** Who that is; the cluster's own parts give nobody. */
  readonly identity?: User;
  /** Written by the cluster's own parts: fields are known to be valid and defaulted. Admission and conflicts still apply. */
  readonly trusted: boolean;
  readonly dryRun?: boolean;
  /** The version in which a client writes, and the path below the object; the object as it is stored otherwise. */
  readonly requestKind?: Kind;
  readonly subresource?: string;
  warn(text: string): void;
}

export interface OperationsOptions {
  readonly store: Store;
  readonly admission: readonly AdmissionPlugin[];
  /** What is served, for admission that looks objects up by what they are called. */
  readonly kinds?: { readonly all: readonly Kind[] };
  readonly random: RandomStream;
  readonly nowMs: () => number;
  readonly formatTime: (ms: number) => string;
  /** The way to webhooks; without it nobody can be called. */
  readonly webhooks?: WebhookCaller;
}

type Written<T> = Result<T, Status>;

/**
 * Create, update and delete as the API server's generic registry does them: names, metadata, the kind's strategy,
 * admission, validation, preconditions, finalizers and grace. Models apiserver pkg/registry/generic/registry/store.go.
 */
export class Operations {
  readonly #options: OperationsOptions;
  readonly #admission: AdmissionChain;
  /** What is the same in all hooks' views: there is one for each write. */
  readonly #view: Pick<WriteContext, "find" | "byIndex" | "list" | "randomBelow">;

  constructor(options: OperationsOptions) {
    this.#options = options;
    const { store, random } = options;
    this.#view = {
      find: (ref, namespace, name) => store.of(ref).get(joinKey(namespace, name)),
      byIndex: (ref, index, value) => store.of(ref).byIndex(index, value),
      list: (ref) => store.of(ref).values(),
      randomBelow: (end) => random.below(end),
    };
    this.#admission = new AdmissionChain(options.admission, {
      kinds: () => options.kinds?.all ?? [],
      webhooks: options.webhooks,
      hasNone: (ref) => store.of(ref).size === 0,
      // Counts, which need no admission of their own.
      write: (ref, object) => {
        store.update(ref, object);
      },
    });
  }

  create<T extends KubeObject>(kind: Kind<T>, given: T, writer: Writer): Written<T> {
    const context = this.context(writer);
    const { store } = this.#options;
    let object =
      writer.trusted && isBlank(given) ? this.#fillIn(given, context) : this.#newMetadata(kind, given, context);
    const mutations: Mutations = { isAgain: false, isPatched: false };
    const doing = { verb: "create", kind, old: undefined, writer, context } as const;
    const admitted = this.#admission.admit(doing, object, mutations);
    if (!admitted.ok) return admitted;
    object = kind.prepareCreate?.(admitted.value, context) ?? admitted.value;
    const name = object.metadata.name;
    if (!writer.trusted || mutations.isPatched) {
      const denied = kind.authorizeWrite?.(object, undefined, context);
      if (denied !== undefined) return fail(denied);
      const problems = [...validateNewMetadata(kind, object), ...(kind.validate?.(object, context) ?? [])];
      if (problems.length > 0) return fail(invalidObject(kind, name, problems));
      for (const text of kind.warnings?.(object, undefined) ?? []) writer.warn(text);
    }
    const checked = this.#admission.check(doing, object);
    if (checked !== undefined) return fail(checked);
    const existing = store.of(kind.ref).get(keyOf(object));
    if (existing !== undefined) {
      const error = alreadyExists(kind.ref, name);
      if (existing.metadata.deletionTimestamp === undefined) return fail(error);
      return fail({ ...error, message: `object is being deleted: ${error.message}` });
    }
    return ok(writer.dryRun ? withoutVersion(object) : store.create(kind.ref, object));
  }

  /** Replaces an object; `subresource` is `status` for status writes. `change` gets the present object. */
  update<T extends KubeObject>(
    kind: Kind<T>,
    key: string,
    change: (old: T) => Result<T, Status>,
    writer: Writer,
    subresource: "" | "status" = "",
  ): Written<T> {
    const { store } = this.#options;
    const old = store.of(kind.ref).get(key);
    if (old === undefined) return fail(notFound(kind.ref, key.slice(key.indexOf("/") + 1)));
    const changed = change(old);
    if (!changed.ok) return changed;
    const context = this.context(writer);
    const stale = updatePrecondition(kind, changed.value.metadata, old, writer.trusted);
    if (stale !== undefined) return fail(stale);
    let object = this.#prepare(kind, changed.value, old, subresource, context);
    const mutations: Mutations = { isAgain: false, isPatched: false };
    const doing = { verb: "update", kind, old, writer, context, subresource } as const;
    const admitted = this.#admission.admit(doing, object, mutations);
    if (!admitted.ok) return admitted;
    object = mutations.isPatched ? this.#prepare(kind, admitted.value, old, subresource, context) : admitted.value;
    if (!writer.trusted || mutations.isPatched) {
      const denied = subresource === "" ? kind.authorizeWrite?.(object, old, context) : undefined;
      if (denied !== undefined) return fail(denied);
      const validate = subresource === "status" ? kind.validateStatusUpdate : kind.validateUpdate;
      // Upstream looks at the metadata of a change twice: before the kind's strategy, and in it.
      const metadata = validateMetadataChange(kind, object, old);
      const problems = [...metadata, ...metadata, ...(validate?.(object, old, context) ?? [])];
      if (problems.length > 0) return fail(invalidObject(kind, object.metadata.name, problems));
      for (const text of kind.warnings?.(object, old) ?? []) writer.warn(text);
    }
    const checked = this.#admission.check(doing, object);
    if (checked !== undefined) return fail(checked);
    return ok(writer.dryRun ? object : this.#put(kind, object, old));
  }

  /** Begins or completes a deletion; the answer is the object as it stands then. `gone` tells whether it left the store. */
  delete<T extends KubeObject>(
    kind: Kind<T>,
    key: string,
    options: DeleteOptions,
    writer: Writer,
  ): Result<{ readonly object: T; readonly gone: boolean }, Status> {
    const { store } = this.#options;
    const old = store.of(kind.ref).get(key);
    if (old === undefined) return fail(notFound(kind.ref, key.slice(key.indexOf("/") + 1)));
    const context = this.context(writer);
    const refused = deletePrecondition(kind, options, old) ?? kind.checkDelete?.(old, context);
    if (refused !== undefined) return fail(refused);
    const denied = this.#admission.ask({ verb: "delete", kind, old, writer, context }, old);
    if (denied !== undefined) return fail(denied);

    const finalizers = finalizersFor(kind, old, options);
    const graceSeconds = kind.gracePeriodSeconds?.(old, options.gracePeriodSeconds) ?? 0;
    const blocked = finalizers.length > 0 || kind.hasOwnFinalizers?.(old) === true;
    if (graceSeconds === 0 && !blocked) {
      const isOver = old.metadata.deletionTimestamp !== undefined && old.metadata.deletionGracePeriodSeconds === 0;
      const last = isOver ? old : withDeletion(old, context.now, 0);
      return ok({
        object: writer.dryRun ? last : store.delete(kind.ref, kind.gracePeriodSeconds ? last : old),
        gone: true,
      });
    }
    const begun = this.#beginDelete(kind, old, finalizers, graceSeconds);
    if (equalJson(begun, old)) return ok({ object: old, gone: false });
    return ok({ object: writer.dryRun ? begun : store.update(kind.ref, begun), gone: false });
  }

  /**
   * Replaces the kind's own finalizers (a namespace's spec.finalizers), which no ordinary update may: with the last one
   * gone a deleted object leaves the store.
   */
  finalize<T extends KubeObject>(
    kind: Kind<T>,
    key: string,
    change: (old: T) => Result<T, Status>,
    writer: Writer,
  ): Written<T> {
    const old = this.#options.store.of(kind.ref).get(key);
    if (old === undefined) return fail(notFound(kind.ref, key.slice(key.indexOf("/") + 1)));
    const changed = change(old);
    if (!changed.ok) return changed;
    return ok(writer.dryRun ? changed.value : this.#put(kind, changed.value, old));
  }

  /** Asks admission about a connection to a subresource of an object; `options` are those of the connection. */
  connect(kind: Kind, options: KubeObject, writer: Writer): Status | undefined {
    const { subresource } = writer;
    return this.#admission.ask(
      { verb: "connect", kind, old: undefined, writer, context: this.context(writer), subresource },
      options,
    );
  }

  /** Hooks' view of the moment. */
  context(writer: Writer): WriteContext {
    const { nowMs, formatTime } = this.#options;
    const { find, byIndex, list, randomBelow } = this.#view;
    const atMs = nowMs();
    const user = writer.identity ?? LOOPBACK;
    return { nowMs: atMs, now: formatTime(atMs), user, find, byIndex, list, randomBelow, warn: writer.warn };
  }

  /** Fills in an object that was handed over. */
  #fillIn<T extends KubeObject>(object: T, context: WriteContext): T {
    const metadata = object.metadata as { -readonly [Field in keyof Metadata]: Metadata[Field] };
    metadata.uid = randomUuid(this.#options.random);
    metadata.creationTimestamp = context.now;
    return object;
  }

  #newMetadata<T extends KubeObject>(kind: Kind<T>, given: T, context: WriteContext): T {
    const meta: ObjectMeta = given.metadata;
    const kept = withoutSystemFields(meta);
    const base = meta.generateName?.slice(0, 58) ?? "";
    const generated = base === "" ? "" : base + randomSuffix(this.#options.random);
    const { ref } = kind;
    const metadata: Metadata = {
      ...kept,
      name: meta.name || generated,
      uid: randomUuid(this.#options.random),
      resourceVersion: "",
      creationTimestamp: context.now,
      ...(kind.hasGeneration && { generation: 1 }),
    };
    return { ...given, apiVersion: apiVersionOf(ref), kind: ref.kind, metadata };
  }

  #prepare<T extends KubeObject>(
    kind: Kind<T>,
    given: T,
    old: T,
    subresource: "" | "status",
    context: WriteContext,
  ): T {
    const { ref } = kind;
    // Most statuses come with all else as it is.
    const isOnlyStatus = subresource === "status" && given.metadata === old.metadata && given.kind === old.kind;
    // Assigned, not spread: Node 20 gives each spread copy of what is not frozen a hidden class of its own.
    const object = isOnlyStatus
      ? given
      : Object.assign({}, given, {
          apiVersion: apiVersionOf(ref),
          kind: ref.kind,
          metadata: keptMetadata(given, old),
        });
    if (subresource === "status") {
      return kind.prepareStatusUpdate?.(object, old, context) ?? statusOnly(object, old);
    }
    const kept = kind.subresources?.status ? withStatusOf(object, old) : object;
    const prepared = kind.prepareUpdate?.(kept, old, context) ?? kept;
    if (!kind.hasGeneration || equalJson(specOf(prepared), specOf(old))) return prepared;
    return { ...prepared, metadata: { ...prepared.metadata, generation: (old.metadata.generation ?? 0) + 1 } };
  }

  /**
   * Stores an update: nothing when nothing changed, a removal when the last finalizer of a deleted object went. Watchers
   * are told of the removal with the object as it was stored last.
   */
  #put<T extends KubeObject>(kind: Kind<T>, object: T, old: T): T {
    const { store } = this.#options;
    if (equalJson(object, old) || differsInTimesOnly(object, old)) return old;
    const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
    const done = deletionTimestamp !== undefined && (deletionGracePeriodSeconds ?? 0) === 0;
    if (done && !finalizers?.length && kind.hasOwnFinalizers?.(object) !== true) {
      store.delete(kind.ref, old);
      return object;
    }
    return store.update(kind.ref, object);
  }

  #beginDelete<T extends KubeObject>(kind: Kind<T>, old: T, finalizers: readonly string[], graceSeconds: number): T {
    const { deletionTimestamp, deletionGracePeriodSeconds } = old.metadata;
    // A second deletion may shorten the grace, which then counts from it, never lengthen it.
    const sooner = deletionTimestamp === undefined || graceSeconds < (deletionGracePeriodSeconds ?? 0);
    const time = this.#options.formatTime(this.#options.nowMs() + graceSeconds * 1000);
    const marked = sooner ? withDeletion(old, time, graceSeconds) : old;
    const metadata = { ...marked.metadata, finalizers: finalizers.length > 0 ? finalizers : undefined };
    const begun = { ...marked, metadata };
    return kind.beginDelete?.(begun) ?? begun;
  }
}

export function apiVersionOf(
  ref: ResourceRef<KubeObject> | { readonly group: string; readonly version: string },
): string {
  return ref.group === "" ? ref.version : `${ref.group}/${ref.version}`;
}

/** 422 with the problems of an object. */
export function invalidObject<T extends KubeObject>(
  kind: Kind<T>,
  name: string,
  problems: readonly FieldError[],
): Status {
  return invalid(kind.ref, name, problems.map(fieldErrorMessage), problems.map(toCause));
}

/** Whether nothing changed but the times at which managers touched fields. Models IgnoreManagedFieldsTimestampsTransformer. */
function differsInTimesOnly(object: KubeObject, old: KubeObject): boolean {
  if (object.metadata.managedFields === undefined) return false;
  const { managedFields: entries, ...metadata } = object.metadata;
  const { managedFields: oldEntries, ...oldMetadata } = old.metadata;
  if (entries === undefined || oldEntries === undefined || entries.length !== oldEntries.length) return false;
  const isSame = entries.every((entry, at) => equalJson({ ...entry, time: "" }, { ...oldEntries[at], time: "" }));
  return isSame && equalJson({ ...object, metadata }, { ...old, metadata: oldMetadata });
}

function specOf(object: KubeObject): unknown {
  const { spec, ...rest } = object as KubeObject & { spec?: unknown };
  if (spec !== undefined) return spec;
  const { metadata: _, status: __, ...data } = rest as KubeObject & { status?: unknown };
  return data;
}

function withStatusOf<T extends KubeObject>(object: T, old: T): T {
  return Object.assign({}, object, { status: (old as T & { status?: unknown }).status });
}

/** A status write changes the status, and of metadata what the kinds' own rules let through: nothing by default. */
function statusOnly<T extends KubeObject>(object: T, old: T): T {
  const { managedFields } = object.metadata;
  const metadata = managedFields === undefined ? old.metadata : { ...old.metadata, managedFields };
  return { ...old, metadata, status: (object as T & { status?: unknown }).status };
}

/** Whether an object was made to be filled in: whole, with its own `blankMetadata`. */
function isBlank({ apiVersion, kind, metadata }: KubeObject): boolean {
  return (
    metadata.uid === "" &&
    metadata.creationTimestamp === "" &&
    metadata.resourceVersion === "" &&
    apiVersion !== undefined &&
    kind !== undefined &&
    !Object.isFrozen(metadata)
  );
}

/** Metadata without what a new object has not yet, whatever its writer says. Most writers say nothing. */
function withoutSystemFields(meta: ObjectMeta): ObjectMeta {
  const { resourceVersion, selfLink, deletionTimestamp, deletionGracePeriodSeconds } = meta;
  if (resourceVersion === undefined && selfLink === undefined && deletionTimestamp === undefined) {
    if (deletionGracePeriodSeconds === undefined) return meta;
  }
  const { resourceVersion: _, selfLink: __, deletionTimestamp: ___, deletionGracePeriodSeconds: ____, ...kept } = meta;
  return kept;
}

/** Metadata that no write may change is taken from the old object where the new one leaves it out. */
function keptMetadata<T extends KubeObject>(object: T, old: T): Metadata {
  const given: ObjectMeta = object.metadata;
  const kept = old.metadata;
  if (given === kept) return kept;
  return Object.assign({}, given, {
    name: given.name || kept.name,
    ...(kept.namespace !== undefined && { namespace: given.namespace ?? kept.namespace }),
    uid: given.uid || kept.uid,
    resourceVersion: kept.resourceVersion,
    creationTimestamp: kept.creationTimestamp,
    ...(kept.generateName !== undefined && { generateName: given.generateName ?? kept.generateName }),
    generation: kept.generation,
    deletionTimestamp: kept.deletionTimestamp,
    deletionGracePeriodSeconds: kept.deletionGracePeriodSeconds,
    selfLink: undefined,
  });
}

/** An object that was tried only has no version. */
function withoutVersion<T extends KubeObject>(object: T): T {
  const { resourceVersion: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

const FOREGROUND = "foregroundDeletion";
const ORPHAN = "orphan";

// Models apiserver pkg/registry/generic/registry deletionFinalizersForGarbageCollection
/** The finalizers after a deletion with this policy: it adds its own and takes the other's away. */
function finalizersFor<T extends KubeObject>(kind: Kind<T>, old: T, options: DeleteOptions): readonly string[] {
  const present = old.metadata.finalizers ?? [];
  const isDecided = present.includes(FOREGROUND) || present.includes(ORPHAN);
  const policy = options.propagationPolicy ?? (kind.orphansByDefault && !isDecided ? "Orphan" : undefined);
  if (policy === undefined) return present;
  const others = present.filter((finalizer) => finalizer !== FOREGROUND && finalizer !== ORPHAN);
  if (policy === "Foreground") return [...others, FOREGROUND];
  if (policy === "Orphan") return [...others, ORPHAN];
  return others;
}

/** Marks an object as deleted. The first mark counts as a change of what it is meant to be. */
function withDeletion<T extends KubeObject>(object: T, time: string, graceSeconds: number): T {
  const { deletionTimestamp, generation } = object.metadata;
  const metadata = { ...object.metadata, deletionTimestamp: time, deletionGracePeriodSeconds: graceSeconds };
  if (deletionTimestamp === undefined && generation !== undefined) metadata.generation = generation + 1;
  return { ...object, metadata };
}

/** The kind of a resource in a list of kinds. */
export function kindOf<T extends KubeObject>(
  kinds: { get(id: string): Kind | undefined },
  ref: ResourceRef<T>,
): Kind<T> {
  return present(kinds.get(ref.id), `no kind for ${ref.id}`) as unknown as Kind<T>;
}
