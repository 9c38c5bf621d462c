import { isObject, type JsonObject, type JsonValue } from "../../../base/json.ts";
import { base64Of } from "../../change/name-hash.ts";
import { type Call, type Command, type CommandError, complaint } from "../../cli/command.ts";
import { ENTRIES, type EntryList, entryOf, openConfig, saveConfig, withEntry } from "../../cli/config-file.ts";
import type { FlagSpec, Flags } from "../../cli/flags.ts";
import { GLOBAL_FLAGS } from "../../cli/global-flags.ts";
import { helpText } from "../../cli/help.ts";
import { joined } from "../../kustomize/files.ts";

// Models kubectl pkg/cmd/config helpErrorf
/** A complaint about words, with the command's help before it. */
export function misused(call: Call): CommandError {
  call.host.out(helpText(call.command, call.path));
  return complaint(`Unexpected args: [${call.words.join(" ")}]`);
}

/** The one word that a command takes. */
export function onlyWord(call: Call): string {
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

const INSECURE = "insecure-skip-tls-verify";

/** A certificate's or key's place in the file: its path, or its content with `--embed-certs`. */
async function certificateFields({ flags, host }: Call, flag: string): Promise<{ readonly [field: string]: string }> {
  if (!flags.changed(flag)) return {};
  const path = flags.text(flag);
  if (!flags.on("embed-certs")) {
    return { [flag]: path === "" ? "" : joined(host.folder, path), ...(path !== "" && { [`${flag}-data`]: "" }) };
  }
  const content = path === "" ? undefined : await host.files.read(path);
  if (content?.ok === false) throw complaint(`could not stat ${flag} file ${path}: stat ${path}: ${content.error}`);
  return content === undefined ? {} : { [flag]: "", [`${flag}-data`]: base64Of(content.value) };
}

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
    if (flags.on("insecure-skip-tls-verify") && flags.text("certificate-authority") !== "") {
      throw complaint("you cannot specify a certificate authority and insecure mode at the same time");
    }
    if (flags.on("embed-certs") && flags.text("certificate-authority") === "") {
      throw complaint("you must specify a --certificate-authority to embed");
    }
    const given = (flag: string) => (flags.changed(flag) ? flags.text(flag) : undefined);
    const authority = await certificateFields(call, "certificate-authority");
    const isInsecure = flags.on("insecure-skip-tls-verify");
    const trust = flags.changed("insecure-skip-tls-verify") ? { [INSECURE]: isInsecure || "" } : {};
    const value = withFields(entryOf(config, "clusters", name) ?? {}, {
      // A server's name in certificates is the former server's.
      ...(flags.changed("server") && { server: flags.text("server"), "tls-server-name": "" }),
      ...(flags.changed("tls-server-name") && { "tls-server-name": flags.text("tls-server-name") }),
      ...trust,
      ...(isInsecure && { "certificate-authority": "", "certificate-authority-data": "" }),
      ...authority,
      ...(Object.keys(authority).length > 0 && { [INSECURE]: "" }),
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
    const files = ["client-certificate", "client-key"];
    if (flags.on("embed-certs") && files.every((flag) => flags.text(flag) === "")) {
      throw complaint("you must specify a --client-certificate or --client-key to embed");
    }
    const config = await openConfig(flags, host);
    const fields = ["token", "username", "password"];
    const given = {
      ...Object.fromEntries(fields.map((flag) => [flag, flags.changed(flag) ? flags.text(flag) : undefined])),
      ...(await certificateFields(call, "client-certificate")),
      ...(await certificateFields(call, "client-key")),
    };
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
