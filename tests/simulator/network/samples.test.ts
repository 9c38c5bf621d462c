import { beforeAll, describe, expect, it } from "vitest";
import { piDigits } from "../../../simulator/node/images/pi.ts";
import { Programs } from "./programs.ts";

const AGNHOST = "registry.k8s.io/e2e-test-images/agnhost:2.53";

describe("agnhost", () => {
  const programs = new Programs();
  const agnhost = (name: string, args: readonly string[], container = {}, spec = {}) =>
    programs.run(name, { image: AGNHOST, args: [...args], ...container }, spec);
  const restartNever = { restartPolicy: "Never" };
  beforeAll(() => {
    programs.configMap("files", { data: "value-1\n" });
    agnhost("net", ["netexec", "--http-port=8083", "--udp-port=8082"]);
    agnhost("host", ["serve-hostname"]);
    agnhost("port", ["porter"], {
      env: [
        { name: "SERVE_PORT_81", value: "foo" },
        { name: "SERVE_TLS_PORT_444", value: "bar" },
      ],
    });
    agnhost("alive", ["liveness"], { livenessProbe: { httpGet: { path: "/healthz", port: 8080 }, periodSeconds: 3 } });
    agnhost("entry", ["entrypoint-tester", "override", "arguments"], {}, restartNever);
    agnhost("lines", ["logs-generator", "--log-lines-total", "10", "--run-duration", "5s"], {}, restartNever);
    agnhost("wrong", ["no-such-part"], {}, restartNever);
    programs.run("picture", { image: "registry.k8s.io/e2e-test-images/nautilus:1.8" });
    const volumes = [
      { name: "v", configMap: { name: "files", defaultMode: 0o400 } },
      { name: "e", emptyDir: {} },
    ];
    const volumeMounts = [
      { name: "v", mountPath: "/etc/configmap" },
      { name: "e", mountPath: "/empty" },
    ];
    agnhost(
      "mounted",
      ["mounttest", "--file_content=/etc/configmap/data", "--file_mode=/etc/configmap/..data/data"],
      { volumeMounts },
      { ...restartNever, volumes },
    );
    agnhost(
      "written",
      ["mounttest", "--new_file_0644=/empty/new", "--file_perm=/empty/new"],
      { volumeMounts },
      { ...restartNever, volumes },
    );
    programs.settle(60_000);
  });

  it("serves the picture of the update demonstration, and its name", () => {
    expect(JSON.parse(String(programs.ask("picture", 80, "/data.json").body))).toEqual({ image: "nautilus.jpg" });
    expect(programs.ask("picture", 80, "/nautilus.jpg")).toMatchObject({ status: 200 });
  });

  it("netexec answers over HTTP and UDP", () => {
    expect(programs.ask("net", 8083, "/hostname").body).toBe("net");
    expect(programs.ask("net", 8083, "/echo?msg=a%20b&code=201")).toMatchObject({ status: 201, body: "a b" });
    expect(programs.ask("net", 8083, "/clientip").body).toMatch(/^10\.0\.0\.\d:\d+$/);
    expect(programs.ask("net", 8083, "/header?key=x-a", { headers: { "X-A": "1" } }).body).toBe("1");
    expect(programs.say("net", 8082, "hostname", "udp")).toBe("net");
    const ip = programs.pod("host").status.podIP;
    expect(programs.ask("net", 8083, `/dial?host=${ip}&port=9376&request=hostname&tries=2`).body).toBe(
      '{"responses":["host","host"]}',
    );
    expect(programs.ask("net", 8083, `/dial?host=${ip}&port=1&request=hostname`).body).toContain(
      "connect: connection refused",
    );
    expect(programs.log("net")).toMatch(/GET \/hostname\n/);
  });

  it("serve-hostname and porter", () => {
    expect(programs.ask("host", 9376).body).toBe("host");
    expect(programs.ask("port", 81).body).toBe("foo");
    expect(programs.ask("port", 444).body).toContain("HTTPS server");
  });

  it("liveness is restarted after its ten seconds", () => {
    expect(programs.pod("alive").status.containerStatuses[0]?.restartCount).toBeGreaterThan(0);
  });

  it("entrypoint-tester, logs-generator and what is no part of it end", () => {
    expect(programs.log("entry")).toBe("[/agnhost entrypoint-tester override arguments]\n");
    expect(programs.pod("entry").status.phase).toBe("Succeeded");
    const lines = programs.log("lines").trimEnd().split("\n");
    expect(lines).toHaveLength(10);
    expect(lines[3]).toMatch(
      /^I\d{4} [\d:.]+ +1 logs_generator.go:\d+\] 3 (GET|POST|PUT) \/api\/v1\/namespaces\/[a-z-]+\/pods\/[a-z0-9]+ [2-5]\d\d$/,
    );
    expect(programs.pod("wrong").status.phase).toBe("Failed");
    expect(programs.log("wrong")).toMatch(/^Error: unknown command "no-such-part" for "app"\n/);
  });

  it("mounttest looks at files, and makes some", () => {
    expect(programs.log("mounted")).toBe(
      'mode of file "/etc/configmap/..data/data": -r--------\ncontent of file "/etc/configmap/data": value-1\n',
    );
    expect(programs.log("written")).toBe(
      'content of file "/empty/new": mount-tester new file\nperms of file "/empty/new": -rw-r--r--\n',
    );
    expect(programs.pod("written").status.phase).toBe("Succeeded");
  });

  it("shuts down when told to, and is started anew", () => {
    programs.ask("net", 8083, "/exit?code=3&timeout=0s");
    programs.settle(20_000);
    expect(programs.pod("net").status.containerStatuses[0]).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 3 } },
    });
  });
});

describe("samples", () => {
  const programs = new Programs();
  const never = { restartPolicy: "Never" };
  beforeAll(() => {
    programs.run("hello", { image: "gcr.io/google-samples/hello-app:2.0" });
    programs.run("moved", { image: "gcr.io/google-samples/hello-app:1.0", env: [{ name: "PORT", value: "9090" }] });
    programs.run("boot", { image: "gcr.io/google-samples/kubernetes-bootcamp:v1" });
    programs.run("echo", { image: "registry.k8s.io/echoserver:1.10" });
    programs.run("text", { image: "hashicorp/http-echo:1.0", args: ["-text=apple", "-listen=:8080"] });
    programs.run("pi", { image: "perl:5.34.0", command: ["perl", "-Mbignum=bpi", "-wle", "print bpi(2000)"] }, never);
    programs.run("world", { image: "hello-world" }, never);
    programs.run("smi", { image: "nvidia/cuda:12.4.1-base-ubuntu22.04", command: ["nvidia-smi"] }, never);
    programs.run("files", {
      image: "python:3.12",
      command: ["python3", "-m", "http.server", "8080"],
      workingDir: "/etc",
    });
    programs.settle(120_000);
  });

  it("say what they are", () => {
    expect(programs.ask("hello", 8080).body).toBe("Hello, world!\nVersion: 2.0.0\nHostname: hello\n");
    expect(programs.ask("moved", 9090).body).toContain("Version: 1.0.0");
    expect(programs.ask("boot", 8080).body).toBe("Hello Kubernetes bootcamp! | Running on: boot | v=1\n");
    expect(programs.ask("echo", 8080, "/a?b=c").body).toMatch(/Hostname: echo\n[\s\S]*real path=\/a\?b=c\n\tquery=b=c/);
    expect(programs.ask("text", 8080).body).toBe("apple\n");
    expect(programs.ask("files", 8080, "/hostname").body).toBe("files\n");
    expect(programs.ask("files", 8080, "/").body).toContain('<a href="hostname">');
  });

  it("work, and end", () => {
    expect(programs.pod("pi").status.phase).toBe("Succeeded");
    expect(programs.log("pi")).toMatch(/^3\.14159265358979[0-9]+\n$/);
    expect(programs.log("pi")).toHaveLength(2002);
    expect(programs.log("world")).toContain("Hello from Docker!");
    expect(programs.pod("smi").status.phase).toBe("Failed");
  });

  it("pi is pi", () => {
    expect(piDigits(10)).toBe("3.141592654");
    expect(piDigits(50)).toBe("3.1415926535897932384626433832795028841971693993751");
  });
});

describe("agnhost's guestbook", () => {
  it("keeps entries in replicas that came up before their primary", () => {
    const programs = new Programs();
    const guestbook = (name: string, ...args: readonly string[]) =>
      programs.run(name, { image: AGNHOST, args: ["guestbook", ...args] });
    for (const app of ["agnhost-primary", "agnhost-replica"]) {
      const metadata = { name: app };
      const spec = { selector: { app }, ports: [{ port: 6379 }] };
      programs.create("/api/v1/namespaces/default/services", { apiVersion: "v1", kind: "Service", metadata, spec });
    }
    guestbook("agnhost-replica", "--replicaof", "agnhost-primary", "--http-port", "6379");
    guestbook("front", "--backend-port", "6379");
    programs.settle();
    guestbook("agnhost-primary", "--http-port", "6379");
    programs.settle();
    const ask = (query: string) => programs.ask("front", 80, `/guestbook?key=messages&${query}`).body;
    expect(ask("cmd=get&value=")).toBe('{"data":""}');
    expect(ask("cmd=set&value=TestEntry")).toBe('{"message":"Updated"}');
    expect(ask("cmd=get&value=")).toBe('{"data":"TestEntry"}');
  });
});
