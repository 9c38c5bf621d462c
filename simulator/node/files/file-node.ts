/**
 * A file, folder or link as plain data. A tree of them over another one hides what it names: `gone` is a name that the tree
 * below has and that was removed; an opaque folder hides all that the folder below it has.
 */
export interface FileNode {
  kind: "file" | "directory" | "link" | "gone";
  /** Permission bits with sticky and set-id bits, such as 0o1777. */
  mode: number;
  uid: number;
  gid: number;
  /** Milliseconds since 1970. */
  mtimeMs: number;
  /** Contents of a file, one character a byte. */
  bytes?: string;
  /** Where a link points to. */
  target?: string;
  /** What is in a folder, by its name with a slash before it: a file may be called `__proto__`. */
  children?: { [slashName: string]: FileNode };
  opaque?: boolean;
}

export interface Ownership {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtimeMs?: number;
}

const own = ({ mode, uid = 0, gid = 0, mtimeMs = 0 }: Ownership, defaultMode: number) => ({
  mode: mode ?? defaultMode,
  uid,
  gid,
  mtimeMs,
});

export function fileNode(bytes: string, more: Ownership = {}): FileNode {
  return { kind: "file", ...own(more, 0o644), bytes };
}

export function folderNode(children: { [name: string]: FileNode } = {}, more: Ownership = {}): FileNode {
  const named: { [slashName: string]: FileNode } = {};
  for (const [name, child] of Object.entries(children)) named[`/${name}`] = child;
  return { kind: "directory", ...own(more, 0o755), children: named };
}

export function linkNode(target: string, more: Ownership = {}): FileNode {
  return { kind: "link", ...own(more, 0o777), target };
}

/** The entry of that name in a folder, removed ones too. */
export function childOf(folder: FileNode | undefined, name: string): FileNode | undefined {
  return folder?.children?.[`/${name}`];
}

export function setChild(folder: FileNode, name: string, child: FileNode): void {
  folder.children ??= {};
  folder.children[`/${name}`] = child;
}

/** Puts a node at a path of folders that are made where they are missing. */
export function putAt(root: FileNode, path: string, node: FileNode): void {
  const parts = path.split("/").filter((part) => part !== "");
  const last = parts.pop();
  if (last === undefined) return;
  let folder = root;
  for (const part of parts) {
    let next = childOf(folder, part);
    if (next === undefined) {
      next = folderNode({}, { uid: root.uid, gid: root.gid, mtimeMs: root.mtimeMs });
      setChild(folder, part, next);
    }
    folder = next;
  }
  setChild(folder, last, node);
}
