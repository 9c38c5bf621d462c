import { posix } from "node:path";
import ts from "typescript";
import { door, type Exception, exceptions, layers, simulatorPackages } from "./arrows.ts";
import { nodesOf, parse, type SourceText } from "./sources.ts";

interface Import {
  readonly specifier: string;
  readonly typesOnly: boolean;
}

/** Everything a file imports, re-exports, imports lazily, or names by `new URL("...", import.meta.url)`. */
export function importsOf(source: SourceText): readonly Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node | undefined, typesOnly: boolean) => {
    if (node && ts.isStringLiteralLike(node)) found.push({ specifier: node.text, typesOnly });
  };
  for (const node of nodesOf(parse(source))) {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true);
    } else if (ts.isNewExpression(node) && node.expression.getText() === "URL" && node.arguments?.length === 2) {
      add(node.arguments[0], false);
    }
  }
  return found;
}

/** `simulator/api/patch/merge.ts` -> `simulator/api`; `src/main.tsx` -> `src/main`; `server/http.ts` -> `server`. */
function roomOf(path: string): string {
  const [folder, second = ""] = path.split("/");
  return folder === "simulator" || folder === "src" ? `${folder}/${second.replace(/\.[a-z]+$/, "")}` : `${folder}`;
}

const levelOf = (room: string) => layers.findIndex((line) => line.includes(room));

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Why this import is not allowed, or undefined when it is. */
function objection(path: string, { specifier, typesOnly }: Import, allowed: readonly Exception[]): string | undefined {
  const room = roomOf(path);
  if (!specifier.startsWith(".")) {
    const free = !room.startsWith("simulator/") || simulatorPackages.includes(packageOf(specifier));
    return free ? undefined : "is not among the simulator's packages";
  }
  const target = posix.join(posix.dirname(path), specifier.replace(/[?#].*$/, ""));
  const targetRoom = roomOf(target);
  if (room === targetRoom) return undefined;
  const excepted = allowed.some(
    (arrow) => path.startsWith(arrow.from) && target.startsWith(arrow.to) && (typesOnly || !arrow.typesOnly),
  );
  if (excepted) return undefined;
  if (levelOf(targetRoom) < 0) return `leads to ${targetRoom}, which has no line in tests/architecture/arrows.ts`;
  if (targetRoom.startsWith("simulator/") && !room.startsWith("simulator/") && targetRoom !== door)
    return `goes round the door, ${door}.ts`;
  if (levelOf(targetRoom) < levelOf(room)) return undefined;
  return levelOf(targetRoom) === levelOf(room)
    ? `crosses to ${targetRoom}, beside ${room}`
    : `climbs to ${targetRoom}, above ${room}`;
}

/** One sentence for every import that the list of arrows does not allow, and for every room that it doesn't know. */
export function violations(sources: readonly SourceText[], allowed: readonly Exception[] = exceptions): string[] {
  return sources.flatMap((source) => {
    if (levelOf(roomOf(source.path)) < 0)
      return [`${source.path}: ${roomOf(source.path)} has no line in tests/architecture/arrows.ts`];
    return importsOf(source).flatMap((found) => {
      const why = objection(source.path, found, allowed);
      return why ? [`${source.path}: "${found.specifier}" ${why}`] : [];
    });
  });
}
