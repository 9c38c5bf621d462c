import { deepFreeze } from "../base/json.ts";
import type { Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { fromStored } from "./versions.ts";

/** What readers see of stored objects, where that is not the object itself: made once for all who ask. */
const views = new WeakMap<Kind, WeakMap<KubeObject, KubeObject>>();

/** What a reader sees of a stored object, in the version that was asked for. */
export function seenAs(kind: Kind, object: KubeObject, nowEpochMs: number): KubeObject {
  if (kind.view === undefined && kind.storedAs === undefined) return object;
  if (!isLasting(kind, object)) return viewOf(kind, object, nowEpochMs);
  let known = views.get(kind);
  if (known === undefined) {
    known = new WeakMap();
    views.set(kind, known);
  }
  let view = known.get(object);
  if (view === undefined) {
    view = deepFreeze(viewOf(kind, object, nowEpochMs));
    known.set(object, view);
  }
  return view;
}

/** The same, without keeping it. */
export function viewOf(kind: Kind, object: KubeObject, nowEpochMs: number): KubeObject {
  return fromStored(kind, kind.view?.(object, nowEpochMs) ?? object);
}

/** Whether all who look see the same: not of what was made for one answer, nor where a view asks for the time. */
export function isLasting({ view }: Kind, object: KubeObject): boolean {
  return Object.isFrozen(object) && (view === undefined || view.length < 2);
}
