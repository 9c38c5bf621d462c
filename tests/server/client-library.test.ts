import "./older-node.ts";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import {
  AppsV1Api,
  Attach,
  CoreV1Api,
  Cp,
  CustomObjectsApi,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  Metrics,
  makeInformer,
  PatchStrategy,
  PortForward,
  setHeaderOptions,
  type V1Deployment,
  type V1Pod,
  type V1Status,
  VersionApi,
  Watch,
} from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Served, serve } from "./support.ts";

// The official JavaScript client, doing its ordinary work.

const namespace = "default";
const WAIT = { timeout: 30_000, interval: 50 };
let served: Served;
const config = new KubeConfig();

beforeAll(async () => {
  served = await serve(20, 1, { shells: true, metricsServer: true });
  config.loadFromOptions({
    clusters: [{ name: "simulated", server: served.url, skipTLSVerify: true }],
    users: [{ name: "admin" }],
    contexts: [{ name: "simulated", cluster: "simulated", user: "admin" }],
    currentContext: "simulated",
  });
}, 60_000);
afterAll(() => served.close());

function deployment(name: string, image = "nginx:1.27"): V1Deployment {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: "main", image }] } };
  return { metadata: { name }, spec: { replicas: 2, selector: { matchLabels: labels }, template } };
}

/** A pod that runs; its image has a shell. */
async function running(name: string, command?: string[]): Promise<V1Pod> {
  const core = config.makeApiClient(CoreV1Api);
  const containers = [{ name: "main", image: command === undefined ? "nginx:1.27" : "busybox:1.36", command }];
  await core.createNamespacedPod({
    namespace,
    body: { metadata: { name, labels: { run: name } }, spec: { containers } },
  });
  return vi.waitFor(async () => {
    const pod = await core.readNamespacedPod({ namespace, name });
    expect(pod.status?.conditions?.find(({ type }) => type === "Ready")?.status).toBe("True");
    return pod;
  }, WAIT);
}

/** Of custom objects: a size, and nothing else. */
const SIZED = { type: "object", properties: { size: { type: "integer" } } };

function collect(stream: PassThrough): () => string {
  let seen = "";
  stream.on("data", (chunk: Buffer) => {
    seen += chunk.toString();
  });
  return () => seen;
}

/** What a command in a pod prints. */
async function printed(pod: string, ...command: string[]): Promise<string> {
  const out = new PassThrough();
  const seen = collect(out);
  await new Promise<V1Status>((resolve) => {
    void new Exec(config).exec(namespace, pod, "main", command, out, null, null, false, resolve);
  });
  return seen();
}

describe("objects", () => {
  it("are created, read, listed, replaced, scaled and deleted", async () => {
    const apps = config.makeApiClient(AppsV1Api);
    const created = await apps.createNamespacedDeployment({ namespace, body: deployment("crud") });
    expect(created.metadata?.creationTimestamp).toBeInstanceOf(Date);
    await vi.waitFor(async () => {
      const { status } = await apps.readNamespacedDeployment({ namespace, name: "crud" });
      expect(status?.readyReplicas).toBe(2);
    }, WAIT);
    const read = await apps.readNamespacedDeployment({ namespace, name: "crud" });
    const body = { ...read, metadata: { ...read.metadata, labels: { tier: "front" } } };
    await apps.replaceNamespacedDeployment({ namespace, name: "crud", body });
    const { items } = await apps.listNamespacedDeployment({ namespace, labelSelector: "tier=front" });
    expect(items.map(({ metadata }) => metadata?.name)).toEqual(["crud"]);
    const scale = await apps.readNamespacedDeploymentScale({ namespace, name: "crud" });
    await apps.replaceNamespacedDeploymentScale({ namespace, name: "crud", body: { ...scale, spec: { replicas: 0 } } });
    await apps.deleteNamespacedDeployment({ namespace, name: "crud", propagationPolicy: "Foreground" });
    await expect(
      vi.waitFor(() => apps.readNamespacedDeployment({ namespace, name: "none" }), { timeout: 10 }),
    ).rejects.toMatchObject({ code: 404 });
    await expect(apps.replaceNamespacedDeployment({ namespace, name: "crud", body })).rejects.toMatchObject({
      code: expect.toSatisfy((code: number) => code === 409 || code === 404),
    });
  });

  it("are changed by each dialect of patches, and applied with conflicts", async () => {
    const core = config.makeApiClient(CoreV1Api);
    const name = "patched";
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name }, data: { a: "1", b: "2" } } });
    const patch = (body: object, strategy: string, more: object = {}) =>
      core.patchNamespacedConfigMap({ namespace, name, body, ...more }, setHeaderOptions("Content-Type", strategy));
    await patch([{ op: "replace", path: "/data/a", value: "json" }], PatchStrategy.JsonPatch);
    await patch({ data: { b: null } }, PatchStrategy.MergePatch);
    const changed = await patch({ metadata: { labels: { c: "d" } } }, PatchStrategy.StrategicMergePatch);
    expect([changed.data, changed.metadata?.labels]).toEqual([{ a: "json" }, { c: "d" }]);
    const applied = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { a: "mine" } };
    const asMe = { fieldManager: "me" };
    await expect(patch(applied, PatchStrategy.ServerSideApply, asMe)).rejects.toMatchObject({ code: 409 });
    const forced = await patch(applied, PatchStrategy.ServerSideApply, { ...asMe, force: true });
    expect(forced.data).toEqual({ a: "mine" });
    expect(forced.metadata?.managedFields?.map(({ manager }) => manager)).toContain("me");
  });

  it("of kinds found in discovery, and of custom kinds", async () => {
    const any = KubernetesObjectApi.makeApiClient(config);
    const spec = {
      group: "example.com",
      scope: "Namespaced" as const,
      names: { plural: "widgets", singular: "widget", kind: "Widget" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec: SIZED } } },
        },
      ],
    };
    const definition = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };
    await any.create({ ...definition, metadata: { name: "widgets.example.com" }, spec } as never);
    const custom = config.makeApiClient(CustomObjectsApi);
    const place = { group: "example.com", version: "v1", namespace, plural: "widgets" };
    const body = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "one" }, spec: { size: 3 } };
    await vi.waitFor(() => custom.createNamespacedCustomObject({ ...place, body }), WAIT);
    expect(await custom.getNamespacedCustomObject({ ...place, name: "one" })).toMatchObject({ spec: { size: 3 } });
    expect((await config.makeApiClient(VersionApi).getCode()).minor).toBe("36");
  });
});

describe("what goes on", () => {
  it("is followed by watches and informers, which begin again when a watch ends", async () => {
    const core = config.makeApiClient(CoreV1Api);
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const labelSelector = "watched=yes";
    const informer = makeInformer(
      config,
      path,
      () => core.listNamespacedConfigMap({ namespace, labelSelector }),
      labelSelector,
    );
    const heard: string[] = [];
    for (const verb of ["add", "update", "delete"] as const) {
      informer.on(verb, ({ metadata }) => heard.push(`${verb} ${metadata?.name}`));
    }
    // As every client does: the informer begins anew when it is cut off.
    informer.on("error", () => void informer.start());
    await informer.start();
    const phases: string[] = [];
    const watch = await new Watch(config).watch(
      path,
      { labelSelector },
      (phase) => phases.push(phase),
      () => {},
    );
    const metadata = { name: "seen", labels: { watched: "yes" } };
    await core.createNamespacedConfigMap({ namespace, body: { metadata } });
    await core.replaceNamespacedConfigMap({ namespace, name: "seen", body: { metadata, data: { a: "1" } } });
    await core.deleteNamespacedConfigMap({ namespace, name: "seen" });
    await vi.waitFor(() => expect(heard).toEqual(["add seen", "update seen", "delete seen"]), WAIT);
    await vi.waitFor(() => expect(phases).toEqual(["ADDED", "MODIFIED", "DELETED"]), WAIT);
    watch.abort();
    served.watches.close();
    await vi.waitFor(async () => {
      await core
        .createNamespacedConfigMap({ namespace, body: { metadata: { ...metadata, name: "again" } } })
        .catch(() => {});
      expect(heard).toContain("add again");
    }, WAIT);
    await informer.stop();
  });
});

describe("containers", () => {
  it("tell their logs, run commands, take input and forward ports", async () => {
    await running("shell", ["sh", "-c", "echo ready; read line; echo heard $line; sleep 3600"]);
    const log = new PassThrough();
    const logged = collect(log);
    await new Log(config).log(namespace, "shell", "main", log, { follow: true });
    await vi.waitFor(() => expect(logged()).toContain("ready"), WAIT);

    const [out, err] = [new PassThrough(), new PassThrough()];
    const [stdout, stderr] = [collect(out), collect(err)];
    const ended = await new Promise<V1Status>((resolve) => {
      const command = ["sh", "-c", "cat; echo oops >&2; exit 3"];
      const input = new PassThrough();
      void new Exec(config).exec(namespace, "shell", "main", command, out, err, input, false, resolve);
      input.end("from outside\n");
    });
    expect([stdout(), stderr(), ended.status]).toEqual(["from outside\n", "oops\n", "Failure"]);
    expect(ended.details?.causes).toEqual([{ reason: "ExitCode", message: "3" }]);

    await running("web");
    const [answer, input] = [new PassThrough(), new PassThrough()];
    const answered = collect(answer);
    await new PortForward(config, true).portForward(namespace, "web", [80], answer, null, input);
    input.write("GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n");
    await vi.waitFor(() => expect(answered()).toContain("Welcome to nginx!"), WAIT);
  });

  it("are attached to", async () => {
    await running("attached", ["sh", "-c", "while true; do date; sleep 1; done"]);
    const out = new PassThrough();
    const seen = collect(out);
    const socket = await new Attach(config).attach(namespace, "attached", "main", out, null, null, false);
    await vi.waitFor(() => expect(seen().split("\n").length).toBeGreaterThan(2), WAIT);
    socket.close();
  });

  it("give and take files", async () => {
    await running("files", ["sleep", "3600"]);
    const folder = mkdtempSync(join(tmpdir(), "tabernetes-"));
    try {
      writeFileSync(join(folder, "note.txt"), "from the client\n");
      const cp = new Cp(config);
      // Both give their promise back as soon as the command is begun.
      await cp.cpToPod(namespace, "files", "main", folder, "/tmp");
      await vi.waitFor(
        async () => expect(await printed("files", "cat", "/tmp/note.txt")).toBe("from the client\n"),
        WAIT,
      );
      await cp.cpFromPod(namespace, "files", "main", "note.txt", join(folder, "back"), "/tmp");
      const note = () => readFileSync(join(folder, "back/note.txt"), "utf8");
      await vi.waitFor(() => expect(note()).toBe("from the client\n"), WAIT);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("are measured", async () => {
    const metrics = new Metrics(config);
    await vi.waitFor(async () => {
      const { items } = await metrics.getNodeMetrics();
      expect(items.map(({ metadata }) => metadata.name)).toContain("node-1");
    }, WAIT);
  });
});
