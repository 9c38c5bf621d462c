/** One file or folder of an archive; `path` has no slash at its ends, and `bytes` are one character each. */
export interface ArchiveEntry {
  readonly path: string;
  readonly kind: "file" | "folder" | "link";
  readonly bytes: string;
  /** Where a link points to. */
  readonly target?: string;
}

const BLOCK = 512;
const NAME_BYTES = 100;
const CHECKSUM_AT = 148;
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;
/** Kinds of records, POSIX's and GNU's, that name the record after them. */
const PAX = "x";
const LONG_NAME = "L";

function field(text: string, length: number): string {
  return text.slice(0, length).padEnd(length, "\0");
}

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, "0")}\0`;
}

function checksum(header: string): number {
  let sum = 0;
  for (let at = 0; at < BLOCK; at++) {
    // The sum is made as if its own place held blanks.
    sum += at >= CHECKSUM_AT && at < CHECKSUM_AT + 8 ? 32 : header.charCodeAt(at);
  }
  return sum;
}

function record(name: string, type: string, mode: number, bytes: string): string {
  const head = `${field(name, NAME_BYTES)}${octal(mode, 8)}${octal(0, 8)}${octal(0, 8)}${octal(bytes.length, 12)}${octal(0, 12)}`;
  const tail = `${type}${field("", NAME_BYTES)}ustar\x0000`;
  const blank = field(`${head}${" ".repeat(8)}${tail}`, BLOCK);
  const header = `${head}${octal(checksum(blank), 7)} ${tail}`;
  return field(header, BLOCK) + padded(bytes);
}

function padded(bytes: string): string {
  return bytes + "\0".repeat((BLOCK - (bytes.length % BLOCK)) % BLOCK);
}

/** A record that gives the next one a name too long for its header. */
function longName(path: string): string {
  // The length of such a line counts itself.
  const rest = ` path=${path}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return record("PaxHeaders/name", PAX, FILE_MODE, `${length}${rest}`);
}

/** A tar archive, as bytes. Models archive/tar for what `kubectl cp` sends; times and owners are none. */
export function writeArchive(entries: readonly ArchiveEntry[]): string {
  const records = entries.map(({ path, kind, bytes }) => {
    const name = kind === "folder" ? `${path}/` : path;
    const long = name.length > NAME_BYTES ? longName(name) : "";
    const mode = kind === "folder" ? FOLDER_MODE : FILE_MODE;
    return long + record(name, kind === "folder" ? "5" : "0", mode, kind === "folder" ? "" : bytes);
  });
  return records.join("") + "\0".repeat(2 * BLOCK);
}

/** What a tar archive holds; names are as they stand there, without a slash at the end. Stops where it is no archive. */
export function readArchive(archive: string): readonly ArchiveEntry[] {
  const entries: ArchiveEntry[] = [];
  let long: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.slice(at, at + BLOCK);
    if (/^\0*$/.test(header) || Number.parseInt(header.slice(CHECKSUM_AT), 8) !== checksum(header)) break;
    const text = (from: number, length: number) => header.slice(from, from + length).split("\0")[0] ?? "";
    const size = Number.parseInt(text(124, 12), 8) || 0;
    const bytes = archive.slice(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = header.charAt(156);
    if (type === PAX || type === LONG_NAME) {
      long = type === PAX ? /(?:^|\n)\d+ path=([^\n]*)\n/.exec(bytes)?.[1] : bytes.replace(/\0+$/, "");
      continue;
    }
    const prefix = header.slice(257, 262) === "ustar" ? text(345, 155) : "";
    const name = long ?? (prefix === "" ? text(0, NAME_BYTES) : `${prefix}/${text(0, NAME_BYTES)}`);
    long = undefined;
    const kind = type === "5" || name.endsWith("/") ? "folder" : type === "2" || type === "1" ? "link" : "file";
    entries.push({ path: name.replace(/\/+$/, ""), kind, bytes, ...(kind === "link" && { target: text(157, 100) }) });
  }
  return entries;
}
