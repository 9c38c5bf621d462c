/** A piece of a line: plain, `code` or **bold**. */
export interface Span {
  readonly text: string;
  readonly look: "plain" | "code" | "bold";
}
export type Block =
  | { readonly kind: "paragraph"; readonly spans: readonly Span[] }
  | { readonly kind: "list"; readonly items: readonly (readonly Span[])[] };

/** Reads the small Markdown of lessons: paragraphs, lists with `-`, `code` and **bold**; nothing else. */
export function readMarkdown(text: string): readonly Block[] {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((block): Block => {
      const lines = block.split("\n");
      if (!lines[0]?.trimStart().startsWith("- ")) return { kind: "paragraph", spans: spans(lines.join(" ")) };
      const items: string[] = [];
      for (const line of lines) {
        const trimmed = line.trim();
        if (trimmed.startsWith("- ")) items.push(trimmed.slice(2));
        else items.push(`${items.pop() ?? ""} ${trimmed}`);
      }
      return { kind: "list", items: items.map(spans) };
    });
}

function spans(text: string): readonly Span[] {
  const found: Span[] = [];
  for (const part of text.split(/(`[^`]+`|\*\*[^*]+\*\*)/)) {
    if (part === "") continue;
    if (part.startsWith("`")) found.push({ text: part.slice(1, -1), look: "code" });
    else if (part.startsWith("**")) found.push({ text: part.slice(2, -2), look: "bold" });
    else found.push({ text: part, look: "plain" });
  }
  return found;
}
