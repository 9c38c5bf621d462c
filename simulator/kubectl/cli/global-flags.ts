import type { FlagSpec } from "./flags.ts";

const text = (name: string, usage: string, short?: string): FlagSpec => ({
  name,
  type: "string",
  default: "",
  usage,
  ...(short && { short }),
});

/** Flags that every command takes. */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  text("as", "The user, or service account, to act as."),
  { name: "as-group", type: "stringArray", default: "", usage: "A group to act as; may be repeated." },
  text("as-uid", "The UID to act as."),
  { name: "as-user-extra", type: "stringArray", default: "", usage: "Extra attributes of the user to act as." },
  text("cache-dir", "Taken for the sake of scripts: nothing is cached."),
  text("certificate-authority", "Taken for the sake of scripts."),
  text("client-certificate", "Taken for the sake of scripts."),
  text("client-key", "Taken for the sake of scripts."),
  text("cluster", "The kubeconfig's cluster to speak to."),
  text("context", "The kubeconfig's context to use."),
  { name: "disable-compression", type: "bool", default: "false", usage: "Taken for the sake of scripts." },
  { name: "insecure-skip-tls-verify", type: "bool", default: "false", usage: "Taken for the sake of scripts." },
  text("kubeconfig", "Path of the kubeconfig file."),
  text("kuberc", "Taken for the sake of scripts."),
  { name: "match-server-version", type: "bool", default: "false", usage: "Demand the server's version to be ours." },
  text("namespace", "The namespace to work in.", "n"),
  text("password", "Taken for the sake of scripts."),
  { name: "log-flush-frequency", type: "duration", default: "5s", usage: "Taken for the sake of scripts." },
  { name: "profile", type: "string", default: "none", usage: "Taken for the sake of scripts." },
  { name: "profile-output", type: "string", default: "profile.pprof", usage: "Taken for the sake of scripts." },
  { name: "request-timeout", type: "string", default: "0", usage: "How long to wait for one answer; 0 is for ever." },
  text("server", "Address of the API server.", "s"),
  text("tls-server-name", "Taken for the sake of scripts."),
  text("token", "Bearer token to be known by."),
  text("user", "The kubeconfig's user to be."),
  text("username", "Taken for the sake of scripts."),
  {
    name: "v",
    short: "v",
    type: "int",
    default: "0",
    usage: "How much to tell of what goes on; 6 shows the requests.",
  },
  { name: "vmodule", type: "string", default: "", usage: "Taken for the sake of scripts.", shown: "" },
  { name: "warnings-as-errors", type: "bool", default: "false", usage: "A warning of the server fails the command." },
];

export const HELP_FLAG: FlagSpec = { name: "help", short: "h", type: "bool", default: "false", usage: "Help for it." };
