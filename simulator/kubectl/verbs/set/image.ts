import type { JsonObject } from "../../../base/json.ts";
import { failWith } from "../../change/failures.ts";
import { listOf } from "../../change/object.ts";
import { isPairWord, parsePairs, splitPairs } from "../../change/pairs.ts";
import { mapContainers, matchesName, podSpecOf, withPodSpec } from "../../change/pod-template.ts";
import { type Call, type Command, CommandError, complaint } from "../../cli/command.ts";
import { changeTargets, checkLocal, SET_FLAGS, type Target, targetsOf } from "./targets.ts";

/** `kubectl set image`. Models kubectl pkg/cmd/set set_image.go. */
export const image: Command = {
  name: "image",
  use: "(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N [options]",
  short: "Update the image of a pod template",
  flags: SET_FLAGS,
  run: runImage,
};

async function runImage(call: Call): Promise<undefined> {
  const { flags, words } = call;
  const { before: resources, pairs, stray } = splitPairs(words, isPairWord);
  if (stray !== undefined) throw complaint(`all resources must be specified before image changes: ${stray}`);
  const { set } = parsePairs(pairs, "image");
  checkLocal(call);
  const targets = await targetsOf(call, resources);
  const problems: string[] = [];
  if (flags.on("all") && flags.text("selector") !== "") {
    problems.push("cannot set --all and --selector at the same time");
  }
  if (set.size === 0) problems.push("at least one image update is required");
  else if (set.size > 1 && set.has("*"))
    problems.push(
      "all containers are already specified by *, but saw more than one container_name=container_image pairs",
    );
  if (problems.length > 0) {
    throw problems.length === 1 ? complaint(String(problems[0])) : new CommandError(problems.join("\n"));
  }
  const missing: CommandError[] = [];
  await changeTargets(call, targets, {
    make: (target) => withImages(target, set, missing),
    operation: "image updated",
    failing: "failed to patch image update to pod template:",
  });
  failWith(missing);
  return undefined;
}

function withImages(
  { mapping, object }: Target,
  images: ReadonlyMap<string, string>,
  missing: CommandError[],
): JsonObject | undefined {
  const spec = podSpecOf(mapping, object);
  if (spec === undefined) return undefined;
  let next = spec;
  for (const [pattern, text] of images) {
    const all = [...listOf(next, "initContainers"), ...listOf(next, "containers")];
    const isFound = all.some((container) => matchesName(pattern, container.name));
    if (!isFound) {
      missing.push(complaint(`unable to find container named ${JSON.stringify(pattern)}`));
      continue;
    }
    next = mapContainers(next, (container) =>
      matchesName(pattern, container.name) ? { ...container, image: text } : container,
    );
  }
  return withPodSpec(mapping, object, next);
}
