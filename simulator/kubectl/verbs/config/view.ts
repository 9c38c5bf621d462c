import { isObject, type JsonObject, type JsonValue } from "../../../base/json.ts";
import { type Call, type Command, complaint } from "../../cli/command.ts";
import { type ConfigFile, configObject, entryOf, openConfig } from "../../cli/config-file.ts";
import { ColumnsText } from "../../print/columns-text.ts";
import { toKyaml } from "../../print/kyaml.ts";
import { OBJECT_FORMATS, printerFor, printFlagsWith } from "../../print/printer.ts";
import { toYaml } from "../../print/yaml.ts";

/** Secrets, and what is shown instead of them. */
const HIDDEN: { readonly [field: string]: string } = {
  "certificate-authority-data": "DATA+OMITTED",
  "client-certificate-data": "DATA+OMITTED",
  "client-key-data": "DATA+OMITTED",
  token: "REDACTED",
  password: "REDACTED",
};

/** `kubectl config view`. Models kubectl pkg/cmd/config view.go. */
export const configView: Command = {
  name: "view",
  use: "[flags] [options]",
  short: "Display merged kubeconfig settings or a specified kubeconfig file",
  flags: [
    ...printFlagsWith("yaml"),
    { name: "flatten", type: "bool", default: "false", usage: "One file that holds everything." },
    { name: "merge", type: "bool", default: "true", bare: "true", usage: "Taken for the sake of scripts." },
    { name: "minify", type: "bool", default: "false", usage: "Only what the current context uses." },
    { name: "raw", type: "bool", default: "false", usage: "Show secrets too." },
  ],
  run: runView,
};

async function runView(call: Call): Promise<undefined> {
  const { flags, words, host } = call;
  if (words.length > 0) throw complaint(`unexpected arguments: [${words.join(" ")}]`);
  const config = await openConfig(flags, host);
  const chosen = flags.on("minify") ? minified(config, flags.text("context")) : config;
  const isOpen = flags.on("raw") || flags.on("flatten");
  const object = isOpen ? configObject(chosen) : redacted(configObject(chosen));
  if (flags.text("output") === "json") host.out(`${JSON.stringify(inOrder(object), null, 4)}\n`);
  else if (flags.text("output") === "kyaml") host.out(toKyaml(inOrder(object)));
  else if (flags.text("output") === "" || flags.text("output") === "yaml") host.out(toYaml(object));
  else host.out((await printerFor(flags, host, OBJECT_FORMATS)).print(object));
  return undefined;
}

const ORDER = [
  ...["kind", "apiVersion", "preferences", "clusters", "users", "contexts", "current-context"],
  ...["name", "cluster", "context", "user", "server", "tls-server-name", "insecure-skip-tls-verify"],
  ...["client-certificate", "client-certificate-data", "client-key", "client-key-data", "token", "tokenFile"],
  ...["username", "password", "certificate-authority", "certificate-authority-data", "proxy-url", "namespace"],
];

/** JSON has the fields in the order of Go's structs. */
function inOrder(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  const rank = (key: string) => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length);
  const keys = Object.keys(value).sort((a, b) => rank(a) - rank(b));
  return Object.fromEntries(keys.map((key) => [key, inOrder(value[key] ?? null)]));
}

function minified(config: ConfigFile, asked: string): ConfigFile {
  const name = asked || config.currentContext;
  if (name === "") throw complaint("current-context must exist in order to minify");
  const context = entryOf(config, "contexts", name);
  if (context === undefined) throw complaint(`cannot locate context ${name}`);
  const only = (list: "clusters" | "users", wanted: unknown) =>
    config.lists[list].filter((each) => each.name === wanted);
  return {
    ...config,
    currentContext: name,
    lists: {
      clusters: only("clusters", context.cluster),
      contexts: config.lists.contexts.filter((each) => each.name === name),
      users: only("users", context.user),
    },
  };
}

function redacted(object: JsonObject): JsonObject {
  const hide = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(hide);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, HIDDEN[key] ?? hide(inner)]));
  };
  return hide(object) as JsonObject;
}

/** `kubectl config get-contexts`. Models kubectl pkg/cmd/config get_contexts.go. */
export const getContexts: Command = {
  name: "get-contexts",
  use: "[(-o|--output=)name)] [options]",
  short: "Describe one or many contexts",
  flags: [
    { name: "no-headers", type: "bool", default: "false", usage: "Leave out the line of headers." },
    { name: "output", short: "o", type: "string", default: "", usage: "Output format: (name)." },
  ],
  run: runGetContexts,
};

async function runGetContexts({ flags, words, host }: Call): Promise<number | undefined> {
  const output = flags.text("output");
  if (output !== "" && output !== "name")
    throw complaint(
      `--output ${output} is not available in kubectl config get-contexts; resetting to default output format`,
    );
  const config = await openConfig(flags, host);
  const names = words.length > 0 ? words : config.lists.contexts.map(({ name }) => name).sort();
  const missing = names.filter((name) => entryOf(config, "contexts", name) === undefined);
  const rows = names.flatMap((name) => {
    const context = entryOf(config, "contexts", name);
    if (context === undefined) return [];
    if (output === "name") return [[name]];
    const mark = name === config.currentContext ? "*" : "";
    const cells = [context.cluster, context.user, context.namespace].map((cell) => String(cell ?? ""));
    return [[mark, name, ...cells]];
  });
  const head = ["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"];
  const headed = output === "name" || flags.on("no-headers") ? rows : [head, ...rows];
  for (const line of new ColumnsText().lines(headed)) host.out(`${line}\n`);
  for (const name of missing) host.err(`error: context ${name} not found\n`);
  return missing.length > 0 ? 1 : undefined;
}

/** `kubectl config current-context`. */
export const currentContext: Command = {
  name: "current-context",
  use: "[flags] [options]",
  short: "Display the current-context",
  run: async ({ flags, host }) => {
    const config = await openConfig(flags, host);
    if (config.currentContext === "") throw complaint("current-context is not set");
    host.out(`${config.currentContext}\n`);
    return undefined;
  },
};

function namesCommand(name: string, short: string, list: "clusters" | "users"): Command {
  return {
    name,
    use: "[flags] [options]",
    short,
    run: async ({ flags, host }) => {
      const config = await openConfig(flags, host);
      const names = config.lists[list].map((each) => each.name).sort();
      for (const line of ["NAME", ...names]) host.out(`${line}\n`);
      return undefined;
    },
  };
}

export const getClusters = namesCommand("get-clusters", "Display clusters defined in the kubeconfig", "clusters");
export const getUsers = namesCommand("get-users", "Display users defined in the kubeconfig", "users");
