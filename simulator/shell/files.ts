import type { FileProblem, FileStat, FileView } from "../index.ts";
import type { IFileSystem } from "./library.ts";

const isProblem = (value: unknown): value is FileProblem =>
  typeof value === "object" && value !== null && "code" in value;

function raise(problem: FileProblem, call: string, path: string): never {
  throw Object.assign(new Error(`${problem.code}: ${problem.message.toLowerCase()}, ${call} '${path}'`), {
    code: problem.code,
  });
}

const missing: FileProblem = { code: "ENOENT", message: "No such file or directory" };

function bytesOf(content: string | Uint8Array, encoding?: unknown): string {
  if (typeof content !== "string") {
    let text = "";
    for (const byte of content) text += String.fromCharCode(byte);
    return text;
  }
  const name = typeof encoding === "string" ? encoding : (encoding as { encoding?: string } | undefined)?.encoding;
  if (name === "binary" || name === "latin1") return content;
  return utf8Bytes(content);
}

/** Text as UTF-8, one character a byte. */
export function utf8Bytes(text: string): string {
  if (!/[\u0080-\uffff]/.test(text)) return text;
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

/** UTF-8, one character a byte, as text. */
export function textOfUtf8(bytes: string): string {
  if (!/[\u0080-\u00ff]/.test(bytes)) return bytes;
  return new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
}

function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/")) || "/";

/** What a command's own streams are for, when it opens them by name. */
export interface Streams {
  stdout: string;
  stderr: string;
  readonly stdin: string;
}

/** The files of the container that is being looked at, as the interpreter wants them. Nothing is copied. */
export class ContainerFiles implements IFileSystem {
  #view: FileView | undefined;
  #streams: Streams = { stdout: "", stderr: "", stdin: "" };
  #commands: Pick<ReadonlySet<string>, "has"> = new Set();

  /** From now on it shows these. */
  show(view: FileView, streams: Streams, commands: Pick<ReadonlySet<string>, "has">): void {
    this.#view = view;
    this.#streams = streams;
    this.#commands = commands;
  }

  get #files(): FileView {
    if (this.#view === undefined) throw new Error("no files are shown");
    return this.#view;
  }

  async readFile(path: string, options?: unknown): Promise<string> {
    const bytes = this.#read(path);
    const name = typeof options === "string" ? options : (options as { encoding?: string } | undefined)?.encoding;
    return name === "binary" || name === "latin1" ? bytes : textOfUtf8(bytes);
  }

  async readFileBytes(path: string): Promise<never> {
    // The library's type for bytes is a string of one character a byte, under a name of its own.
    return this.#read(path) as never;
  }

  async readFileBuffer(path: string): Promise<Uint8Array> {
    return Uint8Array.from(this.#read(path), (char) => char.charCodeAt(0));
  }

  #read(path: string): string {
    const place = normal(path);
    if (place === "/dev/null") return "";
    if (place === "/dev/stdin" || place === "/proc/self/fd/0" || place === "/dev/fd/0") return this.#streams.stdin;
    if (place === "/dev/zero") return "\u0000".repeat(1024 * 1024);
    const bytes = this.#files.read(place);
    return isProblem(bytes) ? raise(bytes, "open", path) : bytes;
  }

  async writeFile(path: string, content: string | Uint8Array, options?: unknown): Promise<void> {
    this.#put(path, bytesOf(content, options), "write");
  }

  async appendFile(path: string, content: string | Uint8Array, options?: unknown): Promise<void> {
    this.#put(path, bytesOf(content, options), "append");
  }

  #put(path: string, bytes: string, how: "write" | "append"): void {
    const place = normal(path);
    if (/^\/dev\/(null|zero|full|random|urandom)$/.test(place)) return;
    if (/^\/(dev\/stdout|proc\/(self|1)\/fd\/1|dev\/fd\/1|dev\/tty)$/.test(place)) this.#streams.stdout += bytes;
    else if (/^\/(dev\/stderr|proc\/(self|1)\/fd\/2|dev\/fd\/2)$/.test(place)) this.#streams.stderr += bytes;
    else {
      const problem = this.#files[how](place, bytes);
      if (problem !== undefined) raise(problem, "open", path);
    }
  }

  async exists(path: string): Promise<boolean> {
    const place = normal(path);
    return this.#isProgram(place) || place.startsWith("/dev/") || this.#files.stat(place, true) !== undefined;
  }

  #isProgram(place: string): boolean {
    const program = /^\/bin\/([^/]+)$/.exec(place)?.[1];
    return program !== undefined && this.#commands.has(program);
  }

  async stat(path: string) {
    return this.#stat(path, true);
  }

  async lstat(path: string) {
    return this.#stat(path, false);
  }

  #stat(path: string, follows: boolean) {
    const place = normal(path);
    const found: FileStat | undefined =
      this.#files.stat(place, follows) ??
      (place.startsWith("/dev/") ? { kind: "file", mode: 0o666, sizeBytes: 0, mtimeMs: 0 } : undefined) ??
      (this.#isProgram(place) ? { kind: "file", mode: 0o755, sizeBytes: 1024, mtimeMs: 0 } : undefined);
    if (found === undefined) return raise(missing, follows ? "stat" : "lstat", path);
    return {
      isFile: found.kind === "file",
      isDirectory: found.kind === "directory",
      isSymbolicLink: found.kind === "link",
      mode: found.mode,
      size: found.sizeBytes,
      mtime: new Date(found.mtimeMs),
    };
  }

  async mkdir(path: string, options?: { recursive?: boolean }): Promise<void> {
    const place = normal(path);
    if (options?.recursive !== true) return this.#check(this.#files.makeFolder(place), "mkdir", path);
    let folder = "";
    for (const part of place.split("/").slice(1)) {
      folder += `/${part}`;
      if (this.#files.stat(folder, true) === undefined) this.#check(this.#files.makeFolder(folder), "mkdir", path);
    }
  }

  async readdir(path: string): Promise<string[]> {
    const names = this.#files.list(normal(path));
    return isProblem(names) ? raise(names, "scandir", path) : [...names];
  }

  async readdirWithFileTypes(path: string) {
    const folder = normal(path);
    return (await this.readdir(path)).map((name) => {
      const kind = this.#files.stat(`${folder === "/" ? "" : folder}/${name}`)?.kind;
      return { name, isFile: kind === "file", isDirectory: kind === "directory", isSymbolicLink: kind === "link" };
    });
  }

  async rm(path: string, options?: { recursive?: boolean; force?: boolean }): Promise<void> {
    const place = normal(path);
    const found = this.#files.stat(place);
    if (found === undefined) {
      if (options?.force === true) return;
      raise(missing, "rm", path);
    }
    if (found.kind === "directory" && options?.recursive === true) {
      for (const name of await this.readdir(place)) await this.rm(`${place === "/" ? "" : place}/${name}`, options);
    }
    if (place !== "/") this.#check(this.#files.remove(place), "rm", path);
  }

  async cp(from: string, to: string, options?: { recursive?: boolean }): Promise<void> {
    const found = this.#files.stat(normal(from), true);
    if (found === undefined) return raise(missing, "cp", from);
    if (found.kind !== "directory") {
      this.#check(this.#files.write(normal(to), this.#read(from), found.mode), "cp", to);
      return;
    }
    if (options?.recursive !== true) raise({ code: "EISDIR", message: "Is a directory" }, "cp", from);
    await this.mkdir(to, { recursive: true });
    for (const name of await this.readdir(from))
      await this.cp(`${normal(from)}/${name}`, `${normal(to)}/${name}`, options);
  }

  async mv(from: string, to: string): Promise<void> {
    const found = this.#files.stat(normal(from));
    if (found === undefined) return raise(missing, "mv", from);
    if (found.kind === "link") this.#check(this.#files.link(normal(to), found.target ?? ""), "mv", to);
    else await this.cp(from, to, { recursive: true });
    await this.rm(from, { recursive: true });
  }

  resolvePath(base: string, path: string): string {
    return normal(path.startsWith("/") ? path : `${base}/${path}`);
  }

  getAllPaths(): string[] {
    return [];
  }

  async chmod(path: string, mode: number): Promise<void> {
    this.#check(this.#files.chmod(normal(path), mode), "chmod", path);
  }

  async symlink(target: string, path: string): Promise<void> {
    this.#check(this.#files.link(normal(path), target), "symlink", path);
  }

  async link(from: string, to: string): Promise<void> {
    await this.cp(from, to);
  }

  async readlink(path: string): Promise<string> {
    const found = this.#files.stat(normal(path));
    if (found?.kind !== "link") return raise(missing, "readlink", path);
    return found.target ?? "";
  }

  async realpath(path: string): Promise<string> {
    let place = normal(path);
    for (let count = 0; count < 40; count++) {
      const found = this.#files.stat(place);
      if (found === undefined) return place.startsWith("/dev/") ? place : raise(missing, "realpath", path);
      if (found.kind !== "link") return place;
      const target = found.target ?? "";
      place = normal(target.startsWith("/") ? target : `${parentOf(place)}/${target}`);
    }
    return raise({ code: "ELOOP", message: "Too many levels of symbolic links" }, "realpath", path);
  }

  async utimes(path: string, _atime: Date, mtime: Date): Promise<void> {
    this.#check(this.#files.touch(normal(path), mtime.getTime()), "utimes", path);
  }

  #check(problem: FileProblem | undefined, call: string, path: string): void {
    if (problem !== undefined) raise(problem, call, path);
  }
}
