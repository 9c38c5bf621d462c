import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import WebSocket from "ws";
import { hasKubectl, Kubectl } from "./kubectl.ts";
import { type Served, serve } from "./support.ts";

const PODS = "/api/v1/namespaces/default/pods";
let served: Served;

beforeAll(async () => {
  served = await serve(20, 1, { shells: true });
  const body = { metadata: { name: "web" }, spec: { containers: [{ name: "nginx", image: "nginx:1.27" }] } };
  await served.cluster.request({ method: "POST", path: PODS, body });
  const box = { name: "c", image: "busybox:1.36", command: ["sleep", "1000000"] };
  const other = { metadata: { name: "box" }, spec: { containers: [box] } };
  await served.cluster.request({ method: "POST", path: PODS, body: other });
  const isUp = async () => {
    const { text: log } = await served.cluster.request({ method: "GET", path: `${PODS}/web/log` });
    expect(log).toContain("start worker process");
  };
  await vi.waitFor(isUp, { timeout: 20_000 });
}, 60_000);

afterAll(() => served.close());

function raw(path: string): Promise<{ code: number; type: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(`${served.url}${path}`, (response) => {
      text(response).then((body) =>
        resolve({ code: response.statusCode ?? 0, type: response.headers["content-type"], body }),
      );
    });
    asked.on("error", reject).end();
  });
}

describe("over plain HTTP", () => {
  it("a log is text", async () => {
    const { code, type, body } = await raw(`${PODS}/web/log?tailLines=1`);
    expect([code, type]).toEqual([200, "text/plain"]);
    expect(body).toMatch(/start worker process \d+\n$/);
  });

  it("a pod, and a node's kubelet, answer through proxies", async () => {
    expect(await raw(`${PODS}/web:80/proxy/`)).toMatchObject({ code: 200, type: "text/html" });
    expect(await raw(`${PODS}/http:web:81/proxy/`)).toMatchObject({
      code: 503,
      body: expect.stringMatching(/error trying to reach service: dial tcp 10\.\S+:81: connect: connection refused/),
    });
    expect(await raw("/api/v1/nodes/node-1/proxy/healthz")).toMatchObject({ code: 200, body: "ok" });
    expect((await raw("/api/v1/nodes/node-1/proxy/pods")).body).toContain('"kind":"PodList"');
    expect((await raw("/api/v1/nodes/node-1/proxy/none")).code).toBe(404);
  });

  it("exec without an upgrade is refused, and so is one of a protocol that nobody speaks", async () => {
    expect((await raw(`${PODS}/web/exec?command=ls&stdout=true`)).code).toBe(400);
    const socket = new WebSocket(`${served.url.replace("http", "ws")}${PODS}/web/exec?command=ls&stdout=true`, [
      "v9.x",
    ]);
    const [, response] = await once(socket, "unexpected-response");
    expect(response.statusCode).toBe(400);
  });
});

function webSocket(path: string, protocols: readonly string[]): WebSocket {
  return new WebSocket(`${served.url.replace("http", "ws")}${path}`, [...protocols]);
}

/** What comes on each channel, as it comes. */
function channels(socket: WebSocket): Map<number, string> {
  const seen = new Map<number, string>();
  socket.on("message", (data: Buffer) => {
    const channel = data[0] ?? -1;
    seen.set(channel, (seen.get(channel) ?? "") + data.subarray(1).toString("latin1"));
  });
  return seen;
}

it("a log that is followed goes on", async () => {
  let seen = "";
  const asked = request(`${served.url}${PODS}/web/log?follow=true&tailLines=1`, (response) => {
    response.on("data", (chunk: Buffer) => {
      seen += chunk;
    });
    response.on("error", () => {});
  });
  asked.on("error", () => {}).end();
  await expect.poll(() => seen).toMatch(/^.+\n$/);
  await raw(`${PODS}/web/proxy/followed`);
  await expect.poll(() => seen).toContain("GET /followed HTTP/1.1");
  asked.destroy();
});

it("ports are forwarded over channels, as client libraries do", async () => {
  const socket = webSocket(`${PODS}/web/portforward?ports=80`, ["v4.channel.k8s.io"]);
  const seen = channels(socket);
  await once(socket, "open");
  expect(socket.protocol).toBe("v4.channel.k8s.io");
  socket.send(Buffer.from("\0GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n", "latin1"));
  await once(socket, "close");
  expect(seen.get(0)).toMatch(/^P\0HTTP\/1\.1 200 OK\r\n[\s\S]*<\/html>\n$/);
  expect(seen.get(1)).toBe("P\0");
});

it("a command that can't be run fails over the error channel", async () => {
  const socket = webSocket(`${PODS}/web/exec?command=nothing-such&stdout=true`, ["v5.channel.k8s.io"]);
  const seen = channels(socket);
  await once(socket, "close");
  expect(seen.get(1)).toBe("");
  expect(JSON.parse(seen.get(3) ?? "")).toMatchObject({ status: "Failure", reason: "InternalError", code: 500 });
});

it("a log over a websocket comes as it is", async () => {
  const socket = webSocket(`${PODS}/web/log?tailLines=2`, ["binary.k8s.io"]);
  let seen = "";
  socket.on("message", (data) => {
    seen += data;
  });
  await once(socket, "close");
  expect(seen.trimEnd().split("\n")).toHaveLength(2);
});

describe.skipIf(!hasKubectl())("kubectl", () => {
  let kubectl: Kubectl;
  beforeAll(() => {
    kubectl = new Kubectl(served.url);
  });
  afterAll(() => kubectl.close());

  it("prints and follows logs", async () => {
    await kubectl.session([
      ["logs web", /start worker process \d+\n/],
      ["logs web --tail=1", /^.+\n$/],
      ["logs web --tail=1 --timestamps", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z \S/],
      ["logs web --since-time=2100-01-01T00:00:00Z", ""],
      ["logs web -c x", ["error: container x is not valid for pod web\n", 1]],
      [
        "logs web -p",
        ['Error from server (BadRequest): previous terminated container "nginx" in pod "web" not found\n', 1],
      ],
      ["logs none", ['error: error from server (NotFound): pods "none" not found in namespace "default"\n', 1]],
    ]);
  });

  it("runs commands in a container", async () => {
    await kubectl.session([
      [
        "exec box -- sh -c 'echo $HOSTNAME; echo err >&2; exit 3'",
        [/^box\nerr\ncommand terminated with exit code 3\n$/, 3],
      ],
      ["exec -i box -- cat", "one\ntwo\n", "one\ntwo\n"],
      ["exec box -- none", [/exec: "none": executable file not found in \$PATH: unknown\n$/, 1]],
      ["run once --image=busybox:1.36 -i --rm --restart=Never -- sh -c 'cat; exit 5'", [/two\n/, 5], "one\ntwo\n"],
      ["get pod once", [/"once" not found/, 1]],
    ]);
  });

  it("runs commands over SPDY, as the older ones do", async () => {
    const env = { ...kubectl.env, KUBECTL_REMOTE_COMMAND_WEBSOCKETS: "false" };
    const child = spawn("kubectl", ["exec", "-i", "box", "--", "sh", "-c", "cat; exit 4"], { env });
    child.stdin.end("over\n");
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
    expect([output, code]).toEqual(["over\n", 4]);
  });

  it("copies files there and back", async () => {
    writeFileSync(join(kubectl.home, "here"), "content\n");
    await kubectl.session([
      ["cp here box:/tmp/there", ""],
      ["exec box -- cat /tmp/there", "content\n"],
      ["cp box:/tmp/there back", "tar: removing leading '/' from member names\n"],
    ]);
    expect(readFileSync(join(kubectl.home, "back"), "utf8")).toBe("content\n");
  });

  it.each([
    ["through a websocket", {}],
    ["over SPDY, as the older ones do", { KUBECTL_PORT_FORWARD_WEBSOCKETS: "false" }],
  ])("forwards a port %s", async (_how, env) => {
    const child = spawn("kubectl", ["port-forward", "pod/web", ":80"], { env: { ...kubectl.env, ...env } });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk;
    });
    await expect.poll(() => output, { timeout: 20_000 }).toMatch(/Forwarding from 127\.0\.0\.1:(\d+) -> 80/);
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(output)?.[1]);
    for (const _ of [1, 2]) {
      const socket = connect(port, "127.0.0.1");
      socket.write("GET /index.html HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*<\/html>\n$/);
    }
    child.kill();
    await once(child, "exit");
  });
});
