import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const models = join(
  dirname(fileURLToPath(import.meta.url)),
  "../../node_modules/@kubernetes/client-node/dist/gen/models",
);

/** Upstream's words for a field of one of our schema's types, out of the typings of the client library. */
export function fieldDoc(type: string, field: string): string | undefined {
  const file = [`V1${type}`, `CoreV1${type}`, type].map((name) => join(models, `${name}.d.ts`)).find(existsSync);
  if (file === undefined) return undefined;
  const words = new RegExp(`/\\*\\*\\n\\s+\\* (.*)\\n\\s+\\*/\\n\\s+'${field}'\\??:`).exec(
    readFileSync(file, "utf8"),
  )?.[1];
  return words?.replace(/\\(.)/g, "$1");
}

/** Words without the differences that the typings' generator makes: line breaks and runs of blanks. */
export function plainWords(text: unknown): string {
  return String(text).replace(/\s+/g, " ").trim();
}
