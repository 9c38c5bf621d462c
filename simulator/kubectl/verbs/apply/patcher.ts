import { threeWayJsonMergePatch, threeWayMergePatch } from "../../../api/patch/three-way.ts";
import type { JsonObject } from "../../../base/json.ts";
import { lastAppliedOf } from "../../change/last-applied.ts";
import { type Leaving, removalOf, remove, untilGone } from "../../change/removal.ts";
import { typeNameOf } from "../../change/typed.ts";
import { create, type PatchType, patchRequest } from "../../change/write.ts";
import type { Info } from "../../cli/builder.ts";
import { ApiError } from "../../cli/client.ts";
import { type Call, complaint } from "../../cli/command.ts";
import { pathOf } from "../../mapping.ts";
import { toJson } from "../../print/json.ts";
import { failureOf } from "../../transport.ts";

/** What a patch must leave alone. */
const IDENTITY = ["apiVersion", "kind", "metadata.name"];
const MAX_TRIES = 5;

/** `Resource: "apps/v1, Resource=deployments", …`: how apply names what it was at when something failed. */
export function identityText({ mapping, namespace, name }: Info): string {
  const { group, version, plural, kind } = mapping;
  const type = `${group}/${version}`;
  return `Resource: "${type}, Resource=${plural}", GroupVersionKind: "${type}, Kind=${kind}"\nName: ${JSON.stringify(name)}, Namespace: ${JSON.stringify(namespace)}`;
}

interface Patched {
  readonly object: JsonObject;
  /** Whether there was nothing to change. */
  readonly unchanged: boolean;
}

/** Built-in kinds are merged by their fields' own rules, others as plain JSON. */
function patchFor(call: Call, { mapping }: Info, modified: JsonObject, current: JsonObject) {
  const input = { original: lastAppliedOf(current) ?? {}, modified, current };
  const typeName = typeNameOf(mapping);
  const overwrite = call.flags.on("overwrite");
  return typeName === undefined
    ? { patch: threeWayJsonMergePatch(input, IDENTITY), type: "merge" as PatchType }
    : {
        patch: threeWayMergePatch(typeName, input, { overwrite, unchanged: IDENTITY }),
        type: "strategic" as PatchType,
      };
}

/** Whether an object is what its manifest says, as far as can be told without the server. */
export function isAsManifest(call: Call, info: Info, modified: JsonObject, current: JsonObject): boolean {
  const { patch } = patchFor(call, info, modified, current);
  return patch.ok && Object.keys(patch.value).length === 0;
}

// Models kubectl pkg/cmd/apply patcher.go
/** Makes an object what its manifest says, by a patch against what it was last made from. */
export async function patchToManifest(
  call: Call,
  info: Info,
  modified: JsonObject,
  live: JsonObject,
): Promise<Patched> {
  const place = { ...info, subresource: call.flags.text("subresource") };
  let current = live;
  for (let tries = 1; ; tries++) {
    const { patch, type } = patchFor(call, info, modified, current);
    const during = (text: string) =>
      `error when applying patch:\n${text}\nto:\n${identityText(info)}\nfor: ${JSON.stringify(info.source)}`;
    if (!patch.ok) {
      const { message } = patch.error;
      throw complaint(
        message.startsWith("patch:") ? `${during("")}: creating patch with:\n${message}` : `${during("")}: ${message}`,
      );
    }
    if (Object.keys(patch.value).length === 0) return { object: current, unchanged: true };
    const response = await call.client.ask(patchRequest(call, place, type, patch.value));
    const failure = failureOf(response);
    if (failure === undefined) return { object: response.body, unchanged: false };
    const isConflict = response.code === 409;
    if (call.flags.on("force") && (isConflict || failure.reason === "Invalid")) {
      return { object: await recreate(call, info, modified), unchanged: false };
    }
    if (!isConflict || tries >= MAX_TRIES)
      throw new ApiError(
        response,
        `${during(toJson(patch.value))}: error when patching ${JSON.stringify(info.source)}`,
      );
    current = (await call.client.get(pathOf(info.mapping, info.namespace, info.name))).body;
  }
}

/** With `--force`, what can't be changed is made anew. */
async function recreate(call: Call, info: Info, modified: JsonObject): Promise<JsonObject> {
  const leaving: Leaving = { info, uid: await remove(call, { ...info, source: "" }, removalOf(call)) };
  await untilGone(call, [leaving], call.flags.durationMs("timeout"));
  return create(call, info.mapping, info.namespace, modified);
}
