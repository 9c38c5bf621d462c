import { fail, ok, type Result } from "../../base/result.ts";

// Models apimachinery pkg/fields ParseSelector: `metadata.name=a,status.phase!=Running`.

export interface FieldTerm {
  readonly field: string;
  readonly value: string;
  readonly equal: boolean;
}

/** Splits at commas that no backslash escapes. */
function splitTerms(text: string): readonly string[] {
  return text === "" ? [] : [...text.matchAll(/(?:^|,)((?:\\[\s\S]|[^,\\]|\\$)*)/g)].map((match) => match[1] ?? "");
}

function unescapeValue(value: string): Result<string, string> {
  let out = "";
  const chars = [...value];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] as string;
    if (char === "," || char === "=") {
      return fail(`invalid field selector: unescaped character in value: ${char.charCodeAt(0)}`);
    }
    if (char !== "\\") {
      out += char;
      continue;
    }
    const escaped = chars[++at] ?? "";
    if (escaped !== "\\" && escaped !== "," && escaped !== "=") {
      return fail(`invalid field selector: invalid escape sequence: \\${escaped}`);
    }
    out += escaped;
  }
  return ok(out);
}

/** Parses a field selector; which fields a resource knows is for the resource to say. */
export function parseFieldSelector(text: string): Result<readonly FieldTerm[], string> {
  const terms: FieldTerm[] = [];
  for (const part of [...splitTerms(text)].sort()) {
    if (part === "") continue;
    const split = /^([\s\S]*?)(!=|==|=)([\s\S]*)$/.exec(part);
    if (!split) return fail(`invalid selector: '${text}'; can't understand '${part}'`);
    const value = unescapeValue(split[3] ?? "");
    if (!value.ok) return value;
    const field = split[1] ?? "";
    if (field !== "" || value.value !== "") terms.push({ field, value: value.value, equal: split[2] !== "!=" });
  }
  return ok(terms);
}

/** Whether all terms hold; `read` gives a field's value as text, "" where it is not set. */
export function matchesFields(terms: readonly FieldTerm[], read: (field: string) => string): boolean {
  return terms.every((term) => (read(term.field) === term.value) === term.equal);
}

/** The value that the terms demand for a field, if they demand one: lets a list use an index. */
export function requiredFieldValue(terms: readonly FieldTerm[], field: string): string | undefined {
  return terms.find((term) => term.equal && term.field === field)?.value;
}
