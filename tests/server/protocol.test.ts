import { connect } from "node:net";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, serve } from "./support.ts";

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
const JSON_BODY = { "Content-Type": "application/json" };

function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return fetch(served.url + path, { method, headers: { ...JSON_BODY, ...headers }, ...(text && { body: text }) });
}

/** The answer to a request as it goes over the wire: its head, and its body in bytes. */
function raw(request: string): Promise<{ head: string; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(new URL(served.url).port), "127.0.0.1", () => socket.write(request));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => {
      const bytes = Buffer.concat(chunks);
      const end = bytes.indexOf("\r\n\r\n");
      resolve({ head: bytes.subarray(0, end).toString(), body: bytes.subarray(end + 4) });
    });
  });
}

describe("answers on the wire", () => {
  it("are squeezed when they are long and the client takes it", async () => {
    for (const name of ["big-1", "big-2", "big-3"]) {
      await send("POST", CONFIG_MAPS, { metadata: { name }, data: { a: "x".repeat(60_000) } });
    }
    const ask = (path: string, more = "") => raw(`GET ${path} HTTP/1.1\r\nHost: x\r\n${more}Connection: close\r\n\r\n`);
    const long = await ask(CONFIG_MAPS, "Accept-Encoding: gzip\r\n");
    expect(long.head).toContain("Content-Encoding: gzip");
    expect(long.head).toContain("Vary: Accept-Encoding");
    expect(JSON.parse(gunzipSync(long.body).toString()).items.length).toBeGreaterThan(3);
    expect((await ask(CONFIG_MAPS)).head).not.toContain("gzip");
    expect((await ask(`${CONFIG_MAPS}/big-1`, "Accept-Encoding: gzip\r\n")).head).not.toContain("gzip");
  });

  it("come to requests with heads as long as Go's servers take, as those of long commands are", async () => {
    const ask = (length: number) =>
      raw(`GET /version?x=${"a".repeat(length)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect((await ask(20_000)).head).toMatch(/^HTTP\/1\.1 200 OK/);
    expect((await ask(2_000_000)).head).toMatch(/^HTTP\/1\.1 431/);
  });

  it("keep the connection, and carry an audit id of their own each", async () => {
    const get = (path: string, close: boolean) =>
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: ${close ? "close" : "keep-alive"}\r\n\r\n`;
    const { head, body } = await raw(get("/livez", false) + get("/version", true));
    const all = head + body.toString();
    expect(all.match(/^HTTP\/1\.1 200 OK/gm)).toHaveLength(1);
    const ids = [...all.matchAll(/Audit-Id: (\S+)/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(2);
  });

  it("are not sent again to clients that keep them", async () => {
    for (const path of ["/apis", "/openapi/v3", "/openapi/v3/apis/apps/v1"]) {
      const first = await send("GET", path);
      const mark = first.headers.get("etag") ?? "";
      expect(mark).toMatch(/^"[0-9A-F]{128}"$/);
      const again = await send("GET", path, undefined, { "If-None-Match": mark });
      expect([again.status, await again.text()]).toEqual([304, ""]);
    }
    expect((await send("GET", CONFIG_MAPS)).headers.get("etag")).toBeNull();
  });
});

describe("documents of the server", () => {
  it("are metrics in Prometheus' form, by verb, resource and code", async () => {
    await send("GET", CONFIG_MAPS);
    await send("GET", `${CONFIG_MAPS}/missing`);
    const response = await send("GET", "/metrics");
    expect(response.headers.get("content-type")).toContain("text/plain; version=0.0.4");
    const text = await response.text();
    expect(text).toMatch(
      /^apiserver_request_total\{code="404",component="apiserver",dry_run="",group="",resource="configmaps",scope="resource",subresource="",verb="GET",version="v1"\} 1$/m,
    );
    expect(text).toMatch(/^apiserver_request_total\{.*resource="configmaps",scope="namespace",.*verb="LIST".*\} \d+$/m);
    expect(text).toMatch(/^apiserver_request_duration_seconds_bucket\{.*le="\+Inf".*\} \d+$/m);
    expect(text).toMatch(/^apiserver_storage_objects\{resource="deployments\.apps"\} \d+$/m);
    for (const line of text.trimEnd().split("\n"))
      expect(line).toMatch(/^(# (HELP|TYPE) |[a-z_]+(\{.*\})? [\d.e+-]+$)/);
    expect(await (await send("GET", "/metrics/slis")).text()).toContain(
      'kubernetes_healthcheck{name="etcd",type="healthz"} 1\n',
    );
    expect(((await (await send("GET", "/")).json()) as { paths: string[] }).paths).toContain("/metrics/slis");
  });

  it("tell who issues tokens, and that nobody else can check them", async () => {
    const configuration = await send("GET", "/.well-known/openid-configuration");
    expect(await configuration.json()).toMatchObject({ issuer: "https://kubernetes.default.svc.cluster.local" });
    const keys = await send("GET", "/openid/v1/jwks");
    expect([keys.headers.get("content-type"), await keys.json()]).toEqual(["application/jwk-set+json", { keys: [] }]);
  });

  it("answer to HEAD where they are no resources", async () => {
    expect((await send("HEAD", "/readyz")).status).toBe(200);
    expect((await send("HEAD", CONFIG_MAPS)).status).toBe(405);
  });
});

describe("requests that are refused", () => {
  const message = async (path: string) => {
    const response = await send("GET", path);
    return [response.status, ((await response.json()) as { message: string }).message];
  };

  it("have numbers and times that can't be read", async () => {
    const wrong = (text: string) => [400, `strconv.ParseInt: parsing "${text}": invalid syntax`];
    expect(await message(`${CONFIG_MAPS}?limit=x`)).toEqual(wrong("x"));
    expect(await message(`${CONFIG_MAPS}?watch=1&timeoutSeconds=1e3`)).toEqual(wrong("1e3"));
    expect(await message(`${CONFIG_MAPS}?timeout=soon`)).toEqual([
      400,
      'invalid timeout specified in the request URL - time: invalid duration "soon"',
    ]);
  });

  it("have a path with an empty part", async () => {
    expect((await send("GET", "/api/v1//pods")).status).toBe(404);
    expect((await send("GET", "/api/v1/pods/")).status).toBe(200);
    for (const path of ["/logs", "/logs/", "/debug/pprof", "/swagger.json"]) {
      expect([path, (await send("GET", path)).status]).toEqual([path, 404]);
    }
  });
});

describe("deletions", () => {
  it("are only tried where the body says so, and then its options alone count", async () => {
    await send("POST", CONFIG_MAPS, { metadata: { name: "stays" } });
    const path = `${CONFIG_MAPS}/stays`;
    expect((await send("DELETE", path, { dryRun: ["All"] })).status).toBe(200);
    expect((await send("DELETE", `${path}?dryRun=All`)).status).toBe(200);
    expect((await send("GET", path)).status).toBe(200);
    expect((await send("DELETE", path, { dryRun: "All" })).status).toBe(400);
    expect((await send("DELETE", `${path}?gracePeriodSeconds=x`)).status).toBe(400);
    expect((await send("DELETE", `${path}?gracePeriodSeconds=x`, {})).status).toBe(200);
    expect((await send("GET", path)).status).toBe(404);
  });
});
