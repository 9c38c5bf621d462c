import { expect, it } from "vitest";
import type { JsonObject } from "../../../../simulator/base/json.ts";
import { Simulation } from "../../../../simulator/index.ts";
import { ShellDriver } from "../../../../simulator/shell/driver.ts";

const API = "/api/v1/namespaces/default";

/** Runs a script in a pod of a whole cluster and gives what it printed. */
async function printed(spec: JsonObject, container: JsonObject, script: string): Promise<string> {
  const simulation = Simulation.start({ workers: 1, shells: true });
  const driver = new ShellDriver(simulation);
  await driver.advanceTo(60_000);
  const post = (path: string, body: JsonObject) => simulation.request({ method: "POST", path: `${API}/${path}`, body });
  post("configmaps", { metadata: { name: "m" }, data: { "app.conf": "color=red\n", SIZE: "9" } });
  const command = ["sh", "-c", script];
  const containers = [{ name: "c", image: "busybox:1.36", command, ...container }];
  const answer = post("pods", { metadata: { name: "p" }, spec: { restartPolicy: "Never", containers, ...spec } });
  expect(answer.code).toBe(201);
  await driver.advanceTo(120_000);
  const { text } = simulation.request({ method: "GET", path: `${API}/pods/p/log` });
  return text ?? "";
}

it("scripts see their files and variables", async () => {
  const volumes = [
    { name: "v", configMap: { name: "m", defaultMode: 0o440, items: [{ key: "app.conf", path: "app.conf" }] } },
    { name: "e", emptyDir: {} },
  ];
  const container = {
    env: [{ name: "WHO", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
    envFrom: [{ configMapRef: { name: "m" }, prefix: "MY_" }],
    volumeMounts: [
      { name: "v", mountPath: "/config" },
      { name: "e", mountPath: "/data" },
    ],
  };
  const script = [
    "cat /config/app.conf",
    "readlink /config/app.conf 2>&1",
    "echo $WHO $MY_SIZE $KUBERNETES_SERVICE_HOST $HOSTNAME",
    "echo kept > /data/x; cat /data/x",
    "head -n 1 /etc/resolv.conf",
    "cat /var/run/secrets/kubernetes.io/serviceaccount/namespace; echo",
    "cut -c1-3 /var/run/secrets/kubernetes.io/serviceaccount/token",
    "head -n 1 /var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
  ].join("\n");
  const lines = (await printed({ volumes }, container, script)).split("\n");
  expect(lines).toEqual([
    "color=red",
    "..data/app.conf",
    "p 9 10.96.0.1 p",
    "kept",
    "search default.svc.cluster.local svc.cluster.local cluster.local",
    "default",
    "eyJ",
    "-----BEGIN CERTIFICATE-----",
    "",
  ]);
});

it("the folder that a container mounts of a volume is there in the volume too", async () => {
  const volumes = [{ name: "e", emptyDir: {} }];
  const container = {
    env: [{ name: "NAME", value: "foo" }],
    volumeMounts: [
      { name: "e", mountPath: "/part", subPathExpr: "mine/$(NAME)" },
      { name: "e", mountPath: "/whole" },
    ],
  };
  const script = "touch /whole/mine/foo/x; ls /part; ls /whole/mine";
  expect(await printed({ volumes }, container, script)).toBe("x\nfoo\n");
});

it("sleep takes its time by its path too", async () => {
  const script = "a=$(date +%s); /bin/sleep 7; /usr/bin/true && /bin/false || echo $(( $(date +%s) - a ))";
  expect(await printed({}, {}, script)).toBe("7\n");
});

it("a container that sleeps by the program's path runs as long as it says", async () => {
  const simulation = Simulation.start({ workers: 1, shells: true });
  const driver = new ShellDriver(simulation);
  await driver.advanceTo(60_000);
  const containers = [{ name: "c", image: "busybox", command: ["/bin/sleep"], args: ["600"] }];
  simulation.request({ method: "POST", path: `${API}/pods`, body: { metadata: { name: "s" }, spec: { containers } } });
  await driver.advanceTo(180_000);
  const { status } = simulation.request({ method: "GET", path: `${API}/pods/s` }).body as JsonObject;
  expect(status).toMatchObject({ phase: "Running", containerStatuses: [{ restartCount: 0, ready: true }] });
});

it("a pod's sysctls are what sysctl reads, by its path too", async () => {
  const securityContext = { sysctls: [{ name: "kernel.shm_rmid_forced", value: "1" }] };
  const script = "/bin/sysctl kernel.shm_rmid_forced; sysctl -n vm.overcommit_memory; sysctl no.such 2>&1";
  expect(await printed({ securityContext }, {}, script)).toBe(
    "kernel.shm_rmid_forced = 1\n1\nsysctl: error: 'no.such' is an unknown key\n",
  );
});
