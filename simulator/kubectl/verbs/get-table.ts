import type { ApiResponse } from "../../api/http.ts";
import { humanDuration } from "../../api/meta/duration.ts";
import { timeOf } from "../../api/meta/time.ts";
import { isObject, type JsonObject } from "../../base/json.ts";
import { build, checkBulk, listPath, listProblem, mappingsOf, missing, nextChunk } from "../cli/builder.ts";
import { type Call, CommandError } from "../cli/command.ts";
import type { Discovery } from "../cli/discovery.ts";
import { pathOf, type RestMapping } from "../mapping.ts";
import { PathError } from "../print/jsonpath-parse.ts";
import { type ServedTable, servedTable, type TableOptions, TablePrinter } from "../print/table.ts";
import { failureOf } from "../transport.ts";
import { report } from "./get.ts";
import { sortObjects, sortRows } from "./sort.ts";

export const AS_TABLE =
  "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

/** A table, with the answer that it was in. */
interface AnsweredTable extends ServedTable {
  readonly body: JsonObject;
}

interface Request {
  readonly mapping: RestMapping;
  readonly path: string;
  /** Of a whole collection. */
  readonly isList: boolean;
}

/** `kubectl get` in columns. Models kubectl pkg/cmd/get get.go Run. */
export async function printTables(call: Call, discovery: Discovery): Promise<number> {
  const { flags, host } = call;
  const requests = await requestsOf(call, discovery);
  const by = flags.text("sort-by");
  const found = await tablesOf(call, requests);
  const { problems } = found;
  const manyTypes = new Set(found.tables.map(({ mapping }) => mapping)).size > 1;
  const tables = sideBySide(by === "" ? found.tables : sortedTables(found.tables, by, host.nowEpochMs()));
  const printer = new TablePrinter({ ...tableOptions(call), withKind: flags.on("show-kind") || manyTypes });
  let isAnyPrinted = false;
  for (const table of tables) {
    if (table.rows.length === 0) continue;
    host.out(printer.print(table));
    isAnyPrinted = true;
  }
  if (!isAnyPrinted && problems.length === 0 && !flags.on("ignore-not-found")) {
    const everywhere = flags.on("all-namespaces") || !requests.some(({ mapping }) => mapping.namespaced);
    host.err(everywhere ? "No resources found\n" : `No resources found in ${call.client.namespace} namespace.\n`);
  }
  return report(call, problems);
}

/** Tables of one type that follow each other as one: their columns are in line. */
function sideBySide(tables: readonly ServedTable[]): readonly ServedTable[] {
  const joined: ServedTable[] = [];
  for (const table of tables) {
    const last = joined.at(-1);
    if (last?.mapping !== table.mapping) joined.push(table);
    else joined[joined.length - 1] = { ...last, rows: [...last.rows, ...table.rows] };
  }
  return joined;
}

// Models kubectl pkg/cmd/get get.go RuntimeSorter and sorter.go SortingPrinter
/** One table with its rows in the order of a field. Several are ordered by a field of their own, which is hardly meant. */
function sortedTables(tables: readonly AnsweredTable[], by: string, nowEpochMs: number): readonly AnsweredTable[] {
  const [first] = tables;
  if (tables.length === 1 && first !== undefined) return [{ ...first, rows: inOrder(first.rows, by, nowEpochMs) }];
  const bodies = tables.map(({ body }) => body);
  const order = sortObjects(bodies, by, nowEpochMs);
  return order.flatMap((body) => tables.filter((table) => table.body === body));
}

/** A table that can't be sorted is not printed, and that is told nowhere. */
function inOrder(rows: ServedTable["rows"], by: string, nowEpochMs: number): ServedTable["rows"] {
  if (rows.length < 2) return rows;
  try {
    return sortRows(rows, by, nowEpochMs);
  } catch (error) {
    if (error instanceof PathError) return [];
    if (error instanceof CommandError && error.message.startsWith("error: ")) return [];
    throw error;
  }
}

/** What flags say about the columns. */
export function tableOptions({ flags }: Call): Omit<TableOptions, "withKind"> {
  return {
    wide: flags.text("output") === "wide",
    headers: !flags.on("no-headers"),
    withNamespace: flags.on("all-namespaces"),
    showLabels: flags.on("show-labels"),
    labelColumns: flags.list("label-columns"),
  };
}

function selectionOf({ flags }: Call) {
  return {
    selector: flags.text("selector"),
    fieldSelector: flags.text("field-selector"),
    allNamespaces: flags.on("all-namespaces"),
  };
}

/** One request for each type, or for each name. */
async function requestsOf(call: Call, discovery: Discovery): Promise<readonly Request[]> {
  const { flags, words, client } = call;
  const selection = selectionOf(call);
  const filenames = flags.list("filename");
  const wholeObjects = flags.text("sort-by") === "" ? "" : "includeObject=Object";
  const isTypeOnly = words.length === 1 && !(words[0] ?? "").includes("/") && filenames.length === 0;
  if (isTypeOnly) {
    checkBulk(flags.text("subresource"));
    const mappings = await mappingsOf(discovery, words[0] ?? "");
    const limit = wholeObjects === "" ? flags.number("chunk-size") : 0;
    const more = [limit > 0 ? `limit=${limit}` : "", wholeObjects].filter((each) => each !== "").join("&");
    return mappings.map((mapping) => ({ mapping, path: listPath(call, mapping, selection, more), isList: true }));
  }
  const built = await build(call, discovery, {
    words,
    filenames,
    kustomize: flags.text("kustomize"),
    recursive: flags.on("recursive"),
    ...selection,
  });
  const [problem] = built.problems;
  if (problem !== undefined) throw problem;
  const subresource = flags.text("subresource");
  return built.infos.map(({ mapping, namespace, name }) => {
    const path = pathOf(mapping, namespace || client.namespace, name) + (subresource === "" ? "" : `/${subresource}`);
    return { mapping, path: wholeObjects === "" ? path : `${path}?${wholeObjects}`, isList: false };
  });
}

async function tablesOf(call: Call, requests: readonly Request[]) {
  const tables: AnsweredTable[] = [];
  const problems: CommandError[] = [];
  for (const { mapping, path, isList } of requests) {
    let next: string | undefined = "";
    while (next !== undefined) {
      const accept = call.flags.on("server-print") ? { accept: AS_TABLE } : {};
      const response: ApiResponse = await call.client.ask({ method: "GET", path: path + next, ...accept });
      if (failureOf(response) !== undefined) {
        problems.push(
          isList
            ? listProblem(response, mapping, selectionOf(call))
            : await missing(call, { namespace: mapping.namespaced ? call.client.namespace : "", source: "" }, response),
        );
        break;
      }
      const table = servedTable(response.body, mapping) ?? plainTable(response.body, mapping, call.host.nowEpochMs());
      tables.push({ ...table, body: response.body });
      next = nextChunk(response.body, path);
    }
  }
  return { tables, problems };
}

/** What is shown of objects whose server makes no tables. */
export function plainTable(body: JsonObject, mapping: RestMapping, nowEpochMs: number): ServedTable {
  const items = Array.isArray(body.items) ? body.items.filter(isObject) : [body];
  const columns = [
    { name: "Name", format: "name", priority: 0 },
    { name: "Age", format: "", priority: 0 },
  ];
  const rows = items.map((object) => {
    const metadata = isObject(object.metadata) ? object.metadata : {};
    const createdMs = timeOf(metadata.creationTimestamp as string | undefined);
    const age = createdMs === undefined ? "<unknown>" : humanDuration(nowEpochMs - createdMs);
    return { cells: [metadata.name, age], object };
  });
  return { mapping, columns, rows };
}
