import type { JsonValue } from "../../base/json.ts";
import { complaint } from "../cli/command.ts";
import { goText } from "./go-text.ts";
import { JsonPath, relaxedPath } from "./jsonpath.ts";
import { PathError } from "./jsonpath-parse.ts";

export interface CustomColumn {
  readonly header: string;
  readonly path: JsonPath;
}

// Models kubectl pkg/cmd/get customcolumn.go NewCustomColumnsPrinterFromSpec
/** `NAME:.metadata.name,IMAGE:.spec.image` as columns. */
export function customColumns(spec: string): CustomColumn[] {
  if (spec === "") throw complaint("custom-columns format specified but no custom columns given");
  return spec.split(",").map((part) => {
    const cut = part.indexOf(":");
    if (cut < 0) {
      throw complaint(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    }
    return columnOf(part.slice(0, cut), part.slice(cut + 1));
  });
}

/** Headers on the first line, paths on the second, parted by blanks. */
export function customColumnsFromTemplate(text: string): CustomColumn[] {
  const [headers = "", paths] = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  if (paths === undefined)
    throw complaint(
      `invalid template, missing ${text === "" ? "header" : "spec"} line. Expected format is one line of space separated headers, one line of space separated column specs.`,
    );
  const names = headers.trim().split(/\s+/);
  const specs = paths.trim().split(/\s+/);
  if (names.length !== specs.length) {
    throw complaint(`number of headers (${names.length}) and field specifications (${specs.length}) don't match`);
  }
  return names.map((header, index) => columnOf(header, specs[index] ?? ""));
}

function columnOf(header: string, spec: string): CustomColumn {
  try {
    return { header, path: new JsonPath(relaxedPath(spec)) };
  } catch (error) {
    throw error instanceof PathError ? complaint(error.message) : error;
  }
}

/** What a column shows of an object. */
export function customCell(column: CustomColumn, object: JsonValue): string {
  const values = column.path.find(object).flat();
  return values.length === 0 ? "<none>" : values.map(goText).join(",");
}
