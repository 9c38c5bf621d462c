import type { ApiRequest, ApiResponse } from "../../api/http.ts";
import type { JsonObject } from "../../base/json.ts";
import { statusText } from "../../node/images/program.ts";
import { BARE_DRY_RUN } from "../change/flags.ts";
import { textOf } from "../change/object.ts";
import { Client, responseText, USER_AGENT } from "./client.ts";
import { type Call, type Command, CommandError, complaint, usageComplaint } from "./command.ts";
import { configPath, placeOf, readConfig } from "./config.ts";
import { type FlagSpec, type Flags, goDurationMs, type ParsedLine, parseFlags } from "./flags.ts";
import { GLOBAL_FLAGS, HELP_FLAG } from "./global-flags.ts";
import { helpText } from "./help.ts";
import type { Host } from "./host.ts";
import { klogLine } from "./klog.ts";
import { suggestionsFor } from "./suggest.ts";

/** From this verbosity on requests are shown. */
const REQUESTS_AT = 6;
const HEADERS_AT = 7;
const BODIES_AT = 8;
/** From here on as a command line of curl. */
const CURL_AT = 9;

const GATES_AT = 1;

/** The switches of client-go, as its log tells them; in no order there. */
const GATES = [
  ...["AtomicFIFO", "ClientsAllowCARotation", "ClientsAllowTLSCacheGC", "InOrderInformers"].map((name) => [name, true]),
  ...["InOrderInformersBatchProcess", "InformerResourceVersion", "UnlockWhileProcessingFIFO"].map((name) => [
    name,
    true,
  ]),
  ["WatchListClient", true],
  ["ClientsAllowCBOR", false],
  ["ClientsPreferCBOR", false],
].map(([name, isOn]) => `"Feature gate default state" feature="${name}" enabled=${isOn}`);

/** How often most commands look for what a server serves before they give up. */
const LOOK_UPS = 5;
/** Deprecated, and told on every use. */
const BARE_DRY_RUN_WORDS = "--dry-run is deprecated and can be replaced with --dry-run=client.";

interface Found {
  readonly command: Command;
  readonly path: string;
  /** The line without the names of commands. */
  readonly line: readonly string[];
}

/**
 * Runs one kubectl command line (without the word `kubectl`) and gives its exit code. Whatever goes wrong is printed in
 * kubectl's words. Models kubectl pkg/cmd and spf13/cobra Command.ExecuteC.
 */
export async function runKubectl(root: Command, line: readonly string[], host: Host): Promise<number> {
  try {
    return await dispatch(root, line, host);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (error.printed !== "") host.out(error.printed);
    host.err(responseText(error, verbosityOf(line), host.nowEpochMs()));
    if (error.message !== "") host.err(error.message.endsWith("\n") ? error.message : `${error.message}\n`);
    return error.exit;
  }
}

/** What `-v` says, wherever it stands. */
function verbosityOf(line: readonly string[]): number {
  const words = line.slice(0, line.includes("--") ? line.indexOf("--") : undefined);
  const at = words.findLastIndex((word) => /^(-v|--v)(=|$|\d)/.test(word));
  const [word = "", next = ""] = at < 0 ? [] : words.slice(at);
  return Number(/^--?v=?(\d+)$/.exec(word)?.[1] ?? (/^--?v$/.test(word) ? next : "")) || 0;
}

async function dispatch(root: Command, line: readonly string[], host: Host): Promise<number> {
  if (line[0] === "help") return helpOn(root, line.slice(1), host);
  const { command, path, line: rest } = find(root, line);
  const specs = [...(command.flags ?? []), HELP_FLAG, ...notShadowed(command)];
  const parsed = parseFlags(rest, specs);
  if (!parsed.ok) throw misread(command, path, parsed.error);
  const { flags } = parsed.value;
  for (const { name, deprecated } of flags.given()) {
    if (deprecated !== undefined) host.err(`Flag --${name} has been deprecated, ${deprecated}\n`);
  }
  if (flags.on("help") && command.help === "none") return 0;
  if ((flags.on("help") && command.help === undefined) || command.run === undefined)
    return showHelp(command, path, parsed.value, host);
  const missing = (command.required ?? []).filter((name) => !flags.changed(name));
  if (missing.length > 0) {
    throw complaint(`required flag(s) ${missing.map((name) => `"${name}"`).join(", ")} not set`);
  }
  if (flags.has("dry-run") && flags.text("dry-run") === BARE_DRY_RUN)
    host.err(klogLine("W", host.nowEpochMs(), "helpers.go:719", BARE_DRY_RUN_WORDS));
  const call: Call = {
    command,
    path,
    ...parsed.value,
    host,
    client: await clientFor(globalFlags(command, flags, rest), host, command),
  };
  return (await command.run(call)) ?? 0;
}

/** The flags that say whom to speak to and as whom: a command's own of the same name says something else. */
function globalFlags(command: Command, flags: Flags, line: readonly string[]): Flags {
  const own = new Set((command.flags ?? []).map(({ name }) => name));
  if (!GLOBAL_FLAGS.some(({ name }) => own.has(name))) return flags;
  const others = [...(command.flags ?? []).filter(({ name }) => !isGlobal(name)), ...GLOBAL_FLAGS];
  const shadowed = (word: string) => [...own].some((name) => isGlobal(name) && word.split("=")[0] === `--${name}`);
  const kept: string[] = [];
  for (let index = 0; index < line.length; index++) {
    const word = line[index] ?? "";
    if (!shadowed(word)) kept.push(word);
    else if (!word.includes("=")) index++;
  }
  const parsed = parseFlags(kept, [...others, HELP_FLAG]);
  return parsed.ok ? parsed.value.flags : flags;
}

function isGlobal(name: string): boolean {
  return GLOBAL_FLAGS.some((each) => each.name === name);
}

/** A command's own `-v` or `--user` counts more than everybody's. */
function notShadowed(command: Command): readonly FlagSpec[] {
  const own = command.flags ?? [];
  return GLOBAL_FLAGS.filter(
    ({ name, short }) => !own.some((each) => each.name === name || (short !== undefined && each.short === short)),
  );
}

// Models spf13/cobra InitDefaultHelpCmd
/** `kubectl help get`. */
function helpOn(root: Command, words: readonly string[], host: Host): number {
  let command = root;
  let path = root.name;
  for (const word of words) {
    const next = command.commands?.find(({ name, aliases }) => name === word || aliases?.includes(word));
    if (next === undefined && command === root) {
      host.err(`Unknown help topic [\`${words.join("` `")}\`]\n${helpText(root, root.name)}`);
      return 0;
    }
    if (next === undefined) break;
    command = next;
    path = `${path} ${next.name}`;
  }
  host.out(helpText(command, path));
  return 0;
}

// Models kubectl pkg/cmd cmd.go flag errors, and pkg/cmd/diff
function misread(command: Command, path: string, problem: string): CommandError {
  if (command.misused !== undefined) return complaint(`${problem}\n${command.misused}`);
  const { misusedExit } = command;
  if (misusedExit === undefined) return complaint(`${problem}\nSee '${path} --help' for usage.`);
  return new CommandError(usageComplaint({ path }, problem).message, misusedExit);
}

// Models kubectl pkg/cmd/util helpers.go DefaultSubCommandRun
function showHelp(command: Command, path: string, { flags, words }: ParsedLine, host: Host): number {
  const [word] = words;
  const isGroup = command.commands !== undefined && !flags.on("help");
  if (isGroup && word !== undefined && command.alone !== "helps") throw unknownCommand(command, path, words.join(" "));
  const isComplaint = isGroup && path !== "kubectl" && command.alone !== "helps";
  const print = isComplaint && command.alone !== "told" ? host.err : host.out;
  print(helpText(command, path));
  return isComplaint ? 1 : 0;
}

function unknownCommand(command: Command, path: string, word: string): CommandError {
  // Only kubectl itself looks for what was meant.
  if (path !== "kubectl") return usageComplaint({ path }, `unknown command ${JSON.stringify(word)}`);
  const near = suggestionsFor(word, command.commands ?? []);
  const hint = near.length === 0 ? "" : `\n\nDid you mean this?\n${near.map((name) => `\t${name}\n`).join("")}`;
  return complaint(`unknown command ${JSON.stringify(word)} for ${JSON.stringify(path)}${hint}`);
}

/** Follows names of commands down the tree; flags may stand between them. */
function find(root: Command, line: readonly string[]): Found {
  let command = root;
  let path = root.name;
  let rest = [...line];
  while (command.commands !== undefined) {
    const at = firstWord(rest, [...(command.flags ?? []), HELP_FLAG, ...GLOBAL_FLAGS]);
    const word = rest[at];
    if (word === undefined) break;
    const next = command.commands.find(({ name, aliases }) => name === word || aliases?.includes(word));
    if (next === undefined) {
      if (command.run !== undefined || command.alone === "helps") break;
      const read = parseFlags(rest, [...(command.flags ?? []), HELP_FLAG, ...GLOBAL_FLAGS]);
      const words = read.ok && path !== root.name ? read.value.words : [word];
      throw unknownCommand(command, path, words.join(" "));
    }
    rest = [...rest.slice(0, at), ...rest.slice(at + 1)];
    path = `${path} ${next.name}`;
    command = next;
  }
  return { command, path, line: rest };
}

// Models spf13/cobra stripFlags
/** Place of the first word that is neither a flag nor a flag's value. */
function firstWord(line: readonly string[], specs: readonly FlagSpec[]): number {
  for (let index = 0; index < line.length; index++) {
    const word = line[index] ?? "";
    if (word === "--") return -1;
    if (!word.startsWith("-") || word === "-") return index;
    if (word.includes("=")) continue;
    const spec = word.startsWith("--")
      ? specs.find(({ name }) => name === word.slice(2))
      : word.length === 2
        ? specs.find(({ short }) => short === word.slice(1))
        : undefined;
    if (spec !== undefined && spec.type !== "bool" && spec.bare === undefined) index++;
  }
  return -1;
}

/** Seconds, or a Go duration. Models kubectl pkg/cmd/util and client-go tools/clientcmd ParseTimeout. */
function checkTimeout(text: string): void {
  if (/^[-+]?\d+$/.test(text) || goDurationMs(text) !== undefined) return;
  throw complaint(
    "Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)",
  );
}

async function clientFor(flags: Flags, host: Host, command: Command): Promise<Client> {
  const isLocal = command.local === true;
  const config = await readConfig(flags, host, isLocal);
  const place = isLocal ? { server: "", user: "", namespace: "default" } : placeOf(config, flags);
  if (!isLocal) checkTimeout(flags.text("request-timeout"));
  const verbosity = flags.number("v");
  const own = config.users.find(({ name }) => name === place.user)?.user ?? {};
  const impersonate = impersonation(flags, own, place.user);
  // Over plain HTTP nothing that is secret is sent.
  const token = place.server.startsWith("https:") ? flags.text("token") || textOf(own, "token") : "";
  const options = { server: place.server, user: place.user };
  const log = (level: "E" | "I", at: string, text: string) => host.err(klogLine(level, host.nowEpochMs(), at, text));
  if (verbosity >= REQUESTS_AT && !isLocal) {
    log("I", "loader.go:407", `Config loaded from file:  ${await configPath(flags, host)}`);
  }
  if (verbosity >= GATES_AT && !isLocal) for (const text of GATES) log("I", "envvar.go:195", text);
  return new Client({
    transport: host.connect(options),
    streams: host.stream?.(options),
    namespace: flags.text("namespace") || place.namespace,
    namespaceGiven: flags.changed("namespace"),
    as: { ...(impersonate && { impersonate }), ...(token !== "" && { token }) },
    server: place.server,
    lookUps: command.lookUps ?? LOOK_UPS,
    log,
    warn: (text) => host.err(`${text}\n`),
    ...(verbosity >= REQUESTS_AT && {
      trace: (request: ApiRequest, response: ApiResponse) => {
        for (const [at, text] of traceLines(place.server, request, response, verbosity)) {
          host.err(klogLine("I", host.nowEpochMs(), at, text));
        }
      },
    }),
  });
}

// Models client-go tools/clientcmd getUserIdentificationPartialConfig
/** As whom is asked: what flags say, or else the kubeconfig's user. */
function impersonation(flags: Flags, own: JsonObject, name: string): ApiRequest["impersonate"] {
  const user = flags.text("as");
  if (user === "") {
    if (["as-group", "as-uid", "as-user-extra"].some((flag) => flags.changed(flag))) {
      throw complaint(`requesting uid, groups or user-extra for ${name} without impersonating a user`);
    }
    const groups = Array.isArray(own["as-groups"]) ? own["as-groups"].map(String) : [];
    return own.as === undefined
      ? undefined
      : { user: textOf(own, "as"), groups, uid: textOf(own, "as-uid"), extra: {} };
  }
  const extra: { [key: string]: string[] } = {};
  for (const pair of flags.list("as-user-extra")) {
    const cut = pair.indexOf("=");
    const key = pair.slice(0, cut);
    extra[key] = [...(extra[key] ?? []), pair.slice(cut + 1)];
  }
  return { user, groups: flags.list("as-group"), uid: flags.text("as-uid"), extra };
}

// Models client-go transport/round_trippers.go and rest/request.go
/** What is told of one exchange: places in kubectl's source, and lines. An exchange takes no time that could be told. */
function traceLines(
  server: string,
  request: ApiRequest,
  response: ApiResponse,
  verbosity: number,
): readonly (readonly [place: string, text: string])[] {
  const { method, path, accept = "application/json", body } = request;
  const what = `verb=${JSON.stringify(method)} url=${JSON.stringify(server + path)}`;
  const status = `status="${response.code} ${statusText(response.code)}"`;
  if (verbosity < HEADERS_AT) return [["round_trippers.go:632", `"Response" ${what} ${status} milliseconds=0`]];
  const headers = `headers=<\n\tAccept: ${accept}\n\tUser-Agent: ${USER_AGENT}\n >`;
  const curl = `-H "Accept: ${accept}" -H "User-Agent: ${USER_AGENT}" '${server + path}'`;
  const asked = verbosity < CURL_AT ? `${what} ${headers}` : `curlCommand=<\n\tcurl -v -X${method}  ${curl}\n >`;
  const sent = ["round_trippers.go:527", `"Request" ${asked}`] as const;
  if (verbosity < BODIES_AT) return [sent, ["round_trippers.go:632", `"Response" ${status} milliseconds=0`]];
  const told = body === undefined ? '""' : `<\n\t${JSON.stringify(body)}\n >`;
  const type = `headers=<\n\tContent-Type: ${response.contentType ?? "application/json"}\n >`;
  return [
    ["helper.go:105", `"Request Body" body=${told}`],
    sent,
    ["round_trippers.go:632", `"Response" ${status} ${type} milliseconds=0`],
    ["helper.go:105", `"Response Body" body=<\n\t${response.text ?? JSON.stringify(response.body)}\n >`],
  ];
}
