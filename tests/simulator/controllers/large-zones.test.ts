import { describe, expect, it } from "vitest";
import { nodeLifecycleController } from "../../../simulator/controllers/node-lifecycle/controller.ts";
import { Cluster } from "./harness.ts";
import { addNode, readyOf, runWith, setReady, taintsOf } from "./nodes.ts";

const UNREACHABLE = "unreachable:NoExecute";
const names = (zone: string, count: number) => Array.from({ length: count }, (_, index) => `${zone}-${index}`);

/** Zone `a` with so many nodes, and a small zone `b` that is always well. */
function start(count: number) {
  const cluster = Cluster.start([nodeLifecycleController]);
  const a = names("a", count);
  const b = names("b", 2);
  for (const name of a) addNode(cluster, name, { "topology.kubernetes.io/zone": "a" });
  for (const name of b) addNode(cluster, name, { "topology.kubernetes.io/zone": "b" });
  return { cluster, a, b };
}

/** Seconds at which nodes got their NoExecute taint, to a tenth. */
function evictionsOf(cluster: Cluster): number[] {
  const seen = new Set<string>();
  const times: number[] = [];
  for (const { kind, name, t, object } of cluster.lines) {
    if (kind !== "Node" || seen.has(name) || !JSON.stringify(object).includes('"NoExecute"')) continue;
    seen.add(name);
    times.push(Math.round(t * 10) / 10);
  }
  return times;
}

describe("a zone of more than fifty nodes", () => {
  it("with 55 % of them silent evicts one node in a hundred seconds", () => {
    const { cluster, a, b } = start(60);
    runWith(cluster, 300, [...a.slice(33), ...b]);
    expect(evictionsOf(cluster)).toEqual([50.1, 150.1, 250.1]);
  });

  it("with a little less than that goes on at the usual rate", () => {
    const { cluster, a, b } = start(60);
    runWith(cluster, 91, [...a.slice(32), ...b]);
    expect(evictionsOf(cluster)).toEqual([50.1, 60.1, 70.1, 80.1, 90.1]);
  });

  it("that is silent as a whole, while others are well, evicts at the usual rate", () => {
    const { cluster, b } = start(60);
    runWith(cluster, 91, b);
    expect(evictionsOf(cluster)).toEqual([50.1, 60.1, 70.1, 80.1, 90.1]);
  });

  it("of exactly fifty nodes is none: it stops evicting", () => {
    const { cluster, a, b } = start(50);
    runWith(cluster, 300, [...a.slice(40), ...b]);
    expect(evictionsOf(cluster)).toEqual([]);
  });

  it("slows down when more of it falls silent, and is as before when it is back", () => {
    const { cluster, a, b } = start(60);
    runWith(cluster, 71, [...a.slice(20), ...b]);
    expect(evictionsOf(cluster)).toEqual([50.1, 60.1, 70.1]);
    // Nodes 20 to 39 fall silent too: noticed 50 s after they were seen last, and then one in 100 s.
    runWith(cluster, 400, [...a.slice(40), ...b]);
    const later = evictionsOf(cluster).filter((seconds) => seconds > 130);
    expect(later.length).toBeGreaterThan(0);
    for (const [index, seconds] of later.entries()) {
      if (index > 0) expect(seconds - (later[index - 1] ?? 0)).toBeCloseTo(100, 0);
    }
    for (const name of a.slice(0, 40)) setReady(cluster, name, "True");
    runWith(cluster, 411, [...a, ...b]);
    for (const name of a) {
      expect(readyOf(cluster, name)).toBe("True");
      expect(taintsOf(cluster, name)).not.toContain(UNREACHABLE);
    }
    const before = evictionsOf(cluster).length;
    runWith(cluster, 500, [...a, ...b]);
    expect(evictionsOf(cluster).length).toBe(before);
  });
});
