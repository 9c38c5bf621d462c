import { isObject } from "../../base/json.ts";
import { ApiError } from "../cli/client.ts";
import { type Call, CommandError, complaint } from "../cli/command.ts";
import { failureOf } from "../transport.ts";

const NOT_FOUND = 404;
const CONTENT = { POST: "application/json", PUT: "application/json", DELETE: "application/json" } as const;

// Models kubectl pkg/rawhttp
/** Sends a file as it is to a path of the API (`--raw`), and prints the answer. */
export async function rawRequest(call: Call, method: keyof typeof CONTENT): Promise<undefined> {
  const { flags, host, client } = call;
  const files = flags.list("filename");
  const path = flags.text("raw");
  if (files.length > 1 || (files.length === 0 && method !== "DELETE")) {
    throw complaint("--raw can only use a single local file or stdin");
  }
  const [file] = files;
  if (file !== undefined && /^https?:\/\//.test(file)) throw complaint("--raw cannot read from a url");
  if (flags.on("recursive")) throw complaint("--raw and --recursive are mutually exclusive");
  if (flags.text("output") !== "") throw complaint("--raw and --output are mutually exclusive");
  if (!path.startsWith("/")) {
    throw complaint(`--raw must be a valid URL path: parse ${JSON.stringify(path)}: invalid URI for request`);
  }
  const body = file === undefined ? undefined : file === "-" ? await host.stdin() : await textOf(call, file);
  const response = await client.ask({
    method,
    path,
    ...(body !== undefined && { body, contentType: CONTENT[method] }),
  });
  if (failureOf(response) !== undefined && !isObject(response.body.details)) {
    const { reason = "" } = failureOf(response) ?? {};
    if (response.code === NOT_FOUND && reason === "") {
      throw new CommandError("Error from server (NotFound): the server could not find the requested resource");
    }
  }
  if (failureOf(response) !== undefined) throw new ApiError(response);
  host.out(response.text ?? `${JSON.stringify(response.body)}\n`);
  return undefined;
}

async function textOf({ host }: Call, file: string): Promise<string> {
  const text = await host.files.read(file);
  if (!text.ok) throw complaint(`open ${file}: ${text.error}`);
  return text.value;
}
