import { describe, expect, it } from "vitest";
import { type ApiRequest, Simulation } from "../../../simulator/index.ts";
import { clusterFor, must } from "../../simulator/api/access.ts";

/** Deletions that say nothing of dependents: upstream's tests of the garbage collector with an RC, and jobs. */

const base = clusterFor("e2e").snapshot();
const CORE = "/api/v1/namespaces/e2e";
const JOBS = "/apis/batch/v1/namespaces/e2e/jobs";

const WARNING =
  "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning";

class Cluster {
  readonly simulation = Simulation.restore(base);

  ask(method: ApiRequest["method"], path: string, body?: object) {
    const answer = this.simulation.request({ method, path, ...(body && { body: body as never }) });
    this.simulation.advanceTo(this.simulation.nowMs + 6000);
    return answer;
  }

  pods(): readonly { readonly metadata: { readonly ownerReferences?: unknown } }[] {
    const list = this.ask("GET", `${CORE}/pods`).body as unknown as { items: { metadata: object }[] };
    return list.items;
  }
}

const spec = { containers: [{ name: "c", image: "busybox", command: ["sleep", "1000"] }], restartPolicy: "Always" };
const labels = { app: "x" };
const controller = { metadata: { name: "x" }, spec: { replicas: 2, template: { metadata: { labels }, spec } } };
const job = { metadata: { name: "x" }, spec: { template: { spec: { ...spec, restartPolicy: "Never" } } } };

describe.each([
  ["a replication controller", `${CORE}/replicationcontrollers`, controller, 2, [] as string[]],
  ["a job", JOBS, job, 1, [WARNING]],
])("%s", (_, path, object, pods, warnings) => {
  it("leaves its pods behind when its deletion says nothing of them", () => {
    const cluster = new Cluster();
    must(cluster.ask("POST", path, object));
    const deleted = cluster.ask("DELETE", `${path}/x`);
    expect(deleted.warnings).toEqual(warnings);
    expect(cluster.ask("GET", `${path}/x`).code).toBe(404);
    expect(cluster.pods().map(({ metadata }) => metadata.ownerReferences)).toEqual(Array(pods).fill(undefined));
  });

  it("takes them along when that is asked for, or was", () => {
    const cluster = new Cluster();
    must(cluster.ask("POST", path, object));
    const options = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Background" };
    expect(cluster.ask("DELETE", `${path}/x`, options).warnings).toEqual([]);
    cluster.simulation.advanceTo(cluster.simulation.nowMs + 60_000);
    expect(cluster.pods()).toEqual([]);
  });

  it("goes on with the foreground deletion that has begun", () => {
    const cluster = new Cluster();
    must(cluster.ask("POST", path, object));
    const options = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Foreground" };
    const body = cluster.simulation.request({ method: "DELETE", path: `${path}/x`, body: options as never }).body;
    expect(body).toMatchObject({ metadata: { finalizers: expect.arrayContaining(["foregroundDeletion"]) } });
    const again = cluster.simulation.request({ method: "DELETE", path: `${path}/x` }).body;
    expect(again).toMatchObject({ metadata: { finalizers: expect.arrayContaining(["foregroundDeletion"]) } });
  });
});
