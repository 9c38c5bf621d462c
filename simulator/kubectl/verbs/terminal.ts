import { type Command, CommandError, complaint, usageComplaint } from "../cli/command.ts";
import { GLOBAL_FLAGS } from "../cli/global-flags.ts";
import { flagList } from "../cli/help.ts";

/*
 * Commands that are about kubectl itself.
 */

const SHELLS = ["bash", "zsh", "fish", "powershell"];

/** `kubectl options`: the flags of every command. */
export const options: Command = {
  name: "options",
  help: "none",
  short: "Print the list of flags inherited by all commands",
  hidden: true,
  misused: "Run 'kubectl options' without flags.",
  run: async ({ host }) => {
    host.out(`The following options can be passed to any command:\n\n${flagList(GLOBAL_FLAGS)}`);
    return undefined;
  },
};

/** `kubectl completion`: in the tab's shell there is nothing to be loaded. Models kubectl pkg/cmd/completion. */
export const completion: Command = {
  name: "completion",
  use: "SHELL [options]",
  short: "Output shell completion code for the specified shell (bash, zsh, fish, or powershell)",
  run: async (call) => {
    const [shell, ...more] = call.words;
    if (shell === undefined) throw usageComplaint(call, "Shell not specified.");
    if (more.length > 0) throw usageComplaint(call, "Too many arguments. Expected only the shell type.");
    if (!SHELLS.includes(shell)) throw usageComplaint(call, `Unsupported shell type ${JSON.stringify(shell)}.`);
    call.host.out("# This shell completes kubectl's commands by itself: press Tab.\n");
    return undefined;
  },
};

/** `kubectl plugin`. There are no programs besides those that are built in. */
export const plugin: Command = {
  name: "plugin",
  use: "[flags] [options]",
  short: "Provides utilities for interacting with plugins",
  commands: [
    {
      name: "list",
      use: "[flags] [options]",
      short: "List all visible plugin executables on a user's PATH",
      flags: [{ name: "name-only", type: "bool", default: "false", usage: "Names, not paths." }],
      run: async () => {
        throw complaint("unable to find any kubectl plugins in your PATH");
      },
    },
  ],
};

/** `kubectl proxy`: there is no machine here that could listen. */
export const proxy: Command = {
  name: "proxy",
  use: "[--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix] [options]",
  short: "Run a proxy to the Kubernetes API server",
  flags: [
    {
      name: "accept-hosts",
      type: "string",
      default: "^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$",
      usage: "Hosts to be taken.",
    },
    { name: "accept-paths", type: "string", default: "^.*", usage: "Paths to be taken." },
    { name: "address", type: "string", default: "127.0.0.1", usage: "The address to listen on." },
    { name: "api-prefix", type: "string", default: "/", usage: "Where the API is." },
    { name: "append-server-path", type: "bool", default: "false", usage: "Keep the server's own path." },
    { name: "disable-filter", type: "bool", default: "false", usage: "Take every request." },
    { name: "keepalive", type: "duration", default: "0s", usage: "How long connections are kept." },
    { name: "port", short: "p", type: "int", default: "8001", usage: "The port to listen on; 0 is any." },
    { name: "reject-methods", type: "string", default: "^$", usage: "Methods to be refused." },
    {
      name: "reject-paths",
      type: "string",
      default: "^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach",
      usage: "Paths to be refused.",
    },
    { name: "unix-socket", short: "u", type: "string", default: "", usage: "A socket to listen on." },
    { name: "www", short: "w", type: "string", default: "", usage: "A folder to be served." },
    { name: "www-prefix", short: "P", type: "string", default: "/static/", usage: "Where that folder is." },
  ],
  run: async () => {
    throw complaint("there is no machine here that a proxy could listen on; use 'kubectl get --raw' to ask the API");
  },
};

/** `kubectl alpha`. */
export const alpha: Command = {
  name: "alpha",
  help: "runs",
  short: "Commands for features in alpha",
  hidden: true,
  run: async () => {
    throw new CommandError("No alpha commands are available in this version of kubectl\n", 0);
  },
};
