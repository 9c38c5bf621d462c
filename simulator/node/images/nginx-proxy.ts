import type { NetworkResponse } from "../../network/network-view.ts";
import type { Directive } from "./nginx-config.ts";
import { prefixOf, type SiteConfig } from "./nginx-site.ts";
import { headerOf, type ProgramRequest, type ProgramWorld, respond } from "./program.ts";

/** What a `proxy_pass` answers; undefined: nobody there (nginx's 502). */
export function proxied(
  world: ProgramWorld,
  request: ProgramRequest,
  target: string,
  location: Directive | undefined,
  { upstreams }: SiteConfig,
): NetworkResponse | undefined {
  const match = /^(https?):\/\/([^/:]+)(?::(\d+))?(\/.*)?$/.exec(target);
  if (match === null) return undefined;
  const [, scheme, name = "", givenPort, givenPath] = match;
  const path =
    givenPath === undefined || location === undefined
      ? request.path
      : `${givenPath}${request.path.slice(prefixOf(location).length)}`;
  const headers = {
    ...request.headers,
    "X-Forwarded-For": [headerOf(request, "x-forwarded-for"), request.from].filter(Boolean).join(", "),
    "X-Real-IP": request.from,
    Connection: "close",
  };
  for (const server of upstreams.get(name) ?? [name]) {
    const [host = "", serverPort] = server.split(":");
    const [address] = world.network.resolve(host);
    if (address === undefined) continue;
    const port = Number(givenPort ?? serverPort ?? (scheme === "https" ? 443 : 80));
    const { method, body } = request;
    const answer = world.network.http(address, port, { method, path, headers, body }, scheme === "https");
    if (typeof answer !== "string") return answer;
    if (answer === "timeout")
      return respond(504, "<html><body><h1>504 Gateway Time-out</h1></body></html>\r\n", "text/html");
  }
  return undefined;
}
