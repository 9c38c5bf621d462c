import type { Cache } from "../api/client.ts";
import { labelSelectorMatches } from "../api/meta/labels.ts";
import { joinKey } from "../api/object.ts";
import { type Fault, NODES, PODS, type Pod } from "../api/refs.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Target, World } from "./fault.ts";

type Wanted = Fault["spec"]["target"];

const ZONE_LABEL = "topology.kubernetes.io/zone";

/** What a fault aims at, or in words why there is nothing to aim at. */
export function resolveTargets(wanted: Wanted, cache: Cache, world: World): Result<readonly Target[], string> {
  if (wanted.kind === "Node") return nodeTargets(wanted, cache);
  if (wanted.kind === "Pod") return podTargets(wanted, cache);
  const nodes = world.withManifest(wanted.name ?? "");
  if (nodes.length === 0) return fail(`component "${wanted.name}" not found`);
  return ok(nodes.map((node) => ({ kind: "Component", node, name: wanted.name ?? "" })));
}

function nodeTargets(wanted: Wanted, cache: Cache): Result<readonly Target[], string> {
  // A machine may be there before its node is: by name it needs no object.
  if (wanted.name) return ok([{ kind: "Node", node: wanted.name }]);
  const targets: Target[] = [];
  for (const { metadata } of cache.list(NODES)) {
    const isMeant = wanted.zone
      ? metadata.labels?.[ZONE_LABEL] === wanted.zone
      : labelSelectorMatches(wanted.selector, metadata.labels);
    if (isMeant) targets.push({ kind: "Node", node: metadata.name });
  }
  if (targets.length > 0) return ok(targets);
  return fail(wanted.zone ? `no nodes in zone "${wanted.zone}"` : "no nodes match the selector");
}

function podTargets(wanted: Wanted, cache: Cache): Result<readonly Target[], string> {
  const { namespace = "default", name, container } = wanted;
  const target = (pod: Pod): Target => ({
    kind: "Pod",
    node: pod.spec.nodeName ?? "",
    namespace,
    name: pod.metadata.name,
    ...(container && { container }),
  });
  if (name) {
    const pod = cache.get(PODS, joinKey(namespace, name));
    if (pod === undefined) return fail(`pod "${namespace}/${name}" not found`);
    return pod.spec.nodeName ? ok([target(pod)]) : fail(`pod "${namespace}/${name}" is on no node`);
  }
  const targets: Target[] = [];
  for (const pod of cache.byIndex(PODS, "namespace", namespace)) {
    if (pod.spec.nodeName && labelSelectorMatches(wanted.selector, pod.metadata.labels)) targets.push(target(pod));
  }
  return targets.length > 0 ? ok(targets) : fail(`no pods in namespace "${namespace}" match the selector`);
}
