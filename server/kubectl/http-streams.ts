import { WebSocket } from "ws";
import type { ApiRequest, KubectlHost } from "../../simulator/index.ts";
import { headersOf, httpTransport } from "./http-transport.ts";

type Streams = ReturnType<NonNullable<KubectlHost["stream"]>>;
type Hear = Parameters<Streams>[1];
type Opened = Awaited<ReturnType<Streams>>;

const CONNECTS = /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/(exec|attach)(\?|$)/;
const PROTOCOL = "v5.channel.k8s.io";
const STDOUT = 1;
const CLOSE_CHANNEL = 255;

/** What goes on at an API server over HTTP: watches and followed logs as bodies that don't end, exec and attach over WebSocket. */
export function httpStreams(server: string): Streams {
  return (request, hear) =>
    CONNECTS.test(request.path) ? webSocket(server, request, hear) : body(server, request, hear);
}

async function body(server: string, request: ApiRequest, hear: Hear): Promise<Opened> {
  const aborter = new AbortController();
  const response = await fetch(server + request.path, { headers: headersOf(request), signal: aborter.signal });
  if (!response.ok || response.body === null) return { ok: false, error: await httpTransport(server)(request) };
  const reader = response.body.getReader();
  const read = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      hear({ channel: STDOUT, bytes: Buffer.from(value).toString("latin1") });
    }
  };
  // A connection that breaks off is an end like any other: whoever watches opens another.
  const ended = read().catch(() => undefined);
  return { ok: true, value: { send: () => undefined, close: () => aborter.abort(), ended } };
}

function webSocket(server: string, request: ApiRequest, hear: Hear): Promise<Opened> {
  const headers = Object.fromEntries(headersOf(request));
  const socket = new WebSocket(server.replace(/^http/, "ws") + request.path, PROTOCOL, { headers });
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("message", (data: Buffer) => hear({ channel: data[0] ?? 0, bytes: data.subarray(1).toString("latin1") }));
  return new Promise((resolve, reject) => {
    socket.once("unexpected-response", (_sent, response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString("utf8");
      });
      response.on("end", () => {
        const refused = { kind: "Status", status: "Failure", message: text.trim(), code: response.statusCode ?? 500 };
        const isJson = String(response.headers["content-type"] ?? "").includes("json");
        resolve({
          ok: false,
          error: { code: refused.code, body: isJson ? JSON.parse(text) : refused, warnings: [] },
        });
      });
    });
    socket.once("error", reject);
    socket.once("open", () =>
      resolve({
        ok: true,
        value: {
          ended,
          close: () => socket.close(),
          send: ({ channel, bytes, end }) => {
            if (bytes !== "") socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(bytes, "latin1")]));
            if (end === true) socket.send(Buffer.from([CLOSE_CHANNEL, channel]));
          },
        },
      }),
    );
  });
}
