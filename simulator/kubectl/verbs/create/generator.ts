import type { JsonObject } from "../../../base/json.ts";
import { announcer } from "../../change/announce.ts";
import { DRY_RUN, dryRunOf, fieldManager, SAVE_CONFIG, VALIDATE } from "../../change/flags.ts";
import { savedConfig } from "../../change/last-applied.ts";
import { typedForm, typeOf } from "../../change/typed.ts";
import { create } from "../../change/write.ts";
import { ApiError } from "../../cli/client.ts";
import { type Call, type Command, complaint, usageComplaint } from "../../cli/command.ts";
import type { FlagSpec } from "../../cli/flags.ts";
import type { RestMapping } from "../../mapping.ts";
import { PRINT_FLAGS } from "../../print/printer.ts";
import { failureOf } from "../../transport.ts";

/** A `kubectl create KIND`: what is its own about it. */
export interface Generator {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly use: string;
  readonly short: string;
  readonly flags: readonly FlagSpec[];
  readonly required?: readonly string[];
  readonly mapping: RestMapping;
  /** Goes before the server's refusal: `failed to create job:`. Without it the refusal stands alone. */
  readonly failing?: string;
  /** The object, without its namespace. */
  readonly make: (call: Call, name: string) => JsonObject | Promise<JsonObject>;
}

export const CREATE_FLAGS: readonly FlagSpec[] = [
  ...PRINT_FLAGS,
  DRY_RUN,
  fieldManager("kubectl-create"),
  SAVE_CONFIG,
  VALIDATE,
];

/** The only word before `--`, which is the name. Models kubectl pkg/cmd/create NameFromCommandArgs. */
export function nameOf(call: Call): string {
  const count = call.wordsBeforeDash < 0 ? call.words.length : call.wordsBeforeDash;
  const [name] = call.words;
  if (count !== 1 || name === undefined) throw usageComplaint(call, `exactly one NAME is required, got ${count}`);
  return name;
}

/** Creates an object that the command line describes, shows it, or has the server try it. */
export async function createMade(call: Call, made: JsonObject, mapping: RestMapping, failing = ""): Promise<void> {
  const { client, flags } = call;
  const isPlaced = mapping.namespaced && client.namespaceGiven;
  const metadata = { ...(made.metadata as JsonObject), ...(isPlaced && { namespace: client.namespace }) };
  // What Go has no value for is written all the same where its struct says so.
  const nulls = Object.fromEntries(Object.entries(made).filter(([, value]) => value === null));
  const plain = { ...typedForm(typeOf(made), { ...made, metadata }), ...nulls };
  // Here the annotation is written from a Go struct, whose fields have an order of their own.
  const object = flags.on("save-config") ? savedConfig(plain, `${JSON.stringify(plain)}\n`) : plain;
  const say = await announcer(call);
  if (dryRunOf(flags) === "client") {
    say.sayTyped(object, "created");
    return;
  }
  const namespace = mapping.namespaced ? client.namespace : "";
  try {
    say.sayTyped(await create(call, mapping, namespace, object), "created");
  } catch (error) {
    if (!(error instanceof ApiError) || failing === "") throw error;
    throw complaint(`${failing} ${failureOf(error.response)?.message ?? ""}`);
  }
}

export function generatorCommand(generator: Generator): Command {
  const { name, aliases, use, short, flags, required, mapping, failing, make } = generator;
  return {
    name,
    use,
    short,
    flags: [...flags, ...CREATE_FLAGS],
    ...(aliases && { aliases }),
    ...(required && { required }),
    run: async (call) => {
      await createMade(call, await make(call, nameOf(call)), mapping, failing);
      return undefined;
    },
  };
}

/** Mappings of the kinds that are made here: these are what kubectl itself knows. */
export function known(apiVersion: string, kind: string, plural: string, namespaced = true): RestMapping {
  const [group = "", version = ""] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  return { group, version, kind, plural, namespaced };
}
