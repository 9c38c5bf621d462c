import { describe, expect, it } from "vitest";
import { type JsonObject, kubectl, Simulation } from "../../../simulator/index.ts";
import { ShellDriver } from "../../../simulator/shell/driver.ts";

const BOOT_MS = 30_000;

/** A pod some time after its start, and what its container has printed. */
async function outcome(forMs: number, spec: JsonObject): Promise<{ readonly ready: string; readonly log: string }> {
  const simulation = Simulation.start({ seed: 7, shells: true, workers: 1 });
  simulation.advanceTo(BOOT_MS);
  const body = { apiVersion: "v1", kind: "Pod", metadata: { name: "db-0" }, spec };
  simulation.request({ method: "POST", path: "/api/v1/namespaces/default/pods", body });
  await new ShellDriver(simulation).advanceTo(BOOT_MS + forMs);
  const ask = (...words: string[]) => kubectl(async (request) => simulation.request(request), words);
  const ready = await ask("get", "pod", "db-0", "-o", "jsonpath={.status.containerStatuses[0].ready}");
  return { ready: ready.stdout.join(""), log: (await ask("logs", "db-0")).stdout.join("\n") };
}

const probed = (image: string, command: string[], more: JsonObject = {}): JsonObject => ({
  containers: [{ name: "c", image, readinessProbe: { exec: { command }, periodSeconds: 2 }, ...more }],
});

describe("programs that images bring as scripts", () => {
  it.each<[string, JsonObject]>([
    [
      "mysqladmin",
      probed("mysql:8", ["mysqladmin", "ping"], { env: [{ name: "MYSQL_ALLOW_EMPTY_PASSWORD", value: "1" }] }),
    ],
    [
      "a probe in the image's root folder",
      probed("gcr.io/google-samples/cassandra:v13", ["/bin/bash", "-c", "/ready-probe.sh"], {
        env: [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }],
      }),
    ],
    [
      "a server that a script of the image starts",
      probed("registry.k8s.io/kubernetes-zookeeper:1.0-3.4.10", ["sh", "-c", "zookeeper-ready 2181"], {
        command: ["sh", "-c", "start-zookeeper --servers=3 --data_dir=/var/lib/zookeeper/data"],
      }),
    ],
  ])("answer when their server does: %s", async (_what, spec) => {
    expect((await outcome(1000, spec)).ready).toBe("false");
    expect((await outcome(40_000, spec)).ready).toBe("true");
  });

  it("are not there in other images", async () => {
    const command = ["sh", "-c", "mysqladmin ping; nodetool status"];
    const { log } = await outcome(20_000, {
      restartPolicy: "Never",
      containers: [{ name: "c", image: "busybox", command }],
    });
    expect(log).toContain("mysqladmin: not found");
    expect(log).toContain("nodetool: not found");
  });
});
