import { describe, expect, it } from "vitest";
import type { Host } from "../../../simulator/kubectl/cli/host.ts";
import { runKubectl } from "../../../simulator/kubectl/cli/run.ts";
import { KUBECTL } from "../../../simulator/kubectl/root.ts";
import { TestCluster } from "./cluster.ts";

async function kubectl({ simulation }: TestCluster, line: string): Promise<{ out: string; err: string; code: number }> {
  let out = "";
  let err = "";
  const nothing = async () => ({ ok: false as const, error: "no such file or directory" });
  const host: Host = {
    connect: () => async (request) => simulation.request(request),
    files: { read: nothing, write: nothing, list: async () => undefined },
    env: {},
    folder: "/",
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    stdin: async () => "",
    line: async () => undefined,
    terminal: { stdin: false, stdout: false, columns: 80 },
    wait: async () => {},
    nowEpochMs: () => simulation.options.startEpochMs + simulation.nowMs,
    edit: async () => undefined,
    interrupt: { raised: false, onRaise: () => () => {} },
  };
  const code = await runKubectl(KUBECTL, line.split(" "), host);
  return { out, err, code };
}

const stress = {
  metadata: { name: "busy", labels: { app: "busy" } },
  spec: {
    containers: [
      { name: "a", image: "polinux/stress", command: ["stress", "--cpu", "2"], resources: { limits: { cpu: "700m" } } },
      { name: "b", image: "polinux/stress", command: ["stress", "--vm", "1", "--vm-bytes", "100M", "--vm-hang", "1"] },
    ],
  },
};
const PODS = "/api/v1/namespaces/default/pods";
const METRICS = "/apis/metrics.k8s.io/v1beta1";

describe("kubectl top, and the metrics API", () => {
  it("shows what nodes and pods take, a little later", async () => {
    const cluster = new TestCluster();
    cluster.create(PODS, stress);
    cluster.create(PODS, { metadata: { name: "web" }, spec: { containers: [{ name: "c", image: "nginx" }] } });
    cluster.wait(8);
    expect(await kubectl(cluster, "top pod")).toMatchObject({ err: "error: metrics not available yet\n", code: 1 });
    cluster.wait(40);
    const pods = await kubectl(cluster, "top pods");
    expect(pods.out).toMatch(
      /^NAME {3} {0,}CPU\(cores\) {3}MEMORY\(bytes\) {3}\nbusy +1700m +10\dMi +\nweb +\dm +\dMi +\n$/,
    );
    expect((await kubectl(cluster, "top pod busy --containers")).out).toMatch(
      /^POD +NAME +CPU\(cores\) +MEMORY\(bytes\) +\nbusy +a +700m +\dMi +\nbusy +b +1000m +10\dMi +\n$/,
    );
    expect((await kubectl(cluster, "top pod -A --sort-by=cpu --no-headers")).out.split("\n")[0]).toMatch(
      /^default +busy/,
    );
    const nodes = await kubectl(cluster, "top node");
    expect(nodes.out).toMatch(
      /^NAME +CPU\(cores\) +CPU\(%\) +MEMORY\(bytes\) +MEMORY\(%\) +\ncontrol-plane +\d+m +\d+% +\d+Mi +\d+% +\nnode-1 /,
    );
    expect((await kubectl(cluster, "top pod -l app=none")).err).toBe("No resources found in default namespace.\n");
    expect((await kubectl(cluster, "top pod --sort-by=age")).err).toBe("error: --sort-by accepts only cpu or memory\n");
  });

  it("is not there without a metrics server, and not available while that is down", async () => {
    const bare = new TestCluster({ metricsServer: false });
    expect(await kubectl(bare, "top node")).toMatchObject({ err: "error: Metrics API not available\n", code: 1 });
    expect(bare.ask("GET", `${METRICS}/nodes`).code).toBe(404);
    const cluster = new TestCluster();
    cluster.ask("PATCH", "/apis/apps/v1/namespaces/kube-system/deployments/metrics-server", { spec: { replicas: 0 } });
    cluster.wait(60);
    expect((await kubectl(cluster, "top node")).err).toBe(
      "Error from server (ServiceUnavailable): the server is currently unable to handle the request (get nodes.metrics.k8s.io)\n",
    );
  });

  it("lists by namespace and label, and refuses writes", () => {
    const cluster = new TestCluster();
    cluster.create(PODS, stress);
    cluster.wait(45);
    const list = (path: string) =>
      cluster.get<{ kind: string; items: { metadata: { name: string } }[] }>(`${METRICS}${path}`);
    expect(list("/namespaces/default/pods")).toMatchObject({
      kind: "PodMetricsList",
      items: [{ metadata: { name: "busy" }, window: "15s" }],
    });
    expect(list("/pods?labelSelector=app%3Dbusy").items).toHaveLength(1);
    expect(list("/namespaces/kube-system/pods").items.length).toBeGreaterThan(5);
    expect(cluster.get(`${METRICS}/namespaces/default/pods/busy`)).toMatchObject({
      kind: "PodMetrics",
      containers: [{ name: "a" }, { name: "b" }],
    });
    expect(cluster.ask("GET", `${METRICS}/namespaces/kube-system/pods/busy`).code).toBe(404);
    expect(cluster.ask("DELETE", `${METRICS}/namespaces/default/pods/busy`).code).toBe(405);
  });
});
