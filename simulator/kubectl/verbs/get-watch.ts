import { isObject, type JsonObject } from "../../base/json.ts";
import { build, listPath, mappingsOf } from "../cli/builder.ts";
import { type Call, complaint } from "../cli/command.ts";
import type { Discovery } from "../cli/discovery.ts";
import { watchUntil } from "../cli/watching.ts";
import { pathOf, type RestMapping, urlPart } from "../mapping.ts";
import { toJson } from "../print/json.ts";
import { GET_FORMATS, outputOf, printerFor } from "../print/printer.ts";
import { servedTable, TablePrinter } from "../print/table.ts";
import { toYaml } from "../print/yaml.ts";
import { AS_TABLE, plainTable, tableOptions } from "./get-table.ts";

const MANY =
  "watch is only supported on individual resources and resource collections - more than 1 resource was found";
/** Event types take the same room. */
const TYPE_WIDTH = 8;

interface Watched {
  readonly mapping: RestMapping;
  /** Path of what is shown first: a collection, or one object. */
  readonly path: string;
  /** The collection that is watched, with its selectors. */
  readonly watchPath: string;
  readonly isList: boolean;
}

type Show = (object: JsonObject, eventType: string) => void;

// Models kubectl pkg/cmd/get get.go watch
/** `kubectl get -w`: what there is, and then each change, until the user has enough. */
export async function watchObjects(call: Call, discovery: Discovery): Promise<number> {
  const { flags } = call;
  if (flags.text("sort-by") !== "") {
    call.host.err("warning: --watch requested, --sort-by will be ignored for watch events received\n");
  }
  const watched = await watchedOf(call, discovery);
  const output = outputOf(flags);
  const isTable = output === "" || output === "wide";
  const accept = isTable ? { accept: AS_TABLE } : {};
  const show = isTable ? tableShow(call, watched.mapping) : await objectShow(call);
  const { body } = await call.client.demand({ method: "GET", path: watched.path, ...accept });
  if (!flags.on("watch-only")) {
    if (isTable || !watched.isList) show(body, "ADDED");
    else for (const object of itemsOf(body)) show(object, "ADDED");
  }
  const { resourceVersion } = isObject(body.metadata) ? body.metadata : {};
  const plan = {
    path: watched.watchPath,
    resourceVersion: watched.isList ? String(resourceVersion ?? "") : versionOf(body, isTable),
    ...accept,
  };
  await watchUntil(call, plan, ({ type, object }) => {
    show(object, type);
    return false;
  });
  return 1;
}

/** The version of one object; a table has it in its row. */
function versionOf(body: JsonObject, isTable: boolean): string {
  const row = isTable && Array.isArray(body.rows) ? body.rows[0] : body;
  const object = isTable && isObject(row) ? row.object : row;
  const metadata = isObject(object) && isObject(object.metadata) ? object.metadata : {};
  return String(metadata.resourceVersion ?? "");
}

function itemsOf(body: JsonObject): JsonObject[] {
  const { items, apiVersion, kind } = body;
  const type = { apiVersion: apiVersion ?? "v1", kind: String(kind).replace(/List$/, "") };
  return (Array.isArray(items) ? items.filter(isObject) : []).map((item) => ({ ...type, ...item }));
}

async function watchedOf(call: Call, discovery: Discovery): Promise<Watched> {
  const { flags, words, client } = call;
  const filenames = flags.list("filename");
  const selection = {
    selector: flags.text("selector"),
    fieldSelector: flags.text("field-selector"),
    allNamespaces: flags.on("all-namespaces"),
  };
  if (words.length === 1 && !(words[0] ?? "").includes("/") && filenames.length === 0) {
    const [mapping, ...more] = await mappingsOf(discovery, words[0] ?? "");
    if (mapping === undefined || more.length > 0) throw complaint("you may only specify a single resource type");
    const path = listPath(call, mapping, selection);
    return { mapping, path, watchPath: path, isList: true };
  }
  const { infos, problems } = await build(call, discovery, { words, filenames, latest: true, ...selection });
  const [problem] = problems;
  if (problem !== undefined) throw problem;
  const [info] = infos;
  if (info === undefined || infos.length > 1) throw complaint(MANY);
  const { mapping, name } = info;
  const namespace = info.namespace || client.namespace;
  const watchPath = `${pathOf(mapping, namespace, "")}?fieldSelector=${urlPart(`metadata.name=${name}`)}`;
  return { mapping, path: pathOf(mapping, namespace, name), watchPath, isList: false };
}

/** Rows below each other. Only the first table of a watch says what its columns are. */
function tableShow(call: Call, mapping: RestMapping): Show {
  const { flags, host } = call;
  const printer = new TablePrinter({ ...tableOptions(call), withKind: flags.on("show-kind") });
  const withEvents = flags.on("output-watch-events");
  let definitions: JsonObject["columnDefinitions"] = [];
  return (body, eventType) => {
    const own = body.columnDefinitions;
    if (Array.isArray(own) && own.length > 0) definitions = own;
    const table =
      servedTable({ ...body, columnDefinitions: definitions }, mapping) ?? plainTable(body, mapping, host.nowEpochMs());
    if (table.rows.length === 0) return;
    host.out(printer.print(withEvents ? { ...table, event: eventType.padEnd(TYPE_WIDTH) } : table));
  };
}

async function objectShow({ flags, host }: Call): Promise<Show> {
  const printer = await printerFor(flags, host, GET_FORMATS);
  const output = outputOf(flags);
  const withEvents = flags.on("output-watch-events");
  if (!withEvents || (output !== "json" && output !== "yaml")) return (object) => host.out(printer.print(object));
  return (object, type) =>
    host.out(
      output === "json"
        ? `{"type":${JSON.stringify(type)},"object":${toJson(object)}}\n`
        : `---\n${toYaml({ object, type })}`,
    );
}
