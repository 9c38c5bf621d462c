// @ts-check
// A small web server for one folder of built files: what `npm start` and the browser tests use.
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const compress = promisify(gzip);

/** @type {Record<string, string>} */
const contentTypes = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".svg": "image/svg+xml; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".yaml": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};
const compressible = /^(text\/|application\/(json|manifest|wasm)|image\/svg)/;

/** The page runs no code but its own files: no eval, no inline scripts, no other hosts. */
export const securityPolicy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
].join("; ");

/**
 * @typedef {{path: string, type: string, body: Buffer, zipped: Buffer | undefined, changedMs: number}} Served
 * @typedef {{url: string, port: number, close: () => Promise<void>}} StaticServer
 */

/**
 * Serves a folder on 127.0.0.1. An address that names no file and has no extension gets index.html (the page routes
 * itself); files under assets/ carry their hash in the name and are cached for good.
 * @param {string} folder
 * @param {{port?: number, tries?: number}} [options] `port` 0 (the default) takes any free one; where `port` is busy,
 *   the next ones are tried, `tries` in all
 * @returns {Promise<StaticServer>}
 * @throws the listening error when no port was free
 */
export async function serveFolder(folder, { port = 0, tries = 20 } = {}) {
  const files = fileReader(resolve(folder));
  const server = createServer((request, response) => {
    answer(files, request, response).catch((error) => {
      if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain; charset=utf-8" });
      response.end(`${error instanceof Error ? error.message : error}\n`);
    });
  });
  const taken = await listen(server, port, tries);
  return {
    port: taken,
    url: `http://localhost:${taken}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** @param {import("node:http").Server} server @param {number} port @param {number} tries @returns {Promise<number>} */
async function listen(server, port, tries) {
  for (let attempt = 0; ; attempt++) {
    try {
      await new Promise((done, fail) => {
        server.once("error", fail);
        server.listen(port === 0 ? 0 : port + attempt, "127.0.0.1", () => done(server.off("error", fail)));
      });
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("The server has no port.");
      return address.port;
    } catch (error) {
      const busy = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
      if (!busy || attempt + 1 >= tries || port + attempt >= 65535) throw error;
    }
  }
}

/** Reads files below a folder, keeping what it read (and zipped) until the file changes. @param {string} folder */
function fileReader(folder) {
  /** @type {Map<string, Served>} */
  const kept = new Map();
  return async (/** @type {string} */ urlPath) => {
    const path = join(folder, urlPath);
    if (!path.startsWith(folder + sep)) return undefined;
    const facts = await stat(path).catch(() => undefined);
    if (!facts?.isFile()) return undefined;
    const known = kept.get(path);
    if (known?.changedMs === facts.mtimeMs) return known;
    const body = await readFile(path);
    const type = contentTypes[extname(path)] ?? "application/octet-stream";
    const zipped = compressible.test(type) && body.length > 1000 ? await compress(body) : undefined;
    const served = { path: urlPath, type, body, zipped, changedMs: facts.mtimeMs };
    kept.set(path, served);
    return served;
  };
}

/** @param {string | undefined} url @returns {string | undefined} the decoded path, or undefined when it is malformed */
function pathOf(url) {
  try {
    const path = decodeURIComponent((url ?? "/").split(/[?#]/)[0] ?? "/");
    return path.includes("\0") ? undefined : path;
  } catch {
    return undefined;
  }
}

/**
 * @param {ReturnType<typeof fileReader>} files
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 */
async function answer(files, request, response) {
  const refuse = (/** @type {number} */ code, /** @type {string} */ text) => {
    response.writeHead(code, { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" });
    response.end(request.method === "HEAD" ? undefined : `${text}\n`);
  };
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(405, "Only GET and HEAD are served here.");
  const path = pathOf(request.url);
  if (path === undefined) return refuse(400, "The address is malformed.");
  const file = (await files(path)) ?? (extname(path) === "" ? await files("/index.html") : undefined);
  if (!file) return refuse(404, "There is no such file.");

  const zip =
    file.zipped && /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? "")) ? file.zipped : undefined;
  const body = zip ?? file.body;
  response.writeHead(200, {
    "content-type": file.type,
    "content-length": body.length,
    "cache-control": file.path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
    "content-security-policy": securityPolicy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    vary: "accept-encoding",
    ...(zip ? { "content-encoding": "gzip" } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}
