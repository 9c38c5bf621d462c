import { type Call, type Command, complaint } from "../cli/command.ts";
import { kustomize as build } from "../kustomize/build.ts";
import { toYaml } from "../print/yaml.ts";

const flag = (name: string, type: "bool" | "string" | "stringSlice" | "stringArray", value = "") =>
  ({ name, type, default: value, usage: "Taken for the sake of scripts." }) as const;

/** `kubectl kustomize`. Models kustomize kustomize/commands/build. */
export const kustomize: Command = {
  name: "kustomize",
  use: "DIR [flags] [options]",
  short: "Build a kustomization target from a directory or URL",
  flags: [
    flag("as-current-user", "bool", "false"),
    flag("enable-alpha-plugins", "bool", "false"),
    flag("enable-helm", "bool", "false"),
    { ...flag("env", "stringArray"), short: "e" },
    flag("helm-api-versions", "stringArray"),
    flag("helm-command", "string", "helm"),
    flag("helm-debug", "bool", "false"),
    flag("helm-kube-version", "string"),
    flag("load-restrictor", "string", "LoadRestrictionsRootOnly"),
    flag("mount", "stringArray"),
    flag("network", "bool", "false"),
    flag("network-name", "string", "bridge"),
    { name: "output", short: "o", type: "string", default: "", usage: "A file to write to." },
  ],
  run: runKustomize,
};

async function runKustomize(call: Call): Promise<undefined> {
  const { words, host, flags } = call;
  if (words.length > 1) throw complaint("specify one path to kustomization.yaml");
  const objects = await build(host, words[0] ?? ".", "legacy");
  const text = objects.map(toYaml).join("---\n");
  const file = flags.text("output");
  if (file === "") host.out(text);
  else {
    const written = await host.files.write(file, text);
    if (!written.ok) throw complaint(`open ${file}: ${written.error}`);
  }
  return undefined;
}
