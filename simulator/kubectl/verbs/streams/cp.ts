import type { Pod } from "../../../api/schema/generated/types.ts";
import { bytesOfText, textOfBytes } from "../../../node/files/bytes.ts";
import { type ArchiveEntry, readArchive, writeArchive } from "../../archive.ts";
import { type Call, type Command, CommandError, complaint } from "../../cli/command.ts";
import type { HostFiles } from "../../cli/host.ts";
import { chosenContainer } from "../../cli/pods.ts";
import { urlPart } from "../../mapping.ts";
import { told } from "./exec.ts";
import { type RemotePlan, runRemote } from "./remote.ts";

interface Spec {
  /** Empty for a file here. */
  readonly pod: string;
  readonly namespace: string;
  readonly file: string;
}

type Place = Pick<RemotePlan, "namespace" | "pod" | "container">;

/** `kubectl cp`, by archives that `tar` in the container reads and writes. Models kubectl pkg/cmd/cp. */
export const cp: Command = {
  name: "cp",
  use: "<file-spec-src> <file-spec-dest> [options]",
  short: "Copy files and directories to and from containers",
  flags: [
    { name: "container", short: "c", type: "string", default: "", usage: "The container." },
    { name: "no-preserve", type: "bool", default: "false", usage: "Files get the owner and rights of new ones." },
    { name: "retries", type: "int", default: "0", usage: "Taken for the sake of scripts." },
  ],
  run: runCp,
};

function specOf(text: string): Spec {
  const cut = text.indexOf(":");
  if (cut < 0) return { pod: "", namespace: "", file: withoutSlash(text) };
  const place = text.slice(0, cut).split("/");
  const file = withoutSlash(text.slice(cut + 1));
  const [first = "", second] = place;
  if (place.length > 2) {
    throw complaint("filespec must match the canonical format: [[namespace/]pod:]file/path");
  }
  if (first === "" && second === undefined) {
    throw complaint("filespec must match the canonical format: [[namespace/]pod:]file/path");
  }
  return second === undefined ? { pod: first, namespace: "", file } : { pod: second, namespace: first, file };
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

async function runCp(call: Call): Promise<number> {
  const [from, to, ...more] = call.words;
  if (from === undefined || to === undefined || more.length > 0) throw complaint("source and destination are required");
  const [source, target] = [specOf(from), specOf(to)];
  if (source.pod !== "" && target.pod !== "") throw complaint("one of src or dest must be a local file specification");
  if (source.file === "" || target.file === "") throw complaint("filepath can not be empty");
  if (source.pod === "" && target.pod === "") throw complaint("one of src or dest must be a remote file specification");
  return source.pod === "" ? upload(call, source.file, target) : download(call, source, target.file);
}

/** The pod of a spec, and a container in it. */
async function placeOf(call: Call, spec: Spec): Promise<Place> {
  const namespace = spec.namespace || call.client.namespace;
  const path = `/api/v1/namespaces/${urlPart(namespace)}/pods/${urlPart(spec.pod)}`;
  const pod = (await call.client.get(path)).body as unknown as Pod;
  const { container } = chosenContainer(call, pod, call.flags.text("container"), false);
  return { namespace, pod: spec.pod, container: container.name };
}

/** The bytes of a file here; undefined when there is none. */
async function bytesHere(files: HostFiles, path: string): Promise<string | undefined> {
  const read = await (files.readBytes?.(path) ?? files.read(path));
  if (!read.ok) return undefined;
  return files.readBytes === undefined ? bytesOfText(read.value) : read.value;
}

// Models kubectl pkg/cmd/cp recursiveTar
/** What an archive of a file or folder holds; `as` is what it is called there. Undefined when there is nothing. */
async function entriesOf(files: HostFiles, path: string, as: string): Promise<readonly ArchiveEntry[] | undefined> {
  const names = await files.list(path);
  if (names === undefined) {
    const bytes = await bytesHere(files, path);
    return bytes === undefined ? undefined : [{ path: as, kind: "file", bytes }];
  }
  if (names.length === 0) return [{ path: as, kind: "folder", bytes: "" }];
  const entries: ArchiveEntry[] = [];
  for (const name of names) entries.push(...((await entriesOf(files, `${path}/${name}`, `${as}/${name}`)) ?? []));
  return entries;
}

/** A path without `.` and `..` where they can be done without. Models path.Clean. */
function clean(path: string): string {
  const parts: string[] = [];
  const root = path.startsWith("/") ? "/" : "";
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (root === "") parts.push(part);
  }
  return root + parts.join("/") || ".";
}

const baseOf = (path: string) => clean(path).slice(clean(path).lastIndexOf("/") + 1) || "/";

function folderOf(path: string): string {
  const cut = clean(path).lastIndexOf("/");
  return cut < 0 ? "." : clean(path).slice(0, cut) || "/";
}

async function isFolderThere(call: Call, place: Place, path: string): Promise<boolean> {
  const ignore = () => undefined;
  const plan = { ...place, command: ["test", "-d", path], stdin: false, tty: false, stderr: true };
  try {
    return (await told(runRemote(call, { ...plan, hear: ignore, hearErr: ignore }))) === 0;
  } catch (error) {
    if (error instanceof CommandError) return false;
    throw error;
  }
}

async function upload(call: Call, file: string, target: Spec): Promise<number> {
  const { files } = call.host;
  const isThere = (await files.list(file)) !== undefined || (await bytesHere(files, file)) !== undefined;
  if (!isThere) throw complaint(`${file} doesn't exist in local filesystem`);
  const place = await placeOf(call, target);
  const path = (await isFolderThere(call, place, target.file)) ? `${target.file}/${baseOf(file)}` : target.file;
  const entries = (await entriesOf(files, clean(file), baseOf(path))) ?? [];
  const owners = call.flags.on("no-preserve") ? ["--no-same-permissions", "--no-same-owner"] : [];
  const command = ["tar", ...owners, "-xmf", "-", "-C", folderOf(path)];
  const input = writeArchive(entries);
  return told(runRemote(call, { ...place, command, stdin: true, tty: false, stderr: true, input }));
}

async function download(call: Call, source: Spec, to: string): Promise<number> {
  const place = await placeOf(call, source);
  let archive = "";
  const hear = (more: string) => {
    archive += more;
  };
  // What tar has to say is no error of kubectl's: it goes to standard output.
  const hearErr = (bytes: string) => call.host.out(textOfBytes(bytes));
  const command = ["tar", "cf", "-", source.file];
  const plan = { ...place, command, stdin: false, tty: false, stderr: true };
  const exit = await told(runRemote(call, { ...plan, hear, hearErr }));
  await unpack(call, readArchive(archive), source, to);
  return exit;
}

// Models kubectl pkg/cmd/cp stripPathShortcuts
/** How the names in an archive of a path begin. */
function prefixOf(file: string): string {
  const rest = clean(file.replace(/^[/\\]+/, "")).replace(/^(\.\.\/)+/, "");
  return rest === "." || rest === ".." ? "" : rest.replace(/^\//, "");
}

// Models kubectl pkg/cmd/cp untarAll
async function unpack(call: Call, entries: readonly ArchiveEntry[], source: Spec, to: string): Promise<void> {
  const { host, client } = call;
  const prefix = prefixOf(source.file);
  let hasWarned = false;
  for (const { path, kind, bytes, target = "" } of entries) {
    if (!path.startsWith(prefix)) throw complaint("tar contents corrupted");
    const place = clean(`${to}/${path.slice(prefix.length)}`);
    if (!isWithin(clean(to), place)) {
      host.err(`warning: file ${JSON.stringify(place)} is outside target destination, skipping\n`);
      continue;
    }
    if (kind === "link") {
      const [namespace, pod, file] = [source.namespace || client.namespace, source.pod, source.file].map((each) =>
        JSON.stringify(each),
      );
      const advice = ` (consider using "kubectl exec -n ${namespace} ${pod} -- tar cf - ${file} | tar xf -")`;
      const link = `${JSON.stringify(place)} -> ${JSON.stringify(target)}`;
      host.err(`warning: skipping symlink: ${link}${hasWarned ? "" : advice}\n`);
      hasWarned = true;
      continue;
    }
    await put(host.files, place, kind === "folder" ? undefined : bytes);
  }
}

function isWithin(folder: string, path: string): boolean {
  if (folder === ".") return !path.startsWith("/") && path !== ".." && !path.startsWith("../");
  return path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);
}

/** Writes a file, or makes a folder, and the folders above it. */
async function put(files: HostFiles, path: string, bytes: string | undefined): Promise<void> {
  const folder = bytes === undefined ? path : folderOf(path);
  const made = folder === "." || folder === "/" ? undefined : await files.makeFolder?.(folder);
  if (made !== undefined && !made.ok) throw complaint(`mkdir ${folder}: ${made.error}`);
  if (bytes === undefined) return;
  const isFolder = (await files.list(path)) !== undefined;
  if (isFolder) throw complaint(`open ${path}: is a directory`);
  const done = await (files.writeBytes?.(path, bytes) ?? files.write(path, textOfBytes(bytes)));
  if (!done.ok) throw complaint(`open ${path}: ${done.error}`);
}
