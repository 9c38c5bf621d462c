import { isObject, type JsonObject } from "../../base/json.ts";
import type { Call } from "../cli/command.ts";
import { goJson, toJson } from "../print/json.ts";
import { toKyaml } from "../print/kyaml.ts";
import { OBJECT_FORMATS, objectName, type Printer, printerFor } from "../print/printer.ts";
import { type DryRun, dryRunOf } from "./flags.ts";
import { metadataOf } from "./object.ts";
import { typedForm, typeOf } from "./typed.ts";

const SUFFIX = { none: "", client: " (dry run)", server: " (server dry run)" } as const;

/** Says what was done to an object. Models cli-runtime genericclioptions PrintFlags with an operation. */
export interface Announcer {
  /** Whether whole objects are printed, not only their names. */
  readonly whole: boolean;
  say(object: JsonObject, operation: string): void;
  /** The same for an object of a Go type, which JSON shows in the order of its fields. */
  sayTyped(object: JsonObject, operation: string): void;
  /** Whole objects, as a List. */
  sayList(objects: readonly JsonObject[]): void;
}

/** What `-o` makes of the objects of one command; without it `pod/web created`. `told`: a dry run that is not told. */
export async function announcer(call: Call, told?: DryRun): Promise<Announcer> {
  const { flags, host } = call;
  const output = flags.text("output");
  const dryRun = told ?? (flags.has("dry-run") ? dryRunOf(flags) : "none");
  if (output === "") {
    const say = (object: JsonObject, operation: string) =>
      host.out(`${objectName(object)} ${operation}${SUFFIX[dryRun]}\n`);
    return { whole: false, say, sayTyped: say, sayList: () => undefined };
  }
  const printer: Printer = await printerFor(flags, host, OBJECT_FORMATS);
  const say = (object: JsonObject) => host.out(printer.print(object));
  const inOrder = (object: JsonObject) => host.out(typedText(call, object));
  const sayList = (items: readonly JsonObject[]) => {
    if (output !== "json") return say({ apiVersion: "v1", items, kind: "List", metadata: {} });
    const sorted = items.map((item): JsonObject => JSON.parse(toJson(shown(call, item))));
    host.out(`${goJson({ kind: "List", apiVersion: "v1", metadata: {}, items: sorted }, 4)}\n`);
  };
  return { whole: output !== "name", say, sayTyped: output === "json" || output === "kyaml" ? inOrder : say, sayList };
}

/** An object, or a list of some, as `-o json` and `-o kyaml` show what has a Go type: in the order of its fields. */
export function typedText(call: Call, object: JsonObject): string {
  const typed = (one: JsonObject) => kindFirst(typedForm(typeOf(one), shown(call, one)));
  const whole = Array.isArray(object.items)
    ? kindFirst({ ...object, items: object.items.filter(isObject).map(typed) })
    : typed(object);
  return call.flags.text("output") === "json" ? `${goJson(whole, 4)}\n` : toKyaml(whole);
}

/** Go's types have their kind before their version. */
function kindFirst({ kind, apiVersion, ...rest }: JsonObject): JsonObject {
  return { ...(kind !== undefined && { kind }), ...(apiVersion !== undefined && { apiVersion }), ...rest };
}

function shown({ flags }: Call, object: JsonObject): JsonObject {
  if (flags.on("show-managed-fields")) return object;
  const { managedFields: _, ...metadata } = metadataOf(object);
  return { ...object, metadata };
}
