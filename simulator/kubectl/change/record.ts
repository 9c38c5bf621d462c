import type { JsonObject } from "../../base/json.ts";
import type { Call } from "../cli/command.ts";
import type { FlagSpec } from "../cli/flags.ts";
import { metadataOf } from "./object.ts";

const CHANGE_CAUSE = "kubernetes.io/change-cause";

/** `--record`: keep the command in an annotation of what it changes. */
export const RECORD: FlagSpec = {
  name: "record",
  type: "bool",
  default: "false",
  usage: "Keep the command in an annotation of the object.",
  hidden: true,
  deprecated: "--record will be removed in the future",
};

// Models cli-runtime pkg/genericclioptions record_flags.go
/** The command as it is kept: words first, then flags by their long names. Undefined where nothing is to be kept. */
function causeOf({ flags, path, words }: Call): string | undefined {
  if (!flags.has("record") || !flags.on("record")) return undefined;
  const given = flags.given().map(({ name, text }) => `--${name}=${text}`);
  return [path, ...words, ...given].join(" ");
}

/** What is to be added to an object by a merge patch for its command to be kept. */
export function causePatch(call: Call): JsonObject | undefined {
  const cause = causeOf(call);
  return cause === undefined ? undefined : { metadata: { annotations: { [CHANGE_CAUSE]: cause } } };
}

/** The object with the command that changes it, where that is to be kept. */
export function recorded<T extends JsonObject>(call: Call, object: T): T {
  const cause = causeOf(call);
  if (cause === undefined) return object;
  const { annotations, ...metadata } = metadataOf(object);
  const kept = { ...(annotations as JsonObject | undefined), [CHANGE_CAUSE]: cause };
  return { ...object, metadata: { ...metadata, annotations: kept } };
}
