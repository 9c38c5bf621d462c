import { timeOf } from "../../api/meta/time.ts";
import type { Event } from "../../api/schema/generated/types.ts";
import type { JsonObject } from "../../base/json.ts";
import { typedText } from "../change/announce.ts";
import { type Call, type Command, CommandError, complaint } from "../cli/command.ts";
import { Discovery } from "../cli/discovery.ts";
import { ALL_NAMESPACES } from "../cli/select-flags.ts";
import { watchUntil } from "../cli/watching.ts";
import { listAll } from "../describe/describer.ts";
import { intervalText } from "../describe/events.ts";
import { urlPart } from "../mapping.ts";
import { ColumnsText, withoutEscapes } from "../print/columns-text.ts";
import { OBJECT_FORMATS, PRINT_FLAGS, type Printer, printerFor } from "../print/printer.ts";

const CHUNK = 500;

/** `kubectl events`. Models kubectl pkg/cmd/events. */
export const events: Command = {
  name: "events",
  use: "[(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file] [--for TYPE/NAME] [--watch] [--types=Normal,Warning] [options]",
  short: "List events",
  flags: [
    ALL_NAMESPACES,
    { name: "chunk-size", type: "int", default: "500", usage: "How many objects to ask for at once; 0 for all." },
    { name: "for", type: "string", default: "", usage: "Only events of this object: TYPE/NAME." },
    { name: "no-headers", type: "bool", default: "false", usage: "Leave out the line of headers." },
    { name: "types", type: "stringSlice", default: "", usage: "Only events of these types: Normal, Warning." },
    { name: "watch", short: "w", type: "bool", default: "false", usage: "Go on with what comes." },
    ...PRINT_FLAGS,
  ],
  run: runEvents,
};

async function runEvents(call: Call): Promise<number | undefined> {
  const { flags, host, client } = call;
  const everywhere = flags.on("all-namespaces");
  const fieldSelector = await subjectSelector(call);
  const types = flags.list("types").map((type) => type.toLowerCase());
  const printer = flags.text("output") === "" ? eventPrinter(call) : await printerFor(flags, host, OBJECT_FORMATS);
  if (types.some((type) => type !== "normal" && type !== "warning")) {
    throw complaint("valid --types are Normal or Warning");
  }
  const isWanted = ({ type = "" }: JsonObject) => types.length === 0 || types.includes(String(type).toLowerCase());
  const path = everywhere ? "/api/v1/events" : `/api/v1/namespaces/${urlPart(client.namespace)}/events`;
  if (flags.on("watch")) {
    const query = fieldSelector === undefined ? "" : `?fieldSelector=${urlPart(fieldSelector)}`;
    // From no version on, a watch begins with what there is.
    await watchUntil(call, { path: path + query, resourceVersion: "" }, ({ type, object }) => {
      if (type !== "DELETED" && isWanted(object)) host.out(printer.print(object));
      return false;
    });
    return 1;
  }
  const found = await listAll({ client, chunkSize: CHUNK }, path, fieldSelector === undefined ? {} : { fieldSelector });
  const wanted = found.filter(isWanted);
  if (wanted.length === 0) {
    host.err(everywhere ? "No events found.\n" : `No events found in ${client.namespace} namespace.\n`);
    return undefined;
  }
  const items = wanted
    .map((event) => ({ apiVersion: "v1", kind: "Event", ...event }))
    .sort((a, b) => timeMs(a) - timeMs(b));
  // A typed list has no name, nor have its items one: kubectl prints nothing.
  const output = flags.text("output");
  if (output === "name") return undefined;
  const list = { kind: "EventList", apiVersion: "v1", metadata: {}, items };
  host.out(output === "json" || output === "kyaml" ? typedText(call, list) : printer.print(list));
  return undefined;
}

function timeMs(event: JsonObject): number {
  const { series, lastTimestamp, eventTime } = event as unknown as Event;
  return (series ? timeOf(series.lastObservedTime) : (timeOf(lastTimestamp) ?? timeOf(eventTime))) ?? 0;
}

/** The field selector of `--for`. */
async function subjectSelector({ flags, client }: Call): Promise<string | undefined> {
  const subject = flags.text("for");
  if (subject === "") return undefined;
  const [type = "", name = "", ...more] = subject.split("/");
  if (!subject.includes("/")) throw complaint("--for must be in resource/name form");
  if (more.length > 0) throw complaint("arguments in resource/name form may not have more than one slash");
  if (type === "") throw complaint("a resource must be present, got: /, Resource=");
  const known = await new Discovery(client).lookUp(type);
  if (known === undefined) throw new CommandError(`the server doesn't have a resource type ${JSON.stringify(type)}`);
  const { group, version, kind } = known.mapping;
  const apiVersion = group === "" ? version : `${group}/${version}`;
  return `involvedObject.kind=${kind},involvedObject.apiVersion=${apiVersion},involvedObject.name=${name}`;
}

// Models kubectl pkg/cmd/events EventPrinter
/** Columns for a list of events, or for one after the other; the header comes once. */
function eventPrinter({ flags, host }: Call): Printer {
  const text = new ColumnsText();
  const everywhere = flags.on("all-namespaces");
  let isNew = !flags.on("no-headers");
  return {
    print(object) {
      const events = (Array.isArray(object.items) ? object.items : [object]) as unknown as readonly Event[];
      const head = [...(everywhere ? ["NAMESPACE"] : []), "LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"];
      const rows = events.map((event) => eventRow(event, everywhere, host.nowEpochMs()));
      const lines = text.lines(isNew ? [head, ...rows] : rows);
      isNew = false;
      return lines.map((line) => `${line}\n`).join("");
    },
  };
}

function eventRow(event: Event, everywhere: boolean, nowEpochMs: number): string[] {
  const { metadata, type = "", reason = "", involvedObject, message = "" } = event;
  const cells = [type, reason, `${involvedObject.kind ?? ""}/${involvedObject.name ?? ""}`, message.trim()];
  return [
    ...(everywhere ? [metadata.namespace ?? ""] : []),
    intervalText(event, nowEpochMs),
    ...cells.map(withoutEscapes),
  ];
}
