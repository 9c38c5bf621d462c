import type { Status } from "../../api/errors.ts";
import { matchesLabels, NOTHING, type Selector, selectorFromLabelSelector } from "../../api/meta/labels.ts";
import { controllerOf, type KubeObject } from "../../api/object.ts";
import type { ResourceRef } from "../../api/refs.ts";
import type { LabelSelector } from "../../api/schema/generated/types.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { controllerReference } from "./pod-template.ts";

/** The selector of a stored workload, ready to match; an invalid one matches nothing. */
export function compiledSelector(selector: LabelSelector | undefined): Selector {
  const result = selectorFromLabelSelector(selector);
  return result.ok ? result.value : NOTHING;
}

export interface ClaimOptions<T extends KubeObject> {
  readonly context: ComponentContext;
  readonly ref: ResourceRef<T>;
  readonly owner: KubeObject;
  readonly selector: Selector;
  /** What the owner manages now. */
  readonly owned: Iterable<T>;
  /** What no controller manages, in the owner's namespace. */
  readonly orphans: Iterable<T>;
}

// Models pkg/controller/controller_ref_manager.go ClaimObject
/**
 * What the owner manages after adopting orphans that its selector matches, and letting go what it no longer matches.
 * Objects that went in the meantime are left out.
 */
export function claim<T extends KubeObject>(options: ClaimOptions<T>): Result<T[], Status> {
  const { owner, selector, owned, orphans } = options;
  const deleting = owner.metadata.deletionTimestamp !== undefined;
  const claimed: T[] = [];
  let failure: Status | undefined;
  for (const object of owned) {
    if (matchesLabels(selector, object.metadata.labels)) claimed.push(object);
    else if (!deleting) failure ??= release(options, object);
  }
  for (const object of deleting ? [] : orphans) {
    if (object.metadata.deletionTimestamp !== undefined || controllerOf(object) !== undefined) continue;
    if (!matchesLabels(selector, object.metadata.labels)) continue;
    const adopted = adopt(options, object);
    if (adopted.ok) claimed.push(adopted.value);
    else if (adopted.error.code !== 404) failure ??= adopted.error;
  }
  return failure === undefined ? ok(claimed) : fail(failure);
}

function adopt<T extends KubeObject>({ context, ref, owner }: ClaimOptions<T>, object: T): Result<T, Status> {
  const ownerReferences = [...(object.metadata.ownerReferences ?? []), controllerReference(owner)];
  return context.client.update(ref, { ...object, metadata: { ...object.metadata, ownerReferences } });
}

function release<T extends KubeObject>({ context, ref, owner }: ClaimOptions<T>, object: T): Status | undefined {
  const others = object.metadata.ownerReferences?.filter(({ uid }) => uid !== owner.metadata.uid);
  const ownerReferences = others?.length ? others : undefined;
  const released = context.client.update(ref, { ...object, metadata: { ...object.metadata, ownerReferences } });
  return released.ok || released.error.code === 404 ? undefined : released.error;
}

/** The key of the object that controls another, when it is of a kind and still the one with that uid. */
export function controllerKey<T extends KubeObject>(
  object: KubeObject,
  ref: ResourceRef<T>,
  cache: ComponentContext["cache"],
): string | undefined {
  const reference = controllerOf(object);
  if (reference?.kind !== ref.kind) return undefined;
  const key = `${object.metadata.namespace}/${reference.name}`;
  return cache.get(ref, key)?.metadata.uid === reference.uid ? key : undefined;
}
