import { beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../../simulator/base/json.ts";
import type { NetworkView } from "../../../simulator/network/network-view.ts";
import { Simulation } from "../../../simulator/simulation.ts";

const GET = { method: "GET", path: "/", headers: {}, body: "" };

function post(simulation: Simulation, path: string, body: JsonObject): JsonObject {
  const answer = simulation.request({ method: "POST", path, body });
  expect(answer.code, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body;
}

const pod = (name: string, labels: { [key: string]: string }, more: JsonObject = {}, container: JsonObject = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, labels },
  spec: {
    containers: [{ name: "c", image: "nginx:1.27", ports: [{ name: "http", containerPort: 80 }], ...container }],
    ...more,
  },
});

const service = (name: string, spec: JsonObject) => ({ apiVersion: "v1", kind: "Service", metadata: { name }, spec });

const PODS = "/api/v1/namespaces/default/pods";
const SERVICES = "/api/v1/namespaces/default/services";

interface Seen {
  readonly metadata: { readonly uid: string };
  readonly spec: {
    readonly nodeName: string;
    readonly clusterIP: string;
    readonly ports: { readonly nodePort: number }[];
  };
  readonly status: { readonly podIP: string };
}

class World {
  readonly simulation = Simulation.start({ seed: 7, workers: 3 });

  settle(ms = 30_000): void {
    this.simulation.advanceTo(this.simulation.nowMs + ms);
  }

  get(path: string): Seen {
    return this.simulation.request({ method: "GET", path }).body as unknown as Seen;
  }

  pod(name: string): Seen {
    return this.get(`${PODS}/${name}`);
  }

  from(name: string): NetworkView {
    const { metadata, spec } = this.pod(name);
    return this.simulation.network.view({ kind: "pod", node: spec.nodeName, uid: metadata.uid });
  }

  clusterIp(name: string): string {
    return this.get(`${SERVICES}/${name}`).spec.clusterIP;
  }
}

const status = (answer: ReturnType<NetworkView["http"]>) => (typeof answer === "string" ? answer : answer.status);

describe("the cluster's network", () => {
  const world = new World();
  const { simulation } = world;
  beforeAll(() => {
    simulation.advanceTo(60_000);
    post(simulation, PODS, pod("web-1", { app: "web" }, { hostname: "one", subdomain: "headless" }));
    post(simulation, PODS, pod("web-2", { app: "web" }));
    post(simulation, PODS, pod("client", { app: "client" }, {}, { command: ["sleep", "infinity"] }));
    post(
      simulation,
      SERVICES,
      service("web", { selector: { app: "web" }, ports: [{ name: "http", port: 8080, targetPort: "http" }] }),
    );
    post(
      simulation,
      SERVICES,
      service("door", { type: "NodePort", selector: { app: "web" }, ports: [{ port: 80, nodePort: 30_080 }] }),
    );
    post(
      simulation,
      SERVICES,
      service("headless", { clusterIP: "None", selector: { app: "web" }, ports: [{ name: "http", port: 80 }] }),
    );
    post(simulation, SERVICES, service("nobody", { selector: { app: "nobody" }, ports: [{ port: 80 }] }));
    post(simulation, SERVICES, service("elsewhere", { type: "ExternalName", externalName: "example.com" }));
    post(
      simulation,
      SERVICES,
      service("sticky", { selector: { app: "web" }, sessionAffinity: "ClientIP", ports: [{ port: 80 }] }),
    );
    world.settle();
  });

  it("pods reach pods and services, by name and by address", () => {
    const view = world.from("client");
    const [ip = ""] = view.resolve("web");
    expect(ip).toBe(world.clusterIp("web"));
    expect(status(view.http(ip, 8080, GET))).toBe(200);
    expect(status(view.http(world.pod("web-1").status.podIP, 80, GET))).toBe(200);
    expect(view.connect(world.pod("web-1").status.podIP, 81)).toBe("refused");
    expect(view.connect(ip, 9999)).toBe("timeout");
    expect(view.connect(world.clusterIp("nobody"), 80)).toBe("refused");
    expect(view.connect("10.244.1.250", 80)).toBe("unreachable");
  });

  it("resolves the cluster's names", () => {
    const view = world.from("client");
    const ips = [world.pod("web-1").status.podIP, world.pod("web-2").status.podIP].sort();
    expect([...view.resolve("headless")].sort()).toEqual(ips);
    expect(view.resolve("one.headless")).toEqual([world.pod("web-1").status.podIP]);
    expect(view.resolve("web.default.svc.cluster.local.")).toEqual([world.clusterIp("web")]);
    expect(view.resolve("kubernetes.default")).toEqual(["10.96.0.1"]);
    expect(view.resolve("no-such-name")).toEqual([]);
    expect(view.lookup("nobody.nowhere", "A").status).toBe("NXDOMAIN");
    expect(view.resolve("elsewhere")).toEqual(["198.51.100.10"]);
    expect(view.lookup("elsewhere", "A").records.map(({ type }) => type)).toEqual(["CNAME", "A"]);
    expect(view.lookup("_http._tcp.web.default.svc.cluster.local", "SRV").records.map(({ data }) => data)).toEqual([
      "0 100 8080 web.default.svc.cluster.local.",
    ]);
    const reversed = world.clusterIp("web").split(".").reverse().join(".");
    expect(view.lookup(`${reversed}.in-addr.arpa`, "PTR").records[0]?.data).toBe("web.default.svc.cluster.local.");
    expect(view.resolve("10-244-1-9.default.pod.cluster.local")).toEqual(["10.244.1.9"]);
  });

  it("from outside only what is meant for it", () => {
    const outside = simulation.network.view({ kind: "outside" });
    expect(status(outside.http("10.0.0.3", 30_080, GET))).toBe(200);
    expect(outside.connect(world.clusterIp("web"), 8080)).toBe("timeout");
    expect(outside.connect(world.pod("web-1").status.podIP, 80)).toBe("timeout");
    expect(outside.resolve("web.default.svc.cluster.local")).toEqual([]);
  });

  it("a client with affinity stays where it was", () => {
    const { network } = simulation;
    const seen = new Set<string>();
    const stand = network.standOf({
      kind: "pod",
      node: world.pod("client").spec.nodeName,
      uid: world.pod("client").metadata.uid,
    });
    for (let time = 0; time < 12 && stand !== undefined; time++) {
      const target = network.route(stand, world.clusterIp("sticky"), 80, "tcp");
      if (typeof target !== "string" && target.kind === "program") seen.add(target.program.runtimePod.name);
    }
    expect(seen.size).toBe(1);
  });

  it("the API server answers containers by their token", () => {
    const view = world.from("client");
    const refused = view.http("10.96.0.1", 443, { ...GET, path: "/api/v1/namespaces/default/pods" }, true);
    expect(status(refused)).toBe(403);
    expect(status(view.http("10.96.0.1", 443, { ...GET, path: "/version" }, true))).toBe(200);
    expect(status(view.http("10.96.0.1", 443, GET))).toBe(400);
  });

  it("goes on from a snapshot", () => {
    const copy = simulation.fork();
    const { metadata, spec } = world.pod("client");
    const view = copy.network.view({ kind: "pod", node: spec.nodeName, uid: metadata.uid });
    expect(status(view.http(view.resolve("web")[0] ?? "", 8080, GET))).toBe(200);
    expect(JSON.parse(JSON.stringify(copy.network.save()))).toEqual(
      JSON.parse(JSON.stringify(simulation.network.save())),
    );
  });
});

describe("when things break", () => {
  it("a policy that allows one client, and another that allows nobody", () => {
    const world = new World();
    const { simulation } = world;
    simulation.advanceTo(60_000);
    post(simulation, PODS, pod("web", { app: "web" }));
    post(simulation, PODS, pod("friend", { app: "friend" }, {}, { command: ["sleep", "infinity"] }));
    post(simulation, PODS, pod("stranger", { app: "stranger" }, {}, { command: ["sleep", "infinity"] }));
    post(simulation, "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies", {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "friends" },
      spec: {
        podSelector: { matchLabels: { app: "web" } },
        ingress: [{ from: [{ podSelector: { matchLabels: { app: "friend" } } }], ports: [{ port: "http" }] }],
      },
    });
    world.settle();
    const ip = world.pod("web").status.podIP;
    expect(world.from("friend").connect(ip, 80)).toBe("open");
    expect(world.from("stranger").connect(ip, 80)).toBe("timeout");
    expect(simulation.network.view({ kind: "node", node: world.pod("web").spec.nodeName }).connect(ip, 80)).toBe(
      "open",
    );
    post(simulation, "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies", {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "silence" },
      spec: { podSelector: { matchLabels: { app: "friend" } }, policyTypes: ["Egress"] },
    });
    expect(world.from("friend").connect(ip, 80)).toBe("timeout");
    expect(world.from("friend").lookup("web", "A").status).toBe("timeout");
  });

  it("a partition cuts connections, and leaves the node with the rules that it had", () => {
    const world = new World();
    const { simulation } = world;
    simulation.advanceTo(60_000);
    post(simulation, PODS, pod("a", { app: "web" }, { nodeName: "node-1" }));
    post(simulation, PODS, pod("b", { app: "web" }, { nodeName: "node-2" }));
    post(simulation, SERVICES, service("web", { selector: { app: "web" }, ports: [{ port: 80 }] }));
    world.settle();
    const { podIP } = world.pod("b").status;
    const view = world.from("a");
    expect(view.connect(podIP, 80)).toBe("open");
    simulation.machines.network("node-1", false);
    expect(view.connect(podIP, 80)).toBe("timeout");
    const clusterIp = world.clusterIp("web");
    simulation.request({ method: "DELETE", path: `${SERVICES}/web` });
    world.settle(2000);
    const results = new Set(Array.from({ length: 20 }, () => view.connect(clusterIp, 80)));
    expect(results).toEqual(new Set(["open", "timeout"]));
    simulation.machines.network("node-1", true);
    expect(view.connect(clusterIp, 80)).toBe("timeout");
  });

  it("without CoreDNS names are not resolved, and services still work", () => {
    const world = new World();
    const { simulation } = world;
    simulation.advanceTo(60_000);
    post(simulation, PODS, pod("web", { app: "web" }));
    post(simulation, SERVICES, service("web", { selector: { app: "web" }, ports: [{ port: 80 }] }));
    simulation.request({ method: "DELETE", path: "/apis/apps/v1/namespaces/kube-system/deployments/coredns" });
    world.settle(60_000);
    const view = world.from("web");
    expect(view.lookup("web", "A")).toMatchObject({ status: "timeout", server: "10.96.0.10" });
    expect(view.resolve("web.default")).toEqual([]);
    expect(view.connect(world.clusterIp("web"), 80)).toBe("open");
  });
});
