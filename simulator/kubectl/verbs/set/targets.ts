import { createMergePatch } from "../../../api/patch/merge-patch.ts";
import { twoWayMergePatch } from "../../../api/patch/three-way.ts";
import { equalJson, type JsonObject } from "../../../base/json.ts";
import { announcer } from "../../change/announce.ts";
import { failWith, forEachOf } from "../../change/failures.ts";
import { DRY_RUN, dryRunOf, fieldManager } from "../../change/flags.ts";
import { RECORD, recorded } from "../../change/record.ts";
import { typedForm, typeNameOf } from "../../change/typed.ts";
import { patch } from "../../change/write.ts";
import { build, type Info } from "../../cli/builder.ts";
import { ApiError } from "../../cli/client.ts";
import { type Call, complaint } from "../../cli/command.ts";
import { Discovery } from "../../cli/discovery.ts";
import type { FlagSpec } from "../../cli/flags.ts";
import { FILE_FLAGS, SELECTOR } from "../../cli/select-flags.ts";
import { PRINT_FLAGS } from "../../print/printer.ts";
import { failureOf } from "../../transport.ts";

const ALL: FlagSpec = { name: "all", type: "bool", default: "false", usage: "All objects of the type." };
const LOCAL: FlagSpec = {
  name: "local",
  type: "bool",
  default: "false",
  usage: "Change what the files hold, without the server.",
};

/** What all commands of `kubectl set` take. */
export const SET_FLAGS: readonly FlagSpec[] = [
  ...PRINT_FLAGS,
  ...FILE_FLAGS,
  SELECTOR,
  DRY_RUN,
  fieldManager("kubectl-set"),
  RECORD,
  ALL,
  LOCAL,
];

export function checkLocal({ flags }: Call): void {
  if (flags.on("local") && dryRunOf(flags) === "server") {
    throw complaint("cannot specify --local and --dry-run=server - did you mean --dry-run=client?");
  }
}

export function checkAll({ flags }: Call): void {
  if (flags.on("all") && flags.text("selector") !== "") {
    throw complaint("cannot set --all and --selector at the same time");
  }
}

/** The objects that are to be changed. */
export async function targetsOf(call: Call, words: readonly string[]) {
  const { flags, client } = call;
  const isLocal = flags.on("local");
  if (isLocal && words.length > 0) {
    throw complaint(
      "you must specify resources by --filename when --local is set.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'",
    );
  }
  const { infos, problems } = await build(call, new Discovery(client), {
    words,
    filenames: flags.list("filename"),
    kustomize: flags.has("kustomize") ? flags.text("kustomize") : "",
    recursive: flags.on("recursive"),
    selector: flags.has("selector") && !isLocal ? flags.text("selector") : "",
    typeMeansAll: flags.has("all") && flags.on("all"),
    latest: !isLocal,
    typed: !isLocal,
  });
  failWith(problems);
  return infos.map((info) => ({ ...info, object: typedForm(info.mapping, info.object ?? {}) }));
}

/** An object that is to be changed, as kubectl reads it. */
export type Target = Info & { readonly object: JsonObject };

interface Change {
  /** What the object becomes; undefined where there is nothing to do. */
  readonly make: (target: Target) => JsonObject | undefined | Promise<JsonObject | undefined>;
  /** `image updated`. */
  readonly operation: string;
  /** Before the server's refusal: `failed to patch image update to pod template:`. */
  readonly failing: string;
  /** Whether what does not change is told all the same. */
  readonly tellsUnchanged?: boolean;
}

// Models kubectl pkg/cmd/set helper.go CalculatePatches
/** Changes the objects one by one, or shows what they would become. */
export async function changeTargets(call: Call, targets: readonly Target[], change: Change): Promise<void> {
  const { flags } = call;
  const say = await announcer(call);
  const isShown = flags.on("local") || dryRunOf(flags) === "client";
  const failed = await forEachOf(targets, async (target) => {
    const made = await change.make(target);
    if (made === undefined) return;
    const wanted = recorded(call, made);
    if (equalJson(wanted, target.object) && change.tellsUnchanged !== true) return;
    if (isShown) say.sayTyped(typedForm(target.mapping, wanted), change.operation);
    else say.sayTyped(await send(call, target, wanted, change.failing), change.operation);
  });
  failWith(failed);
}

async function send(call: Call, target: Target, wanted: JsonObject, failing: string): Promise<JsonObject> {
  const typeName = typeNameOf(target.mapping);
  const strategic = typeName === undefined ? undefined : twoWayMergePatch(typeName, target.object, wanted);
  if (strategic !== undefined && !strategic.ok) throw complaint(strategic.error.message);
  try {
    return strategic === undefined
      ? await patch(call, target, "merge", createMergePatch(target.object, wanted))
      : await patch(call, target, "strategic", strategic.value);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw complaint(`${failing} ${failureOf(error.response)?.message ?? ""}`);
  }
}
