import type { JsonObject } from "../../base/json.ts";
import { ApiError } from "../cli/client.ts";
import { type Call, type Command, complaint } from "../cli/command.ts";
import { toYaml } from "../print/yaml.ts";
import { failureOf } from "../transport.ts";

/** The kubectl that this one speaks like. */
const CLIENT: JsonObject = {
  major: "1",
  minor: "36",
  gitVersion: "v1.36.2",
  gitCommit: "98b35193b2ac7a23a673325f5e9b830ecd5ba406",
  gitTreeState: "clean",
  buildDate: "2026-06-09T11:03:24Z",
  goVersion: "go1.26.4",
  compiler: "gc",
  platform: "linux/amd64",
};
const KUSTOMIZE = "v5.8.1";

/** `kubectl version`. Models kubectl pkg/cmd/version. */
export const version: Command = {
  name: "version",
  use: "[flags] [options]",
  short: "Print the client and server version information",
  flags: [
    { name: "client", type: "bool", default: "false", usage: "Only the client's; no server is asked." },
    { name: "output", short: "o", type: "string", default: "", usage: "One of 'yaml' or 'json'." },
  ],
  run: runVersion,
};

async function runVersion({ flags, words, host, client }: Call): Promise<undefined> {
  if (words.length > 0) throw complaint(`extra arguments: [${words.join(" ")}]`);
  const output = flags.text("output");
  if (output !== "" && output !== "yaml" && output !== "json") throw complaint("--output must be 'yaml' or 'json'");
  const server = flags.on("client") ? undefined : await client.ask({ method: "GET", path: "/version" });
  const known = server === undefined || failureOf(server) !== undefined ? undefined : server.body;
  const all = { clientVersion: CLIENT, kustomizeVersion: KUSTOMIZE, ...(known && { serverVersion: known }) };
  if (output === "json") host.out(`${JSON.stringify(all, null, 2)}\n`);
  else if (output === "yaml") host.out(`${toYaml(all)}\n`);
  else {
    host.out(`Client Version: ${String(CLIENT.gitVersion)}\nKustomize Version: ${KUSTOMIZE}\n`);
    if (known !== undefined) host.out(`Server Version: ${String(known.gitVersion)}\n`);
  }
  if (server !== undefined && known === undefined) {
    throw new ApiError(server);
  }
  return undefined;
}
