import type { FileNode } from "./file-node.ts";
import { pathNames } from "./paths.ts";
import type { FileTree } from "./tree.ts";
import type { FileProblem, FileStat, FileView } from "./view.ts";

/** A tree at a place. `path` is a list of names without links; the root has none. */
export interface Mount {
  readonly path: readonly string[];
  readonly tree: FileTree;
  /** Folder or file of the tree that is shown there. */
  readonly root: readonly string[];
  readonly readOnly: boolean;
}

/** Who looks, and when: files are made with these. */
export interface Viewer {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly epochMs: number;
}

const MESSAGES: { readonly [code in FileProblem["code"]]: string } = {
  ENOENT: "No such file or directory",
  EEXIST: "File exists",
  ENOTDIR: "Not a directory",
  EISDIR: "Is a directory",
  ENOTEMPTY: "Directory not empty",
  EROFS: "Read-only file system",
  EACCES: "Permission denied",
  ENOSPC: "No space left on device",
  ELOOP: "Too many levels of symbolic links",
};

export const fileProblem = (code: FileProblem["code"]): FileProblem => ({ code, message: MESSAGES[code] });

const MOST_LINKS = 40;
/** More than this a container may not write into one file: it is memory of the page. */
const LARGEST_BYTES = 64 * 1024 * 1024;

const READ = 4;
const WRITE = 2;
const SEARCH = 1;

interface Place {
  /** Without links. */
  readonly path: readonly string[];
  readonly mount: Mount;
  /** In the mount's tree. */
  readonly inner: readonly string[];
  readonly node: FileNode | undefined;
}

const isProblem = (value: Place | FileProblem): value is FileProblem => "code" in value;
const startsWith = (path: readonly string[], start: readonly string[]): boolean =>
  start.length <= path.length && start.every((name, index) => path[index] === name);

/** A folder that is there only because something is mounted below it. */
const BARE_FOLDER: FileNode = Object.freeze({ kind: "directory", mode: 0o755, uid: 0, gid: 0, mtimeMs: 0 });

/** Files of several trees as one, with links followed and permissions checked as a kernel does. */
export class MountedView implements FileView {
  readonly #mounts: readonly Mount[];
  readonly #viewer: Viewer;

  /** The first mount is the root; later ones lie over earlier ones. */
  constructor(mounts: readonly Mount[], viewer: Viewer) {
    this.#mounts = mounts;
    this.#viewer = viewer;
  }

  stat(path: string, followLast = false): FileStat | undefined {
    const place = this.#resolve(path, followLast);
    if (isProblem(place) || place.node === undefined) return undefined;
    const { kind, mode, mtimeMs, bytes = "", target, uid, gid } = place.node;
    if (kind === "gone") return undefined;
    const sizeBytes = kind === "file" ? bytes.length : kind === "link" ? (target?.length ?? 0) : 4096;
    const readOnly = this.#isReadOnly(place);
    return { kind, mode, sizeBytes, mtimeMs, uid, gid, ...(target !== undefined && { target }), readOnly };
  }

  read(path: string): string | FileProblem {
    const place = this.#resolve(path, true);
    if (isProblem(place)) return place;
    if (place.node === undefined) return fileProblem("ENOENT");
    if (place.node.kind === "directory") return fileProblem("EISDIR");
    if (!this.#may(place.node, READ)) return fileProblem("EACCES");
    return place.node.bytes ?? "";
  }

  list(path: string): readonly string[] | FileProblem {
    const place = this.#resolve(path, true);
    if (isProblem(place)) return place;
    if (place.node === undefined) return fileProblem("ENOENT");
    if (place.node.kind !== "directory") return fileProblem("ENOTDIR");
    if (!this.#may(place.node, READ)) return fileProblem("EACCES");
    return this.#namesAt(place);
  }

  write(path: string, bytes: string, mode?: number): FileProblem | undefined {
    if (bytes.length > LARGEST_BYTES) return fileProblem("ENOSPC");
    const place = this.#resolve(path, true);
    if (isProblem(place)) return place;
    if (place.node !== undefined) {
      const refused = this.#refusal(place, place.node, WRITE);
      if (refused !== undefined || isNullDevice(place.path)) return refused;
      const node = place.mount.tree.change(place.inner);
      node.bytes = bytes;
      node.mtimeMs = this.#viewer.epochMs;
      if (mode !== undefined) node.mode = mode;
      return undefined;
    }
    return this.#create(place, { kind: "file", mode: mode ?? 0o644, ...this.#mine(), bytes });
  }

  append(path: string, bytes: string): FileProblem | undefined {
    const place = this.#resolve(path, true);
    if (isProblem(place)) return place;
    if (place.node?.kind === "directory") return fileProblem("EISDIR");
    return this.write(path, (place.node?.bytes ?? "") + bytes);
  }

  makeFolder(path: string, mode = 0o755): FileProblem | undefined {
    return this.#createAt(path, { kind: "directory", mode, ...this.#mine() });
  }

  link(path: string, target: string): FileProblem | undefined {
    return this.#createAt(path, { kind: "link", mode: 0o777, ...this.#mine(), target });
  }

  chmod(path: string, mode: number): FileProblem | undefined {
    return this.#changeOwn(path, (node) => {
      node.mode = mode & 0o7777;
    });
  }

  chown(path: string, uid: number | undefined, gid: number | undefined): FileProblem | undefined {
    return this.#changeOwn(path, (node) => {
      if (uid !== undefined) node.uid = uid;
      if (gid !== undefined) node.gid = gid;
    });
  }

  touch(path: string, mtimeMs: number): FileProblem | undefined {
    return this.#changeOwn(path, (node) => {
      node.mtimeMs = mtimeMs;
    });
  }

  remove(path: string): FileProblem | undefined {
    const place = this.#resolve(path, false);
    if (isProblem(place)) return place;
    if (place.node === undefined) return fileProblem("ENOENT");
    if (this.#isMountPoint(place.path)) return { code: "EACCES", message: "Resource busy" };
    if (place.node.kind === "directory" && this.#namesAt(place).length > 0) return fileProblem("ENOTEMPTY");
    const folder = this.#at(place.path.slice(0, -1));
    if (folder.node === undefined || place.inner.length === 0) return fileProblem("EACCES");
    if (this.#isReadOnly(place)) return fileProblem("EROFS");
    if (!this.#may(folder.node, WRITE)) return fileProblem("EACCES");
    const isKept = (folder.node.mode & 0o1000) !== 0 && this.#viewer.uid !== 0 && place.node.uid !== this.#viewer.uid;
    if (isKept) return { code: "EACCES", message: "Operation not permitted" };
    place.mount.tree.remove(place.inner);
    this.#touched(folder);
    return undefined;
  }

  #mine() {
    const { uid, gid, epochMs } = this.#viewer;
    return { uid, gid, mtimeMs: epochMs };
  }

  #createAt(path: string, node: FileNode): FileProblem | undefined {
    const place = this.#resolve(path, false);
    if (isProblem(place)) return place;
    return place.node === undefined ? this.#create(place, node) : fileProblem("EEXIST");
  }

  #create(place: Place, node: FileNode): FileProblem | undefined {
    const folder = this.#at(place.path.slice(0, -1));
    if (folder.node === undefined) return fileProblem("ENOENT");
    if (folder.node.kind !== "directory") return fileProblem("ENOTDIR");
    if (this.#isReadOnly(place)) return fileProblem("EROFS");
    if (!this.#may(folder.node, WRITE)) return fileProblem("EACCES");
    // A folder with the set-gid bit hands its group, and a folder the bit too, to what is made in it.
    const inherits = (folder.node.mode & 0o2000) !== 0;
    const gid = inherits ? folder.node.gid : node.gid;
    const mode = inherits && node.kind === "directory" ? node.mode | 0o2000 : node.mode;
    place.mount.tree.put(place.inner, { ...node, gid, mode });
    this.#touched(folder);
    return undefined;
  }

  #touched(folder: Place): void {
    if (this.#isReadOnly(folder)) return;
    folder.mount.tree.change(folder.inner).mtimeMs = this.#viewer.epochMs;
  }

  #changeOwn(path: string, change: (node: FileNode) => void): FileProblem | undefined {
    const place = this.#resolve(path, true);
    if (isProblem(place)) return place;
    if (place.node === undefined) return fileProblem("ENOENT");
    if (this.#isReadOnly(place)) return fileProblem("EROFS");
    const { uid } = this.#viewer;
    if (uid !== 0 && uid !== place.node.uid) return { code: "EACCES", message: "Operation not permitted" };
    change(place.mount.tree.change(place.inner));
    return undefined;
  }

  #refusal(place: Place, node: FileNode, right: number): FileProblem | undefined {
    if (node.kind === "directory") return fileProblem("EISDIR");
    if (!this.#may(node, right)) return fileProblem("EACCES");
    return this.#isReadOnly(place) && !isNullDevice(place.path) ? fileProblem("EROFS") : undefined;
  }

  #isReadOnly({ mount }: Place): boolean {
    return mount.readOnly || mount.tree.readOnly;
  }

  #may(node: FileNode, right: number): boolean {
    const { uid, gid, groups } = this.#viewer;
    if (uid === 0) return true;
    const shift = node.uid === uid ? 6 : node.gid === gid || groups.includes(node.gid) ? 3 : 0;
    return ((node.mode >> shift) & right) === right;
  }

  #isMountPoint(path: readonly string[]): boolean {
    return this.#mounts.some((mount) => mount.path.length >= path.length && startsWith(mount.path, path));
  }

  #namesAt({ path, mount, inner }: Place): string[] {
    const names = new Set(mount.tree.names(inner));
    for (const other of this.#mounts) {
      const name = other.path[path.length];
      if (name !== undefined && startsWith(other.path, path)) names.add(name);
    }
    return [...names].sort();
  }

  /** What is at a path that has no links in it. */
  #at(path: readonly string[]): Place {
    let mount: Mount | undefined;
    for (const each of this.#mounts) {
      if (startsWith(path, each.path) && each.path.length >= (mount?.path.length ?? 0)) mount = each;
    }
    if (mount === undefined) throw new Error("a view without a root");
    const inner = [...mount.root, ...path.slice(mount.path.length)];
    const node = mount.tree.find(inner) ?? this.#bareFolder(path, mount);
    return { path, mount, inner, node };
  }

  /** What stands where only something else is mounted, or where a part of a volume is mounted that is not there yet. */
  #bareFolder(path: readonly string[], mount: Mount): FileNode | undefined {
    if (!this.#isMountPoint(path)) return undefined;
    const isPart = path.length === mount.path.length && mount.path.length > 0;
    const whole = isPart ? mount.tree.find([]) : undefined;
    return whole?.kind === "directory" ? whole : BARE_FOLDER;
  }

  /** Follows links; the last name need not be there, all before it must. */
  #resolve(path: string, followLast: boolean): Place | FileProblem {
    const rest = pathNames(path);
    let here: string[] = [];
    let links = 0;
    const mustBeFolder = path.endsWith("/");
    for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
      const folder = this.#at(here);
      if (folder.node === undefined) return fileProblem("ENOENT");
      if (folder.node.kind !== "directory") return fileProblem("ENOTDIR");
      if (!this.#may(folder.node, SEARCH)) return fileProblem("EACCES");
      if (name === "..") {
        here = here.slice(0, -1);
        continue;
      }
      const place = this.#at([...here, name]);
      const isLast = rest.length === 0;
      if (place.node?.kind === "link" && (!isLast || followLast || mustBeFolder)) {
        if (++links > MOST_LINKS) return fileProblem("ELOOP");
        const target = place.node.target ?? "";
        if (target.startsWith("/")) here = [];
        rest.unshift(...pathNames(target));
        continue;
      }
      here = [...here, name];
    }
    return this.#at(here);
  }
}

function isNullDevice(path: readonly string[]): boolean {
  return path.length === 2 && path[0] === "dev" && (path[1] === "null" || path[1] === "zero" || path[1] === "full");
}
