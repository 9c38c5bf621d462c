import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeProtobuf } from "../../server/protobuf/encode.ts";
import { type Served, serve } from "./support.ts";

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

function send(
  method: string,
  path: string,
  body?: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
) {
  return fetch(served.url + path, { method, headers, ...(body !== undefined && { body }) });
}

function create(name: string, data: Record<string, string> = {}) {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data };
  return send("POST", CONFIG_MAPS, JSON.stringify(object), { "Content-Type": "application/json" });
}

/** Reads a watch's lines until `enough` says so, or it ends. */
async function readWatch(query: string, enough: (events: WatchLine[]) => boolean): Promise<WatchLine[]> {
  const abort = new AbortController();
  const response = await fetch(`${served.url}${CONFIG_MAPS}?watch=1&${query}`, { signal: abort.signal });
  expect(response.headers.get("content-type")).toBe("application/json");
  const events: WatchLine[] = [];
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) events.push(JSON.parse(line));
    if (enough(events)) break;
  }
  abort.abort();
  return events;
}

interface WatchLine {
  type: string;
  object: { kind: string; code?: number; metadata: { name?: string; annotations?: Record<string, string> } };
}

describe("answers over HTTP", () => {
  it("are JSON for programs, indented for people, YAML and protobuf where asked for", async () => {
    await create("forms", { a: "1" });
    const path = `${CONFIG_MAPS}/forms`;
    expect(await (await send("GET", path)).text()).toMatch(/^\{"[^\n]*\}\n$/);
    expect(await (await send("GET", path, undefined, { "User-Agent": "curl/8" })).text()).toContain('\n  "');
    expect(await (await send("GET", `${path}?pretty=true`)).text()).toContain('\n  "');
    const yaml = await send("GET", path, undefined, { Accept: "application/yaml" });
    expect(yaml.headers.get("content-type")).toBe("application/yaml");
    expect(await yaml.text()).toMatch(/^apiVersion: v1\ndata:\n {2}a: "1"\nkind: ConfigMap\n/);
    const protobuf = await send("GET", path, undefined, { Accept: "application/vnd.kubernetes.protobuf" });
    expect(Buffer.from(await protobuf.arrayBuffer()).subarray(0, 4)).toEqual(Buffer.from("k8s\0"));
    const both = await send("GET", path, undefined, {
      Accept: "application/vnd.kubernetes.protobuf,application/json",
    });
    expect(both.headers.get("content-type")).toBe("application/json");
    expect((await send("GET", path, undefined, { Accept: "image/png" })).status).toBe(406);
  });

  it("take JSON, YAML and protobuf, and no other form", async () => {
    const yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-yaml}\ndata: {a: b}\n";
    expect((await send("POST", CONFIG_MAPS, yaml, { "Content-Type": "application/yaml" })).status).toBe(201);
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "from-protobuf" }, data: { a: "b" } };
    const bytes = new Uint8Array(encodeProtobuf(object) ?? []);
    const headers = { "Content-Type": "application/vnd.kubernetes.protobuf" };
    expect((await send("POST", CONFIG_MAPS, bytes, headers)).status).toBe(201);
    expect((await send("POST", CONFIG_MAPS, bytes.subarray(0, 30), headers)).status).toBe(400);
    const refused = await send("POST", CONFIG_MAPS, "x", { "Content-Type": "text/plain" });
    expect(await refused.json()).toMatchObject({ code: 415, reason: "UnsupportedMediaType" });
  });

  it("warn in headers", async () => {
    const body = JSON.stringify({ metadata: { name: "warned" }, extra: '"é' });
    const response = await send("POST", CONFIG_MAPS, body, { "Content-Type": "application/json" });
    expect(response.headers.get("warning")).toBe('299 - "unknown field \\"extra\\""');
  });

  it("are text for unknown paths and health checks", async () => {
    const unknown = await send("GET", "/none");
    expect([unknown.status, unknown.headers.get("content-type")]).toEqual([404, "text/plain; charset=utf-8"]);
    expect(await unknown.text()).toBe("404 page not found\n");
    expect(await (await send("GET", "/livez")).text()).toBe("ok");
  });

  it("refuse methods that the real server does not have", async () => {
    const response = await send("OPTIONS", CONFIG_MAPS);
    expect(await response.json()).toMatchObject({ code: 405, reason: "MethodNotAllowed", details: {} });
    expect((await send("HEAD", CONFIG_MAPS)).status).toBe(405);
  });

  it("refuse bodies over 3 MB, announced or not, in the real words", async () => {
    const announced = await create("large", { a: "x".repeat(3 * 1024 * 1024) });
    expect(announced.status).toBe(413);
    expect(await announced.json()).toMatchObject({
      reason: "RequestEntityTooLarge",
      message: "Request entity too large: limit is 3145728",
    });
    const status = await new Promise<number | undefined>((resolve) => {
      const request = httpRequest(served.url + CONFIG_MAPS, { method: "POST" }, (answer) => resolve(answer.statusCode));
      request.on("error", () => {});
      for (let count = 0; count < 4; count++) request.write("x".repeat(1024 * 1024));
    });
    expect(status).toBe(413);
  });

  it("go on after a client that leaves in mid-body, or sends nonsense", async () => {
    const port = Number(new URL(served.url).port);
    for (const text of [
      `POST ${CONFIG_MAPS} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{`,
      "\0\x01nonsense\r\n\r\n",
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => socket.end(text));
        socket.on("close", () => resolve());
        socket.on("error", () => resolve());
        socket.resume();
      });
    }
    expect((await send("GET", "/livez")).status).toBe(200);
  });
});

describe("watches over HTTP", () => {
  it("send what is there and what comes, as lines, until their time is over", async () => {
    await create("watched", {});
    const reading = readWatch("timeoutSeconds=1", () => false);
    await create("watched-2", {});
    await send("DELETE", `${CONFIG_MAPS}/watched-2`);
    const events = (await reading).map(({ type, object }) => [type, object.metadata.name]);
    expect(events).toContainEqual(["ADDED", "watched"]);
    expect(events.slice(-2)).toEqual([
      ["ADDED", "watched-2"],
      ["DELETED", "watched-2"],
    ]);
    expect(served.watches.size).toBe(0);
  });

  it("end the initial events with a bookmark where that is asked for", async () => {
    const query = "sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan";
    const events = await readWatch(query, (seen) => seen.at(-1)?.type === "BOOKMARK");
    expect(events.slice(0, -1).every(({ type }) => type === "ADDED")).toBe(true);
    expect(events.at(-1)?.object).toMatchObject({
      kind: "ConfigMap",
      metadata: { annotations: { "k8s.io/initial-events-end": "true" } },
    });
  });

  it("hold a reader that does not read to its place, and tell it when that is forgotten", async () => {
    const port = Number(new URL(served.url).port);
    const socket = connect(port, "127.0.0.1");
    socket.write(`GET ${CONFIG_MAPS}?watch=1 HTTP/1.1\r\nHost: x\r\n\r\n`);
    socket.pause();
    await create("big", { a: "x".repeat(100_000) });
    const before = process.memoryUsage().rss;
    for (let count = 0; count < 4500; count++) {
      const body = { metadata: { annotations: { count: String(count) } } };
      served.simulation.request({
        method: "PATCH",
        path: `${CONFIG_MAPS}/big`,
        contentType: "application/merge-patch+json",
        body,
      });
      if (count % 500 === 0) await send("GET", "/livez");
    }
    served.watches.wake(new Set(["configmaps"]));
    // 4,500 events of 100 kB each are not kept for it.
    expect(process.memoryUsage().rss - before).toBeLessThan(250 * 1024 * 1024);
    let tail = "";
    for await (const chunk of socket) {
      tail = (tail + chunk).slice(-2000);
      if (tail.includes('"code":410')) break;
    }
    expect(tail).toContain('"type":"ERROR"');
    expect(tail).toContain("too old resource version");
    socket.destroy();
  });

  it("refuse what can't be watched", async () => {
    const response = await send("GET", `${CONFIG_MAPS}?watch=1&resourceVersion=x`);
    expect(await response.json()).toMatchObject({ code: 400 });
    expect((await send("GET", "/api/v1/nothings?watch=1")).status).toBe(404);
  });
});
