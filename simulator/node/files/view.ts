/** What is known of one file without reading it. */
export interface FileStat {
  readonly kind: "file" | "directory" | "link";
  /** Permission bits, such as 0o644. */
  readonly mode: number;
  readonly sizeBytes: number;
  /** Milliseconds since 1970, virtual. */
  readonly mtimeMs: number;
  /** Owner and group; root's where absent. */
  readonly uid?: number;
  readonly gid?: number;
  /** Where a link points to. */
  readonly target?: string;
  readonly readOnly?: boolean;
}

/** Why a file could not be had or changed; the words are those of errno, such as "No such file or directory". */
export interface FileProblem {
  readonly code: "ENOENT" | "EEXIST" | "ENOTDIR" | "EISDIR" | "ENOTEMPTY" | "EROFS" | "EACCES" | "ENOSPC" | "ELOOP";
  readonly message: string;
}

/**
 * The file tree that one container's processes see: its image, its own writable layer over it, and its mounts. Paths are
 * absolute. Contents are bytes, one character each (as in latin-1), so that they stay JSON. Changes take effect at once and
 * are plain data of the machine: they are in every snapshot.
 */
export interface FileView {
  /** Undefined when there is nothing. Follows links in all but the last part of the path (`followLast` adds that one). */
  stat(path: string, followLast?: boolean): FileStat | undefined;
  read(path: string): string | FileProblem;
  /** Names in a folder, sorted. */
  list(path: string): readonly string[] | FileProblem;
  write(path: string, bytes: string, mode?: number): FileProblem | undefined;
  append(path: string, bytes: string): FileProblem | undefined;
  makeFolder(path: string, mode?: number): FileProblem | undefined;
  link(path: string, target: string): FileProblem | undefined;
  chmod(path: string, mode: number): FileProblem | undefined;
  /** Gives a file to somebody else; what is undefined stays. */
  chown(path: string, uid: number | undefined, gid: number | undefined): FileProblem | undefined;
  /** Removes a file, a link or an empty folder. */
  remove(path: string): FileProblem | undefined;
  /** Notes a change of time, as `touch` does. */
  touch(path: string, mtimeMs: number): FileProblem | undefined;
}
