import ts from "typescript";
import { nodesOf, parse, place, type SourceText } from "./sources.ts";

const maxFileLines = 500;
const maxFunctionLines = 70;
/** A React component's markup takes room of its own. */
const maxComponentLines = 120;

/** A file or function that may be longer, with its reason. */
export interface Allowance {
  readonly path: string;
  readonly why: string;
}

const isFunction = (node: ts.Node): node is ts.FunctionLikeDeclaration =>
  ts.isFunctionDeclaration(node) ||
  ts.isFunctionExpression(node) ||
  ts.isArrowFunction(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isConstructorDeclaration(node) ||
  ts.isAccessor(node);

/** The function's own name, or that of the constant it is given to, wrapped (`memo(...)`) or not. */
function nameOf(node: ts.FunctionLikeDeclaration): string {
  if (node.name) return node.name.getText();
  let parent: ts.Node = node.parent;
  while (ts.isCallExpression(parent)) parent = parent.parent;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) ? parent.name.getText() : "a function";
}

/** `path: lines` for every file that is too long. */
export function longFiles(sources: readonly SourceText[], allowances: readonly Allowance[]): string[] {
  return sources.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split("\n").length;
    const allowed = lines <= maxFileLines || allowances.some((one) => one.path === path);
    return allowed ? [] : [`${path}: ${lines} lines`];
  });
}

/** `path:line: name, lines` for every function that is too long; in test files the callbacks of describe don't count. */
export function longFunctions(sources: readonly SourceText[]): string[] {
  return sources.flatMap((source) => {
    const file = parse(source);
    const isTest = /\.test\.tsx?$/.test(source.path);
    return [...nodesOf(file)].filter(isFunction).flatMap((node) => {
      const isCallback = ts.isCallExpression(node.parent);
      if (isTest && isCallback) return [];
      const lines = node.getText().split("\n").length;
      const name = nameOf(node);
      const isComponent = source.path.endsWith(".tsx") && /^[A-Z]/.test(name);
      const limit = isComponent ? maxComponentLines : maxFunctionLines;
      return lines > limit ? [`${place(file, node)}: ${name}, ${lines} lines`] : [];
    });
  });
}

/** `path:line: text` for every line that a pattern finds. */
export function linesWith(sources: readonly SourceText[], pattern: RegExp): string[] {
  return sources.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );
}
