import { describe, expect, it } from "vitest";
import { nextEvent, type Readable } from "../../../src/session/worker/next.ts";

const START = Date.UTC(2026, 0, 1);
const at = (ms: number) => new Date(START + ms).toISOString();

function store(kinds: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Readable {
  return {
    collections: Object.entries(kinds).map(([kind, objects]) => {
      const map = new Map(Object.entries(objects));
      return { ref: { kind }, size: map.size, values: () => map.values(), get: (key: string) => map.get(key) };
    }),
  };
}
const node = (name: string, ready = "True", taints: object[] = []) => ({
  metadata: { name },
  spec: { taints },
  status: { conditions: [{ type: "Ready", status: ready }] },
});
const lease = (ms: number) => ({ spec: { renewTime: at(ms) } });

describe("the next thing worth seeing", () => {
  it("is a heartbeat when all is well", () => {
    const well = store({ Node: { n: node("n") }, Lease: { "kube-node-lease/n": lease(4000) } });
    expect(nextEvent(well, 5000, START)).toEqual({ atMs: 14_000, what: "heartbeat of n" });
  });

  it("is the end of patience with a silent node", () => {
    const silent = store({
      Node: { a: node("a"), b: node("b") },
      Lease: { "kube-node-lease/a": lease(0), "kube-node-lease/b": lease(18_000) },
    });
    expect(nextEvent(silent, 20_000, START)).toEqual({ atMs: 50_000, what: "a turns NotReady" });
  });

  it("is the eviction of pods from a node given up", () => {
    const taint = { key: "node.kubernetes.io/unreachable", effect: "NoExecute", timeAdded: at(50_000) };
    const tolerations = [{ key: "node.kubernetes.io/unreachable", effect: "NoExecute", tolerationSeconds: 300 }];
    const dark = store({
      Node: { n: node("n", "Unknown", [taint]) },
      Pod: { "d/p": { metadata: { name: "p" }, spec: { nodeName: "n", tolerations } } },
    });
    expect(nextEvent(dark, 60_000, START)).toEqual({ atMs: 350_000, what: "eviction of p" });
  });

  it("is the end of a pod's grace", () => {
    const going = { metadata: { name: "p", deletionTimestamp: at(30_000) }, spec: { nodeName: "n" } };
    const busy = store({ Node: { n: node("n") }, Pod: { "d/p": going } });
    expect(nextEvent(busy, 1000, START)).toEqual({ atMs: 30_000, what: "end of grace for p" });
  });
});
