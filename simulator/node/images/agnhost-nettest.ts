import { type HttpProgram, type ProgramMemory, pathOf, respond } from "./program.ts";

/*
 * A server that notes who wrote to it. Real ones look for others of their service by themselves and write to them; these
 * are written to only.
 */

const RECEIVED = "received ";

function countsOf(memory: ProgramMemory): { readonly [source: string]: number } {
  const sources = memory.keys.filter((key) => key.startsWith(RECEIVED));
  return Object.fromEntries(sources.map((key) => [key.slice(RECEIVED.length), Number(memory.get(key))]));
}

function sourceOf(body: string): string {
  try {
    const written = JSON.parse(body) as { readonly Source?: unknown } | null;
    return typeof written?.Source === "string" ? written.Source : "";
  } catch {
    return "";
  }
}

// Models test/images/agnhost/nettest
export const nettest: HttpProgram = (request, { memory, hostname, end }) => {
  switch (pathOf(request)) {
    case "/read": {
      const Received = countsOf(memory);
      const state = { Hostname: hostname, Sent: null, Received, Errors: null, Log: null, StillContactingPeers: false };
      return respond(200, JSON.stringify(state, null, "\t"));
    }
    case "/write": {
      const key = RECEIVED + sourceOf(request.body);
      if (key !== RECEIVED) memory.set(key, String(Number(memory.get(key) ?? 0) + 1));
      return respond(200, `${JSON.stringify({ Hostname: hostname })}\n`);
    }
    case "/status":
      return respond(200, Object.keys(countsOf(memory)).length > 0 ? "pass" : "running");
    case "/quit":
      end(0, 10);
      return respond(200, "");
    default:
      return respond(404, "404 page not found\n");
  }
};
