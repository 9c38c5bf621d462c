import type { Status } from "../../api/errors.ts";
import { NODES, type Node } from "../../api/refs.ts";
import type { Taint } from "../../api/schema/generated/types.ts";
import { ok, type Result } from "../../base/result.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";

const NONE: readonly Taint[] = [];

export function taintsOf(node: Node): readonly Taint[] {
  return node.spec.taints ?? NONE;
}

/** Same key and effect, whatever the value. Models k8s.io/api core/v1 MatchTaint. */
export function sameTaint(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}

export function hasTaint(node: Node, taint: Taint): boolean {
  return taintsOf(node).some((other) => sameTaint(other, taint));
}

// Models pkg/controller/util/node SwapNodeControllerTaint: two writes, first what is added, then what is taken away.
/** Adds taints with the present as their time, then removes others; the node as it stands then. */
export function swapTaints(
  context: ComponentContext,
  node: Node,
  added: readonly Taint[],
  removed: readonly Taint[],
): Result<Node, Status> {
  const stamped = added.map((taint) => ({ ...taint, timeAdded: context.now }));
  const replaced = taintsOf(node).map((taint) => stamped.find((other) => sameTaint(other, taint)) ?? taint);
  const fresh = stamped.filter((taint) => !hasTaint(node, taint));
  const after = added.length === 0 ? ok(node) : write(context, node, [...replaced, ...fresh]);
  return after.ok ? removeTaints(context, after.value, removed) : after;
}

/** Writes nothing when the node has none of them. Models pkg/controller RemoveTaintOffNode. */
export function removeTaints(context: ComponentContext, node: Node, removed: readonly Taint[]): Result<Node, Status> {
  const kept = taintsOf(node).filter((taint) => !removed.some((other) => sameTaint(other, taint)));
  return kept.length === taintsOf(node).length ? ok(node) : write(context, node, kept);
}

function write(context: ComponentContext, node: Node, taints: readonly Taint[]): Result<Node, Status> {
  const spec = { ...node.spec, taints: taints.length === 0 ? undefined : taints };
  return context.client.update(NODES, { ...node, spec });
}
