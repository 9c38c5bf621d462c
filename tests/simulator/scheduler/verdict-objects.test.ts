import { beforeAll, describe, expect, it } from "vitest";
import { Simulation } from "../../../simulator/index.ts";

const VERDICTS = "/apis/simulation.tabernetes.dev/v1alpha1/namespaces/default/schedulingverdicts";

function podAsking(name: string, cpu: string) {
  const containers = [{ name: "c", image: "registry.k8s.io/pause:3.10", resources: { requests: { cpu } } }];
  return { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: { containers } };
}

interface Verdict {
  readonly nodeName?: string;
  readonly message?: string;
  readonly advice?: readonly string[];
  readonly weights: Readonly<Record<string, number>>;
  readonly nodes: readonly {
    readonly name: string;
    readonly rejection?: { readonly plugin: string; readonly reasons: readonly string[] };
    readonly scores?: Readonly<Record<string, number>>;
    readonly total?: number;
  }[];
}

describe("scheduling verdicts", () => {
  const simulation = Simulation.start({ workers: 3 });
  const get = (path: string) => simulation.request({ method: "GET", path });
  const verdictOf = (name: string) => get(`${VERDICTS}/${name}`).body as unknown as Verdict;

  beforeAll(() => {
    simulation.advanceTo(60_000);
    for (const body of [podAsking("small", "100m"), podAsking("huge", "500")]) {
      simulation.request({ method: "POST", path: "/api/v1/namespaces/default/pods", body });
    }
    simulation.advanceTo(65_000);
  });

  it("give each plugin's points for each node that could take the pod, which add up to the total", () => {
    const { nodeName, nodes, weights, advice } = verdictOf("small");
    const fitting = nodes.filter(({ rejection }) => rejection === undefined);
    expect(fitting).toHaveLength(3);
    for (const { scores = {}, total } of fitting) {
      expect(Object.keys(scores).sort()).toEqual(Object.keys(weights).sort());
      expect(Object.values(scores).reduce((sum, points) => sum + points, 0)).toBe(total);
    }
    const most = Math.max(...fitting.map(({ total = 0 }) => total));
    expect(fitting.find(({ name }) => name === nodeName)?.total).toBe(most);
    expect(advice).toEqual([]);
  });

  it("say who kept a pod off each node, with which words, and what would make it fit", () => {
    const { nodeName, nodes, message, advice } = verdictOf("huge");
    expect(nodeName).toBeUndefined();
    expect(message).toContain("3 Insufficient cpu");
    const byPlugin = nodes.map(({ rejection }) => rejection?.plugin).sort();
    expect(byPlugin).toEqual(["NodeResourcesFit", "NodeResourcesFit", "NodeResourcesFit", "TaintToleration"]);
    expect(advice).toEqual([
      expect.stringMatching(
        /^For 3 nodes: ask for at most \d+m of cpu instead of 500, or add a node that has so much\.$/,
      ),
      "For 1 node: tolerate a node's taints, or take them off (node-role.kubernetes.io/control-plane:NoSchedule).",
    ]);
  });

  it("are listed as a table, by namespace", () => {
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const { body } = simulation.request({ method: "GET", path: VERDICTS, accept });
    const rows = (body as unknown as { rows: { cells: string[] }[] }).rows.map(({ cells }) => cells);
    expect(rows.map(([name, , fit]) => [name, fit])).toEqual([
      ["huge", "0/4"],
      ["small", "3/4"],
    ]);
    const elsewhere = get(VERDICTS.replace("default", "kube-public")).body as unknown as { items: unknown[] };
    expect(elsewhere.items).toEqual([]);
  });

  it("can't be written, and one of an unknown pod is not found", () => {
    expect(simulation.request({ method: "DELETE", path: `${VERDICTS}/small` }).code).toBe(405);
    expect(get(`${VERDICTS}/nobody`).code).toBe(404);
  });
});
