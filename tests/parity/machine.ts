import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubectlHost } from "../../simulator/index.ts";

/** A Ctrl-C that a script gives. */
export class Interrupt {
  raised = false;
  readonly #listeners = new Set<() => void>();

  onRaise(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  raise(): void {
    this.raised = true;
    for (const listener of [...this.#listeners]) listener();
  }
}

type Listen = NonNullable<KubectlHost["listen"]>;
type LocalSocket = Parameters<Parameters<Listen>[2]>[0];

/** Takes connections on this machine, for the built-in port-forward. */
export const listenHere: Listen = (address, port, accept) =>
  new Promise((resolve) => {
    const server = createServer((socket) => accept(localSocket(socket)));
    server.once("error", (error) => resolve({ ok: false, error: error.message }));
    server.listen(port, address, () => {
      const bound = server.address();
      const actual = bound !== null && typeof bound === "object" ? bound.port : port;
      resolve({ ok: true, value: { port: actual, close: () => server.close() } });
    });
  });

function localSocket(socket: Socket): LocalSocket {
  return {
    hear: (listener) => socket.on("data", (data) => listener(data.toString("latin1"))),
    send: (bytes) => socket.write(Buffer.from(bytes, "latin1")),
    close: () => socket.destroy(),
    closed: new Promise((resolve) => socket.once("close", () => resolve())),
  };
}

const VISIT_AFTER_MS = 800;
const VISIT_TIMEOUT_MS = 5000;

/** Asks for an address, as somebody in front of a forwarded port does; what it answers is not looked at. */
export async function visit(url: string): Promise<void> {
  await sleep(VISIT_AFTER_MS);
  await fetch(url, { signal: AbortSignal.timeout(VISIT_TIMEOUT_MS), headers: { Connection: "close" } })
    .then((response) => response.text())
    .catch(() => undefined);
}
