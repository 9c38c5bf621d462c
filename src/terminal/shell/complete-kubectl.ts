import { Discovery, GLOBAL_FLAGS, KUBECTL, KubectlClient, type KubectlCommand } from "../../../simulator/index.ts";
import { type CompletionWorld, namesOf } from "./completion-world.ts";

/** Formats of `-o`. */
const FORMATS = [
  "custom-columns=",
  "custom-columns-file=",
  "go-template=",
  "go-template-file=",
  "json",
  "jsonpath=",
  "jsonpath-as-json=",
  "jsonpath-file=",
  "name",
  "wide",
  "yaml",
];

/** What the words after some commands name, where it is not a type and then its objects. */
const OF_PODS = ["logs", "exec", "attach", "port-forward", "cp", "debug"];
const OF_NODES = ["drain", "cordon", "uncordon"];
const OF_TYPES = ["get", "describe", "delete", "edit", "label", "annotate", "patch", "wait", "events", "expose"];
const SCALED = ["deployments", "replicasets", "statefulsets", "replicationcontrollers"];
const ROLLED = ["deployments", "daemonsets", "statefulsets"];

interface Line {
  readonly command: KubectlCommand;
  readonly path: string;
  /** Bare words after the command's name. */
  readonly words: readonly string[];
  readonly current: string;
  /** The flag whose value is being typed. */
  readonly flag: string | undefined;
  readonly namespace: string | undefined;
  readonly isAfterDash: boolean;
}

/** The whole words that could stand in place of the last one; `files` for names of files. */
export async function completeKubectl(
  typed: readonly string[],
  world: CompletionWorld,
): Promise<readonly string[] | "files"> {
  const line = readLine(typed);
  const { command, current, flag } = line;
  const starting = (list: readonly string[]) => list.filter((word) => word.startsWith(current));
  if (line.isAfterDash) return [];
  if (flag !== undefined) return valuesOf(flag, line, world);
  const inline = /^(--[\w-]+)=(.*)$/.exec(current);
  if (inline?.[1] !== undefined) {
    const values = await valuesOf(inline[1].slice(2), { ...line, current: inline[2] ?? "" }, world);
    return values === "files" ? [] : values.map((value) => `${inline[1]}=${value}`);
  }
  if (current.startsWith("-")) {
    const flags = [...(command.flags ?? []), ...GLOBAL_FLAGS].filter(({ hidden }) => hidden !== true);
    return starting(
      flags.map(({ name, type, bare }) => `--${name}${type === "bool" || bare !== undefined ? "" : "="}`).sort(),
    );
  }
  if (command.commands !== undefined && line.words.length === 0) {
    const names = command.commands.filter(({ hidden }) => hidden !== true).map(({ name }) => name);
    if (command.run === undefined) return starting([...names].sort());
  }
  return wordsFor(line, world);
}

function readLine(typed: readonly string[]): Line {
  let command = KUBECTL;
  const path: string[] = [];
  const words: string[] = [];
  let flag: string | undefined;
  let namespace: string | undefined;
  let isAfterDash = false;
  const current = typed.at(-1) ?? "";
  for (const word of typed.slice(0, -1)) {
    if (flag !== undefined) {
      if (flag === "namespace") namespace = word;
      flag = undefined;
      continue;
    }
    if (word === "--") isAfterDash = true;
    else if (word.startsWith("-") && word !== "-") {
      flag = flagWithValue(command, word);
      const given = /^(?:--namespace=|-n=?)(.+)$/.exec(word);
      if (given?.[1] !== undefined) namespace = given[1];
    } else {
      const next = command.commands?.find(({ name, aliases }) => name === word || aliases?.includes(word));
      if (next === undefined) words.push(word);
      else {
        command = next;
        path.push(next.name);
      }
    }
  }
  return { command, path: path.join(" "), words, current, flag, namespace, isAfterDash };
}

/** The name of the flag, when its value is the next word. */
function flagWithValue(command: KubectlCommand, word: string): string | undefined {
  if (word.includes("=")) return undefined;
  const specs = [...(command.flags ?? []), ...GLOBAL_FLAGS];
  const spec = word.startsWith("--")
    ? specs.find(({ name }) => name === word.slice(2))
    : specs.find(({ short }) => short === word.at(-1) && word.length === 2);
  return spec === undefined || spec.type === "bool" || spec.bare !== undefined ? undefined : spec.name;
}

async function valuesOf(flag: string, line: Line, world: CompletionWorld): Promise<readonly string[] | "files"> {
  const starting = (list: readonly string[]) => list.filter((word) => word.startsWith(line.current));
  switch (flag) {
    case "namespace":
      return starting(await namesOf(world, "/api/v1/namespaces"));
    case "output":
      return starting(FORMATS);
    case "context":
      return starting(world.contexts);
    case "container":
      return starting(await containersOf(line, world));
    case "filename":
    case "kustomize":
    case "from-file":
    case "kubeconfig":
      return "files";
    case "dry-run":
      return starting(["client", "none", "server"]);
    default:
      return [];
  }
}

async function containersOf({ words, namespace }: Line, world: CompletionWorld): Promise<readonly string[]> {
  const pod = (words[0] ?? "").replace(/^pods?\//, "");
  if (pod === "") return [];
  const path = `/api/v1/namespaces/${namespace ?? world.namespace}/pods/${encodeURIComponent(pod)}`;
  const { body } = await world.cluster.request({ method: "GET", path });
  const spec = body.spec as { readonly containers?: readonly { readonly name: string }[] } | undefined;
  return (spec?.containers ?? []).map(({ name }) => name);
}

async function wordsFor(line: Line, world: CompletionWorld): Promise<readonly string[] | "files"> {
  const { path, words, current } = line;
  const starting = (list: readonly string[]) =>
    list.filter((word) => word.startsWith(current) && !words.includes(word));
  const discovery = discoveryOf(world);
  const slash = current.indexOf("/");
  const named = async (type: string, before = "") =>
    starting((await objectsOf(discovery, type, line, world)).map((name) => `${before}${name}`));
  if (slash > 0) return named(current.slice(0, slash), current.slice(0, slash + 1));
  if (OF_PODS.includes(path)) {
    if (path === "cp") return words.length > 0 ? "files" : [...(await named("pods"))].map((name) => `${name}:`);
    return words.length === 0 ? named("pods") : [];
  }
  if (OF_NODES.includes(path)) return named("nodes");
  if (path === "top pod" || path === "top node") return named(path === "top pod" ? "pods" : "nodes");
  if (path === "explain") return words.length === 0 ? starting(await typesOf(discovery)) : [];
  if (path === "taint") return words.length === 0 ? starting(["node", "nodes"]) : named("nodes");
  if (path === "config use-context" || path === "config delete-context") return starting(world.contexts);
  const within = path === "scale" || path === "autoscale" ? SCALED : path.startsWith("rollout ") ? ROLLED : undefined;
  if (within !== undefined)
    return words.length === 0 ? starting(within.map((type) => type.slice(0, -1))) : named(words[0] ?? "");
  if (!OF_TYPES.includes(path) && !path.startsWith("set ")) return [];
  if (words.length === 0) return starting(await typesOf(discovery));
  return (words[0] ?? "").includes(",") ? [] : named(words[0] ?? "");
}

function discoveryOf({ cluster, namespace }: CompletionWorld): Discovery {
  const options = {
    transport: cluster.request,
    streams: undefined,
    namespace,
    namespaceGiven: false,
    as: {},
    // What can't be completed is said by nobody.
    server: "",
    lookUps: 1,
    log() {},
    warn() {},
  };
  return new Discovery(new KubectlClient(options));
}

async function typesOf(discovery: Discovery): Promise<readonly string[]> {
  const all = await discovery.all();
  const named = all.filter(({ preferred, verbs }) => preferred && verbs.includes("list"));
  return [
    ...new Set(
      named.map(({ mapping }) => (mapping.group.includes(".") ? `${mapping.plural}.${mapping.group}` : mapping.plural)),
    ),
  ].sort();
}

async function objectsOf(
  discovery: Discovery,
  type: string,
  { namespace }: Line,
  world: CompletionWorld,
): Promise<readonly string[]> {
  const found = await discovery.lookUp(type);
  if (found === undefined) return [];
  const { group, version, plural, namespaced } = found.mapping;
  const base = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  return namesOf(world, `${base}${namespaced ? `/namespaces/${namespace ?? world.namespace}` : ""}/${plural}`);
}
