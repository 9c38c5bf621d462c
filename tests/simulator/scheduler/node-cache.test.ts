import { describe, expect, it } from "vitest";
import { matchesLabels, selectorFromMap } from "../../../simulator/api/meta/labels.ts";
import type { Node, Pod } from "../../../simulator/api/refs.ts";
import { NodeCache } from "../../../simulator/scheduler/node-cache.ts";
import type { CountedPods } from "../../../simulator/scheduler/pod-counters.ts";
import { PodInfo } from "../../../simulator/scheduler/pod-info.ts";
import { Random } from "../../../simulator/time/random.ts";
import { nodeObject, podObject } from "./objects.ts";

const ZONE = "topology.kubernetes.io/zone";
const selector = selectorFromMap({ app: "web" });
const question: CountedPods = {
  key: "web",
  topologyKey: ZONE,
  isCountedNode: (node) => !node.isUnschedulable,
  namespaces: new Set(["default"]),
  selector,
  matches: (pod) => matchesLabels(selector, pod.labels),
};

const node = (name: string, zone: string, unschedulable: boolean): Node =>
  nodeObject({ name, unschedulable, labels: { [ZONE]: zone } }) as unknown as Node;

function podInfo(serial: number, app: string, namespace: string): PodInfo {
  const containers = [{ name: "c", image: "a:1", resources: { requests: { cpu: `${serial % 5}00m` } } }];
  const spec = {
    containers,
    ...(serial % 3 === 0 && {
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: ZONE, labelSelector: { matchLabels: { app: "db" } } },
          ],
        },
      },
    }),
  };
  const object = podObject({ metadata: { name: `p${serial}`, namespace, labels: { app }, uid: `${serial}` }, spec });
  return new PodInfo(object as unknown as Pod);
}

/** What everyone could ask, in an order of its own. */
function answers(cache: NodeCache): object {
  const web = cache.counters.ask(question);
  const db = { namespace: "default", labels: { app: "db" }, selectionKey: "default|db" };
  const groups = cache.termGroups.matching(db, () => ({}));
  return {
    domains: web.domainCount,
    least: web.least,
    total: web.total,
    lowest: cache.lowestPriority(),
    nodes: cache.list().map((one) => ({
      name: one.name,
      web: web.at(one),
      anti: groups.reduce((sum, { counts }) => sum + counts.at(one), 0),
      requested: one.requested.milliCpu,
      row: [...one.table.values.slice(one.row, one.row + 8)],
      pods: [...one.pods.keys()].sort(),
    })),
  };
}

/** The same nodes and pods, built at once. */
function rebuilt(nodes: ReadonlyMap<string, Node>, pods: ReadonlyMap<string, readonly [PodInfo, string]>): NodeCache {
  const cache = new NodeCache();
  for (const one of nodes.values()) cache.setNode(one);
  for (const [info, name] of pods.values()) cache.setPod(info, name);
  return cache;
}

describe("the node cache", () => {
  it.each([1, 2, 3, 4, 5])("seed %i: however it came about, it answers as one that was built at once", (seed) => {
    const draw = new Random(seed).stream("cache");
    const cache = new NodeCache();
    const nodes = new Map<string, Node>();
    const pods = new Map<string, readonly [PodInfo, string]>();
    cache.counters.ask(question);
    for (let step = 0; step < 400; step++) {
      const name = `n${draw.below(8)}`;
      const action = draw.below(10);
      if (action < 2) {
        const one = node(name, `z${draw.below(3)}`, draw.below(4) === 0);
        if (draw.below(4) === 0) {
          nodes.delete(name);
          cache.removeNode(name);
        } else {
          nodes.set(name, one);
          cache.setNode(one);
        }
      } else if (action < 7) {
        const info = podInfo(draw.below(60), draw.below(2) === 0 ? "web" : "db", draw.below(5) === 0 ? "x" : "default");
        pods.delete(info.key);
        pods.set(info.key, [info, name]);
        cache.setPod(info, name);
      } else {
        const key = [...pods.keys()][draw.below(Math.max(pods.size, 1))] ?? "";
        pods.delete(key);
        cache.removePod(key);
      }
      if (step % 10 === 0) expect(answers(cache)).toEqual(answers(rebuilt(nodes, pods)));
    }
  });

  it("takes thoughts back without a trace", () => {
    const cache = rebuilt(
      new Map([["n0", node("n0", "z0", false)]]),
      new Map([["a", [podInfo(1, "web", "default"), "n0"]]]),
    );
    const before = answers(cache);
    const thought = podInfo(2, "web", "default");
    cache.place(thought, "n0");
    expect(answers(cache)).not.toEqual(before);
    cache.displace(thought, "n0");
    expect(answers(cache)).toEqual(before);
  });
});
