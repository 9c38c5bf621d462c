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
