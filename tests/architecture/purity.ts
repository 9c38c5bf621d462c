import ts from "typescript";
import { nodesOf, parse, place, type SourceText } from "./sources.ts";

/** Calls that reach the wall clock, global chance, the event loop, or the machine's language and time zone. */
const forbiddenMembers = new Set([
  "Math.random",
  "Date.now",
  "performance.now",
  "crypto.randomUUID",
  "crypto.getRandomValues",
]);
const forbiddenCalls = new Set(["setTimeout", "setInterval", "queueMicrotask", "setImmediate", "fetch", "Date"]);
const localMethods =
  /^(localeCompare|toLocale\w*|get(Hours|Minutes|Day|Date|Month|FullYear|TimezoneOffset)|to(Date|Time)String)$/;

/** What this node does that the simulator may not, or undefined. */
function impurity(node: ts.Node, mayWait: boolean): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText().replace(/\s|\?/g, "");
    if (forbiddenMembers.has(text)) return text;
    if (localMethods.test(node.name.text)) return `.${node.name.text} (depends on the machine's language or time zone)`;
  }
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && forbiddenCalls.has(node.expression.text))
    return `${node.expression.text}()`;
  if (ts.isNewExpression(node) && node.expression.getText() === "Date" && !node.arguments?.length) return "new Date()";
  if (ts.isIdentifier(node) && node.text === "Intl") return "Intl (depends on the machine's language)";
  if (mayWait) return undefined;
  if (node.kind === ts.SyntaxKind.AsyncKeyword && ts.isModifier(node)) return "async";
  if (ts.isAwaitExpression(node)) return "await";
  const isPromiseValue = ts.isIdentifier(node) && node.text === "Promise" && ts.isExpression(node.parent);
  return isPromiseValue ? "Promise" : undefined;
}

/** The edges, which wait for others: kubectl for an API server, the scenario runner for kubectl, shells for their interpreter. */
const edges = /^simulator\/(kubectl|scenario|shell)\//;

/** Lends the shells' library a seeded `Math.random` for as long as it works. */
const chance = "simulator/shell/chance.ts";

/** `path:line: what` for everything in simulator sources that a pure, synchronous, repeatable simulator may not do. */
export function impurities(sources: readonly SourceText[]): string[] {
  return sources.flatMap((source) => {
    const file = parse(source);
    return [...nodesOf(file)].flatMap((node) => {
      const what = impurity(node, edges.test(source.path));
      return what && !(source.path === chance && what === "Math.random") ? [`${place(file, node)}: ${what}`] : [];
    });
  });
}
