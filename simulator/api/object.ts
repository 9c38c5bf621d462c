import { flat } from "../base/flat.ts";
import type { ObjectMeta } from "./schema/generated/types.ts";

/** Metadata of a stored object: what the API server has filled in. */
export interface Metadata extends ObjectMeta {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
}

/** Any object in the store. Frozen, always. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

/** What the API server fills in, empty: see `Client.create`. */
export function blankMetadata(name: string, namespace: string): Metadata {
  return { name, namespace, uid: "", resourceVersion: "", creationTimestamp: "" };
}

/** A stored object of an API type: metadata is whole, and spec and status are there where the type has them. */
export type Stored<T> = Omit<T, "apiVersion" | "kind" | "metadata" | "spec" | "status"> &
  KubeObject &
  (T extends { readonly spec?: infer Spec } ? { readonly spec: NonNullable<Spec> } : unknown) &
  (T extends { readonly status?: infer Status } ? { readonly status: NonNullable<Status> } : unknown);

/** An object on its way in: metadata may be partial. */
export type Incoming<T extends KubeObject> = Omit<T, "metadata" | "status" | "apiVersion" | "kind"> & {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly status?: T extends { readonly status: infer Status } ? Status : never;
};

/** `namespace/name`, or `name` where there is no namespace: the key of an object within its resource. */
export function keyOf(object: { readonly metadata: { readonly namespace?: string; readonly name?: string } }): string {
  const { namespace, name = "" } = object.metadata;
  if (name !== last.name || namespace !== last.namespace) {
    last.key = flat(joinKey(namespace, name));
    last.name = name;
    last.namespace = namespace;
  }
  return last.key;
}

/** The key made last: all who hear of a write ask for the key of its object, and each new text would be hashed anew. */
const last: { namespace: string | undefined; name: string; key: string } = { namespace: undefined, name: "", key: "" };

export function joinKey(namespace: string | undefined, name: string): string {
  return namespace ? `${namespace}/${name}` : name;
}

export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf("/");
  return slash < 0 ? { namespace: "", name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The owner reference that marks the managing controller, if any. */
export function controllerOf(object: KubeObject) {
  const { ownerReferences } = object.metadata;
  if (ownerReferences === undefined) return undefined;
  // Everybody asks at each write of a pod: this makes no iterator and no function.
  for (let at = 0; at < ownerReferences.length; at++) {
    if (ownerReferences[at]?.controller === true) return ownerReferences[at];
  }
  return undefined;
}
