import type { Draft, JsonObject, JsonValue } from "../base/json.ts";
import type { Result } from "../base/result.ts";
import type { TokenUser } from "./authentication/service-account-tokens.ts";
import type { User } from "./authentication/user.ts";
import type { Status } from "./errors.ts";
import type { FieldError } from "./meta/field-error.ts";
import type { KubeObject } from "./object.ts";
import type { Cause, NodeMetricsObject, Pod, PodMetricsObject, ResourceRef, SchedulingVerdict, Wait } from "./refs.ts";
import type { Schema } from "./schema/schema.ts";
import type { Indexer, NewCell } from "./store.ts";

/** What a kind's hooks may ask of the moment. */
export interface WriteContext {
  /** RFC 3339 time of the write, whole seconds. */
  readonly now: string;
  readonly nowMs: number;
  /** Who writes; a master for the cluster's own parts. */
  readonly user: User;
  /** Objects of any resource, for admission that looks around. */
  find<T extends KubeObject>(ref: ResourceRef<T>, namespace: string | undefined, name: string): T | undefined;
  /** Objects by an index of their collection. */
  byIndex<T extends KubeObject>(ref: ResourceRef<T>, index: string, value: string): Iterable<T>;
  /** All objects of a resource: for what is asked seldom. */
  list<T extends KubeObject>(ref: ResourceRef<T>): Iterable<T>;
  /** An integer from 0 up to `end`, from the API server's stream. */
  randomBelow(end: number): number;
  /** Adds the text of a Warning header to the answer. */
  warn(text: string): void;
}

/** What kinds that are made for each reader are made from. */
export interface ComputeContext extends Pick<WriteContext, "find" | "byIndex"> {
  /** The metrics server, where there is one. */
  readonly metrics?: MetricsDoor;
  readonly verdicts?: VerdictsDoor;
  readonly causes?: CausesDoor;
  readonly waits?: WaitsDoor;
}

/** Why objects are what they are; of all namespaces, or names, where none is given. */
export interface CausesDoor {
  causes(namespace: string | undefined, name: string | undefined): readonly Cause[];
}

/** What objects wait for, and until when. */
export interface WaitsDoor {
  waits(namespace: string | undefined, name: string | undefined): readonly Wait[];
}

/** What the scheduler thought of pods lately. */
export interface VerdictsDoor {
  verdicts(namespace: string | undefined): readonly SchedulingVerdict[];
}

/** What the metrics server tells of pods and nodes. */
export interface MetricsDoor {
  /** Whether it answers. */
  readonly isUp: boolean;
  podMetrics(namespace: string | undefined): readonly PodMetricsObject[];
  nodeMetrics(): readonly NodeMetricsObject[];
}

/** What a kind that answers may ask besides. */
export interface QuestionContext extends WriteContext {
  /** Who a bearer token stands for, or why for nobody. */
  authenticate(token: string, audiences: readonly string[]): Result<TokenUser, string>;
  /** Assigns a pod to a node; `podUid` empty: whichever pod has the key. */
  bind(podKey: string, podUid: string, nodeName: string): Result<Pod, Status>;
}

/** Points to the documentation of an API field. Its words are upstream's: an edge that has them may hand them in. */
export interface FieldDoc {
  readonly type: string;
  readonly field: string;
}

/** Upstream's words for a field, where they are at hand. */
export type Describe = (type: string, field: string) => string | undefined;

/** One column of the server-side Table. */
export interface Column<T extends KubeObject> {
  readonly name: string;
  readonly type: "string" | "integer" | "date" | "boolean" | "number";
  readonly format?: string;
  /** The printer's own label, or the field whose documentation says it. */
  readonly description: string | FieldDoc;
  /** 0: always shown; 1: with `-o wide`. */
  readonly priority: 0 | 1;
  /** `nowEpochMs`: the present as epoch milliseconds, to compare with the times in the object. */
  cell(object: T, nowEpochMs: number): JsonValue;
}

/** One API kind: one folder in `resources/`, one line in its registry. Hooks never change what they are given. */
export interface Kind<T extends KubeObject = KubeObject> {
  readonly ref: ResourceRef<T>;
  readonly singular: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced: boolean;
  /** Its type in the generated field tables, such as `Deployment`; absent for our own kinds, which give `fields`. */
  readonly type?: string;
  /** Field tables of our own types, in the form of the generated ones; the kind's own type is named as the kind. */
  readonly types?: { readonly [type: string]: { readonly [field: string]: string } };
  /** Of kinds that are defined by objects: instead of `type` and `types`. */
  readonly custom?: CustomType;
  /** The kind of its lists: the kind's name and `List` unless given. */
  readonly listKind?: string;
  /** False when the version in which it is stored is not served. */
  readonly isServed?: boolean;
  /** True when metadata.generation counts changes of the spec. */
  readonly hasGeneration?: boolean;
  /** The warning that every request for the kind gets, where upstream has deprecated it. */
  readonly deprecation?: string;
  /** True where a PUT of an object that is absent creates it. Models the strategies' AllowCreateOnUpdate. */
  readonly createOnUpdate?: true;
  /** Verbs not served, such as `create` for kinds that only the system makes. */
  readonly withoutVerbs?: readonly string[];

  /** Of kinds that are asked and never stored: the answer to a create. No other verb is served. */
  answer?(question: T, context: QuestionContext): Result<T, Status>;

  /** Of kinds that are made for each reader and never stored: all objects there are (of a namespace), by name. */
  compute?(context: ComputeContext, namespace: string | undefined, name: string | undefined): readonly T[];
  /** Of such kinds: why nobody can be told now. */
  refuseRead?(context: ComputeContext): Status | undefined;

  /** Writes the defaults of an incoming object (after decoding, on create and update alike). */
  defaults?(object: Draft<T>): void;
  /** Sets what the system owns on a new object: status, allocated fields. Runs for in-process writes too. */
  prepareCreate?(object: T, context: WriteContext): T;
  /** Keeps what an update may not change silently, such as the status, or allocated fields. */
  prepareUpdate?(object: T, old: T, context: WriteContext): T;
  /** As `prepareUpdate`, for a write of the status subresource. By default spec and labels stay as they were. */
  prepareStatusUpdate?(object: T, old: T, context: WriteContext): T;
  /** Refuses a write for what it would give, such as rights that its writer lacks. Not asked for the cluster's own writes. */
  authorizeWrite?(object: T, old: T | undefined, context: WriteContext): Status | undefined;
  /** Problems of a new object beyond its metadata. */
  validate?(object: T, context: WriteContext): readonly FieldError[];
  /** Problems of a change. Called with the prepared object; `validate` is not called besides. */
  validateUpdate?(object: T, old: T, context: WriteContext): readonly FieldError[];
  validateStatusUpdate?(object: T, old: T, context: WriteContext): readonly FieldError[];
  /** How names are checked: upstream's NameIsDNSSubdomain unless given. Returns texts of problems. */
  validateName?(name: string, prefix: boolean): readonly string[];
  /** Warnings about accepted but dubious fields, as the real server's. */
  warnings?(object: T, old: T | undefined): readonly string[];

  /** Seconds that a deletion waits for its object to end in grace; undefined: it is removed at once. */
  gracePeriodSeconds?(object: T, asked: number | undefined): number | undefined;
  /** Refuses a deletion. */
  checkDelete?(object: T, context: WriteContext): Status | undefined;
  /** Finalizers that a deletion must wait for beside those in metadata, as a namespace's spec.finalizers. */
  hasOwnFinalizers?(object: T): boolean;
  /** Deletions that say nothing of dependents orphan them, for old clients' sake, and warn of it with these words. */
  readonly orphansByDefault?: { readonly warning?: string };
  /** True when a completed deletion answers with the object instead of a Status. */
  readonly returnsDeletedObject?: true;
  /** Sets what a begun deletion shows, such as status.phase Terminating. */
  beginDelete?(object: T): T;

  /** What readers see beyond what is stored, such as the time of the moment. */
  view?(object: T, nowEpochMs: number): T;

  readonly subresources?: {
    readonly status?: true;
    readonly scale?: ScaleFields<T>;
    readonly parts?: readonly PartRules<T>[];
  };
  /** Further versions in which it is served; this one is how it is stored. */
  readonly otherVersions?: readonly OtherVersion[];
  /** Of a further version: what it is another form of. Made by `versions.ts`, never written in a kind's file. */
  readonly storedAs?: { readonly kind: Kind; readonly version: OtherVersion };
  readonly columns: readonly Column<T>[];
  readonly indexes?: { readonly [name: string]: Indexer };
  /** How its objects are kept in the store, where that is not whole. */
  readonly newCell?: NewCell<T>;
  /** Field selectors beside metadata.name and metadata.namespace. */
  readonly selectableFields?: { readonly [path: string]: (object: T) => string };
}

/** How objects of a kind are read, merged and described whose type is in no table. */
export interface CustomType {
  /** Its fields in the form of the built-in types. */
  readonly schema: Schema;
  /** A body without the fields that are unknown, and their paths; the error is the decoder's text. */
  read(body: JsonObject): Result<{ readonly object: JsonObject; readonly unknown: readonly string[] }, string>;
  /** An object that was stored in another version, in this one. Where webhooks convert; throws `ConversionFailure`. */
  upToDate?(object: KubeObject): KubeObject;
  /** Its schema in an OpenAPI document. */
  openApi(specification: "v2" | "v3"): JsonObject;
}

/** A further version of a kind: its own form of what is stored. */
export interface OtherVersion
  extends Pick<
    Kind,
    "type" | "types" | "custom" | "defaults" | "view" | "deprecation" | "subresources" | "selectableFields"
  > {
  readonly ref: ResourceRef<KubeObject>;
  /** Converts; apiVersion and kind are set by the caller. */
  fromStored(object: KubeObject): KubeObject;
  toStored(object: KubeObject): KubeObject;
  /** Columns of its own; the stored version's unless given. */
  readonly columns?: readonly Column<KubeObject>[];
  /** Rules that hold instead of the stored kind's for writes in this version. They get the object as it is stored. */
  readonly rules?: Pick<Kind, "validate" | "validateUpdate" | "validateStatusUpdate">;
}

/** A part of an object that is written by a path of its own, such as pods/resize: its rules instead of the object's. */
export interface PartRules<T extends KubeObject> {
  /** As the path has it: `resize`. */
  readonly name: string;
  /** The old object with what may be written this way taken over from the new one. */
  prepareUpdate(object: T, old: T, context: WriteContext): T;
  validateUpdate(object: T, old: T): readonly FieldError[];
}

/** Where the scale subresource finds its numbers. */
export interface ScaleFields<T extends KubeObject> {
  replicas(object: T): number;
  statusReplicas(object: T): number;
  /** The selector as text, as the autoscaler wants it. */
  selector(object: T): string;
  withReplicas(object: T, replicas: number): T;
}

/** Erases a kind's object type, for lists of kinds. */
export function anyKind<T extends KubeObject>(kind: Kind<T>): Kind {
  return kind as unknown as Kind;
}
