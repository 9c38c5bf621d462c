import { goQuote } from "../../api/meta/go-text.ts";
import { isObject, type JsonObject } from "../../base/json.ts";
import { CommandError, complaint } from "../cli/command.ts";
import type { FlagSpec, Flags } from "../cli/flags.ts";
import type { Host } from "../cli/host.ts";
import { ColumnsText } from "./columns-text.ts";
import { type CustomColumn, customCell, customColumns, customColumnsFromTemplate } from "./custom-columns.ts";
import { parseGoTemplate } from "./go-template.ts";
import { goText } from "./go-text.ts";
import { sortedKeys, toJson } from "./json.ts";
import { JsonPath } from "./jsonpath.ts";
import { PathError } from "./jsonpath-parse.ts";
import { toKyaml } from "./kyaml.ts";
import { toYaml } from "./yaml.ts";

/** Makes text of one object; the caller prints it. What an earlier call printed counts for parts between objects. */
export interface Printer {
  print(object: JsonObject): string;
}

/** `-o` and what goes with it. */
export const PRINT_FLAGS: readonly FlagSpec[] = [
  { name: "output", short: "o", type: "string", default: "", usage: "Output format." },
  { name: "template", type: "string", default: "", usage: "Template text or path for the go-template formats." },
  { name: "show-managed-fields", type: "bool", default: "false", usage: "Keep managedFields in JSON and YAML." },
  {
    name: "allow-missing-template-keys",
    type: "bool",
    default: "true",
    usage: "Missing keys in templates are no error.",
  },
];

/** The same, for a command that has a format of its own where none is asked for. */
export function printFlagsWith(output: string): readonly FlagSpec[] {
  return PRINT_FLAGS.map((flag) => (flag.name === "output" ? { ...flag, shown: `'${output}'` } : flag));
}

const TEMPLATES = ["go-template", "go-template-file", "template", "templatefile"];
const PATHS = ["jsonpath", "jsonpath-as-json", "jsonpath-file"];
const COLUMNS = ["custom-columns", "custom-columns-file"];
/** Formats of commands that print objects as they are. */
export const OBJECT_FORMATS: readonly string[] = ["json", "yaml", "kyaml", "name", ...TEMPLATES, ...PATHS];
/** Formats of `get`, besides its tables. */
export const GET_FORMATS: readonly string[] = [...OBJECT_FORMATS, ...COLUMNS, "wide"];

/** The format that `-o` names; a template without a format is Go's. */
export function outputOf(flags: Flags): string {
  return flags.text("output") || (flags.text("template") === "" ? "" : "go-template");
}

// Models cli-runtime pkg/genericclioptions PrintFlags.ToPrinter
/** The printer that `-o` asks for, or kubectl's complaint. */
export async function printerFor(flags: Flags, host: Host, formats: readonly string[]): Promise<Printer> {
  const output = outputOf(flags);
  const cut = output.indexOf("=");
  const format = cut < 0 ? output : output.slice(0, cut);
  const argument = cut < 0 ? flags.text("template") : output.slice(cut + 1);
  const isLone = cut < 0 || TEMPLATES.includes(format) || PATHS.includes(format) || COLUMNS.includes(format);
  if (!isLone || !formats.includes(format)) throw unmatched(output, formats);
  const plain = plainPrinter(format, flags.on("show-managed-fields"));
  if (plain !== undefined) return plain;
  if (COLUMNS.includes(format))
    return columnsPrinter(
      await columnsOf(format, argument, flags, host),
      format === "custom-columns" && noHeaders(flags),
    );
  if (argument === "") throw complaint("template format specified but no template given");
  const isFile = format.endsWith("file");
  const text = isFile ? await fileText(host, argument) : argument;
  if (PATHS.includes(format)) return pathPrinter(text, format, flags.on("allow-missing-template-keys"));
  return templatePrinter(text, flags.on("allow-missing-template-keys"));
}

function unmatched(output: string, formats: readonly string[]): Error {
  const allowed = [...formats].sort().join(",");
  return complaint(
    `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${allowed}`,
  );
}

async function fileText(host: Host, path: string): Promise<string> {
  const text = await host.files.read(path);
  if (!text.ok) throw complaint(`error reading --template ${path}, open ${path}: ${text.error}`);
  return text.value;
}

function plainPrinter(format: string, showManaged: boolean): Printer | undefined {
  const shown = (object: JsonObject) => (showManaged ? object : withoutManagedFields(object));
  if (format === "json") return { print: (object) => `${toJson(shown(object), 4)}\n` };
  if (format === "kyaml") return { print: (object) => toKyaml(sortedKeys(shown(object))) };
  if (format === "name") return { print: (object) => `${objectName(object)}\n` };
  if (format !== "yaml") return undefined;
  let count = 0;
  return { print: (object) => (count++ === 0 ? "" : "---\n") + toYaml(shown(object)) };
}

function pathPrinter(text: string, format: string, allowMissing: boolean): Printer {
  let path: JsonPath;
  try {
    path = new JsonPath(text, !allowMissing);
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    throw complaint(`error parsing jsonpath ${text}, ${error.message}`);
  }
  const asJson = format === "jsonpath-as-json";
  return {
    print(object) {
      try {
        if (!asJson) return path.print(object);
        return path
          .find(object)
          .map((values) => `${toJson([...values], 4)}\n`)
          .join("");
      } catch (error) {
        if (!(error instanceof PathError)) throw error;
        throw complaint(`error executing jsonpath ${goQuote(text)}: ${executionError(error, text, object)}\n`);
      }
    },
  };
}

/** The words that go with a template that could not be carried out. */
function executionError(error: Error, text: string, object: JsonObject): string {
  const given = `template was:\n\t\t${text}\n\tobject given to jsonpath engine was:\n\t\t${goValue(object)}\n\n`;
  return `Error executing template: ${error.message}. Printing more information for debugging the template:\n\t${given}`;
}

/** A value as Go's %#v prints it. */
function goValue(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goValue).join(", ")}}`;
  if (isObject(value)) {
    const pairs = Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${goValue(value[key])}`);
    return `map[string]interface {}{${pairs.join(", ")}}`;
  }
  return value === null ? "interface {}(nil)" : JSON.stringify(value);
}

function templatePrinter(text: string, allowMissing: boolean): Printer {
  const parsed = parseGoTemplate(text, allowMissing);
  if (!parsed.ok) throw complaint(`error parsing template ${text}, ${parsed.error}`);
  const template = parsed.value;
  return {
    print(object) {
      const done = template(object);
      if (done.ok) return done.value;
      const { text: written, problem } = done.error;
      const printed = written + templateExplanation(problem, text, object);
      throw new CommandError(`error: error executing template ${goQuote(text)}: ${problem}`, 1, printed);
    },
  };
}

/** What is printed of a template that could not be carried out. */
function templateExplanation(problem: string, text: string, object: JsonObject): string {
  const head = `Error executing template: ${problem}. Printing more information for debugging the template:\n`;
  const given = `\tobject given to template engine was:\n\t\t${goText(object)}\n\n`;
  return `${head}\ttemplate was:\n\t\t${text}\n\traw data was:\n\t\t${toJson(object)}\n${given}`;
}

async function columnsOf(format: string, argument: string, flags: Flags, host: Host): Promise<CustomColumn[]> {
  if (format === "custom-columns") return customColumns(argument);
  if (argument === "") throw complaint("custom-columns format specified but no custom columns given");
  const text = await host.files.read(argument || flags.text("template"));
  if (!text.ok) throw complaint(`error reading template ${argument}, open ${argument}: ${text.error}`);
  return customColumnsFromTemplate(text.value);
}

function noHeaders(flags: Flags): boolean {
  return flags.has("no-headers") && flags.on("no-headers");
}

function columnsPrinter(columns: readonly CustomColumn[], bare: boolean): Printer {
  const text = new ColumnsText();
  let count = 0;
  return {
    print(object) {
      const items = Array.isArray(object.items) ? object.items : [object];
      const rows = count++ === 0 && !bare ? [columns.map(({ header }) => header)] : [];
      const shown = () =>
        text
          .lines(rows)
          .map((line) => `${line}\n`)
          .join("");
      try {
        for (const item of items) rows.push(columns.map((column) => customCell(column, item)));
      } catch (error) {
        if (!(error instanceof PathError)) throw error;
        throw new CommandError(`error: ${error.message}`, 1, shown());
      }
      return shown();
    },
  };
}

function withoutManagedFields(object: JsonObject): JsonObject {
  if (Array.isArray(object.items)) {
    return { ...object, items: object.items.map((item) => (isObject(item) ? withoutManagedFields(item) : item)) };
  }
  if (!isObject(object.metadata) || object.metadata.managedFields === undefined) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** `pod/web-1`, `deployment.apps/web`. Models cli-runtime printers name.go. */
export function objectName(object: JsonObject): string {
  const group =
    typeof object.apiVersion === "string" && object.apiVersion.includes("/") ? object.apiVersion.split("/")[0] : "";
  const kind = String(object.kind).toLowerCase();
  const metadata = isObject(object.metadata) ? object.metadata : {};
  return `${kind}${group === "" ? "" : `.${group}`}/${metadata.name === undefined ? "<unknown>" : String(metadata.name)}`;
}
