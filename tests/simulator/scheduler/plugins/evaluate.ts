import { expect } from "vitest";
import type { KubeObject } from "../../../../simulator/api/object.ts";
import { NODES, PODS, type ResourceRef, SERVICES } from "../../../../simulator/api/refs.ts";
import { DEFAULT_OPTIONS, type SchedulerOptions } from "../../../../simulator/scheduler/configuration.ts";
import { isStatus, type PluginDefinition, SKIP } from "../../../../simulator/scheduler/framework.ts";
import { NodeCache } from "../../../../simulator/scheduler/node-cache.ts";
import { plugins } from "../../../../simulator/scheduler/plugins/registry.ts";
import { PodInfo } from "../../../../simulator/scheduler/pod-info.ts";
import { Harness } from "../harness.ts";
import { type NodeSketch, nodeObject, type PodSketch, podObject } from "../objects.ts";

/** A little world for one plugin: nodes, pods on them, and the pod that wants in. */
export interface World {
  readonly nodes: readonly NodeSketch[];
  readonly existing?: readonly PodSketch[];
  readonly services?: readonly object[];
  /** Claims, volumes, classes, …: each with the resource that it is of. */
  readonly objects?: readonly (readonly [ResourceRef<KubeObject>, object])[];
  readonly namespaces?: { readonly [name: string]: object };
  readonly pod: PodSketch;
  readonly options?: Partial<SchedulerOptions>;
  /** Names of the nodes that are scored; undefined: all. */
  readonly candidates?: string;
}

function prepare(definition: PluginDefinition, world: World) {
  const harness = new Harness();
  for (const [name, labels] of Object.entries({ default: {}, ...world.namespaces })) harness.namespace(name, labels);
  for (const service of world.services ?? []) harness.create(SERVICES, service);
  for (const [ref, object] of world.objects ?? []) harness.create(ref, object);
  const cache = new NodeCache();
  for (const node of world.nodes) cache.setNode(harness.create(NODES, nodeObject(node)));
  const options = { ...DEFAULT_OPTIONS, plugins: plugins.all, ...world.options };
  const { context } = harness;
  const plugin = definition.create({
    context,
    client: context.client,
    objects: context.cache,
    nodes: cache,
    options,
    nominatedTo: () => [],
    hasNominations: () => false,
  });
  for (const pod of world.existing ?? []) {
    const info = new PodInfo(harness.create(PODS, podObject(pod)));
    cache.setPod(info, info.pod.spec.nodeName ?? "");
  }
  const pod = new PodInfo(harness.create(PODS, podObject(world.pod)));
  return { plugin, cache, pod };
}

/** Node -> "" where it may go, else the reasons; `!` before them where no preemption could help. */
export function filtered(definition: PluginDefinition, world: World): { [node: string]: string } {
  const { plugin, cache, pod } = prepare(definition, world);
  const answer = plugin.preFilter?.(pod);
  const result: { [node: string]: string } = {};
  for (const node of cache.list()) {
    const refused = typeof answer === "object" && isStatus(answer) ? answer : undefined;
    const state = typeof answer === "object" && !isStatus(answer) ? answer.state : undefined;
    const status = refused ?? (answer === SKIP ? undefined : plugin.filter?.(state, pod, node));
    const mark = status?.code === "UnschedulableAndUnresolvable" ? "!" : "";
    result[node.name] = status === undefined ? "" : mark + status.reasons.join(", ");
  }
  return result;
}

/** Node -> its score, normalized but not weighted; undefined where the plugin takes no part. */
export function scored(definition: PluginDefinition, world: World): { [node: string]: number } | undefined {
  const { plugin, cache, pod } = prepare(definition, world);
  const candidates = world.candidates?.split(" ");
  const nodes = cache.list().filter(({ name }) => candidates?.includes(name) ?? true);
  const places = Int32Array.from(nodes, ({ place }) => place);
  const answer = plugin.preScore?.(pod, nodes, places);
  if (answer === SKIP) return undefined;
  const state = answer !== undefined && !isStatus(answer) ? answer.state : undefined;
  const scores = Float64Array.from(nodes, (node) => plugin.score?.(state, pod, node) ?? 0);
  const atOnce = new Float64Array(nodes.length);
  plugin.scoreAll?.(state, pod, nodes, places, atOnce);
  if (plugin.scoreAll !== undefined) expect([...atOnce]).toEqual([...scores]);
  plugin.normalizeScore?.(state, scores, nodes.length, nodes);
  return Object.fromEntries(nodes.map(({ name }, index) => [name, scores[index] ?? 0]));
}
