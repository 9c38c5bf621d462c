import { define, type Overload } from "../../cel/functions/overload.ts";
import type { CelType, ObjectType } from "../../cel/types.ts";
import { CelMap, type CelValue } from "../../cel/values.ts";

/** What mutations are written in: `Object{…}`, `Object.spec{…}` and `JSONPatch{…}`. Models apiserver pkg/cel/mutation. */

const objectType = (name: string): ObjectType => ({ kind: "object", name, fields: new Map() });

export const APPLY_CONFIGURATION = objectType("Object");
export const JSON_PATCH = objectType("JSONPatch");

/** How the rewritten text names the functions that stand for literals. */
const FUNCTIONS = { Object: "__Object", JSONPatch: "__JSONPatch", part: "__part" } as const;
const ESCAPE = "jsonpatch.escapeKey";

function literal(name: string, result: CelType, typeName?: string): Overload {
  const call = (fields: CelMap): CelValue => new CelMap(fields.source, typeName);
  return { ...define(name, "map(string, dyn)", "dyn", call), result };
}

export const mutationFunctions: readonly Overload[] = [
  literal(FUNCTIONS.Object, APPLY_CONFIGURATION, APPLY_CONFIGURATION.name),
  literal(FUNCTIONS.JSONPatch, JSON_PATCH, JSON_PATCH.name),
  literal(FUNCTIONS.part, { kind: "dyn" }),
  define("__escapeKey", "string", "string", (key: string) => key.replaceAll("~", "~0").replaceAll("/", "~1")),
];

/** Strings of all sorts, comments, names with dots and the brace after them, and single characters. */
const TOKEN =
  /(?:[rR]|[bB][rR]?|[rR][bB])?(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\/\/[^\n]*|[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*(?:\s*\{)?|\s+|[\s\S]/g;
const LITERAL = /^(Object|JSONPatch)((?:\s*\.\s*[A-Za-z_]\w*)*)\s*\{$/;

/** What a bracket that is open is: of a literal, where a field's name or its value is read, or any other. */
interface Open {
  readonly close: string;
  readonly isLiteral: boolean;
  inValue: boolean;
}

/**
 * The parser knows no literals of messages: they become calls of functions, with their fields as a map. Errors point into
 * the text that comes of it.
 */
export function withoutLiterals(source: string): string {
  const open: Open[] = [];
  let text = "";
  for (const [token] of source.matchAll(TOKEN)) {
    const top = open.at(-1);
    const [, root, parts = ""] = LITERAL.exec(token) ?? [];
    if (root !== undefined) {
      const name = parts === "" ? FUNCTIONS[root as "Object" | "JSONPatch"] : FUNCTIONS.part;
      open.push({ close: "})", isLiteral: true, inValue: false });
      text += `${name}({`;
    } else if (top?.isLiteral && !top.inValue && /^[A-Za-z_]\w*$/.test(token)) {
      text += `"${token}"`;
    } else if (top?.isLiteral && token === ":" && !top.inValue) {
      top.inValue = true;
      text += ": dyn(";
    } else if (top?.isLiteral && (token === "," || token === "}")) {
      text += top.inValue ? ")" : "";
      top.inValue = false;
      if (token === "}") open.pop();
      text += token === "}" ? top.close : token;
    } else {
      const last = token.at(-1);
      if (last === "{" || token === "(" || token === "[") open.push({ close: "", isLiteral: false, inValue: true });
      else if (token === "}" || token === ")" || token === "]") open.pop();
      text += token.replace(ESCAPE, "__escapeKey");
    }
  }
  return text;
}
