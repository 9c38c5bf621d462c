import { failWith, forEachOf } from "../change/failures.ts";
import { DRY_RUN, type DryRun, dryRunOf } from "../change/flags.ts";
import { type Leaving, REMOVAL_FLAGS, type Removal, removalOf, remove, untilGone } from "../change/removal.ts";
import { build, type Info } from "../cli/builder.ts";
import { ApiError } from "../cli/client.ts";
import { type Call, type Command, type CommandError, complaint } from "../cli/command.ts";
import { Discovery } from "../cli/discovery.ts";
import { ALL_NAMESPACES, FIELD_SELECTOR, FILE_FLAGS, SELECTOR } from "../cli/select-flags.ts";
import { printedName } from "../mapping.ts";
import { rawRequest } from "./raw.ts";

const IMMEDIATE =
  "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n";
const CLUSTER_SCOPED = "Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n";

/** `kubectl delete`. Models kubectl pkg/cmd/delete. */
export const deleteCommand: Command = {
  name: "delete",
  use: "([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)]) [options]",
  short: "Delete resources by file names, stdin, resources and names, or by resources and label selector",
  flags: [
    ...FILE_FLAGS,
    SELECTOR,
    FIELD_SELECTOR,
    ALL_NAMESPACES,
    ...REMOVAL_FLAGS,
    DRY_RUN,
    { name: "all", type: "bool", default: "false", usage: "All objects of the type in the namespace." },
    { name: "ignore-not-found", type: "bool", default: "false", usage: "What is not there is no error." },
    { name: "interactive", short: "i", type: "bool", default: "false", usage: "Ask before anything is deleted." },
    { name: "now", type: "bool", default: "false", usage: "A grace period of one second." },
    { name: "output", short: "o", type: "string", default: "", usage: "'name' for short lines." },
    { name: "raw", type: "string", default: "", usage: "A path to DELETE." },
    { name: "wait", type: "bool", default: "true", usage: "Wait until the objects are gone." },
  ],
  run: runDelete,
};

/** The grace period, or what speaks against the flags. Models kubectl pkg/cmd/delete Complete and Validate. */
function removalChecked(call: Call, dryRun: DryRun): Removal {
  const { flags, host } = call;
  const removal = removalOf(call, dryRun === "server");
  const given = flags.number("grace-period");
  let { grace } = removal;
  if (flags.on("now")) {
    if (given !== -1) throw complaint("--now and --grace-period cannot be specified together");
    grace = 1;
  }
  // Only --force really means 0: else it becomes 1, to prevent accidents.
  if (given === 0 && !flags.on("force")) grace = 1;
  const output = flags.text("output");
  if (output !== "" && output !== "name") {
    throw complaint(`unexpected -o output mode: ${output}. We only support '-o name'`);
  }
  if (flags.on("all") && flags.text("selector") !== "") {
    throw complaint("setting 'all' parameter but found a non empty selector. ");
  }
  if (flags.on("all") && flags.text("field-selector") !== "") {
    throw complaint("setting 'all' parameter but found a non empty selector. ");
  }
  if (grace === 0 && flags.on("force")) host.err(IMMEDIATE);
  if (grace > 0 && flags.on("force")) {
    throw complaint("--force and --grace-period greater than 0 cannot be specified together");
  }
  return { ...removal, grace };
}

async function runDelete(call: Call): Promise<undefined> {
  const { flags, words, host } = call;
  if (flags.text("raw") !== "") return rawRequest(call, "DELETE");
  const dryRun = dryRunOf(flags);
  // With --all, or by a selector, what is gone in the meantime is no matter.
  const selects = flags.on("all") || flags.text("selector") !== "";
  const removal = removalChecked(call, dryRun);
  const built = await build(call, new Discovery(call.client), {
    words,
    filenames: flags.list("filename"),
    kustomize: flags.text("kustomize"),
    recursive: flags.on("recursive"),
    selector: flags.text("selector"),
    fieldSelector: flags.text("field-selector"),
    all: flags.on("all"),
    allNamespaces: flags.on("all-namespaces"),
  });
  const forgives = flags.changed("ignore-not-found") ? flags.on("ignore-not-found") : selects;
  if (flags.on("interactive") && built.infos.length > 0 && !(await confirmed(call, built.infos, removal, dryRun))) {
    return undefined;
  }
  const { leaving, problems } = await removeAll(call, built.infos, removal, dryRun);
  failWith([...problems.filter((problem) => !(forgives && isNotFound(problem))), ...built.problems]);
  if (built.infos.length === 0) host.out("No resources found\n");
  if (flags.on("wait") && dryRun === "none") await untilGone(call, leaving, flags.durationMs("timeout"));
  return undefined;
}

async function removeAll(call: Call, infos: readonly Info[], removal: Removal, dryRun: DryRun) {
  const { flags, host, client } = call;
  const leaving: Leaving[] = [];
  let warns = client.namespaceGiven && !flags.on("all-namespaces");
  const problems = await forEachOf(infos, async (info) => {
    if (warns && !info.mapping.namespaced) {
      host.err(CLUSTER_SCOPED);
      warns = false;
    }
    if (dryRun !== "client") leaving.push({ info, uid: await remove(call, info, removal) });
    host.out(`${lineOf(call, info, removal.grace, dryRun)}\n`);
  });
  return { leaving, problems };
}

function isNotFound(problem: CommandError): boolean {
  return problem instanceof ApiError && problem.response.code === 404;
}

// Models kubectl pkg/cmd/delete PrintObj
/** `pod "web" deleted from default namespace`. */
function lineOf({ flags }: Call, { mapping, namespace, name }: Info, grace: number, dryRun: DryRun): string {
  const printed = printedName(mapping, name);
  if (flags.text("output") === "name") return printed;
  const type = printed.slice(0, printed.indexOf("/"));
  const done = grace === 0 ? "force deleted" : "deleted";
  const place = mapping.namespaced ? ` from ${namespace} namespace` : "";
  const suffix = dryRun === "client" ? " (dry run)" : dryRun === "server" ? " (server dry run)" : "";
  return `${type} ${JSON.stringify(name)} ${done}${place}${suffix}`;
}

/** Asks whether to go on (`--interactive`). */
async function confirmed(call: Call, infos: readonly Info[], removal: Removal, dryRun: DryRun): Promise<boolean> {
  const { host } = call;
  host.out("You are about to delete the following resource(s):\n");
  for (const { mapping, name } of infos) host.out(`${printedName(mapping, name)}\n`);
  if (dryRun !== "none") {
    for (const info of infos) host.out(`${lineOf(call, info, removal.grace, dryRun)}\n`);
    return false;
  }
  host.out("Do you want to continue? (y/N): ");
  const answer = (await host.line())?.trim().toLowerCase();
  if (answer === "y") return true;
  host.out("deletion is cancelled\n");
  return false;
}
