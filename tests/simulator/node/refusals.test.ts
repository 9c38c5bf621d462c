import { describe, expect, it } from "vitest";
import { PODS } from "../../../simulator/api/refs.ts";
import { present } from "../../../simulator/base/assert.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { containerFiles } from "../../../simulator/node/files/container-files.ts";
import { appendLog } from "../../../simulator/node/logs/log.ts";
import { machineShape } from "../../../simulator/node/node-shape.ts";
import { Cluster } from "./cluster.ts";

const oneNode = { shapes: [machineShape("node-1", 0)] };

function run(cluster: Cluster, name: string, spec: JsonObject, container: JsonObject = {}): string {
  const containers = [{ name: "c", image: "busybox:1.36", command: ["sleep", "3600"], ...container }];
  return cluster.run({ metadata: { name }, spec: { containers, ...spec } }, "node-1");
}

const waiting = (cluster: Cluster, key: string) => cluster.pod(key).status.containerStatuses?.[0]?.state?.waiting;

describe("runAsNonRoot", () => {
  it.each([
    ["root by its image", {}, { image: "busybox:1.36" }, "container has runAsNonRoot and image will run as root"],
    ["root by its own word", { runAsUser: 0 }, {}, "container's runAsUser breaks non-root policy"],
    [
      "a user that is only named",
      {},
      { image: "curlimages/curl:8.5.0" },
      "container has runAsNonRoot and image has non-numeric user (curl_user), cannot verify user is non-root",
    ],
  ])("refuses %s", (_name, own, container, text) => {
    const cluster = Cluster.start(oneNode);
    const key = run(cluster, "p", { securityContext: { runAsNonRoot: true } }, { ...container, securityContext: own });
    cluster.advance(20_000);
    const { uid } = cluster.pod(key).metadata;
    const message = `${text} (pod: "p_default(${uid})", container: c)`;
    expect(waiting(cluster, key)).toEqual({ reason: "CreateContainerConfigError", message });
    expect(cluster.eventTexts("p").some((event) => event.startsWith(`Failed: Error: ${message}`))).toBe(true);
  });

  it("lets numbers pass", () => {
    const cluster = Cluster.start(oneNode);
    const key = run(cluster, "p", { securityContext: { runAsNonRoot: true, runAsUser: 1000 } });
    const other = run(
      cluster,
      "q",
      { securityContext: { runAsNonRoot: true } },
      { image: "nginxinc/nginx-unprivileged:1.27" },
    );
    cluster.advance(30_000);
    expect([waiting(cluster, key), waiting(cluster, other)]).toEqual([undefined, undefined]);
  });
});

describe("a part of a volume that a variable names", () => {
  const part = (env: JsonObject, subPathExpr: string) => ({
    env: [{ name: "PART", ...env }],
    volumeMounts: [{ name: "work", mountPath: "/part", subPathExpr }],
  });
  const annotation = { valueFrom: { fieldRef: { fieldPath: "metadata.annotations['part']" } } };
  const volumes = [{ name: "work", emptyDir: {} }];

  it.each([
    ["absolute", { value: "/tmp" }, "$(PART)", "error SubPath `/tmp` must not be an absolute path"],
    ["above the volume", { value: ".." }, "a/$(PART)", "unable to provision SubPath `a/..`: must not contain '..'"],
    ["empty", annotation, "$(PART)/$(OTHER)", "missing value for OTHER, PART"],
  ])("is refused when it is %s", (_name, env, expression, message) => {
    const cluster = Cluster.start(oneNode);
    const key = run(cluster, "p", { volumes }, part(env, expression));
    cluster.advance(20_000);
    expect(waiting(cluster, key)).toEqual({ reason: "CreateContainerConfigError", message });
    expect(cluster.eventTexts("p").some((event) => event.startsWith(`Failed: Error: ${message}`))).toBe(true);
  });

  it("is mounted once the variable has a value", () => {
    const cluster = Cluster.start(oneNode);
    const key = run(cluster, "p", { volumes }, part(annotation, "$(PART)"));
    cluster.advance(20_000);
    const pod = cluster.pod(key);
    cluster.update(PODS, { ...pod, metadata: { ...pod.metadata, annotations: { part: "mine" } } });
    cluster.advance(120_000);
    expect([waiting(cluster, key), cluster.pod(key).status.phase]).toEqual([undefined, "Running"]);
  });
});

describe("the node's admission", () => {
  it.each([
    [
      "SysctlForbidden",
      'forbidden sysctl: "kernel.msgmax" not allowlisted',
      { securityContext: { sysctls: [{ name: "kernel.msgmax", value: "1" }] } },
    ],
    ["PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS", { os: { name: "windows" } }],
  ])("refuses with %s", (reason, message, spec) => {
    const cluster = Cluster.start(oneNode);
    const key = run(cluster, "p", spec);
    cluster.advance(3000);
    expect(cluster.pod(key).status).toMatchObject({ phase: "Failed", reason, message: `Pod was rejected: ${message}` });
    expect(cluster.eventTexts("p")).toContain(`${reason}: ${message}`);
  });

  it("gives a host port to one pod", () => {
    const cluster = Cluster.start(oneNode);
    const ports = (hostIP: string, protocol: string) => ({
      ports: [{ containerPort: 80, hostPort: 8080, hostIP, protocol }],
    });
    const keys = [
      run(cluster, "a", {}, ports("", "TCP")),
      run(cluster, "b", {}, ports("", "UDP")),
      run(cluster, "c", {}, ports("10.0.0.2", "TCP")),
    ];
    cluster.advance(20_000);
    expect(keys.map((key) => cluster.pod(key).status.reason)).toEqual([undefined, undefined, "NodePorts"]);
  });

  it("sets safe sysctls", () => {
    const cluster = Cluster.start(oneNode);
    run(cluster, "p", { securityContext: { sysctls: [{ name: "kernel.shm_rmid_forced", value: "1" }] } });
    cluster.advance(20_000);
    expect(files(cluster).read("/proc/sys/kernel/shm_rmid_forced")).toBe("1\n");
  });
});

function place(cluster: Cluster) {
  const machine = present(cluster.machines.get("node-1"), "node-1");
  const runtime = present([...machine.pods.values()][0], "a pod");
  return { machine, runtime, container: present(runtime.containers[0], "a container") };
}

function files(cluster: Cluster) {
  const { machine, runtime, container } = place(cluster);
  return containerFiles(cluster.machines, machine, runtime, container);
}

describe("what a container leaves behind", () => {
  const ended = (cluster: Cluster) => {
    cluster.machines.crashContainer("node-1", "default", "p");
    cluster.advance(3000);
    return cluster.pod("default/p").status.containerStatuses?.[0]?.state?.terminated;
  };

  it("is in its termination message's file, up to 4096 bytes", () => {
    const cluster = Cluster.start(oneNode);
    run(cluster, "p", { restartPolicy: "Never" }, { terminationMessagePath: "/tmp/why" });
    cluster.advance(20_000);
    files(cluster).write("/tmp/why", `${"x".repeat(5000)}DONE`);
    const { message } = ended(cluster) ?? {};
    expect(message).toHaveLength(4096);
    expect(message?.endsWith("xDONE")).toBe(true);
  });

  it("is the end of its log when it failed without a word and wants it so", () => {
    const cluster = Cluster.start(oneNode);
    run(cluster, "p", { restartPolicy: "Never" }, { terminationMessagePolicy: "FallbackToLogsOnError" });
    cluster.advance(20_000);
    const { container } = place(cluster);
    for (let line = 0; line < 100; line++) appendLog(container, "stdout", `line ${line}\n`, cluster.nowMs);
    expect(ended(cluster)?.message?.split("\n")).toEqual([
      ...Array.from({ length: 80 }, (_, at) => `line ${at + 20}`),
      "",
    ]);
  });

  it("tells of pull secrets that are not there", () => {
    const cluster = Cluster.start(oneNode);
    run(cluster, "p", { imagePullSecrets: [{ name: "reg" }] });
    cluster.advance(2000);
    expect(cluster.eventTexts("p")[0]).toContain(
      "FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (reg); attempting to pull the image may not succeed.",
    );
  });
});
