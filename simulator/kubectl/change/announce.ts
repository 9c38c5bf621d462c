import type { JsonObject } from "../../base/json.ts";
import type { Call } from "../cli/command.ts";
import { OBJECT_FORMATS, objectName, type Printer, printerFor } from "../print/printer.ts";
import { dryRunOf } from "./flags.ts";

const SUFFIX = { none: "", client: " (dry run)", server: " (server dry run)" } as const;

/** Says what was done to an object. Models cli-runtime genericclioptions PrintFlags with an operation. */
export interface Announcer {
  /** Whether whole objects are printed, not only their names. */
  readonly whole: boolean;
  say(object: JsonObject, operation: string): void;
}

/** What `-o` makes of the objects of one command; without it `pod/web created`. */
export async function announcer(call: Call): Promise<Announcer> {
  const { flags, host } = call;
  const output = flags.text("output");
  const dryRun = flags.has("dry-run") ? dryRunOf(flags) : "none";
  if (output === "") {
    return {
      whole: false,
      say: (object, operation) => host.out(`${objectName(object)} ${operation}${SUFFIX[dryRun]}\n`),
    };
  }
  const printer: Printer = await printerFor(flags, host, OBJECT_FORMATS);
  return { whole: output !== "name", say: (object) => host.out(printer.print(object)) };
}
