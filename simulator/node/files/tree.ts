import { childOf, type FileNode, folderNode, setChild } from "./file-node.ts";

/** A file tree that may be written to: what was changed lies over what is given. Paths are lists of names. */
export class FileTree {
  /** What lies below; never changed here, and made when somebody looks. */
  readonly #below: () => FileNode | undefined;
  #made = false;
  #lowerNode: FileNode | undefined;
  readonly #upper: () => FileNode | undefined;
  readonly #make: (() => FileNode) | undefined;

  /**
   * `below` gives what lies below; `upper` what was changed, if anything; `make` makes that when the first change comes, and
   * is absent where nothing may be changed. Folders that are missing on the way to a change are made like the one above.
   */
  constructor(
    below: () => FileNode | undefined,
    upper: () => FileNode | undefined = () => undefined,
    make: (() => FileNode) | undefined = undefined,
  ) {
    this.#below = below;
    this.#upper = upper;
    this.#make = make;
  }

  get #lower(): FileNode | undefined {
    if (!this.#made) this.#lowerNode = this.#below();
    this.#made = true;
    return this.#lowerNode;
  }

  get readOnly(): boolean {
    return this.#make === undefined;
  }

  /** What is at a path, of its own: links are not followed. */
  find(path: readonly string[]): FileNode | undefined {
    const { upper, lower } = this.#descend(path);
    return upper === undefined ? lower : upper.kind === "gone" ? undefined : upper;
  }

  /** Names in a folder, sorted. */
  names(path: readonly string[]): string[] {
    const { upper, lower } = this.#descend(path);
    const names = new Set<string>();
    if (upper?.kind !== "gone" && upper?.opaque !== true) {
      for (const slashName in lower?.children ?? {}) names.add(slashName.slice(1));
    }
    for (const [slashName, child] of Object.entries(upper?.children ?? {})) {
      if (child.kind === "gone") names.delete(slashName.slice(1));
      else names.add(slashName.slice(1));
    }
    return [...names].sort();
  }

  /** Puts a node at a path whose folder is there. */
  put(path: readonly string[], node: FileNode): void {
    const name = path.at(-1);
    if (name === undefined) return;
    const folder = this.#own(path.slice(0, -1));
    const hidden = this.#descend(path);
    const hidesFolder = node.kind === "directory" && (hidden.lower !== undefined || hidden.upper?.kind === "gone");
    setChild(folder, name, hidesFolder ? { ...node, opaque: true } : node);
  }

  /** Takes away what is at a path. */
  remove(path: readonly string[]): void {
    const name = path.at(-1);
    if (name === undefined) return;
    const below = this.#descend(path).lower;
    const folder = this.#own(path.slice(0, -1));
    if (below === undefined) delete folder.children?.[`/${name}`];
    else setChild(folder, name, { kind: "gone", mode: 0, uid: 0, gid: 0, mtimeMs: 0 });
  }

  /** What is at a path, as one's own copy that may be changed. It must be there. */
  change(path: readonly string[]): FileNode {
    return this.#own(path);
  }

  /** What is at a path in either layer: `gone` is given as it is, and hides what is below. */
  #descend(path: readonly string[]): { upper: FileNode | undefined; lower: FileNode | undefined } {
    let upper = this.#upper();
    let lower = this.#lower;
    for (const name of path) {
      const isHidden = upper !== undefined && (upper.kind !== "directory" || upper.opaque === true);
      upper = childOf(upper, name);
      lower = isHidden ? undefined : childOf(lower, name);
    }
    return { upper, lower };
  }

  #own(path: readonly string[]): FileNode {
    let own = this.#upper() ?? this.#make?.() ?? folderNode();
    let lower = this.#lower;
    for (const name of path) {
      lower = own.opaque === true ? undefined : childOf(lower, name);
      let next = childOf(own, name);
      if (next === undefined || next.kind === "gone") {
        const { children: _, ...copy } = lower ?? folderNode({}, own);
        next = copy;
        setChild(own, name, next);
      }
      own = next;
    }
    return own;
  }
}
