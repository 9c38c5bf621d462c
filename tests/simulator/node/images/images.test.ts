import { describe, expect, it } from "vitest";
import type { Container } from "../../../../simulator/api/schema/generated/types.ts";
import { readCommand, readScript } from "../../../../simulator/node/images/command.ts";
import { parseImageName } from "../../../../simulator/node/images/image-name.ts";
import { isSlip, pullProblem } from "../../../../simulator/node/images/pull.ts";
import { behaviourOf, imageSizeBytes, images, servedBehaviour } from "../../../../simulator/node/images/registry.ts";

const behaviour = (container: Partial<Container>) => behaviourOf({ name: "c", ...container });

describe("image names", () => {
  it.each([
    ["nginx", "docker.io/library/nginx:latest"],
    ["nginx:1.25", "docker.io/library/nginx:1.25"],
    ["bitnami/redis:7", "docker.io/bitnami/redis:7"],
    ["ghcr.io/tabernetes/ml-model:1.0", "ghcr.io/tabernetes/ml-model:1.0"],
    ["localhost:5000/a/b", "localhost:5000/a/b:latest"],
    ["registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10"],
  ])("%s is %s", (text, full) => {
    const parsed = parseImageName(text);
    expect(parsed.ok && parsed.value.full).toBe(full);
  });

  it.each([
    ["Nginx", "invalid reference format: repository name must be lowercase"],
    ["nginx:", "invalid reference format"],
    ["ng inx", "invalid reference format"],
    ["a//b", "invalid reference format"],
  ])("%s is none", (text, error) => {
    const parsed = parseImageName(text);
    expect(!parsed.ok && parsed.error).toBe(error);
  });
});

describe("pulls", () => {
  const problem = (image: string) => {
    const parsed = parseImageName(image);
    return parsed.ok ? pullProblem(parsed.value) : undefined;
  };

  it.each([
    "nginx",
    "nginx:1.25",
    "nginx:1.27-alpine",
    "nginx:stable-alpine",
    "busybox:1.36",
    "redis:7.2-alpine",
    "python:3.12-slim",
    "node:22",
    "myapp:v3",
    "example.com/team/app:some-tag",
    "registry.k8s.io/kube-apiserver:v1.36.2",
    "ghcr.io/tabernetes/ml-model:1.0",
  ])("%s succeeds", (image) => expect(problem(image)).toBeUndefined());

  it("a tag that does not exist", () => {
    const full = "docker.io/library/nginx:does-not-exist";
    expect(problem("nginx:does-not-exist")).toEqual({
      code: "NotFound",
      text: `failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${full}: not found`,
    });
  });

  it.each(["nginx:9.99", "nginx:latset", "busybox:nope", "redis:99", "myapp:doesnotexist"])(
    "%s: no such tag",
    (image) => {
      expect(problem(image)?.code).toBe("NotFound");
    },
  );

  it.each(["ngnix", "nginxx:1.25", "bussybox", "postgress:16", "pyhton:3.12", "ghcr.io/tabernetes/ml-modle:1.0"])(
    "%s: no such repository",
    (image) => expect(problem(image)?.text).toMatch(/pull access denied, repository does not exist/),
  );

  it("a host that does not exist", () => {
    expect(problem("registry.does-not-exist.example/a:1")?.text).toMatch(/: no such host$/);
    expect(problem("invalid.registry.k8s.io/invalid/alpine:3.1")?.text).toMatch(/: no such host$/);
  });

  it.each([
    ["ngnix", "nginx", true],
    ["nginx", "nginx", false],
    ["nodes", "node", true],
    ["code", "node", false],
    ["httpbin", "httpd", false],
  ])("%s is a slip of %s: %s", (word, right, expected) => expect(isSlip(word, right)).toBe(expected));

  it("every registered name is canonical, and has a size", () => {
    for (const { name } of images.all) {
      const parsed = parseImageName(name);
      expect(parsed.ok && parsed.value.name).toBe(name);
      expect(imageSizeBytes(name)).toBeGreaterThan(0);
    }
  });
});

describe("commands", () => {
  it.each([
    ["sleep 5", 5020, 0],
    ["sleep 1; exit 3", 1020, 3],
    ["exit 300", 20, 44],
    ["echo hello && false", 20, 1],
    ["false || sleep 2", 2020, 0],
    ["false && sleep 2", 20, 1],
    ["echo 'a; b' > /tmp/x\nsleep 0.5", 520, 0],
    ["sleep 1m 30s", 90_020, 0],
    ["date; sleep 2; exit 7", 2020, 7],
  ])("sh -c %j", (script, runsForMs, exitCode) => {
    expect(readScript(script)).toMatchObject({ runsForMs, exitCode });
  });

  it.each(["sleep infinity", "while true; do date; sleep 1; done", "touch /up; sleep inf"])(
    "sh -c %j runs for ever",
    (script) => {
      expect(readScript(script)).toMatchObject({ runsForMs: undefined });
    },
  );

  it.each([
    "python app.py",
    "sleep 2; exit $CODE",
    "for i in 1 2; do echo $i; done",
    "echo $(date)| tee x",
    "trap 'exit 0' TERM; sleep 9",
  ])("sh -c %j can't be read", (script) => expect(readScript(script)).toBeUndefined());

  it("files come and go", () => {
    expect(readScript("touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600")?.files).toEqual([
      { path: "/tmp/healthy", atMs: 20, exists: true },
      { path: "/tmp/healthy", atMs: 30_020, exists: false },
    ]);
  });

  it("as words", () => {
    expect(readCommand(["sleep", "3"])).toMatchObject({ runsForMs: 3020 });
    expect(readCommand(["/bin/sh", "-ec", "exit 2"])).toMatchObject({ exitCode: 2 });
    expect(readCommand(["tail", "-f", "/dev/null"])).toMatchObject({ runsForMs: undefined });
    expect(readCommand(["java", "-jar", "x.jar"])).toBeUndefined();
  });
});

describe("what images do", () => {
  it.each<[Partial<Container>, number | undefined, number]>([
    [{ image: "nginx:1.25" }, undefined, 0],
    [{ image: "busybox" }, 20, 0],
    [{ image: "busybox", stdin: true, tty: true }, undefined, 0],
    [{ image: "busybox", args: ["sleep", "9"] }, 9020, 0],
    [{ image: "hello-world" }, 30, 0],
    [{ image: "python:3.12" }, 60, 0],
    [{ image: "postgres:16" }, undefined, 0],
    [{ image: "example.com/unknown:1" }, undefined, 0],
    [{ image: "curlimages/curl:8.11.0" }, 30, 2],
  ])("%j", (container, runsForMs, exitCode) => {
    expect(behaviour(container)).toMatchObject({ runsForMs, exitCode });
  });

  it("servers listen on their ports and know their paths", () => {
    const nginx = behaviour({ image: "nginx:1.25" });
    expect(nginx.ports).toEqual([80]);
    const model = behaviour({ image: "ghcr.io/tabernetes/ml-model:1.0" });
    expect(model.ports).toEqual([8080]);
    const unknown = behaviour({ image: "example.com/x:1", ports: [{ containerPort: 3000 }] });
    expect(unknown.ports).toEqual([3000]);
    expect(behaviour({ image: "busybox", command: ["sleep", "9"], ports: [{ containerPort: 80 }] }).ports).toEqual([]);
  });

  it("servers that a script has started", () => {
    const container = { name: "c", ports: [{ containerPort: 3000 }] };
    const ports = (image: string, command: string) => servedBehaviour({ ...container, image }, command).ports;
    expect(ports("nginx:1.27", "nginx -g daemon off;")).toEqual([80]);
    expect(ports("busybox", "httpd -f -p 8080 -h /www")).toEqual([8080]);
    expect(ports("example.com/x", "java -jar x.jar")).toEqual([3000]);
  });

  it("the cluster's own are processes", () => {
    expect(behaviour({ image: "registry.k8s.io/kube-scheduler:v1.36.2", command: ["kube-scheduler"] }).process).toBe(
      "kube-scheduler",
    );
  });
});
