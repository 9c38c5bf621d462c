import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type ApiRequest, type ApiResponse, BrokenInvariant } from "../simulator/index.ts";
import { beginText, beginWatch, failure, methodNotAllowed, send } from "./answer.ts";
import type { RunningCluster } from "./cluster.ts";
import { describeDocument } from "./descriptions.ts";
import { Metrics } from "./metrics.ts";
import { apiRequest, isWatch, MAX_BODY_BYTES, methodOf, readBody } from "./request.ts";
import { isFollowedLog, sendStream } from "./streams/follow.ts";
import { Pumps } from "./streams/pumps.ts";
import { upgrade } from "./streams/upgrade.ts";
import { Watches } from "./watches.ts";

/** Nobody but this machine: what is served is a playground without secrets, and without guards. */
const LOOPBACK = "127.0.0.1";
/** A watch without a timeout of its own ends after 30 to 60 minutes, as with the real server. */
const LEAST_WATCH_MS = 30 * 60_000;
/** A client that takes longer than this to send its request is not waited for. */
const REQUEST_TIMEOUT_MS = 60_000;
/** As Go's servers take: commands that are executed stand in the path. */
const MAX_HEADER_BYTES = 1024 * 1024;
/** After asking to stop: for answers that are on their way. */
const FAREWELL_MS = 1000;

export interface TlsFiles {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
}

export interface Listener {
  /** As `https://127.0.0.1:6443`. */
  readonly url: string;
  readonly watches: Watches;
  close(): Promise<void>;
}

/** Serves a cluster over HTTP, or HTTPS with `tls`; rejects when the port can't be had. */
export async function listen(cluster: RunningCluster, port: number, tls?: TlsFiles): Promise<Listener> {
  const watches = new Watches();
  const metrics = new Metrics(cluster.simulation, watches);
  const pumps = new Pumps();
  cluster.onChange = (resources) => watches.wake(resources);
  cluster.onTurn = () => pumps.run();
  const handle = (message: IncomingMessage, response: ServerResponse) => {
    const done = metrics.begin(message);
    response.on("close", () => done(response.statusCode));
    answer(cluster, { watches, pumps, metrics }, message, response).catch((error) => panic(message, response, error));
  };
  const options = { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: 120_000, maxHeaderSize: MAX_HEADER_BYTES };
  const server: Server =
    tls === undefined
      ? createServer(options, handle)
      : createTlsServer({ ...options, ...tls, requestCert: true, rejectUnauthorized: false }, handle);
  server.on("upgrade", (message, socket, head) => upgrade(cluster, pumps, message, socket, head));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, resolve);
  });
  const { port: open } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? "http" : "https"}://${LOOPBACK}:${open}`,
    watches,
    close: () => {
      pumps.close();
      return closeServer(server, watches);
    },
  };
}

function closeServer(server: Server, watches: Watches): Promise<void> {
  watches.close();
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), FAREWELL_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** What goes on after a request was answered. */
interface Ongoing {
  readonly watches: Watches;
  readonly pumps: Pumps;
  readonly metrics: Metrics;
}

async function answer(
  cluster: RunningCluster,
  { watches, pumps, metrics }: Ongoing,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await readRequest(message);
  if (request === undefined) return;
  if ("warnings" in request) {
    // What is still on its way is not read: the connection ends here.
    if (request.code === 413) response.setHeader("Connection", "close");
    await send(message, response, request);
  } else if (isWatch(request)) await watch(cluster, watches, request, message, response);
  else if (isFollowedLog(request)) await follow(cluster, pumps, request, message, response);
  else {
    const answered = await cluster.request(request);
    await send(message, response, metrics.document(request, answered) ?? describeDocument(request.path, answered));
  }
}

/** The request, or the answer to what is none; undefined when its client left in the middle. */
async function readRequest(message: IncomingMessage): Promise<ApiRequest | ApiResponse | undefined> {
  const method = methodOf(message);
  if (method === undefined) {
    message.resume();
    return methodNotAllowed();
  }
  const body = await readBody(message);
  if (body.kind === "cut off") return undefined;
  if (body.kind === "too large") {
    return failure(413, "RequestEntityTooLarge", `Request entity too large: limit is ${MAX_BODY_BYTES}`);
  }
  const request = apiRequest(message, method, body.bytes);
  return request instanceof Error ? failure(400, "BadRequest", request.message) : request;
}

async function watch(
  cluster: RunningCluster,
  watches: Watches,
  request: ApiRequest,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const opened = cluster.watch(request);
  if (opened.ok) {
    beginWatch(response, opened.value.flow);
    watches.open(opened.value, response, watchTimeout(request.path));
  } else await send(message, response, opened.error);
}

async function follow(
  cluster: RunningCluster,
  pumps: Pumps,
  request: ApiRequest,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const opened = cluster.stream(request);
  if (!opened.ok) await send(message, response, opened.error);
  else if (opened.value === undefined) await send(message, response, { code: 204, warnings: [], body: {}, text: "" });
  else {
    beginText(response);
    sendStream(opened.value, response, pumps);
  }
}

function watchTimeout(path: string): number {
  const asked = Number(new URLSearchParams(path.slice(path.indexOf("?") + 1)).get("timeoutSeconds") ?? "0");
  if (asked > 0) return Math.min(asked * 1000, 2 ** 31 - 1);
  return LEAST_WATCH_MS * (1 + Math.random());
}

/** A bug of ours in one request must not end the others: the real server answers a panic in these words. */
function panic(message: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (error instanceof BrokenInvariant) response.destroy();
  else process.stderr.write(`${message.method} ${message.url}: ${error instanceof Error ? error.stack : error}\n`);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const text = "This request caused apiserver to panic. Look in the logs for details.\n";
  void send(message, response, { code: 500, warnings: [], body: {}, text });
}
