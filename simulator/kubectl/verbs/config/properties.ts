import type { JsonValue } from "../../../base/json.ts";
import { base64Of } from "../../change/name-hash.ts";
import { type Call, type Command, complaint } from "../../cli/command.ts";
import { type ConfigFile, type EntryList, entryOf, openConfig, saveConfig, withEntry } from "../../cli/config-file.ts";
import { parseBool } from "../../cli/flags.ts";
import { misused, onlyWord } from "./change.ts";

/** What a field of an entry holds. */
type FieldType = "text" | "truth" | "bytes" | "other";

/** The fields of entries, by the names that client-go's own types have for them. Models client-go tools/clientcmd/api. */
const FIELDS: { readonly [list in EntryList]: { readonly [field: string]: FieldType } } = {
  clusters: {
    server: "text",
    "tls-server-name": "text",
    "insecure-skip-tls-verify": "truth",
    "certificate-authority": "text",
    "certificate-authority-data": "bytes",
    "proxy-url": "text",
    "disable-compression": "truth",
    extensions: "other",
  },
  users: {
    "client-certificate": "text",
    "client-certificate-data": "bytes",
    "client-key": "text",
    "client-key-data": "bytes",
    token: "text",
    tokenFile: "text",
    "act-as": "text",
    "act-as-uid": "text",
    "act-as-groups": "other",
    "act-as-user-extra": "other",
    username: "text",
    password: "text",
    "auth-provider": "other",
    exec: "other",
    extensions: "other",
  },
  contexts: { cluster: "text", user: "text", namespace: "text", extensions: "other" },
};
/** Fields that an entry has even when nothing is in them. */
const ALWAYS = { clusters: { server: "" }, users: {}, contexts: { cluster: "", user: "" } };
const GO_TYPES = { clusters: "api.Cluster", users: "api.AuthInfo", contexts: "api.Context" };
/** Where Go might have an entry. */
const POINTER = "0xc000000000";

const isList = (word: string): word is EntryList => Object.hasOwn(FIELDS, word);

/** `kubectl config set`. Models kubectl pkg/cmd/config set.go. */
export const setProperty: Command = {
  name: "set",
  use: "PROPERTY_NAME PROPERTY_VALUE [options]",
  short: "Set an individual value in a kubeconfig file",
  flags: [{ name: "set-raw-bytes", type: "bool", default: "false", bare: "true", usage: "The value is no base64." }],
  run: async (call) => {
    const [path, value, ...more] = call.words;
    if (path === undefined || value === undefined || more.length > 0) throw misused(call);
    if (value === "") throw complaint("you cannot use set to unset a property");
    if (path === "") throw complaint("you must specify a property");
    const config = await openConfig(call.flags, call.host);
    await saveConfig(call.host, withProperty(call, config, path, value));
    call.host.out(`Property ${JSON.stringify(path)} set.\n`);
    return undefined;
  },
};

/** `kubectl config unset`. Models kubectl pkg/cmd/config unset.go. */
export const unsetProperty: Command = {
  name: "unset",
  use: "PROPERTY_NAME [options]",
  short: "Unset an individual value in a kubeconfig file",
  run: async (call) => {
    const path = onlyWord(call);
    const config = await openConfig(call.flags, call.host);
    await saveConfig(call.host, withoutProperty(config, path));
    call.host.out(`Property ${JSON.stringify(path)} unset.\n`);
    return undefined;
  },
};

interface Steps {
  readonly list: EntryList;
  readonly name: string;
  readonly field: string | undefined;
}

// Models kubectl pkg/cmd/config navigation_step_parser.go
/** The way to a property; names of entries may have dots, and end where a field begins. */
function stepsOf(path: string): Steps {
  const [list = "", ...parts] = path.split(".");
  if (!isList(list)) throw complaint(`unable to parse ${path} after [] at api.Config`);
  const at = parts.findIndex((part, index) => index > 0 && Object.hasOwn(FIELDS[list], part));
  if (at < 0) return { list, name: parts.join("."), field: undefined };
  if (at < parts.length - 1) throw complaint(`unable to parse one or more field values of ${path}`);
  return { list, name: parts.slice(0, at).join("."), field: parts[at] };
}

function withProperty(call: Call, config: ConfigFile, path: string, value: string): ConfigFile {
  if (path === "current-context") return { ...config, currentContext: value };
  if (isList(path)) throw complaint(`can't set a map to a value: ${entriesText(config, path)}`);
  const { list, name, field } = stepsOf(path);
  if (field === undefined) throw complaint(`can't set a map to a value: ${entriesText(config, list)}`);
  const before = entryOf(config, list, name) ?? ALWAYS[list];
  return withEntry(config, list, name, {
    ...before,
    [field]: typedValue(call, FIELDS[list][field] ?? "other", value, list),
  });
}

function typedValue({ flags }: Call, type: FieldType, value: string, list: EntryList): JsonValue {
  if (type === "text") return value;
  if (type === "truth") {
    const truth = parseBool(value);
    if (truth === undefined) throw complaint(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
    return truth;
  }
  if (type === "other") throw complaint(`unable to locate path under ${GO_TYPES[list]}`);
  if (flags.on("set-raw-bytes")) return base64Of(value);
  const wrong = value.search(/[^A-Za-z0-9+/=]/);
  if (wrong < 0 && value.length % 4 === 0) return value;
  const at = wrong < 0 ? value.length - (value.length % 4) : wrong;
  throw complaint(`error decoding input value: illegal base64 data at input byte ${at}`);
}

/** A list as Go prints a map of pointers. */
function entriesText({ lists }: ConfigFile, list: EntryList): string {
  const names = lists[list].map(({ name }) => `${name}:${POINTER}`).sort();
  return `map[${names.join(" ")}]`;
}

function withoutProperty(config: ConfigFile, path: string): ConfigFile {
  if (path === "current-context") return { ...config, currentContext: "" };
  if (isList(path)) return { ...config, lists: { ...config.lists, [path]: [] } };
  const { list, name, field } = stepsOf(path);
  if (field === undefined) return withEntry(config, list, name, undefined);
  const before = entryOf(config, list, name);
  if (before === undefined) throw complaint(`current map key \`${name}\` is invalid`);
  const { [field]: _, ...others } = before;
  return withEntry(config, list, name, { ...ALWAYS[list], ...others });
}
