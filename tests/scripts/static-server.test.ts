import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StaticServer, serveFolder } from "../../scripts/static-server.mjs";

const long = "/* a long script */\n".repeat(200);
let folder: string;
let server: StaticServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tabernetes-server-"));
  mkdirSync(join(folder, "dist/assets"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "secret");
  writeFileSync(join(folder, "dist/index.html"), "<title>home</title>");
  writeFileSync(join(folder, "dist/assets/app-1a2b.js"), long);
  writeFileSync(join(folder, "dist/icon.svg"), "<svg/>");
  server = await serveFolder(join(folder, "dist"));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const get = (path: string, init?: RequestInit) => fetch(new URL(path, `http://127.0.0.1:${server.port}/`), init);

/** A GET whose path is sent as it is written: fetch would resolve the dots. */
function getRaw(path: string): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port: server.port, path }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode, text }));
    })
      .on("error", reject)
      .end();
  });
}

describe("the static server", () => {
  it.each([
    ["/", "text/html; charset=utf-8", "no-cache"],
    ["/index.html?from=link", "text/html; charset=utf-8", "no-cache"],
    ["/icon.svg", "image/svg+xml; charset=utf-8", "no-cache"],
    ["/assets/app-1a2b.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"],
  ])("serves %s with its type and its time to live", async (path, type, cache) => {
    const response = await get(path);
    expect([response.status, response.headers.get("content-type"), response.headers.get("cache-control")]).toEqual([
      200,
      type,
      cache,
    ]);
  });

  it("sends a security policy without eval or inline scripts", async () => {
    const policy = (await get("/")).headers.get("content-security-policy");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain("unsafe-eval");
  });

  it("zips what is worth it, for whom it is", async () => {
    const zipped = await get("/assets/app-1a2b.js", { headers: { "accept-encoding": "gzip" } });
    expect(zipped.headers.get("content-encoding")).toBe("gzip");
    expect(Number(zipped.headers.get("content-length"))).toBeLessThan(long.length / 2);
    expect(await zipped.text()).toBe(long);
    const plain = await get("/assets/app-1a2b.js", { headers: { "accept-encoding": "identity" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(await plain.text()).toBe(long);
  });

  it("gives the page for its own routes, and 404 for missing files", async () => {
    expect(await (await get("/lessons/self-healing")).text()).toBe("<title>home</title>");
    expect((await get("/assets/gone.js")).status).toBe(404);
  });

  it("sees a rebuilt file", async () => {
    writeFileSync(join(folder, "dist/note.txt"), "before");
    expect(await (await get("/note.txt")).text()).toBe("before");
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(join(folder, "dist/note.txt"), "after");
    expect(await (await get("/note.txt")).text()).toBe("after");
  });

  it.each(["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt"])(
    "never leaves its folder: %s",
    async (path) => {
      const { status, text } = await getRaw(path);
      expect(status).toBe(404);
      expect(text).not.toContain("secret");
    },
  );

  it("refuses malformed addresses and other methods", async () => {
    expect((await getRaw("/%E0%A4%A")).status).toBe(400);
    expect((await getRaw("/%00")).status).toBe(400);
    expect((await get("/", { method: "POST" })).status).toBe(405);
    const head = await get("/", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  it("takes the next free port where one is busy, and says which", async () => {
    const busy = createServer();
    await new Promise<void>((resolve) => busy.listen(0, "127.0.0.1", resolve));
    const address = busy.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const next = await serveFolder(join(folder, "dist"), { port });
    expect(next.port).toBeGreaterThan(port);
    expect(next.url).toBe(`http://localhost:${next.port}/`);
    await next.close();
    await expect(serveFolder(join(folder, "dist"), { port, tries: 1 })).rejects.toThrow("EADDRINUSE");
    await new Promise((resolve) => busy.close(resolve));
  });
});
