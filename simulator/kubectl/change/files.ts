import type { JsonObject } from "../../base/json.ts";
import { type Built, build, type Info } from "../cli/builder.ts";
import { type Call, complaint } from "../cli/command.ts";
import { Discovery } from "../cli/discovery.ts";
import { validationOf } from "./flags.ts";
import { metadataOf, withMetadata } from "./object.ts";

// Models cli-runtime resource FilenameOptions.RequireFilenameOrKustomize
export function requireFiles({ flags }: Call): void {
  const hasFiles = flags.list("filename").length > 0;
  const hasKustomize = flags.text("kustomize") !== "";
  if (hasFiles && hasKustomize) throw complaint("only one of -f or -k can be specified");
  if (!hasFiles && !hasKustomize) throw complaint("must specify one of -f and -k");
}

/** What `-f`, `-k`, `-R` and `-l` say, for a command whose words name nothing. */
export function filesOf(call: Call, options: { readonly latest?: boolean } = {}): Promise<Built> {
  const { flags } = call;
  return build(call, new Discovery(call.client), {
    words: [],
    filenames: flags.list("filename"),
    kustomize: flags.text("kustomize"),
    recursive: flags.on("recursive"),
    selector: flags.has("selector") ? flags.text("selector") : "",
    checkTypes: flags.has("validate") && validationOf(flags) !== "Ignore",
    ...options,
  });
}

/** A file's object with the namespace that it goes to. */
export function placed({ object = {}, namespace }: Info): JsonObject {
  if (namespace === "" || metadataOf(object).namespace !== undefined) return object;
  return withMetadata(object, { namespace });
}
