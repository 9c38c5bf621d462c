/** A mistake in an expression: what is wrong, and at which offset (in UTF-16 units) of the source. */
export interface CelIssue {
  readonly message: string;
  readonly at: number;
}

/** Mistakes with the place of each, as cel-go prints them. Models cel-go common/errors.go ToDisplayString. */
export function formatIssues(source: string, issues: readonly CelIssue[]): string {
  return [...issues]
    .sort((a, b) => a.at - b.at)
    .map(({ message, at }) => {
      const before = source.slice(0, at);
      const lineStart = before.lastIndexOf("\n") + 1;
      const lineNumber = before.split("\n").length;
      const end = source.indexOf("\n", lineStart);
      const line = source.slice(lineStart, end < 0 ? undefined : end).replaceAll("\t", " ");
      const column = [...source.slice(lineStart, at)];
      const dots = column.map((char) => ((char.codePointAt(0) ?? 0) > 0x2e80 ? "．" : ".")).join("");
      return `ERROR: <input>:${lineNumber}:${column.length + 1}: ${message}\n | ${line}\n | ${dots}^`;
    })
    .join("\n");
}
