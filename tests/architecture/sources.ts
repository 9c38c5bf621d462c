import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** A source file: its path from the repository's root, with `/`, and its text. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

export const repositoryRoot = join(dirname(fileURLToPath(import.meta.url)), "../..");

const code = /(?<!\.d)\.(ts|tsx|mjs)$/;
const notOurs = new Set(["node_modules", "dist", "generated"]);

/** Every code file below the named folders of the repository; a folder that is not there holds none. */
export function sourceFiles(folders: readonly string[]): readonly SourceText[] {
  return folders.flatMap((folder) => below(join(repositoryRoot, folder)));
}

function below(folder: string): SourceText[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : below(path);
    if (!code.test(entry.name)) return [];
    return [{ path: relative(repositoryRoot, path).split(sep).join("/"), text: readFileSync(path, "utf8") }];
  });
}

/** The syntax tree of a file, with parents, and without types. */
export function parse({ path, text }: SourceText): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
}

/** Every node below (and with) this one, in source order. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  for (const child of children) yield* nodesOf(child);
}

/** `path:line`, for messages. */
export function place(file: ts.SourceFile, node: ts.Node): string {
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}`;
}
