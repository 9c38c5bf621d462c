import { isObject, type JsonObject, type JsonValue } from "../../../base/json.ts";
import { type Call, type Command, type CommandError, complaint } from "../../cli/command.ts";
import {
  type ConfigFile,
  ENTRIES,
  type EntryList,
  entryOf,
  openConfig,
  saveConfig,
  withEntry,
} from "../../cli/config-file.ts";
import type { FlagSpec, Flags } from "../../cli/flags.ts";
import { GLOBAL_FLAGS } from "../../cli/global-flags.ts";
import { helpText } from "../../cli/help.ts";

// Models kubectl pkg/cmd/config helpErrorf
/** A complaint about words, with the command's help before it. */
function misused(call: Call): CommandError {
  call.host.out(helpText(call.command, call.path));
  return complaint(`Unexpected args: [${call.words.join(" ")}]`);
}

/** The one word that a command takes. */
function onlyWord(call: Call): string {
  const [word, ...more] = call.words;
  if (word === undefined || more.length > 0) throw misused(call);
  return word;
}

/** `kubectl config use-context`. Models kubectl pkg/cmd/config use_context.go. */
export const useContext: Command = {
  name: "use-context",
  aliases: ["use"],
  use: "CONTEXT_NAME [options]",
  short: "Set the current-context in a kubeconfig file",
  run: async (call) => {
    const name = onlyWord(call);
    const config = await openConfig(call.flags, call.host);
    if (entryOf(config, "contexts", name) === undefined) {
      throw complaint(`no context exists with the name: ${JSON.stringify(name)}`);
    }
    await saveConfig(call.host, { ...config, currentContext: name });
    call.host.out(`Switched to context ${JSON.stringify(name)}.\n`);
    return undefined;
  },
};

/** `kubectl config rename-context`. Models kubectl pkg/cmd/config rename_context.go. */
export const renameContext: Command = {
  name: "rename-context",
  use: "CONTEXT_NAME NEW_NAME [options]",
  short: "Rename a context from the kubeconfig file",
  run: async (call) => {
    const [from, to, ...more] = call.words;
    if (from === undefined || to === undefined || more.length > 0) {
      throw misused(call);
    }
    const config = await openConfig(call.flags, call.host);
    const context = entryOf(config, "contexts", from);
    const cannot = `cannot rename the context ${JSON.stringify(from)}`;
    if (context === undefined) throw complaint(`${cannot}, it's not in ${config.path}`);
    if (entryOf(config, "contexts", to) !== undefined) {
      throw complaint(`${cannot}, the context ${JSON.stringify(to)} already exists in ${config.path}`);
    }
    const renamed = withEntry(withEntry(config, "contexts", from, undefined), "contexts", to, context);
    await saveConfig(call.host, {
      ...renamed,
      currentContext: config.currentContext === from ? to : config.currentContext,
    });
    call.host.out(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.\n`);
    return undefined;
  },
};

/** Flags that say here what is to be written, and elsewhere whom to speak to. */
function written(...names: readonly string[]): readonly FlagSpec[] {
  return GLOBAL_FLAGS.filter(({ name }) => names.includes(name)).map(({ short, ...flag }) =>
    short === "n" ? { ...flag, short } : flag,
  );
}

function deleteCommand(name: string, list: EntryList, short: string): Command {
  const what = ENTRIES[list];
  return {
    name,
    use: "NAME [options]",
    short,
    run: async (call) => {
      const wanted = onlyWord(call);
      const { host } = call;
      const config = await openConfig(call.flags, host);
      if (entryOf(config, list, wanted) === undefined) {
        throw complaint(`cannot delete ${what} ${wanted}, not in ${config.path}`);
      }
      if (list === "contexts" && config.currentContext === wanted) {
        host.err(
          'warning: this removed your active context, use "kubectl config use-context" to select a different one\n',
        );
      }
      await saveConfig(host, withEntry(config, list, wanted, undefined));
      host.out(`deleted ${what} ${wanted} from ${config.path}\n`);
      return undefined;
    },
  };
}

/** `kubectl config delete-context`, `delete-cluster` and `delete-user`. */
export const deleteContext = deleteCommand(
  "delete-context",
  "contexts",
  "Delete the specified context from the kubeconfig",
);
export const deleteCluster = deleteCommand(
  "delete-cluster",
  "clusters",
  "Delete the specified cluster from the kubeconfig",
);
export const deleteUser = deleteCommand("delete-user", "users", "Delete the specified user from the kubeconfig");

/** An object with fields of it set; what is "" goes. */
function withFields(value: JsonObject, fields: { readonly [field: string]: JsonValue | undefined }): JsonObject {
  const set = Object.entries(fields).filter(([, each]) => each !== undefined);
  const all = { ...value, ...Object.fromEntries(set) } as JsonObject;
  return Object.fromEntries(Object.entries(all).filter(([, each]) => each !== "")) as JsonObject;
}

/** `kubectl config set-context`. Models kubectl pkg/cmd/config set_context.go. */
export const setContext: Command = {
  name: "set-context",
  use: "[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace] [options]",
  short: "Set a context entry in kubeconfig",
  flags: [
    { name: "current", type: "bool", default: "false", usage: "Change the current context." },
    ...written("cluster", "namespace", "user"),
  ],
  run: async (call) => {
    const { flags, words, host } = call;
    const config = await openConfig(flags, host);
    if (words.length > 1) throw misused(call);
    const [word] = words;
    if (word !== undefined && flags.on("current"))
      throw complaint("you cannot specify both a context name and --current");
    if (word === undefined && !flags.on("current"))
      throw complaint("you must specify a non-empty context name or --current");
    if (word === undefined && config.currentContext === "") throw complaint("no current context is set");
    const name = word ?? config.currentContext;
    const before = entryOf(config, "contexts", name);
    const given = (flag: string) => (flags.changed(flag) ? flags.text(flag) : undefined);
    const fields = { cluster: given("cluster"), user: given("user"), namespace: given("namespace") };
    const value = { cluster: "", user: "", ...withFields(before ?? {}, fields) };
    await saveConfig(host, withEntry(config, "contexts", name, value));
    host.out(`Context ${JSON.stringify(name)} ${before === undefined ? "created" : "modified"}.\n`);
    return undefined;
  },
};

const text = (name: string, usage: string): FlagSpec => ({ name, type: "string", default: "", usage });

/** `kubectl config set-cluster`. Models kubectl pkg/cmd/config set_cluster.go. */
export const setCluster: Command = {
  name: "set-cluster",
  use: "NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com] [options]",
  short: "Set a cluster entry in kubeconfig",
  flags: [
    { name: "embed-certs", type: "bool", default: "false", usage: "Put the certificate's content into the file." },
    text("proxy-url", "A proxy to go through."),
    ...written("certificate-authority", "insecure-skip-tls-verify", "server", "tls-server-name"),
  ],
  run: async (call) => {
    const { flags, host } = call;
    const name = onlyWord(call);
    const config = await openConfig(flags, host);
    const given = (flag: string) => (flags.changed(flag) ? flags.text(flag) : undefined);
    const value = withFields(entryOf(config, "clusters", name) ?? {}, {
      server: given("server"),
      "tls-server-name": given("tls-server-name"),
      "certificate-authority": given("certificate-authority"),
      "insecure-skip-tls-verify": flags.changed("insecure-skip-tls-verify")
        ? flags.on("insecure-skip-tls-verify") || ""
        : undefined,
      "proxy-url": given("proxy-url"),
    });
    await saveConfig(host, withEntry(config, "clusters", name, { server: "", ...value }));
    host.out(`Cluster ${JSON.stringify(name)} set.\n`);
    return undefined;
  },
};

/** `kubectl config set-credentials`. Models kubectl pkg/cmd/config set_credentials.go. */
export const setCredentials: Command = {
  name: "set-credentials",
  use: "NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password] [--auth-provider=provider_name] [--auth-provider-arg=key=value] [--exec-command=exec_command] [--exec-api-version=exec_api_version] [--exec-arg=arg] [--exec-env=key=value] [options]",
  short: "Set a user entry in kubeconfig",
  flags: [
    { name: "embed-certs", type: "bool", default: "false", usage: "Put the certificates' content into the file." },
    ...written("client-certificate", "client-key", "password", "token", "username"),
    text("auth-provider", "Who gives the user's tokens."),
    { name: "auth-provider-arg", type: "stringSlice", default: "", usage: "What it is told: key=value." },
    text("exec-api-version", "Version of what the program below prints."),
    { name: "exec-arg", type: "stringSlice", default: "", usage: "Arguments of that program." },
    text("exec-command", "A program that prints the user's token."),
    { name: "exec-env", type: "stringArray", default: "", usage: "Variables of that program: key=value." },
    text("exec-interactive-mode", "Whether that program may ask: Never, IfAvailable or Always."),
    { name: "exec-provide-cluster-info", type: "bool", default: "false", usage: "Tell that program of the cluster." },
  ],
  run: async (call) => {
    const { flags, host } = call;
    const name = onlyWord(call);
    if (flags.text("token") !== "" && flags.text("username") + flags.text("password") !== "") {
      throw complaint(
        "you cannot specify more than one authentication method at the same time: --token, --username/--password",
      );
    }
    const config = await openConfig(flags, host);
    const fields = ["client-certificate", "client-key", "token", "username", "password"];
    const given = Object.fromEntries(fields.map((flag) => [flag, flags.changed(flag) ? flags.text(flag) : undefined]));
    const before = entryOf(config, "users", name) ?? {};
    await saveConfig(host, withEntry(config, "users", name, withPrograms(flags, withFields(before, given))));
    host.out(`User ${JSON.stringify(name)} set.\n`);
    return undefined;
  },
};

// Models kubectl pkg/cmd/config set_credentials.go modifyAuthInfo
/** A user with who gives it its tokens: a provider, or a program. */
function withPrograms(flags: Flags, user: JsonObject): JsonObject {
  const provider = flags.changed("auth-provider") ? flags.text("auth-provider") : undefined;
  const config = Object.fromEntries(flags.list("auth-provider-arg").map(pairOf));
  const given = provider === undefined ? {} : { "auth-provider": { config, name: provider } };
  const command = flags.changed("exec-command") ? { command: flags.text("exec-command") } : {};
  const all = { ...user, ...given };
  if (!isObject(user.exec) && !flags.changed("exec-command")) return all;
  const env = flags.list("exec-env").map((pair) => {
    const [name, value] = pairOf(pair);
    return { name, value };
  });
  const exec = {
    args: null,
    env: null,
    provideClusterInfo: false,
    ...(isObject(user.exec) ? user.exec : {}),
    ...command,
    ...(flags.changed("exec-api-version") && { apiVersion: flags.text("exec-api-version") }),
    ...(flags.changed("exec-arg") && { args: [...flags.list("exec-arg")] }),
    ...(env.length > 0 && { env }),
    ...(flags.changed("exec-interactive-mode") && { interactiveMode: flags.text("exec-interactive-mode") }),
    ...(flags.changed("exec-provide-cluster-info") && { provideClusterInfo: flags.on("exec-provide-cluster-info") }),
  };
  return { ...all, exec };
}

function pairOf(pair: string): readonly [string, string] {
  const cut = pair.indexOf("=");
  return cut < 0 ? [pair, ""] : [pair.slice(0, cut), pair.slice(cut + 1)];
}

/** A property's place: a list's entry and a field in it, or the current context. */
interface Property {
  readonly list: EntryList;
  readonly name: string;
  readonly field: string | undefined;
}

/** Reads `contexts.dev.namespace`; names of entries may have dots. */
function propertyOf(config: ConfigFile, path: string): Property | undefined {
  const cut = path.indexOf(".");
  const list = path.slice(0, cut);
  if (list !== "clusters" && list !== "contexts" && list !== "users") return undefined;
  const rest = path.slice(cut + 1);
  if (entryOf(config, list, rest) !== undefined) return { list, name: rest, field: undefined };
  const last = rest.lastIndexOf(".");
  return last < 0
    ? { list, name: rest, field: undefined }
    : { list, name: rest.slice(0, last), field: rest.slice(last + 1) };
}

/** `kubectl config set`. Models kubectl pkg/cmd/config set.go. */
export const setProperty: Command = {
  name: "set",
  use: "PROPERTY_NAME PROPERTY_VALUE [options]",
  short: "Set an individual value in a kubeconfig file",
  flags: [{ name: "set-raw-bytes", type: "bool", default: "false", bare: "true", usage: "The value is no base64." }],
  run: async (call) => {
    const [path, value, ...more] = call.words;
    if (path === undefined || value === undefined || more.length > 0) {
      throw misused(call);
    }
    const config = await openConfig(call.flags, call.host);
    await saveConfig(call.host, changed(config, path, value));
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
    await saveConfig(call.host, changed(config, path, undefined));
    call.host.out(`Property ${JSON.stringify(path)} unset.\n`);
    return undefined;
  },
};

function changed(config: ConfigFile, path: string, value: string | undefined): ConfigFile {
  if (path === "current-context") return { ...config, currentContext: value ?? "" };
  if (value === undefined && (path === "clusters" || path === "contexts" || path === "users")) {
    return { ...config, lists: { ...config.lists, [path]: [] } };
  }
  const property = propertyOf(config, path);
  if (property === undefined) throw complaint(`unable to parse ${path} after [] at api.Config`);
  const { list, name, field } = property;
  const before = entryOf(config, list, name);
  if (field === undefined) {
    if (value !== undefined) throw complaint(`can't specify a map key without a subkey: ${path}`);
    return withEntry(config, list, name, undefined);
  }
  const typed: JsonValue | undefined = value === "true" ? true : value === "false" ? false : value;
  const { [field]: _, ...others } = isObject(before) ? before : {};
  return withEntry(config, list, name, (typed === undefined ? others : { ...others, [field]: typed }) as JsonObject);
}
