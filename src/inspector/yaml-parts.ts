export interface YamlPart {
  readonly text: string;
  readonly color?: "key" | "string" | "number";
}

const LINE = /^(\s*(?:- )*)([^\s:#][^:]*:)?(\s*)(.*)$/;

/** Cuts printed YAML into coloured parts: good enough for text that we printed ourselves. */
export function yamlParts(text: string): readonly YamlPart[] {
  const parts: YamlPart[] = [];
  for (const line of text.split("\n")) {
    const [, indent = "", key = "", space = "", value = ""] = LINE.exec(line) ?? [];
    if (indent) parts.push({ text: indent });
    if (key) parts.push({ text: key, color: "key" });
    if (space) parts.push({ text: space });
    if (value)
      parts.push(
        /^(-?\d[\d.]*|true|false|null)$/.test(value)
          ? { text: value, color: "number" }
          : { text: value, color: "string" },
      );
    parts.push({ text: "\n" });
  }
  return parts;
}
