import { isLabelValue, isQualifiedName } from "../../api/meta/validation.ts";
import { twoWayMergePatch } from "../../api/patch/three-way.ts";
import type { JsonObject } from "../../base/json.ts";
import { announcer } from "../change/announce.ts";
import { failWith, forEachOf } from "../change/failures.ts";
import { DRY_RUN, dryRunOf, fieldManager, VALIDATE } from "../change/flags.ts";
import { listOf, partOf } from "../change/object.ts";
import { splitPairs } from "../change/pairs.ts";
import { patch } from "../change/write.ts";
import { build, type Info } from "../cli/builder.ts";
import { type Call, type Command, CommandError, complaint, usageComplaint } from "../cli/command.ts";
import { Discovery } from "../cli/discovery.ts";
import { SELECTOR } from "../cli/select-flags.ts";
import { PRINT_FLAGS } from "../print/printer.ts";

interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/** `kubectl taint`. Models kubectl pkg/cmd/taint. */
export const taint: Command = {
  name: "taint",
  use: "NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N [options]",
  short: "Update the taints on one or more nodes",
  flags: [
    ...PRINT_FLAGS,
    SELECTOR,
    DRY_RUN,
    VALIDATE,
    fieldManager("kubectl-taint"),
    { name: "all", type: "bool", default: "false", usage: "All nodes." },
    { name: "overwrite", type: "bool", default: "false", usage: "Let what is there be overwritten." },
  ],
  run: runTaint,
};

const isTaint = (word: string): boolean => word.includes("=") || word.includes(":") || word.endsWith("-");

// Models kubectl pkg/cmd/taint utils.go parseTaints
function parseTaints(call: Call, words: readonly string[]) {
  const add: Taint[] = [];
  const remove: Taint[] = [];
  for (const word of words) {
    if (word.endsWith("-")) remove.push(parseTaint(call, word.slice(0, -1)));
    else {
      const taint = parseTaint(call, word);
      if (taint.effect === "") throw usageComplaint(call, `invalid taint spec: ${word}`);
      if (add.some(({ key, effect }) => key === taint.key && effect === taint.effect)) {
        throw usageComplaint(
          call,
          `duplicated taints with the same key and effect: {${taint.key} ${taint.value} ${taint.effect} <nil>}`,
        );
      }
      add.push(taint);
    }
  }
  return { add, remove };
}

function parseTaint(call: Call, word: string): Taint {
  const parts = word.split(":");
  const invalid = (why = "") => usageComplaint(call, `invalid taint spec: ${word}${why}`);
  const [pair = "", effect = "", ...more] = parts;
  if (more.length > 0) throw invalid();
  if (parts.length === 2 && !EFFECTS.includes(effect)) {
    throw usageComplaint(call, `invalid taint effect: ${effect}, unsupported taint effect`);
  }
  // Without an effect the whole is a key.
  const [key = "", value = "", ...rest] = parts.length === 2 ? pair.split("=") : [pair];
  if (rest.length > 0) throw invalid();
  if (parts.length === 2 && value !== "") {
    const problems = isLabelValue(value);
    if (problems.length > 0) throw invalid(`, ${problems.join("; ")}`);
  }
  const problems = isQualifiedName(key);
  if (problems.length > 0) throw invalid(`, ${problems.join("; ")}`);
  return { key, value, effect };
}

async function runTaint(call: Call): Promise<undefined> {
  const { flags, words } = call;
  const dryRun = dryRunOf(flags);
  const { before: resources, pairs, stray } = splitPairs(words, isTaint);
  if (stray !== undefined) throw complaint(`all resources must be specified before taint changes: ${stray}`);
  if (resources.length === 0) throw complaint("one or more resources must be specified as <resource> <name>");
  if (pairs.length === 0) throw complaint("at least one taint update is required");
  const { add, remove } = parseTaints(call, pairs);
  const discovery = new Discovery(call.client);
  const [type = "", ...names] = resources;
  const mapping = await discovery.find(type.toLowerCase());
  if (mapping.kind !== "Node") {
    throw complaint(`invalid resource type ${type.toLowerCase()}, only node types are supported`);
  }
  const conflicts = add.flatMap((one) =>
    remove.filter(({ key, effect }) => key === one.key && (effect === "" || effect === one.effect)),
  );
  if (conflicts.length > 0) {
    const texts = conflicts.map(({ key, effect }) => `${key}=${effect === "" ? "" : `:${effect}`}`);
    throw complaint(`can not both modify and remove the following taint(s) in the same command: ${texts.join(", ")}`);
  }
  const selector = flags.text("selector");
  if (flags.on("all") && selector !== "") {
    throw complaint("setting 'all' parameter with a non empty selector is prohibited");
  }
  if (!flags.on("all") && selector === "" && names.length === 0) {
    throw complaint("at least one resource name must be specified since 'all' parameter is not set");
  }
  const chosen = flags.on("all") || selector !== "" ? { words: ["node"] } : { words: ["node", ...names] };
  const { infos, problems } = await build(call, discovery, {
    ...chosen,
    selector,
    all: flags.on("all"),
    latest: true,
  });
  const failed = await forEachOf(infos, (info) => change(call, info, add, remove, dryRun === "client"));
  failWith([...problems, ...failed]);
  return undefined;
}

async function change(call: Call, info: Info, add: readonly Taint[], remove: readonly Taint[], isShown: boolean) {
  const node = info.object ?? {};
  const current = listOf(node, "spec", "taints");
  const same = (a: Taint) => (b: JsonObject) => a.key === b.key && a.effect === b.effect;
  const there = add.filter((taint) => current.some(same(taint)));
  if (there.length > 0 && !call.flags.on("overwrite")) {
    throw complaint(
      `node ${info.name} already has ${there.map(({ key }) => key).join(",")} taint(s) with same effect(s) and --overwrite is false`,
    );
  }
  const { next, operation } = reorganized(current, add, remove, call.flags.on("overwrite"));
  const { taints: _, ...spec } = partOf(node, "spec");
  const wanted = { ...node, spec: { ...spec, ...(next.length > 0 && { taints: next }) } };
  // A dry run is told like the real thing.
  const say = await announcer(call, "none");
  if (isShown) return say.say(wanted, operation);
  const body = twoWayMergePatch("Node", node, wanted);
  if (!body.ok) throw complaint(body.error.message);
  say.say(await patch(call, info, "strategic", body.value), operation);
}

// Models kubectl pkg/cmd/taint utils.go reorganizeTaints
function reorganized(
  current: readonly JsonObject[],
  add: readonly Taint[],
  remove: readonly Taint[],
  overwrite: boolean,
) {
  const added = add.map(({ key, value, effect }): JsonObject => ({ key, ...(value !== "" && { value }), effect }));
  const isAdded = (taint: JsonObject) => add.some(({ key, effect }) => key === taint.key && effect === taint.effect);
  const all = [...added, ...current.filter((taint) => !isAdded(taint))];
  const fits = (taint: JsonObject) => (other: Taint) =>
    taint.key === other.key && (other.effect === "" || taint.effect === other.effect);
  const missing = remove.filter((taint) => !all.some((each) => fits(each)(taint)));
  if (missing.length > 0) {
    const texts = missing.map(
      ({ key, effect }) => `taint ${JSON.stringify(effect === "" ? key : `${key}:${effect}`)} not found`,
    );
    throw missing.length === 1 ? complaint(String(texts[0])) : new CommandError(texts.join("\n"));
  }
  const isMore = all.length !== current.length;
  const operation = (isMore && remove.length > 0) || overwrite ? "modified" : isMore ? "tainted" : "untainted";
  return { next: all.filter((taint) => !remove.some(fits(taint))), operation };
}
