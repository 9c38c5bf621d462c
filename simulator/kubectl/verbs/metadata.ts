import { isLabelValue } from "../../api/meta/validation.ts";
import { createMergePatch } from "../../api/patch/merge-patch.ts";
import { isObject, type JsonObject } from "../../base/json.ts";
import { announcer } from "../change/announce.ts";
import { failWith, forEachOf } from "../change/failures.ts";
import { DRY_RUN, dryRunOf, fieldManager } from "../change/flags.ts";
import { metadataOf, partOf } from "../change/object.ts";
import { isPairWord, parsePairs, splitPairs } from "../change/pairs.ts";
import { RECORD, recorded } from "../change/record.ts";
import { patch } from "../change/write.ts";
import { build, type Info } from "../cli/builder.ts";
import { type Call, type Command, complaint } from "../cli/command.ts";
import { Discovery } from "../cli/discovery.ts";
import type { FlagSpec } from "../cli/flags.ts";
import { ALL_NAMESPACES, FIELD_SELECTOR, FILE_FLAGS, SELECTOR } from "../cli/select-flags.ts";
import { PRINT_FLAGS } from "../print/printer.ts";

interface Changes {
  readonly resources: readonly string[];
  readonly set: ReadonlyMap<string, string>;
  readonly unset: readonly string[];
}

/** Which of the two maps in an object's metadata a verb is for, and its words. */
interface Kind {
  readonly noun: "label" | "annotation";
  readonly field: "labels" | "annotations";
  /** Reads the words that are pairs. */
  readonly parse: (words: readonly string[]) => Omit<Changes, "resources">;
  /** What speaks against changing what is there already. */
  readonly taken: (set: Changes["set"], current: JsonObject) => string | undefined;
  /** What was done, for the line that says so. */
  readonly operation: (before: JsonObject, after: JsonObject) => string;
}

const both = (set: Changes["set"], unset: readonly string[]) => unset.filter((key) => set.has(key));

const LABEL: Kind = {
  noun: "label",
  field: "labels",
  // Models kubectl pkg/cmd/label parseLabels
  parse(words) {
    const set = new Map<string, string>();
    const unset: string[] = [];
    for (const word of words) {
      if (!word.includes("=")) {
        if (!word.endsWith("-")) throw complaint(`unknown label spec: ${word}`);
        unset.push(word.slice(0, -1));
        continue;
      }
      const [key = "", value = "", ...more] = word.split("=");
      if (more.length > 0) throw complaint(`invalid label spec: ${word}`);
      const problems = isLabelValue(value);
      if (problems.length > 0) throw complaint(`invalid label value: ${JSON.stringify(word)}: ${problems.join(";")}`);
      set.set(key, value);
    }
    if (both(set, unset).length > 0) throw complaint("can not both modify and remove a label in the same command");
    return { set, unset };
  },
  taken(set, current) {
    const taken = [...set].filter(([key, value]) => current[key] !== undefined && current[key] !== value);
    const texts = taken.map(
      ([key]) => `'${key}' already has a value (${String(current[key])}), and --overwrite is false`,
    );
    return texts.length > 1 ? texts.join("\n") : texts[0];
  },
  // Models kubectl pkg/cmd/label updateDataChangeMsg
  operation(before, after) {
    const [old, next] = [partOf(before, "metadata", "labels"), partOf(after, "metadata", "labels")];
    const isAdded = Object.entries(next).some(([key, value]) => old[key] !== value);
    const isRemoved = Object.keys(old).some((key) => next[key] === undefined);
    if (isAdded && isRemoved) return "modified";
    return isAdded ? "labeled" : isRemoved ? "unlabeled" : "not labeled";
  },
};

/** Why a rollout was made may always be said anew. */
const CHANGE_CAUSE = "kubernetes.io/change-cause";

const ANNOTATE: Kind = {
  noun: "annotation",
  field: "annotations",
  parse(words) {
    const { set, unset } = parsePairs(words, "annotation");
    const keys = both(set, unset);
    if (keys.length === 0) return { set, unset };
    throw complaint(
      `can not both modify and remove the following annotation(s) in the same command: ${keys.join(", ")}`,
    );
  },
  taken(set, current) {
    const taken = [...set.keys()].filter((key) => current[key] !== undefined && key !== CHANGE_CAUSE);
    if (taken.length === 0) return undefined;
    const texts = taken.map((key) => `'${key}' already has a value (${String(current[key])})`);
    return `--overwrite is false but found the following declared annotation(s): ${texts.join("; ")}`;
  },
  operation: () => "annotated",
};

const flagsFor = (manager: string): readonly FlagSpec[] => [
  ...PRINT_FLAGS,
  ...FILE_FLAGS,
  SELECTOR,
  FIELD_SELECTOR,
  ALL_NAMESPACES,
  DRY_RUN,
  fieldManager(manager),
  RECORD,
  { name: "all", type: "bool", default: "false", usage: "All objects of the type in the namespace." },
  { name: "list", type: "bool", default: "false", usage: "Show what is there." },
  { name: "local", type: "bool", default: "false", usage: "Change what the files hold, without the server." },
  { name: "overwrite", type: "bool", default: "false", usage: "Let what is there be overwritten." },
  { name: "resource-version", type: "string", default: "", usage: "Only change an object of this version." },
];

const USE =
  "[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version] [options]";

/** `kubectl label`. Models kubectl pkg/cmd/label. */
export const label: Command = {
  name: "label",
  use: USE,
  short: "Update the labels on a resource",
  flags: flagsFor("kubectl-label"),
  run: (call) => run(call, LABEL),
};

/** `kubectl annotate`. Models kubectl pkg/cmd/annotate. */
export const annotate: Command = {
  name: "annotate",
  use: USE,
  short: "Update the annotations on a resource",
  flags: flagsFor("kubectl-annotate"),
  run: (call) => run(call, ANNOTATE),
};

async function run(call: Call, kind: Kind): Promise<undefined> {
  const { flags, client, words } = call;
  await announcer(call);
  const { before: resources, pairs, stray } = splitPairs(words, isPairWord);
  if (stray !== undefined) throw complaint(`all resources must be specified before ${kind.noun} changes: ${stray}`);
  const changes = { resources, ...kind.parse(pairs) };
  if (flags.on("list") && flags.text("output") !== "") {
    throw complaint("--list and --output may not be specified together");
  }
  check(call, kind, changes);
  const isLocal = flags.on("local");
  const { infos, problems, single } = await build(call, new Discovery(client), {
    words: resources,
    filenames: flags.list("filename"),
    kustomize: flags.text("kustomize"),
    recursive: flags.on("recursive"),
    ...(!isLocal && {
      selector: flags.text("selector"),
      fieldSelector: flags.text("field-selector"),
      typeMeansAll: flags.on("all"),
      allNamespaces: flags.on("all-namespaces"),
      latest: true,
    }),
  });
  if (flags.text("resource-version") !== "" && !single) {
    throw complaint("--resource-version may only be used with a single resource");
  }
  const failed = await forEachOf(infos, (info) => change(call, kind, changes, info, single));
  failWith(failed, problems);
  return undefined;
}

function check({ flags }: Call, { noun }: Kind, { resources, set, unset }: Changes): void {
  const dryRun = dryRunOf(flags);
  const hasFiles = flags.list("filename").length > 0 || flags.text("kustomize") !== "";
  const file = noun === "label" ? "pod" : "rsrc";
  if (flags.on("all") && flags.text("selector") !== "") {
    throw complaint("cannot set --all and --selector at the same time");
  }
  if (flags.on("all") && flags.text("field-selector") !== "") {
    throw complaint("cannot set --all and --field-selector at the same time");
  }
  if (flags.on("local")) {
    if (dryRun === "server") {
      throw complaint("cannot specify --local and --dry-run=server - did you mean --dry-run=client?");
    }
    if (resources.length > 0) {
      throw complaint(
        `can only use local files by -f ${file}.yaml or --filename=${file}.json when --local=true is set`,
      );
    }
    if (!hasFiles) throw complaint(`one or more files must be specified as -f ${file}.yaml or --filename=${file}.json`);
  } else if (resources.length === 0 && !hasFiles) {
    throw complaint("one or more resources must be specified as <resource> <name> or <resource>/<name>");
  }
  if (set.size + unset.length === 0 && !flags.on("list")) throw complaint(`at least one ${noun} update is required`);
}

async function change(call: Call, kind: Kind, changes: Changes, info: Info, single: boolean): Promise<void> {
  const { flags, host } = call;
  const { resourceVersion: _, ...metadata } = metadataOf(info.object ?? {});
  const version = flags.text("resource-version");
  // What the patch is made from has no version where one is asked for, so that it is sent in any case.
  const object = version === "" ? (info.object ?? {}) : { ...info.object, metadata };
  const current = partOf(object, "metadata", kind.field);
  const isSent = dryRunOf(flags) !== "client" && !flags.on("local") && !flags.on("list");
  if (isSent && kind.noun === "label") {
    for (const key of changes.unset) {
      if (current[key] === undefined) host.out(`label ${JSON.stringify(key)} not found.\n`);
    }
  }
  const problem = flags.on("overwrite") ? undefined : kind.taken(changes.set, current);
  if (problem !== undefined) throw complaint(problem);
  const labelled = changed(object, kind, changes, version);
  const operation = kind.operation(object, labelled);
  const wanted = isSent ? recorded(call, labelled) : labelled;
  // Labels that are as they should be are not sent.
  const result =
    isSent && operation !== "not labeled" ? await patch(call, info, "merge", createMergePatch(object, wanted)) : wanted;
  if (flags.on("list")) list(call, kind, info, partOf(result, "metadata", kind.field), single);
  else (await announcer(call)).say(result, operation);
}

function changed(object: JsonObject, kind: Kind, { set, unset }: Changes, version: string): JsonObject {
  const { [kind.field]: old, ...others } = metadataOf(object);
  const next: { [key: string]: JsonObject[string] } = { ...(isObject(old) ? old : {}) };
  for (const [key, value] of set) next[key] = value;
  for (const key of unset) delete next[key];
  const metadata = { ...others, ...(Object.keys(next).length > 0 && { [kind.field]: next }) };
  return { ...object, metadata: version === "" ? metadata : { ...metadata, resourceVersion: version } };
}

/** kubectl lists them in no order; here it is theirs. */
function list({ host }: Call, { field }: Kind, { mapping, name }: Info, pairs: JsonObject, single: boolean): void {
  if (!single) host.out(`Listing ${field} for ${mapping.kind}.${mapping.group}/${name}:\n`);
  const lines = Object.entries(pairs).map(([key, value]) => `${key}=${String(value)}`);
  for (const line of lines.sort()) host.out(`${single ? "" : " "}${line}\n`);
}
