import { isObject, type JsonObject } from "../../base/json.ts";
import type { RestMapping } from "../mapping.ts";
import { printedName } from "../mapping.ts";
import { ColumnsText, cellText } from "./columns-text.ts";

export interface TableOptions {
  readonly wide: boolean;
  readonly headers: boolean;
  readonly withNamespace: boolean;
  readonly withKind: boolean;
  readonly showLabels: boolean;
  readonly labelColumns: readonly string[];
}

interface Column {
  readonly name: string;
  readonly format: string;
  readonly priority: number;
}

export interface TableRow {
  readonly cells: readonly unknown[];
  readonly object: JsonObject;
}

/** A Table that a server made, and of what. */
export interface ServedTable {
  readonly mapping: RestMapping;
  readonly columns: readonly Column[];
  readonly rows: readonly TableRow[];
  /** The type of the watch's event that it came with, when that is to be shown. */
  readonly event?: string;
}

/** Reads a Table from an answer; undefined when it is none. */
export function servedTable(body: JsonObject, mapping: RestMapping): ServedTable | undefined {
  if (body.kind !== "Table" || !Array.isArray(body.columnDefinitions)) return undefined;
  const columns = body.columnDefinitions.filter(isObject).map((column) => ({
    name: String(column.name),
    format: String(column.format ?? ""),
    priority: Number(column.priority ?? 0),
  }));
  const rows = (Array.isArray(body.rows) ? body.rows : []).filter(isObject).map((row) => ({
    cells: Array.isArray(row.cells) ? row.cells : [],
    object: isObject(row.object) ? row.object : {},
  }));
  return { mapping, columns, rows };
}

/** Prints tables one after the other; those of one kind that follow each other share their header. */
export class TablePrinter {
  readonly #options: TableOptions;
  #text = new ColumnsText();
  #last: string | undefined;

  constructor(options: TableOptions) {
    this.#options = options;
  }

  // Models cli-runtime printers tableprinter.go and kubectl pkg/cmd/get get.go
  print(table: ServedTable): string {
    const { mapping } = table;
    const key = `${mapping.group}/${mapping.version}/${mapping.plural}`;
    const isNew = key !== this.#last;
    const gap = isNew && this.#last !== undefined && this.#options.headers ? "\n" : "";
    if (isNew) this.#text = new ColumnsText();
    this.#last = key;
    const rows = table.rows.map((row) => this.#row(table, row));
    const header = isNew && this.#options.headers ? [this.#header(table)] : [];
    return (
      gap +
      this.#text
        .lines([...header, ...rows])
        .map((line) => `${line}\n`)
        .join("")
    );
  }

  #shown({ columns }: ServedTable): readonly number[] {
    return columns.flatMap(({ priority }, index) => (priority === 0 || this.#options.wide ? [index] : []));
  }

  #header(table: ServedTable): string[] {
    const { withNamespace, labelColumns, showLabels } = this.#options;
    return [
      ...(table.event === undefined ? [] : ["EVENT"]),
      ...(withNamespace && table.mapping.namespaced ? ["NAMESPACE"] : []),
      ...this.#shown(table).map((index) => (table.columns[index]?.name ?? "").toUpperCase()),
      ...labelColumns.map((label) => label.slice(label.lastIndexOf("/") + 1).toUpperCase()),
      ...(showLabels ? ["LABELS"] : []),
    ];
  }

  #row(table: ServedTable, { cells, object }: TableRow): string[] {
    const { withNamespace, withKind, labelColumns, showLabels } = this.#options;
    const metadata = isObject(object.metadata) ? object.metadata : {};
    const labels = isObject(metadata.labels) ? metadata.labels : {};
    const shown = this.#shown(table).map((index) => {
      const text = cellText(cells[index]);
      return withKind && table.columns[index]?.format === "name" ? printedName(table.mapping, text) : text;
    });
    return [
      ...(table.event === undefined ? [] : [table.event]),
      ...(withNamespace && table.mapping.namespaced ? [cellText(metadata.namespace ?? "")] : []),
      ...shown,
      ...labelColumns.map((label) => cellText(labels[label] ?? "")),
      ...(showLabels ? [labelsText(labels)] : []),
    ];
  }
}

function labelsText(labels: JsonObject): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((key) => `${key}=${String(labels[key])}`);
  return pairs.length === 0 ? "<none>" : cellText(pairs.join(","));
}
