import type { ConnectProblem, NetworkResponse } from "../../network/network-view.ts";
import { durationMs, flag } from "./flags.ts";
import { type Caller, headerOf, type ProgramRequest, type ProgramWorld, pathOf, queryOf, respond } from "./program.ts";
import { timeParts } from "./start-lines.ts";

/** agnhost netexec. Its `/shell` and `/upload` are not there: they answer as a failed command does. */

/** `2026/01/02 15:04:05 text`: Go's plain logger. */
export function goLog(world: ProgramWorld, text: string): void {
  const { year, month, day, hour, minute, second } = timeParts(world.epochMs);
  world.log("stderr", `${year}/${month}/${day} ${hour}:${minute}:${second} ${text}`);
}

const text = (status: number, body: string): NetworkResponse => respond(status, body);

function goTime(world: ProgramWorld): string {
  const { year, month, day, hour, minute, second, millis } = timeParts(world.epochMs);
  return `${year}-${month}-${day} ${hour}:${minute}:${second}.${millis}417000 +0000 UTC m=+${(world.epochMs - world.startedEpochMs) / 1000}`;
}

export function problemText(address: string, problem: ConnectProblem): string {
  if (problem === "timeout") return `dial tcp ${address}: i/o timeout`;
  return `dial tcp ${address}: connect: ${problem === "unreachable" ? "no route to host" : "connection refused"}`;
}

// Models test/images/agnhost/netexec dialHandler
function dial(request: ProgramRequest, world: ProgramWorld): NetworkResponse {
  const query = queryOf(request);
  const what = query.get("request") ?? "";
  const protocol = (query.get("protocol") || "http").toLowerCase();
  const tries = Math.min(Number(query.get("tries") || 1), 100);
  const host = query.get("host") ?? "";
  const port = Number(query.get("port"));
  if (Number.isNaN(tries)) return text(400, "tries parameter is invalid. \n");
  if (what === "") return text(400, "request parameter not specified. <nil>\n");
  if (protocol !== "http" && protocol !== "udp") return text(400, `unsupported protocol. ${protocol}\n`);
  const [address] = world.network.resolve(host);
  if (address === undefined) return text(400, `host and/or port param are invalid. lookup ${host}: no such host\n`);
  const responses: string[] = [];
  const errors: string[] = [];
  for (let count = 0; count < tries; count++) {
    if (protocol === "udp") {
      const answer = world.network.exchange(address, port, what, "udp");
      if (isProblem(answer)) errors.push(problemText(`${address}:${port}`, answer).replace("dial tcp", "read udp"));
      else responses.push(answer);
      continue;
    }
    const asked = { method: "GET", path: `/${what}`, headers: { Host: `${address}:${port}` }, body: "" };
    const answer = world.network.http(address, port, asked);
    if (typeof answer === "string") {
      errors.push(`Get "http://${address}:${port}/${what}": ${problemText(`${address}:${port}`, answer)}`);
    } else responses.push(answer.body);
  }
  const output = { ...(errors.length > 0 && { errors }), ...(responses.length > 0 && { responses }) };
  return text(200, JSON.stringify(output));
}

const PROBLEMS: readonly string[] = ["refused", "timeout", "unreachable", "reset", "unknown-host"];
function isProblem(answer: string): answer is ConnectProblem {
  return PROBLEMS.includes(answer);
}

function canonical(name: string): string {
  return name
    .split("-")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1).toLowerCase())
    .join("-");
}

function exit(query: ReadonlyMap<string, string>, world: ProgramWorld): NetworkResponse {
  const code = query.get("code") ?? "";
  if (code !== "" && !/^\d+$/.test(code)) {
    return text(200, `argument 'code' must be an integer [0-127] or empty, got "${code}"\n`);
  }
  world.end(Number(code || 0), durationMs(query.get("wait") ?? "") + 5);
  return text(200, "");
}

/** Answers over HTTP. */
export function netexec(given: ProgramRequest, world: ProgramWorld): NetworkResponse {
  const override = flag(world.words, "http-override");
  const request = override === undefined ? given : { ...given, path: override };
  const query = queryOf(request);
  const path = pathOf(request);
  if (path !== "/healthz" && path !== "/readyz") goLog(world, `GET ${request.path}`);
  switch (path) {
    case "/clientip":
      return text(200, `${request.from}:${request.fromPort}`);
    case "/header": {
      const key = query.get("key");
      if (key !== undefined) return text(200, headerOf(request, key) ?? "");
      return text(
        200,
        JSON.stringify(
          Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [canonical(name), [value]])),
        ),
      );
    }
    case "/dial":
      return dial(request, world);
    case "/echo":
      return text(Number(query.get("code") || 200), query.get("msg") ?? "");
    case "/exit":
      return exit(query, world);
    case "/healthz":
      return text(200, "");
    case "/readyz":
      return text(200, "ok");
    case "/hostname":
    case "/hostName":
      return text(200, world.hostname);
    case "/redirect": {
      const location = query.get("location") ?? "";
      const answer = text(Number(query.get("code") || 302), "");
      return { ...answer, headers: { ...answer.headers, Location: location } };
    }
    case "/shutdown":
      world.end(0, 1);
      return text(200, "");
    case "/shell":
    case "/upload":
      return text(417, JSON.stringify({ output: "", error: "not simulated" }));
    default:
      return text(200, `NOW: ${goTime(world)}`);
  }
}

/** Answers over UDP: `hostname`, `echo <message>`, `clientip`. */
export function netexecUdp(bytes: string, world: ProgramWorld, { from, fromPort }: Caller): string {
  const command = bytes.trim();
  if (/^hostname$/i.test(command)) return world.hostname;
  if (command.startsWith("echo ")) return command.slice(5);
  return command === "clientip" ? `${from}:${fromPort}` : "";
}
