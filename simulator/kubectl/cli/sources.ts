import { type ManifestDocument, parseManifests } from "../documents.ts";
import { CommandError, complaint } from "./command.ts";
import type { Host } from "./host.ts";

/** A manifest, and the word by which messages name where it came from: a path, or STDIN. */
export interface SourceDocument {
  readonly source: string;
  readonly document: ManifestDocument;
}

const EXTENSIONS = [".json", ".yaml", ".yml"];

/** Documents of the files, folders and `-` that `-f` names, in order. Models cli-runtime resource.Builder.FilenameParam. */
export async function documentsOf(
  host: Host,
  filenames: readonly string[],
  recursive: boolean,
): Promise<readonly SourceDocument[]> {
  const documents: SourceDocument[] = [];
  const paths: string[] = [];
  for (const filename of filenames) paths.push(...(await expanded(host, filename)));
  await checkPaths(host, paths);
  for (const filename of paths) {
    if (filename === "-") documents.push(...parsed("STDIN", await host.stdin()));
    else if (/^https?:\/\//.test(filename)) throw unreachable(filename);
    else documents.push(...(await fromPath(host, filename, recursive)));
  }
  return documents;
}

// Models cli-runtime pkg/resource builder.go expandIfFilePattern, and Go's filepath.Glob
/** The paths that a pattern stands for; what is there, or what nothing fits, stands for itself. */
async function expanded(host: Host, pattern: string): Promise<readonly string[]> {
  if (!/[*?[]/.test(pattern) || (await isThere(host, pattern))) return [pattern];
  let found = [pattern.startsWith("/") ? "/" : ""];
  for (const part of pattern.split("/").filter((each) => each !== "")) {
    const fits = new RegExp(
      `^${part
        .replace(/[.+^${}()|\\]/g, "\\$&")
        .replaceAll("*", "[^/]*")
        .replaceAll("?", "[^/]")}$`,
    );
    const next: string[] = [];
    for (const folder of found) {
      const names = (await host.files.list(folder === "" ? "." : folder)) ?? [];
      const start = folder === "" || folder === "/" ? folder : `${folder}/`;
      if (/[*?[]/.test(part)) next.push(...names.filter((name) => fits.test(name)).map((name) => start + name));
      else if (await isThere(host, start + part)) next.push(start + part);
    }
    found = next;
  }
  return found.length > 0 ? found.sort() : [pattern];
}

async function isThere(host: Host, path: string): Promise<boolean> {
  return (await host.files.list(path)) !== undefined || (await host.files.read(path)).ok;
}

/** What is not there is told all at once, before anything is read. */
async function checkPaths(host: Host, filenames: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const path of filenames) {
    if (path === "-" || /^https?:\/\//.test(path) || (await host.files.list(path)) !== undefined) continue;
    const read = await host.files.read(path);
    if (!read.ok && read.error.includes("no such file"))
      missing.push(`the path ${JSON.stringify(path)} does not exist`);
  }
  if (missing.length === 1) throw complaint(String(missing[0]));
  if (missing.length > 1) throw new CommandError(missing.join("\n"));
}

function parsed(source: string, text: string): SourceDocument[] {
  return parseManifests(text).map((document) => ({ source, document }));
}

function unreachable(url: string): Error {
  const host = /^https?:\/\/([^/]*)/.exec(url)?.[1] ?? url;
  const name = host.replace(/:\d+$/, "");
  return complaint(
    `unable to read URL ${JSON.stringify(url)}: Get ${JSON.stringify(url)}: dial tcp: lookup ${name}: no such host`,
  );
}

async function fromPath(host: Host, path: string, recursive: boolean): Promise<SourceDocument[]> {
  const files = await filesUnder(host, path, recursive, true);
  if (files === undefined) throw complaint(`the path ${JSON.stringify(path)} does not exist`);
  if (files.length === 0)
    throw complaint(`error reading [${path}]: recognized file extensions are [${EXTENSIONS.join(" ")}]`);
  const documents: SourceDocument[] = [];
  for (const file of files) {
    const text = await host.files.read(file);
    if (!text.ok)
      throw complaint(
        text.error.includes("no such file")
          ? `the path ${JSON.stringify(path)} does not exist`
          : `open ${file}: ${text.error}`,
      );
    documents.push(...parsed(file, text.value));
  }
  return documents;
}

/** Files at a path; undefined when there is nothing. A folder's own files only, unless told to go deeper. */
async function filesUnder(host: Host, path: string, recursive: boolean, isTop: boolean): Promise<string[] | undefined> {
  const names = await host.files.list(path);
  if (names === undefined) return [path];
  const files: string[] = [];
  for (const name of names) {
    const inner = `${path.replace(/\/$/, "")}/${name}`;
    const isFolder = (await host.files.list(inner)) !== undefined;
    if (isFolder && (recursive || !isTop)) files.push(...((await filesUnder(host, inner, recursive, false)) ?? []));
    else if (!isFolder && EXTENSIONS.some((extension) => name.endsWith(extension))) files.push(inner);
  }
  return files;
}
