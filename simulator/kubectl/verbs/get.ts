import { isObject, type JsonObject } from "../../base/json.ts";
import { build } from "../cli/builder.ts";
import { ApiError, responseText } from "../cli/client.ts";
import { type Call, type Command, CommandError, complaint, usageComplaint } from "../cli/command.ts";
import { Discovery } from "../cli/discovery.ts";
import { klogLine } from "../cli/klog.ts";
import { ALL_NAMESPACES, FIELD_SELECTOR, FILE_FLAGS, SELECTOR } from "../cli/select-flags.ts";
import { GET_FORMATS, outputOf, PRINT_FLAGS, printerFor } from "../print/printer.ts";
import { failureOf } from "../transport.ts";
import { printTables } from "./get-table.ts";
import { watchObjects } from "./get-watch.ts";
import { sortObjects } from "./sort.ts";

const NO_TYPE = `You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n`;

/** From this verbosity on. */
const TABLES_AT = 2;

const EXPLAIN =
  'Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).';

/** `kubectl get`. Models kubectl pkg/cmd/get. */
export const get: Command = {
  name: "get",
  use: "[(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags] [options]",
  short: "Display one or many resources",
  flags: [
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    SELECTOR,
    FIELD_SELECTOR,
    ALL_NAMESPACES,
    { name: "ignore-not-found", type: "bool", default: "false", usage: "What is not there is no error." },
    { name: "no-headers", type: "bool", default: "false", usage: "Leave out the line of headers." },
    { name: "show-labels", type: "bool", default: "false", usage: "A last column with all labels." },
    { name: "show-kind", type: "bool", default: "false", usage: "The kind before each name." },
    { name: "label-columns", short: "L", type: "stringSlice", default: "", usage: "Labels that get columns." },
    { name: "sort-by", type: "string", default: "", usage: "JSONPath of the field to sort by." },
    { name: "chunk-size", type: "int", default: "500", usage: "How many objects to ask for at once; 0 for all." },
    { name: "raw", type: "string", default: "", usage: "A path to ask the server for." },
    { name: "server-print", type: "bool", default: "true", usage: "Let the server make the tables." },
    { name: "watch", short: "w", type: "bool", default: "false", usage: "Go on with the changes." },
    { name: "watch-only", type: "bool", default: "false", usage: "Only the changes." },
    { name: "output-watch-events", type: "bool", default: "false", usage: "Tell the type of each change." },
    { name: "subresource", type: "string", default: "", usage: "A subresource instead of the object." },
  ],
  run: runGet,
};

// Models kubectl pkg/cmd/get GetOptions.Validate
function check({ flags }: Call): void {
  const output = flags.text("output");
  if (flags.text("raw") !== "") {
    const isFiltered = flags.on("watch") || flags.on("watch-only") || flags.text("selector") !== "";
    if (isFiltered) {
      throw complaint("--raw may not be specified with other flags that filter the server request or alter the output");
    }
    if (output !== "") throw complaint("--raw and --output are mutually exclusive");
  }
  if (flags.on("show-labels") && output !== "" && output !== "wide") {
    throw complaint(`--show-labels option cannot be used with ${output} printer`);
  }
}

async function runGet(call: Call): Promise<number | undefined> {
  const { flags, words, host } = call;
  if (flags.text("raw") !== "") {
    check(call);
    return raw(call);
  }
  const fromFiles = flags.list("filename").length > 0 || flags.text("kustomize") !== "";
  if (words.length === 0 && !fromFiles) {
    host.err(NO_TYPE);
    throw usageComplaint(call, `Required resource not specified.\n${EXPLAIN}`);
  }
  check(call);
  const output = outputOf(flags);
  const discovery = new Discovery(call.client);
  const watches = flags.on("watch") || flags.on("watch-only");
  if (flags.on("output-watch-events") && !watches) {
    throw complaint("--output-watch-events option can only be used with --watch or --watch-only");
  }
  if (watches) return watchObjects(call, discovery);
  if (output === "" || output === "wide") return printTables(call, discovery);
  const printer = await printerFor(flags, host, GET_FORMATS);
  const found = await objectsFor(call, discovery);
  const objects = flags.changed("sort-by")
    ? sortObjects(found.objects, flags.text("sort-by"), host.nowEpochMs())
    : found.objects;
  if (objects.length > 0 || !found.single) {
    tellOfTables(call, output);
    // Columns are as wide as the widest of all objects.
    if (output.startsWith("custom-columns")) host.out(objects.length > 0 ? printer.print({ items: objects }) : "");
    else if (output === "name") for (const object of objects) host.out(printer.print(object));
    else host.out(printer.print(found.single && objects[0] !== undefined ? objects[0] : asList(objects)));
  }
  return report(call, found.problems);
}

// Models kubectl pkg/cmd/get table_printer.go
/** The log says that there is no table to be printed, where one had been asked for. */
function tellOfTables({ flags, host }: Call, output: string): void {
  if (flags.number("v") < TABLES_AT || /custom-columns|json|^yaml$/.test(output)) return;
  const why = "Unable to decode server response into a Table. Falling back to hardcoded types: ";
  const text = `${why}attempt to decode non-Table object`;
  host.err(klogLine("I", host.nowEpochMs(), "table_printer.go:45", text));
}

function asList(items: readonly JsonObject[]): JsonObject {
  return { apiVersion: "v1", items: [...items], kind: "List", metadata: { resourceVersion: "" } };
}

async function objectsFor(call: Call, discovery: Discovery) {
  const { flags, words } = call;
  const built = await build(call, discovery, {
    words,
    filenames: flags.list("filename"),
    recursive: flags.on("recursive"),
    kustomize: flags.text("kustomize"),
    selector: flags.text("selector"),
    fieldSelector: flags.text("field-selector"),
    allNamespaces: flags.on("all-namespaces"),
    latest: true,
    typeMeansAll: true,
    subresource: flags.text("subresource"),
    chunkSize: flags.changed("sort-by") ? 0 : flags.number("chunk-size"),
  });
  return {
    objects: built.infos.flatMap(({ object }) => (object === undefined ? [] : [object])),
    problems: built.problems,
    single: built.single,
  };
}

/** Prints what went wrong for single objects, and gives the exit code. */
export function report(call: Call, problems: readonly CommandError[]): number {
  const forgives = call.flags.has("ignore-not-found") && call.flags.on("ignore-not-found");
  const left = problems.filter((problem) => !(forgives && isNotFound(problem)));
  for (const problem of left) {
    call.host.err(responseText(problem, call.flags.number("v"), call.host.nowEpochMs()));
    call.host.err(`${problem.message}\n`);
  }
  return left.length > 0 ? 1 : 0;
}

function isNotFound(problem: CommandError): boolean {
  return problem.message.startsWith("Error from server (NotFound)");
}

async function raw(call: Call): Promise<number> {
  const { flags, words, host, client } = call;
  const path = flags.text("raw");
  if (words.length > 0) throw complaint("arguments may not be passed when --raw is specified");
  if (!path.startsWith("/")) {
    throw complaint(`--raw must be a valid URL path: parse ${JSON.stringify(path)}: invalid URI for request`);
  }
  const response = await client.ask({ method: "GET", path });
  if (response.code === 404 && !isObject(response.body.details)) {
    throw new CommandError("Error from server (NotFound): the server could not find the requested resource");
  }
  if (failureOf(response) !== undefined) throw new ApiError(response);
  host.out(response.text ?? `${JSON.stringify(response.body)}\n`);
  return 0;
}
