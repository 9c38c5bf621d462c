/** A value as JSON has it. */
export type Json = { readonly [key: string]: unknown };

const MASK = /<[A-Z]+[0-9]*>|xxxxx/;

/** Whether a text is the recorded one, whose masks stand for any text. */
function textMatches(recorded: string, actual: unknown): boolean {
  if (!MASK.test(recorded)) return recorded === actual;
  if (/^<(RV|TIME|UID|IP|NODEPORT|CONTINUE|HASH)>$/.test(recorded)) return actual !== undefined && actual !== null;
  const pattern = recorded.split(MASK).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pattern.join("[\\s\\S]*")}$`).test(String(actual));
}

/** Where an answer is not the recorded one: paths with both values. */
export function differences(recorded: unknown, actual: unknown, path = ""): string[] {
  if (typeof recorded === "string") {
    return textMatches(recorded, actual) ? [] : [`${path}: ${short(actual)} instead of ${short(recorded)}`];
  }
  if (Array.isArray(recorded) && Array.isArray(actual)) return listDifferences(recorded, actual, path);
  if (isMap(recorded) && isMap(actual)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(actual).filter((key) => actual[key] !== undefined)]);
    return [...keys].flatMap((key) => differences(recorded[key], actual[key], `${path}.${key}`));
  }
  return Object.is(recorded, actual) ? [] : [`${path}: ${short(actual)} instead of ${short(recorded)}`];
}

function listDifferences(recorded: readonly unknown[], actual: readonly unknown[], path: string): string[] {
  // A server that walks a map gives causes in any order, and one that looks twice gives them twice: they are a set.
  if (path.endsWith(".details.causes")) {
    const missing = recorded.filter((item) => !actual.some((other) => differences(item, other).length === 0));
    const extra = actual.filter((other) => !recorded.some((item) => differences(item, other).length === 0));
    return [
      ...missing.map((item) => `${path}: nothing like ${short(item)}`),
      ...extra.map((item) => `${path}: ${short(item)} too much`),
    ];
  }
  if (recorded.length !== actual.length) {
    return [
      `${path}: ${actual.length} items instead of ${recorded.length}: ${short(actual)} instead of ${short(recorded)}`,
    ];
  }
  return recorded.flatMap((item, index) => differences(item, actual[index], `${path}[${index}]`));
}

function isMap(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

/** A message of several errors, `[a, b]`, with its parts in order: the server may walk a map. */
export function evenMessage(body: unknown): unknown {
  if (!isMap(body) || typeof body.message !== "string") return body;
  const match = /^([\s\S]*?: )\[([\s\S]*)\]$/.exec(body.message);
  if (match === null) return body;
  return { ...body, message: `${match[1]}[${(match[2] ?? "").split(", ").sort().join(", ")}]` };
}
