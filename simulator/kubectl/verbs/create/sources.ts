import { ENV_NAME, ENV_NAME_RULE } from "../../change/env-name.ts";
import { type Call, complaint } from "../../cli/command.ts";
import type { FlagSpec } from "../../cli/flags.ts";

/** Where the keys of config maps and secrets come from. */
export const SOURCE_FLAGS: readonly FlagSpec[] = [
  { name: "append-hash", type: "bool", default: "false", usage: "Append a hash of the data to the name." },
  { name: "from-file", type: "stringSlice", default: "", usage: "A file, [key=]path, or a folder of files." },
  { name: "from-literal", type: "stringArray", default: "", usage: "A key and its value: key=value." },
  { name: "from-env-file", type: "stringSlice", default: "", usage: "A file with lines of key=value." },
];

const KEY = /^[-._a-zA-Z0-9]+$/;
const KEY_RULE =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** A name's parts of `key=value`. */
interface Pair {
  readonly key: string;
  readonly value: string;
}

type Kind = "ConfigMap" | "Secret";

function checkKey(key: string, kind: Kind, data: Map<string, string>, name: string): void {
  const problem = KEY.test(key)
    ? key.length > 253
      ? "must be no more than 253 characters"
      : key === "." || key === ".."
        ? `must not be '${key}'`
        : key.startsWith("..")
          ? "must not start with '..'"
          : undefined
    : KEY_RULE;
  if (problem !== undefined)
    throw complaint(`${JSON.stringify(key)} is not a valid key name for a ${kind}: ${problem}`);
  if (!data.has(key)) return;
  throw complaint(
    kind === "ConfigMap"
      ? `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ConfigMap ${JSON.stringify(name)}`
      : `cannot add key ${key}, another key by that name already exists`,
  );
}

// Models kubectl pkg/util ParseLiteralSource
function literalOf(source: string): Pair {
  const [key = "", value] = source.split(/=(.*)/s);
  if (key === "" || value === undefined) throw complaint(`invalid literal source ${source}, expected key=value`);
  const first = value.charAt(0);
  const quoted = value.length > 1 && (first === '"' || first === "'") && value.endsWith(first);
  return { key, value: quoted ? value.slice(1, -1) : value };
}

// Models kubectl pkg/util ParseFileSource
function fileOf(source: string): { readonly key: string; readonly path: string } {
  const parts = source.split("=");
  if (parts.length === 1) return { key: source.replace(/\/+$/, "").split("/").at(-1) ?? "", path: source };
  if (parts.length > 2) throw complaint("key names or file paths cannot contain '='");
  const [key = "", path = ""] = parts;
  if (key === "") throw complaint(`key name for file path ${path} missing`);
  if (path === "") throw complaint(`file path for key name ${key} missing`);
  return { key, path };
}

async function fileText({ host }: Call, path: string): Promise<string> {
  const text = await host.files.read(path);
  if (!text.ok) throw complaint(`error reading ${path}: ${text.error}`);
  return text.value;
}

/** The keys and values that the flags of a config map or a secret name. */
export async function dataOf(call: Call, kind: Kind, name: string): Promise<ReadonlyMap<string, string>> {
  const { flags, host } = call;
  const files = flags.list("from-file");
  const literals = flags.has("from-literal") ? flags.list("from-literal") : [];
  const envFiles = flags.has("from-env-file") ? flags.list("from-env-file") : [];
  if (envFiles.length > 0 && files.length + literals.length > 0) {
    throw complaint("from-env-file cannot be combined with from-file or from-literal");
  }
  const data = new Map<string, string>();
  const add = ({ key, value }: Pair) => {
    checkKey(key, kind, data, name);
    data.set(key, value);
  };
  for (const source of files) {
    const { key, path } = fileOf(source);
    const names = await host.files.list(path);
    if (names === undefined) {
      add({ key, value: await fileText(call, path) });
      continue;
    }
    if (source.includes("=")) throw complaint("cannot give a key name for a directory path");
    for (const each of names) {
      const inner = `${path.replace(/\/$/, "")}/${each}`;
      if (KEY.test(each) && (await host.files.list(inner)) === undefined) {
        add({ key: each, value: await fileText(call, inner) });
      }
    }
  }
  for (const literal of literals) add(literalOf(literal));
  for (const path of envFiles) for (const pair of await envPairs(call, path, kind)) add(pair);
  return data;
}

// Models kubectl pkg/cmd/util env_file.go AddFromEnvFile
async function envPairs({ host }: Call, path: string, kind: Kind): Promise<readonly Pair[]> {
  if ((await host.files.list(path)) !== undefined)
    throw complaint(`env ${kind === "Secret" ? "secret" : "config"} file cannot be a directory`);
  const text = await host.files.read(path);
  if (!text.ok) throw complaint(`error reading ${path}: ${text.error}`);
  return envLines(text.value, host.env, (key) => {
    if (!ENV_NAME.test(key)) throw complaint(`${JSON.stringify(key)} is not a valid key name: ${ENV_NAME_RULE}`);
  });
}

/** Pairs of an env file's lines, their names looked at; a name alone takes its value from the environment. */
export function envLines(
  text: string,
  env: Readonly<Record<string, string>>,
  check: (key: string, line: number) => void,
): readonly Pair[] {
  const pairs: Pair[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw
      .replace(/^\ufeff/, "")
      .trimStart()
      .replace(/\r$/, "");
    if (line === "" || line.startsWith("#")) continue;
    const [key = "", value] = line.split(/=(.*)/s);
    check(key, index + 1);
    pairs.push({ key, value: value ?? env[key] ?? "" });
  }
  return pairs;
}
