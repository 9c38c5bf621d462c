import { beforeAll, describe, expect, it } from "vitest";
import type { Cause, CauseStep } from "../../../simulator/api/refs.ts";
import { Simulation } from "../../../simulator/index.ts";

const CAUSES = "/apis/simulation.tabernetes.dev/v1alpha1/namespaces/default/causes";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const ADMIN = "kubernetes-admin";

function deployment(name: string, replicas: number) {
  const labels = { app: name };
  const spec = { containers: [{ name: "c", image: "registry.k8s.io/pause:3.10" }] };
  const template = { metadata: { labels }, spec };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: { replicas, selector: { matchLabels: labels }, template },
  };
}

interface Named {
  readonly metadata: { readonly name: string };
}

class Cluster {
  readonly simulation: Simulation;

  constructor(simulation: Simulation) {
    this.simulation = simulation;
  }

  get(path: string) {
    return this.simulation.request({ method: "GET", path }).body as unknown;
  }

  cause(name: string): Cause {
    return this.get(`${CAUSES}/${name}`) as Cause;
  }

  names(path: string): string[] {
    return (this.get(path) as { items: Named[] }).items.map(({ metadata }) => metadata.name);
  }
}

/** The steps that led to a step, the first cause first. */
function chainTo({ steps }: Cause, last: CauseStep | undefined): string[] {
  const chain: string[] = [];
  for (let step = last; step !== undefined; step = steps.find(({ revision }) => revision === step?.causedBy)) {
    chain.unshift(`${step.by} ${step.verb} ${step.object.resource}`);
  }
  return chain;
}

describe("causes", () => {
  const cluster = new Cluster(Simulation.start({ workers: 2 }));
  const { simulation } = cluster;
  let pod = "";

  beforeAll(() => {
    simulation.advanceTo(60_000);
    simulation.request({
      method: "POST",
      path: `${DEPLOYMENTS}?fieldManager=kubectl-create`,
      body: deployment("web", 1),
    });
    simulation.advanceTo(80_000);
    pod = cluster.names("/api/v1/namespaces/default/pods").find((name) => name.startsWith("web-")) ?? "";
  });

  it("lead from a pod back to the request that made its Deployment", () => {
    const cause = cluster.cause(`pods.${pod}`);
    const created = cause.steps.find(({ revision }) => revision === cause.chain.at(-1));
    expect(chainTo(cause, created)).toEqual([
      `${ADMIN} created deployments.apps`,
      "deployment-controller created replicasets.apps",
      "replicaset-controller created pods",
    ]);
    expect(cause.steps[0]?.because).toBe(`POST ${DEPLOYMENTS}?fieldManager=kubectl-create`);
    expect(cause.truncated).toBeUndefined();
    const times = cause.steps.map(({ time }) => time);
    expect(times).toEqual([...times].sort());
  });

  it("say who bound the pod and who started it, each led by the write before it", () => {
    const cause = cluster.cause(`pods.${pod}`);
    const bound = cause.steps.find(({ what }) => what?.startsWith("assigned to "));
    expect(chainTo(cause, bound).at(-1)).toBe("kube-scheduler changed pods");
    expect(bound?.causedBy).toBe(cause.chain.at(-1));
    const ready = cause.steps.find(({ what }) => what?.includes("Ready=True"));
    const [node] = bound?.what?.slice("assigned to ".length).split(", ") ?? [];
    expect(ready?.by).toBe(`kubelet/${node}`);
    expect(ready?.causedBy).toBe(bound?.revision);
  });

  it("lead from a deletion by hand to the pod that takes the place of the other", () => {
    const { simulation: fork } = new Cluster(simulation.fork());
    const later = new Cluster(fork);
    fork.request({ method: "DELETE", path: `/api/v1/namespaces/default/pods/${pod}` });
    fork.advanceTo(130_000);
    const next = later.names("/api/v1/namespaces/default/pods").find((name) => name.startsWith("web-")) ?? "";
    const cause = later.cause(`pods.${next}`);
    const created = cause.steps.find(({ revision }) => revision === cause.chain.at(-1));
    const chain = chainTo(cause, created);
    expect(chain.at(-1)).toBe("replicaset-controller created pods");
    expect(chain[0]).toBe(`${ADMIN} changed pods`);
    const gone = later.cause(`pods.${pod}`).steps.at(-1);
    expect([gone?.verb, gone?.by.startsWith("kubelet/")]).toEqual(["deleted", true]);
  });

  it("tell that an uncordoned node let a waiting pod in", () => {
    const fork = new Cluster(simulation.fork());
    const send = (method: "PATCH" | "POST", path: string, body: object) =>
      fork.simulation.request({
        method,
        path,
        body: body as never,
        ...(method === "PATCH" && { contentType: "application/merge-patch+json" }),
      });
    const workers = fork.names("/api/v1/nodes").filter((name) => !name.includes("control-plane"));
    for (const name of workers) send("PATCH", `/api/v1/nodes/${name}`, { spec: { unschedulable: true } });
    fork.simulation.advanceTo(81_000);
    send("POST", DEPLOYMENTS, deployment("late", 1));
    fork.simulation.advanceTo(100_000);
    send("PATCH", `/api/v1/nodes/${workers[0]}`, { spec: { unschedulable: null } });
    fork.simulation.advanceTo(105_000);
    const late = fork.names("/api/v1/namespaces/default/pods").find((name) => name.startsWith("late-")) ?? "";
    const cause = fork.cause(`pods.${late}`);
    const bound = cause.steps.find(({ what }) => what?.startsWith("assigned to "));
    const path = chainTo(cause, bound);
    expect(path.some((step) => step.endsWith("changed nodes"))).toBe(true);
    expect(path[0]).toBe(`${ADMIN} changed nodes`);
  });

  it("are kept over a restored snapshot", () => {
    const restored = new Cluster(Simulation.restore(JSON.parse(JSON.stringify(simulation.snapshot()))));
    expect(restored.cause(`pods.${pod}`)).toEqual(cluster.cause(`pods.${pod}`));
  });

  it("are read as a table, those of objects without a namespace in default", () => {
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const { body } = simulation.request({ method: "GET", path: CAUSES, accept });
    const rows = (body as unknown as { rows: { cells: string[] }[] }).rows.map(({ cells }) => cells);
    const row = rows.find(([name]) => name === `pods.${pod}`);
    expect(row?.[1]).toBe(ADMIN);
    expect(row?.[2]).toMatch(/^deployments\/web > replicasets\/web-\w+ > pods\/web-[\w-]+$/);
    expect(rows.some(([name = ""]) => name.startsWith("events."))).toBe(false);
    // Nobody's request led to the nodes: they are not listed, but told of.
    expect(rows.some(([name = ""]) => name.startsWith("nodes."))).toBe(false);
    expect(cluster.cause("nodes.node-1").steps[0]?.by).toBe("kubelet/node-1");
  });

  it("can't be written, and nothing is known of what never was", () => {
    expect(simulation.request({ method: "DELETE", path: `${CAUSES}/pods.${pod}` }).code).toBe(405);
    expect(simulation.request({ method: "GET", path: `${CAUSES}/pods.nobody` }).code).toBe(404);
  });
});
