import type { ScriptNode, StatementNode, WordNode } from "./library.ts";

/*
 * The interpreter writes a here-document where its `<<` stands, so that whatever follows on that line would belong to it
 * (`cat <<EOF | kubectl apply -f -`). Here each is left out of the tree first, and its text put behind the line.
 */

const MARK = /<<<\s*__here_(\d+)__/g;

interface HereDocument {
  readonly type: "HereDoc";
}

/** A tree as the text that it is read from again; `serialize` is the interpreter's own way. */
export function writeScript(script: ScriptNode, serialize: (script: ScriptNode) => string): string {
  const documents: object[] = [];
  const bare = withoutDocuments(script, documents);
  if (documents.length === 0) return serialize(script);
  const texts = documents.map((redirection) => serialize(alone(redirection)));
  const lines: string[] = [];
  for (const line of serialize(bare).split("\n")) {
    const bodies: string[] = [];
    const opened = line.replace(MARK, (_, at: string) => {
      const text = texts[Number(at)] ?? "";
      bodies.push(text.slice(text.indexOf("\n") + 1).replace(/\n$/, ""));
      return text.slice(text.indexOf("<<"), text.indexOf("\n"));
    });
    lines.push(opened, ...bodies);
  }
  return lines.join("\n");
}

function isHereDocument(value: unknown): value is HereDocument {
  return typeof value === "object" && value !== null && (value as Partial<HereDocument>).type === "HereDoc";
}

function withoutDocuments<T>(tree: T, found: object[]): T {
  if (Array.isArray(tree)) return tree.map((each) => withoutDocuments(each, found)) as T;
  if (typeof tree !== "object" || tree === null) return tree;
  if ("target" in tree && isHereDocument(tree.target)) {
    const target: WordNode = { type: "Word", parts: [{ type: "Literal", value: `__here_${found.length}__` }] };
    found.push({ ...tree, fd: null });
    return { ...tree, operator: "<<<", target };
  }
  const entries = Object.entries(tree).map(([name, value]) => [name, withoutDocuments(value, found)]);
  return Object.fromEntries(entries) as T;
}

/** A redirection of nothing: `: <<EOF`. */
function alone(redirection: object): ScriptNode {
  const name: WordNode = { type: "Word", parts: [{ type: "Literal", value: ":" }] };
  const command = { type: "SimpleCommand", assignments: [], name, args: [], redirections: [redirection] };
  const pipeline = { type: "Pipeline", commands: [command], negated: false };
  const statement = { type: "Statement", pipelines: [pipeline], operators: [], background: false };
  return { type: "Script", statements: [statement as unknown as StatementNode] };
}
