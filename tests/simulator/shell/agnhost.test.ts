import { describe, expect, it } from "vitest";
import { type JsonObject, kubectl, Simulation } from "../../../simulator/index.ts";
import { ShellDriver } from "../../../simulator/shell/driver.ts";

const BOOT_MS = 60_000;
const PATHS = { pods: "/api/v1/namespaces/default/pods", configMaps: "/api/v1/namespaces/default/configmaps" };
const IMAGE = "registry.k8s.io/e2e-test-images/agnhost:2.53";

function start() {
  const simulation = Simulation.start({ seed: 3, shells: true, workers: 1 });
  simulation.advanceTo(BOOT_MS);
  const driver = new ShellDriver(simulation);
  return {
    simulation,
    create: (path: string, kind: string, name: string, more: JsonObject) =>
      simulation.request({ method: "POST", path, body: { apiVersion: "v1", kind, metadata: { name }, ...more } }),
    run: (forMs: number) => driver.advanceTo(simulation.nowMs + forMs),
    log: async () => {
      const answer = await kubectl(async (request) => simulation.request(request), ["logs", "p"]);
      return answer.stdout.join("\n");
    },
  };
}

const pod = (container: JsonObject, more: JsonObject = {}): JsonObject => ({
  spec: { restartPolicy: "Never", containers: [{ name: "c", image: IMAGE, ...container }], ...more },
});

describe("the test image of Kubernetes", () => {
  it.each([
    [{ args: ["entrypoint-tester", "a", "b"] }, "[/agnhost entrypoint-tester a b]"],
    [{ command: ["/agnhost-2"], args: ["entrypoint-tester"] }, "[/agnhost-2 entrypoint-tester]"],
  ])("says how it was started: %j", async (container, wanted) => {
    const cluster = start();
    cluster.create(PATHS.pods, "Pod", "p", pod(container));
    await cluster.run(10_000);
    expect(await cluster.log()).toBe(wanted);
  });

  const volumes = [{ name: "v", configMap: { name: "m", defaultMode: 0o400 } }];
  const mounted = (...args: string[]) =>
    pod({ args: ["mounttest", ...args], volumeMounts: [{ name: "v", mountPath: "/etc/v" }] }, { volumes });

  it("looks at what a link leads to", async () => {
    const cluster = start();
    cluster.create(PATHS.configMaps, "ConfigMap", "m", { data: { key: "one" } });
    cluster.create(PATHS.pods, "Pod", "p", mounted("--file_mode=/etc/v/key", "--file_content=/etc/v/key"));
    await cluster.run(10_000);
    expect(await cluster.log()).toBe('mode of file "/etc/v/key": -r--------\ncontent of file "/etc/v/key": one');
  });

  it("sees a file change under it when it reads in a loop", async () => {
    const cluster = start();
    cluster.create(PATHS.configMaps, "ConfigMap", "m", { data: { key: "one" } });
    const args = ["--break_on_expected_content=false", "--retry_time=200", "--file_content_in_loop=/etc/v/key"];
    cluster.create(PATHS.pods, "Pod", "p", mounted(...args));
    await cluster.run(10_000);
    expect(new Set((await cluster.log()).split("\n"))).toEqual(new Set(['content of file "/etc/v/key": one']));
    const body = { data: { key: "two" } };
    const contentType = "application/merge-patch+json";
    cluster.simulation.request({ method: "PATCH", path: `${PATHS.configMaps}/m`, contentType, body });
    await cluster.run(120_000);
    expect(await cluster.log()).toContain('content of file "/etc/v/key": two');
  });

  it("asks the cluster's DNS with dig", async () => {
    const cluster = start();
    const spec = { type: "ExternalName", externalName: "foo.example.com" };
    cluster.create("/api/v1/namespaces/default/services", "Service", "s", { spec });
    const name = "kubernetes.default.svc.cluster.local";
    const script = [
      "dig +short s.default.svc.cluster.local CNAME",
      "dig +notcp +noall +answer +search kubernetes.default A",
      `dig +short ${name} @10.96.0.10`,
      "dig +noall +answer nobody.default.svc.cluster.local; echo $?",
    ].join("\n");
    cluster.create(PATHS.pods, "Pod", "p", pod({ command: ["sh", "-c", script] }));
    await cluster.run(20_000);
    expect((await cluster.log()).split("\n")).toEqual([
      "foo.example.com.",
      `${name}. 30\tIN\tA\t10.96.0.1`.replace(". ", ".\t"),
      "10.96.0.1",
      "0",
    ]);
  });

  it("finds itself in its hosts and by its address", async () => {
    const cluster = start();
    const script = `getent hosts p | cut -d' ' -f1
record=$(hostname -i | awk -F. '{print $1"-"$2"-"$3"-"$4".default.pod.cluster.local"}')
dig +short $record A`;
    cluster.create(PATHS.pods, "Pod", "p", pod({ command: ["sh", "-c", script] }));
    await cluster.run(20_000);
    const [own, asked] = (await cluster.log()).split("\n");
    expect(own).toMatch(/^10\.244\.\d+\.\d+$/);
    expect(asked).toBe(own);
  });

  it("hears of a pod's end by its hook", async () => {
    const cluster = start();
    cluster.create(PATHS.pods, "Pod", "server", pod({ args: ["nettest"], ports: [{ containerPort: 8080 }] }));
    await cluster.run(5000);
    const { body } = cluster.simulation.request({ method: "GET", path: `${PATHS.pods}/server` });
    const address = (body.status as JsonObject).podIP;
    const command = ["wget", "-O-", '--post-data={"Source": "prestop"}', `http://${address}:8080/write`];
    const lifecycle = { preStop: { exec: { command } } };
    cluster.create(PATHS.pods, "Pod", "p", pod({ image: "busybox", command: ["sleep", "600"], lifecycle }));
    await cluster.run(5000);
    cluster.simulation.request({ method: "DELETE", path: `${PATHS.pods}/p` });
    await cluster.run(40_000);
    const answer = cluster.simulation.request({ method: "GET", path: `${PATHS.pods}/server/proxy/read` });
    expect(JSON.parse(answer.text ?? "")).toMatchObject({ Received: { prestop: 1 } });
  });

  it("shows a file's bytes", async () => {
    const cluster = start();
    const binaryData = { dump: Buffer.from([0xde, 0xca, 0xfe, 0xba, 0xd0, 0xfe, 0xff, 0x41]).toString("base64") };
    cluster.create(PATHS.configMaps, "ConfigMap", "m", { binaryData });
    const command = ["sh", "-c", "hexdump -C /etc/v/dump; hexdump /etc/v/dump"];
    const volumeMounts = [{ name: "v", mountPath: "/etc/v" }];
    cluster.create(PATHS.pods, "Pod", "p", pod({ command, volumeMounts }, { volumes }));
    await cluster.run(10_000);
    expect(await cluster.log()).toBe(
      [
        "00000000  de ca fe ba d0 fe ff 41                           |.......A|",
        "00000008",
        "0000000 cade bafe fed0 41ff",
        "0000008",
      ].join("\n"),
    );
  });

  it("serves pages as pages", async () => {
    const cluster = start();
    const env = [
      { name: "SERVE_PORT_80", value: '<a href="/next">next</a>' },
      { name: "SERVE_PORT_81", value: "plain" },
    ];
    cluster.create(PATHS.pods, "Pod", "p", pod({ args: ["porter"], env }));
    await cluster.run(5000);
    const ask = (port: number) => cluster.simulation.request({ method: "GET", path: `${PATHS.pods}/p:${port}/proxy/` });
    expect(ask(80)).toMatchObject({
      contentType: "text/html; charset=utf-8",
      text: `<a href="${PATHS.pods}/p:80/proxy/next">next</a>`,
    });
    expect(ask(81)).toMatchObject({ contentType: "text/plain; charset=utf-8", text: "plain" });
  });

  it("tells when it is run again what its pod's DNS is", async () => {
    const cluster = start();
    const dnsConfig = { nameservers: ["1.1.1.1"], searches: ["resolv.conf.local"] };
    cluster.create(PATHS.pods, "Pod", "p", pod({ args: ["pause"] }, { dnsPolicy: "None", dnsConfig }));
    await cluster.run(5000);
    const said = async (command: string) => {
      const query = `command=/agnhost&command=${command}&stdout=true&stderr=true`;
      const opened = cluster.simulation.connect({ method: "GET", path: `${PATHS.pods}/p/exec?${query}` });
      if (!opened.ok) throw new Error("refused");
      await cluster.run(1000);
      return opened.value.next().map(({ channel, bytes }) => (channel === 3 ? "end" : bytes));
    };
    expect(await said("dns-suffix")).toEqual(["resolv.conf.local\n", "end"]);
    expect(await said("dns-server-list")).toEqual(["1.1.1.1\n", "end"]);
  });

  it.each([
    [false, "Effective uid: 1000"],
    [true, "Effective uid: 0"],
    [undefined, "Effective uid: 0"],
  ])("a set-uid program with allowPrivilegeEscalation %s", async (allowPrivilegeEscalation, wanted) => {
    const cluster = start();
    const securityContext = {
      runAsUser: 1000,
      ...(allowPrivilegeEscalation !== undefined && { allowPrivilegeEscalation }),
    };
    const image = "registry.k8s.io/e2e-test-images/nonewprivs:1.3";
    cluster.create(PATHS.pods, "Pod", "p", pod({ image, securityContext }));
    await cluster.run(10_000);
    expect(await cluster.log()).toBe(wanted);
  });
});
