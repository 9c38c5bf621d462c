import { describe, expect, it } from "vitest";
import {
  CONFIG_MAPS,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  SECRETS,
  SERVICES,
} from "../../../../simulator/api/refs.ts";
import { present } from "../../../../simulator/base/assert.ts";
import type { JsonObject } from "../../../../simulator/base/json.ts";
import { commandLineOf, environmentOf } from "../../../../simulator/node/environment.ts";
import { containerFiles } from "../../../../simulator/node/files/container-files.ts";
import type { FileView } from "../../../../simulator/node/files/view.ts";
import { machineShape } from "../../../../simulator/node/node-shape.ts";
import { Cluster } from "../cluster.ts";

const oneNode = { shapes: [machineShape("node-1", 0)] };

function place(cluster: Cluster, pod: string, container: string) {
  const machine = present(cluster.machines.get("node-1"), "node-1");
  const runtime = present(
    [...machine.pods.values()].find(({ name }) => name === pod),
    pod,
  );
  return [
    cluster.machines,
    machine,
    runtime,
    present(
      runtime.containers.find(({ name }) => name === container),
      container,
    ),
  ] as const;
}

const filesOf = (cluster: Cluster, pod: string, container = "c"): FileView =>
  containerFiles(...place(cluster, pod, container));
const environmentIn = (cluster: Cluster, pod: string, container = "c") =>
  environmentOf(...place(cluster, pod, container));

/** As `ls -ld` writes modes. */
function mode(files: FileView, path: string, followLast = true): string {
  const stat = files.stat(path, followLast);
  if (stat === undefined) return "absent";
  const bits = [..."rwxrwxrwx"].map((letter, index) => ((stat.mode >> (8 - index)) & 1 ? letter : "-"));
  if (stat.mode & 0o2000) bits[5] = bits[5] === "x" ? "s" : "S";
  if (stat.mode & 0o1000) bits[8] = bits[8] === "x" ? "t" : "T";
  return { file: "-", directory: "d", link: "l" }[stat.kind] + bits.join("");
}

function running(cluster: Cluster, spec: JsonObject, container: JsonObject = {}, metadata: JsonObject = {}): FileView {
  cluster.run(
    {
      metadata: { name: "p", ...metadata },
      spec: { containers: [{ name: "c", image: "busybox:1.36", command: ["sleep", "36000"], ...container }], ...spec },
    },
    "node-1",
  );
  cluster.advance(20_000);
  return filesOf(cluster, "p");
}

const mounted = (mountPath: string, more: JsonObject = {}) => ({ volumeMounts: [{ name: "v", mountPath, ...more }] });

describe("a container's own files", () => {
  it("are its image's, and what it changed until it is started anew", () => {
    const cluster = Cluster.start(oneNode);
    const files = running(cluster, {});
    expect(files.list("/")).toEqual([
      "bin",
      "dev",
      "etc",
      "home",
      "lib",
      "proc",
      "root",
      "sbin",
      "sys",
      "tmp",
      "usr",
      "var",
    ]);
    expect([mode(files, "/tmp"), mode(files, "/bin/sh"), mode(files, "/root")]).toEqual([
      "drwxrwxrwt",
      "-rwxr-xr-x",
      "drwx------",
    ]);
    expect(files.write("/tmp/hello", "hi\n")).toBeUndefined();
    expect(files.append("/tmp/hello", "you\n")).toBeUndefined();
    expect(files.makeFolder("/tmp/a")).toBeUndefined();
    expect(files.write("/tmp/a/b", "x")).toBeUndefined();
    expect(files.remove("/tmp/a")?.code).toBe("ENOTEMPTY");
    expect(files.remove("/etc/passwd")).toBeUndefined();
    const again = filesOf(cluster, "p");
    expect(again.read("/tmp/hello")).toBe("hi\nyou\n");
    expect(again.read("/etc/passwd")).toEqual({ code: "ENOENT", message: "No such file or directory" });
    expect(again.list("/tmp")).toEqual(["a", "hello"]);
    const copy = Cluster.restore(oneNode, cluster.save());
    expect(filesOf(copy, "p").read("/tmp/hello")).toBe("hi\nyou\n");
    cluster.machines.crashContainer("node-1", "default", "p");
    cluster.advance(30_000);
    expect(filesOf(cluster, "p").read("/etc/passwd")).toContain("root:x:0:0");
    expect(filesOf(cluster, "p").stat("/tmp/hello")).toBeUndefined();
  });

  it("follow links, also in circles, and know folders from files", () => {
    const files = running(Cluster.start(oneNode), {}, { image: "alpine:3.20" });
    expect(files.stat("/bin/sh")).toMatchObject({ kind: "link", target: "/bin/busybox" });
    expect(files.stat("/bin/sh", true)).toMatchObject({ kind: "file", mode: 0o755 });
    files.link("/tmp/x", "y");
    files.link("/tmp/y", "x");
    expect(files.read("/tmp/x")).toMatchObject({ code: "ELOOP" });
    expect(files.read("/etc/passwd/x")).toMatchObject({ code: "ENOTDIR" });
    expect(files.read("/tmp/../etc/./hostname")).toBe("p\n");
    expect(files.write("/nowhere/x", "")).toMatchObject({ code: "ENOENT" });
    expect(files.write("/etc", "")).toMatchObject({ code: "EISDIR" });
    expect(files.makeFolder("/tmp/__proto__")).toBeUndefined();
    expect(files.list("/tmp")).toEqual(["__proto__", "x", "y"]);
  });

  it("may not be written with readOnlyRootFilesystem, volumes may", () => {
    const files = running(
      Cluster.start(oneNode),
      { volumes: [{ name: "v", emptyDir: {} }] },
      { securityContext: { readOnlyRootFilesystem: true }, ...mounted("/tmp") },
    );
    expect(files.write("/etc/x", "")).toEqual({ code: "EROFS", message: "Read-only file system" });
    expect(files.write("/tmp/x", "")).toBeUndefined();
    expect(files.write("/dev/termination-log", "done")).toBeUndefined();
    expect(files.write("/dev/null", "gone")).toBeUndefined();
    expect(files.read("/dev/null")).toBe("");
  });

  it("belong to users: others may read but not write", () => {
    const cluster = Cluster.start(oneNode);
    const files = running(cluster, { securityContext: { runAsUser: 1000, runAsGroup: 3000 } });
    expect(files.write("/etc/x", "")).toEqual({ code: "EACCES", message: "Permission denied" });
    expect(files.list("/root")).toMatchObject({ code: "EACCES" });
    expect(files.write("/tmp/x", "")).toBeUndefined();
    expect(files.stat("/tmp/x")).toMatchObject({ uid: 1000, gid: 3000, mode: 0o644 });
  });

  it("tell of the system: limits, memory, processes", () => {
    const resources = { limits: { cpu: "500m", memory: "64Mi" }, requests: { cpu: "250m" } };
    const files = running(Cluster.start(oneNode), {}, { resources, env: [{ name: "A", value: "b" }] });
    expect(files.read("/sys/fs/cgroup/memory.max")).toBe("67108864\n");
    expect(files.read("/sys/fs/cgroup/cpu.max")).toBe("50000 100000\n");
    expect(files.read("/proc/1/cmdline")).toBe("sleep\0" + "36000\0");
    expect(files.read("/proc/self/environ")).toContain("A=b\0");
    expect(files.read("/proc/meminfo")).toMatch(/^MemTotal: +8388608 kB\n/);
    expect(files.write("/proc/meminfo", "")).toMatchObject({ code: "EROFS" });
  });
});

describe("volumes that the kubelet writes", () => {
  it("show a config map's keys through ..data, with modes, and new contents about a minute later", () => {
    const cluster = Cluster.start(oneNode);
    const data = { "a.txt": "one\n", "b.txt": "ü" };
    const created = cluster.create(CONFIG_MAPS, {
      metadata: { name: "m", namespace: "default" },
      data,
      binaryData: { raw: "/wA=" },
    });
    const volumes = [{ name: "v", configMap: { name: "m", defaultMode: 0o400 } }];
    const files = running(cluster, { volumes }, mounted("/config"));
    expect(files.list("/config")).toEqual([
      expect.stringMatching(/^\.\.2026_01_01_00_00_0\d\.\d+$/),
      "..data",
      "a.txt",
      "b.txt",
      "raw",
    ]);
    expect(files.stat("/config/a.txt")).toMatchObject({ kind: "link", target: "..data/a.txt" });
    expect([files.read("/config/a.txt"), files.read("/config/b.txt"), files.read("/config/raw")]).toEqual([
      "one\n",
      "\xc3\xbc",
      "\xff\0",
    ]);
    expect([mode(files, "/config"), mode(files, "/config/a.txt")]).toEqual(["drwxrwxrwx", "-r--------"]);
    expect(files.write("/config/a.txt", "")).toMatchObject({ code: "EROFS" });
    cluster.update(CONFIG_MAPS, { ...created, data: { "a.txt": "two\n" } });
    expect(filesOf(cluster, "p").read("/config/a.txt")).toBe("one\n");
    cluster.advance(75_000);
    expect(filesOf(cluster, "p").read("/config/a.txt")).toBe("two\n");
    expect(filesOf(cluster, "p").stat("/config/b.txt")).toBeUndefined();
    cluster.remove(CONFIG_MAPS, "default/m");
    cluster.advance(75_000);
    expect(filesOf(cluster, "p").read("/config/a.txt")).toBe("two\n");
  });

  it("never update what is mounted by subPath", () => {
    const cluster = Cluster.start(oneNode);
    const created = cluster.create(CONFIG_MAPS, {
      metadata: { name: "m", namespace: "default" },
      data: { key: "one" },
    });
    const volumes = [{ name: "v", configMap: { name: "m" } }];
    running(cluster, { volumes }, mounted("/etc/app.conf", { subPath: "key" }));
    cluster.update(CONFIG_MAPS, { ...created, data: { key: "two" } });
    cluster.advance(75_000);
    expect(filesOf(cluster, "p").stat("/etc/app.conf")).toMatchObject({ kind: "file", mode: 0o644 });
    expect(filesOf(cluster, "p").read("/etc/app.conf")).toBe("one");
  });

  it("map keys to paths, take optional objects as empty, and give group read with fsGroup", () => {
    const cluster = Cluster.start(oneNode);
    cluster.create(SECRETS, {
      metadata: { name: "s", namespace: "default" },
      data: { user: "YWRtaW4=", key: "c2VjcmV0" },
    });
    const sources = [
      { secret: { name: "s", items: [{ key: "user", path: "deep/er/name", mode: 0o400 }] } },
      { configMap: { name: "none", optional: true } },
      { serviceAccountToken: { path: "token", expirationSeconds: 3607, audience: "vault" } },
      { downwardAPI: { items: [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }] } },
    ];
    const spec = {
      volumes: [{ name: "v", projected: { sources } }],
      securityContext: { fsGroup: 2000, runAsUser: 5 },
      serviceAccountName: "default",
    };
    const files = running(cluster, spec, mounted("/all"), { labels: { b: "2", a: "1" } });
    expect(files.list("/all")).toEqual([expect.stringMatching(/^\.\.2026/), "..data", "deep", "labels", "token"]);
    expect(files.read("/all/deep/er/name")).toBe("admin");
    expect([mode(files, "/all/deep/er/name"), mode(files, "/all/token"), mode(files, "/all/")]).toEqual([
      "-r--r-----",
      "-rw-r-----",
      "drwxrwsrwx",
    ]);
    expect(files.stat("/all/token", true)).toMatchObject({ uid: 5, gid: 2000 });
    expect(files.read("/all/token")).toMatch(/^p\/vault\/3607\/17672256\d+$/);
    const pod = cluster.pod("default/p");
    expect(files.read("/all/labels")).toBe('a="1"\nb="2"');
    cluster.update(PODS, { ...pod, metadata: { ...pod.metadata, labels: { a: "3" } } });
    cluster.advance(75_000);
    expect(filesOf(cluster, "p").read("/all/labels")).toBe('a="3"');
  });

  it.each([
    ["lose an optional object's keys", true, undefined],
    ["keep a demanded object's keys", false, "one"],
  ])("%s when it goes", (_, optional, kept) => {
    const cluster = Cluster.start(oneNode);
    const metadata = { name: "m", namespace: "default" };
    const created = cluster.create(CONFIG_MAPS, { metadata, data: { key: "one" } });
    const volumes = [{ name: "v", configMap: { name: "m", optional } }];
    expect(running(cluster, { volumes }, mounted("/config")).read("/config/key")).toBe("one");
    cluster.store.delete(CONFIG_MAPS, created);
    cluster.advance(75_000);
    const read = filesOf(cluster, "p").read("/config/key");
    expect(typeof read === "string" ? read : undefined).toBe(kept);
  });

  it("wait for keys that are not there, and say so", () => {
    const cluster = Cluster.start(oneNode);
    cluster.create(CONFIG_MAPS, { metadata: { name: "m", namespace: "default" }, data: { key: "one" } });
    const items = [{ key: "other", path: "x" }];
    cluster.run(
      {
        metadata: { name: "p" },
        spec: {
          containers: [{ name: "c", image: "busybox" }],
          volumes: [{ name: "v", configMap: { name: "m", items } }],
        },
      },
      "node-1",
    );
    cluster.advance(400);
    expect(cluster.eventTexts("p")).toEqual([
      'FailedMount: MountVolume.SetUp failed for volume "v" : configmap references non-existent config key: other',
    ]);
  });
});

describe("volumes that are written to", () => {
  it("emptyDir is shared by the containers, outlives them, and goes with the pod", () => {
    const cluster = Cluster.start(oneNode);
    const files = running(cluster, { volumes: [{ name: "v", emptyDir: {} }] }, mounted("/cache"));
    expect(mode(files, "/cache")).toBe("drwxrwxrwx");
    files.write("/cache/x", "kept");
    cluster.machines.crashContainer("node-1", "default", "p");
    cluster.advance(30_000);
    expect(filesOf(cluster, "p").read("/cache/x")).toBe("kept");
  });

  it("emptyDir belongs to the fsGroup, and so does what is made in it", () => {
    const securityContext = { fsGroup: 123, runAsUser: 1001 };
    const files = running(
      Cluster.start(oneNode),
      { volumes: [{ name: "v", emptyDir: { medium: "Memory" } }], securityContext },
      mounted("/cache"),
    );
    expect(mode(files, "/cache")).toBe("drwxrwsrwx");
    expect(files.write("/cache/x", "")).toBeUndefined();
    expect(files.stat("/cache/x")).toMatchObject({ uid: 1001, gid: 123, mode: 0o644 });
  });

  it("hostPath shows the machine's disk, to all pods of it; types are checked", () => {
    const cluster = Cluster.start(oneNode);
    const volumes = [{ name: "v", hostPath: { path: "/var/data/x", type: "DirectoryOrCreate" } }];
    const files = running(cluster, { volumes }, mounted("/host"));
    expect(files.write("/host/file", "here")).toBeUndefined();
    cluster.run(
      {
        metadata: { name: "q" },
        spec: {
          containers: [
            { name: "c", image: "busybox:1.36", command: ["sleep", "9"], ...mounted("/all", { readOnly: true }) },
          ],
          volumes: [{ name: "v", hostPath: { path: "/" } }],
        },
      },
      "node-1",
    );
    cluster.run(
      {
        metadata: { name: "r" },
        spec: {
          containers: [{ name: "c", image: "busybox:1.36" }],
          volumes: [{ name: "v", hostPath: { path: "/nope", type: "Directory" } }],
        },
      },
      "node-1",
    );
    cluster.advance(5000);
    expect(filesOf(cluster, "q").read("/all/var/data/x/file")).toBe("here");
    expect(filesOf(cluster, "q").write("/all/x", "")).toMatchObject({ code: "EROFS" });
    expect(cluster.eventTexts("r")[0]).toContain(
      'MountVolume.SetUp failed for volume "v" : hostPath type check failed: /nope is not a directory',
    );
  });

  it("a claim's contents live with its volume, whatever becomes of the pods", () => {
    const cluster = Cluster.start(oneNode);
    cluster.create(PERSISTENT_VOLUME_CLAIMS, {
      metadata: { name: "data", namespace: "default" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, volumeName: "pv" },
    } as never);
    const claim = cluster.get(PERSISTENT_VOLUME_CLAIMS, "default/data");
    cluster.store.update(PERSISTENT_VOLUME_CLAIMS, { ...claim, status: { phase: "Bound" } });
    const claimRef = { namespace: "default", name: "data", uid: claim.metadata.uid };
    const nfs = { server: "files.example", path: "/" };
    cluster.create(PERSISTENT_VOLUMES, {
      metadata: { name: "pv" },
      spec: { accessModes: ["ReadWriteOnce"], capacity: { storage: "1Gi" }, nfs, claimRef },
    } as never);
    const volumes = [{ name: "v", persistentVolumeClaim: { claimName: "data" } }];
    const subPath = { subPathExpr: "$(NAME)/logs" };
    const env = [{ name: "NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }];
    running(cluster, { volumes }, { env, ...mounted("/data", subPath) }).write("/data/x", "kept");
    cluster.remove(PODS, "default/p", 0);
    cluster.advance(5000);
    const copy = Cluster.restore(oneNode, cluster.save());
    const files = running(copy, { volumes }, mounted("/whole"), { name: "p" });
    expect(files.read("/whole/p/logs/x")).toBe("kept");
  });
});

describe("files that tell where a pod is", () => {
  it("hosts and resolv.conf", () => {
    const spec = {
      hostname: "db",
      subdomain: "cluster",
      hostAliases: [{ ip: "1.2.3.4", hostnames: ["foo", "bar"] }],
      dnsConfig: {
        nameservers: ["9.9.9.9"],
        searches: ["my.local"],
        options: [{ name: "ndots", value: "2" }, { name: "edns0" }],
      },
    };
    const files = running(Cluster.start(oneNode), spec);
    expect(files.read("/etc/hostname")).toBe("db\n");
    expect(files.read("/etc/hosts")).toBe(
      "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n10.244.0.2\tdb.cluster.default.svc.cluster.local\tdb\n\n# Entries added by HostAliases.\n1.2.3.4\tfoo\tbar\n",
    );
    expect(files.read("/etc/resolv.conf")).toBe(
      "search default.svc.cluster.local svc.cluster.local cluster.local my.local\nnameserver 10.96.0.10\nnameserver 9.9.9.9\noptions ndots:2 edns0\n",
    );
  });

  it("with dnsPolicy None only what the pod says", () => {
    const dnsConfig = { nameservers: ["1.1.1.1"], searches: ["resolv.conf.local"] };
    const files = running(Cluster.start(oneNode), { dnsPolicy: "None", dnsConfig });
    expect(files.read("/etc/resolv.conf")).toBe("search resolv.conf.local\nnameserver 1.1.1.1\n");
  });
});

describe("a container's environment", () => {
  it("comes from every source, in the right order, and stays as it was when the container started", () => {
    const cluster = Cluster.start(oneNode);
    const service = (name: string, clusterIP: string, ports: JsonObject[]) =>
      cluster.create(SERVICES, {
        metadata: { name, namespace: "default" },
        spec: { clusterIP, clusterIPs: [clusterIP], ports },
      } as never);
    service("kubernetes", "10.96.0.1", [{ name: "https", port: 443, protocol: "TCP" }]);
    service("my-db", "10.96.7.7", [{ port: 5432, protocol: "TCP" }]);
    service("headless", "None", [{ port: 1 }]);
    const map = cluster.create(CONFIG_MAPS, {
      metadata: { name: "m", namespace: "default" },
      data: { COLOR: "red", "odd-name": "1" },
    });
    cluster.create(SECRETS, { metadata: { name: "s", namespace: "default" }, data: { PASS: "cMOkc3M=" } });
    const env = [
      { name: "FIRST", value: "1" },
      { name: "SECOND", value: "$(FIRST)-$(X_COLOR)-$(MY_DB_SERVICE_HOST)-$(NOT_THERE)-$$(FIRST)" },
      { name: "X_COLOR", value: "blue" },
      { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
      { name: "TEAM", valueFrom: { fieldRef: { fieldPath: "metadata.labels['team']" } } },
      { name: "CPU", valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } },
      { name: "MEM", valueFrom: { resourceFieldRef: { resource: "requests.memory", divisor: "1Mi" } } },
      { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "s", key: "PASS" } } },
      { name: "GONE", valueFrom: { configMapKeyRef: { name: "m", key: "none", optional: true } } },
    ];
    const envFrom = [{ prefix: "X_", configMapRef: { name: "m" } }, { secretRef: { name: "none", optional: true } }];
    const resources = { requests: { memory: "100Mi" } };
    running(
      cluster,
      {},
      { env, envFrom, resources, args: ["$(FIRST)", "$(HOSTNAME)", "$$(FIRST)"] },
      { labels: { team: "blue" } },
    );
    cluster.update(CONFIG_MAPS, { ...map, data: { COLOR: "green" } });
    service("later", "10.96.8.8", [{ port: 80 }]);
    const variables = environmentIn(cluster, "p");
    expect(variables).toMatchObject({
      HOSTNAME: "p",
      HOME: "/root",
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      FIRST: "1",
      SECOND: "1-red-10.96.7.7-$(NOT_THERE)-$(FIRST)",
      X_COLOR: "blue",
      "X_odd-name": "1",
      IP: "10.244.0.2",
      TEAM: "blue",
      CPU: "4",
      MEM: "100",
      PASSWORD: "päss",
      KUBERNETES_SERVICE_PORT_HTTPS: "443",
      KUBERNETES_PORT_443_TCP: "tcp://10.96.0.1:443",
      MY_DB_SERVICE_HOST: "10.96.7.7",
      MY_DB_PORT_5432_TCP_ADDR: "10.96.7.7",
    });
    expect(Object.keys(variables).filter((name) => /GONE|HEADLESS|LATER/.test(name))).toEqual([]);
    expect(cluster.get(NODES, "node-1").status.allocatable?.cpu).toBe("4");
    const { args } = commandLineOf(...place(cluster, "p", "c"));
    expect(args).toEqual(["1", "$(HOSTNAME)", "$(FIRST)"]);
  });

  it("has no links to services when the pod wants none, but to the API server", () => {
    const cluster = Cluster.start(oneNode);
    for (const [name, clusterIP] of [
      ["kubernetes", "10.96.0.1"],
      ["web", "10.96.0.2"],
    ] as const) {
      const spec = { clusterIP, ports: [{ port: 443 }] };
      cluster.create(SERVICES, { metadata: { name, namespace: "default" }, spec } as never);
    }
    running(cluster, { enableServiceLinks: false });
    const names = Object.keys(environmentIn(cluster, "p")).filter((name) => name.endsWith("_HOST"));
    expect(names).toEqual(["KUBERNETES_SERVICE_HOST"]);
  });
});
