import type { NetworkResponse } from "../../network/network-view.ts";
import { goLog, problemText } from "./agnhost-netexec.ts";
import { flag, numberFlag } from "./flags.ts";
import { type ProgramRequest, type ProgramWorld, pathOf, queryOf, respond } from "./program.ts";

// Models test/images/agnhost/guestbook
const REPLICAS = "replicas";
const KEY = "key/";
const REGISTERED = "registered";

const text = (status: number, body: string): NetworkResponse => respond(status, body);

function storeOf({ memory }: ProgramWorld): { readonly [key: string]: string } {
  const keys = memory.keys.filter((key) => key.startsWith(KEY));
  return Object.fromEntries(keys.map((key) => [key.slice(KEY.length), memory.get(key) ?? ""]));
}

function ask(world: ProgramWorld, host: string, path: string): NetworkResponse | string {
  const port = numberFlag(world.words, 6379, "backend-port");
  const [address] = world.network.resolve(host);
  if (address === undefined) return `lookup ${host}: no such host`;
  const answer = world.network.http(address, port, { method: "GET", path, headers: {}, body: "" });
  return typeof answer === "string"
    ? `Get "http://${host}:${port}${path}": ${problemText(`${address}:${port}`, answer)}`
    : answer;
}

function set(request: ProgramRequest, world: ProgramWorld): NetworkResponse {
  const query = queryOf(request);
  const key = query.get("key") ?? "";
  if (key === "") return text(400, "cannot set with empty key.\n");
  world.memory.set(`${KEY}${key}`, query.get("value") ?? "");
  for (const replica of JSON.parse(world.memory.get(REPLICAS) ?? "[]") as string[]) {
    const answer = ask(world, replica, request.path);
    if (typeof answer === "string") {
      return text(417, `encountered error while propagating to replica '${replica}': ${answer}\n`);
    }
  }
  return text(200, JSON.stringify({ message: "Updated" }));
}

/** The guestbook's front, its primary and its replicas: all are the same program. */
export function guestbook(request: ProgramRequest, world: ProgramWorld): NetworkResponse {
  const query = queryOf(request);
  const path = pathOf(request);
  goLog(world, `GET ${request.path}`);
  if (path === "/register") {
    const host = query.get("host") ?? "";
    const replicas = JSON.parse(world.memory.get(REPLICAS) ?? "[]") as string[];
    world.memory.set(REPLICAS, JSON.stringify([...new Set([...replicas, host])].slice(-100)));
    return text(200, JSON.stringify({ data: storeOf(world) }));
  }
  registerLate(world);
  if (path === "/get") {
    const key = query.get("key") ?? "";
    return text(200, JSON.stringify({ data: key === "" ? storeOf(world) : (world.memory.get(`${KEY}${key}`) ?? "") }));
  }
  if (path === "/set") return set(request, world);
  if (path !== "/guestbook") return text(404, "404 page not found\n");
  const command = (query.get("cmd") ?? "").toLowerCase();
  if (command !== "get" && command !== "set") return text(400, `unsupported cmd: '${command}'\n`);
  if (command === "set" && !query.get("key")) return text(400, "cannot set with empty key.\n");
  const host = command === "set" ? "agnhost-primary" : "agnhost-replica";
  const asked = `/${command}?key=${query.get("key") ?? ""}&value=${query.get("value") ?? ""}`;
  const answer = ask(world, host, asked);
  return typeof answer === "string" ? text(417, `encountered error: ${answer}\n`) : text(200, answer.body);
}

/** A replica tries every second to make itself known; whoever asks it finds what that has come to. */
function registerLate(world: ProgramWorld): void {
  const primary = flag(world.words, "replicaof");
  if (primary && world.memory.get(REGISTERED) === undefined) register(world, primary);
}

/** A replica makes itself known to its primary, and takes over what is there. */
export function register(world: ProgramWorld, primary: string): void {
  const answer = ask(world, primary, `/register?host=${world.podIp}`);
  if (typeof answer === "string") return;
  world.memory.set(REGISTERED, "true");
  const { data } = JSON.parse(answer.body) as { data: { readonly [key: string]: string } };
  for (const [key, value] of Object.entries(data)) world.memory.set(`${KEY}${key}`, value);
}
