import { parseAllDocuments, stringify } from "yaml";
import { absolute, quoted } from "../text.ts";
import type { OwnCommand, Run } from "./command.ts";

async function clear({ out }: Run): Promise<number> {
  out("\u001b[H\u001b[2J\u001b[3J");
  return 0;
}

async function history({ history: lines, out }: Run): Promise<number> {
  out(lines.map((line, index) => `${String(index + 1).padStart(5)}  ${line}\n`).join(""));
  return 0;
}

const HELP = `This is a shell beside a simulated Kubernetes cluster. The files are yours, and stay over a reload.

  kubectl, k         speak to the cluster; kubens and kubectx choose namespace and context
  vi, nano, edit     open an editor on a file; less shows one page at a time
  watch, sleep,      go by the cluster's clock, and so does date
  timeout
  curl               asks pods, services and node ports of the cluster
  LINE &             runs it in the background: jobs, fg, kill %1 and wait go with it
  download FILE      hands a file to your own machine; files dragged in land in this folder
  grep sed awk jq yq sort cut wc head tail xargs tee base64 find and others are there as well

Tab completes, Ctrl-R searches what was typed before, Ctrl-C stops whatever runs. Names in what is printed lead to
the inspector; in the browser a port that kubectl port-forward opens has a button that shows what answers there.
`;

/** What this shell is, and can do. */
export async function help(run: Run): Promise<number> {
  if (run.words.length > 0) {
    const { stdout, stderr, exitCode } = await run.exec(["help", ...run.words].map(quoted).join(" "));
    run.out(stdout);
    run.err(stderr);
    return exitCode;
  }
  run.out(HELP);
  return 0;
}

interface YqOptions {
  readonly filter: string;
  readonly files: readonly string[];
  readonly flags: readonly string[];
  readonly json: boolean;
  readonly inPlace: boolean;
}

function yqOptions(words: readonly string[]): YqOptions {
  const rest = [...words];
  const flags: string[] = [];
  let json = false;
  let inPlace = false;
  const plain: string[] = [];
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? "";
    if (word === "-i" || word === "--inplace") inPlace = true;
    else if (/^(-o=?|--output-format=?)(j|json)$/.test(word) || word === "-j") json = true;
    else if (word === "-o" || word === "-p") json = rest[++at]?.startsWith("j") === true && word === "-o";
    else if (/^-[rceMs]+$/.test(word)) flags.push(word.replace("M", ""));
    else if (word !== "eval" && word !== "e") plain.push(word);
  }
  const [filter = ".", ...files] = plain;
  return { filter, files, flags, json, inPlace };
}

/** `yq`: jq's filters over YAML. Documents are read, filtered one by one, and written back as YAML. */
async function yq(run: Run): Promise<number> {
  const { filter, files, flags, json, inPlace } = yqOptions(run.words);
  const texts: { readonly path: string | undefined; readonly text: string }[] = [];
  for (const name of files) {
    const path = absolute(run.folder, name);
    try {
      texts.push({ path, text: await run.files.readFile(path) });
    } catch {
      run.err(`Error: open ${name}: no such file or directory\n`);
      return 1;
    }
  }
  if (files.length === 0) texts.push({ path: undefined, text: run.input ?? "" });
  for (const { path, text } of texts) {
    const parts: string[] = [];
    for (const document of parseAllDocuments(text)) {
      if ("errors" in document && document.errors[0] !== undefined) {
        run.err(`Error: bad file '${path ?? "-"}': yaml: ${document.errors[0].message.split("\n")[0]}\n`);
        return 1;
      }
      const raw = flags.includes("-r") || !json ? flags.filter((flag) => flag !== "-r") : flags;
      const line = `jq ${[...raw, ...(json ? [] : ["-c"]), filter].map(quoted).join(" ")}`;
      const result = await run.exec(line, JSON.stringify(document.toJS() ?? null));
      if (result.exitCode !== 0) {
        run.err(result.stderr.replace(/^jq: error/gm, "Error"));
        return result.exitCode;
      }
      parts.push(json ? result.stdout : asYaml(result.stdout));
    }
    const output = parts.join(json ? "" : "---\n");
    if (inPlace && path !== undefined) await run.files.writeFile(path, output);
    else run.out(output);
  }
  return 0;
}

function asYaml(lines: string): string {
  return lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const value: unknown = JSON.parse(line);
      if (typeof value === "string") return `${value}\n`;
      return stringify(value, { lineWidth: 0 });
    })
    .join("");
}

async function uuidgen({ out }: Run): Promise<number> {
  out(`${crypto.randomUUID()}\n`);
  return 0;
}

export const miscCommands: readonly OwnCommand[] = [
  { name: "clear", run: clear },
  { name: "history", run: history },
  { name: "help", run: help },
  { name: "yq", run: yq },
  { name: "uuidgen", run: uuidgen },
];
