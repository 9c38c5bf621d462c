import type { FileStat, ShellWorld } from "../../index.ts";
import { accountOf } from "./accounts.ts";
import { type Command, failed } from "./command.ts";

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const HALF_A_YEAR_MS = 182 * 24 * 60 * 60 * 1000;
const BLOCK = 4096;
const TYPE = { file: "-", directory: "d", link: "l" } as const;

/** The permission bits as `ls -l` shows them. */
function modeText({ kind, mode }: FileStat): string {
  const bits = [...(mode & 0o777).toString(2).padStart(9, "0")].map((bit, at) => (bit === "1" ? "rwx"[at % 3] : "-"));
  if ((mode & 0o1000) !== 0) bits[8] = bits[8] === "x" ? "t" : "T";
  return TYPE[kind] + bits.join("");
}

/** Binary multiples as `-h` shows them: one digit after the point below ten. */
export function humanBytes(bytes: number): string {
  if (bytes < 1024) return String(bytes);
  let value = bytes;
  let unit = -1;
  while (value >= 1024) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)}${"KMGTP"[unit]}`;
}

function timeText(mtimeMs: number, nowMs: number): string {
  const time = new Date(mtimeMs);
  const two = (value: number, fill: string) => String(value).padStart(2, fill);
  const day = `${MONTHS[time.getUTCMonth()]} ${two(time.getUTCDate(), " ")}`;
  const isNear = Math.abs(nowMs - mtimeMs) < HALF_A_YEAR_MS;
  if (!isNear) return `${day}  ${time.getUTCFullYear()}`;
  return `${day} ${two(time.getUTCHours(), "0")}:${two(time.getUTCMinutes(), "0")}`;
}

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stat: FileStat;
}

const sizeOf = ({ kind, sizeBytes }: FileStat): number => (kind === "directory" ? BLOCK : sizeBytes);
const blocksOf = (stat: FileStat): number =>
  stat.kind === "link" ? 0 : (Math.ceil(sizeOf(stat) / BLOCK) * BLOCK) / 1024;

/** A folder's links are itself, its name, and each folder in it. */
function linksOf(world: ShellWorld, { path, stat }: Entry): number {
  if (stat.kind !== "directory") return 1;
  const names = world.files.list(path);
  if (!Array.isArray(names)) return 2;
  return 2 + names.filter((name) => world.files.stat(`${path}/${name}`)?.kind === "directory").length;
}

function longLines(world: ShellWorld, entries: readonly Entry[], flags: ReadonlySet<string>): string[] {
  const numeric = flags.has("n");
  const rows = entries.map((entry) => {
    const { stat, name } = entry;
    const size = flags.has("h") ? humanBytes(sizeOf(stat)) : String(sizeOf(stat));
    const owner = accountOf(world, "/etc/passwd", stat.uid ?? 0, numeric);
    const group = accountOf(world, "/etc/group", stat.gid ?? 0, numeric);
    const shown = stat.kind === "link" ? `${name} -> ${stat.target}` : name + markOf(stat, flags);
    return [
      modeText(stat),
      String(linksOf(world, entry)),
      owner,
      group,
      size,
      timeText(stat.mtimeMs || world.startedEpochMs, world.epochMs),
      shown,
    ];
  });
  const isBusybox = world.flavour === "busybox";
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const widths = isBusybox ? [10, 5, 8, 8, 9] : [0, 1, 2, 3, 4].map(width);
  return rows.map(([mode = "", links = "", owner = "", group = "", size = "", time, name]) => {
    const [, wide = 0, ownerWide = 0, groupWide = 0, sizeWide = 0] = widths;
    const who = `${owner.padEnd(ownerWide)} ${group.padEnd(groupWide)}`;
    return `${mode} ${links.padStart(isBusybox ? wide - 1 : wide)} ${who} ${size.padStart(sizeWide)} ${time} ${name}`;
  });
}

function markOf({ kind, mode }: FileStat, flags: ReadonlySet<string>): string {
  if (kind === "directory") return flags.has("F") || flags.has("p") ? "/" : "";
  if (!flags.has("F")) return "";
  return kind === "link" ? "@" : (mode & 0o111) === 0 ? "" : "*";
}

function sorted(entries: readonly Entry[], flags: ReadonlySet<string>): Entry[] {
  const list = [...entries].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  if (flags.has("t")) list.sort((a, b) => b.stat.mtimeMs - a.stat.mtimeMs);
  if (flags.has("S")) list.sort((a, b) => sizeOf(b.stat) - sizeOf(a.stat));
  return flags.has("r") ? list.reverse() : list;
}

function shownLines(world: ShellWorld, entries: readonly Entry[], flags: ReadonlySet<string>): string[] {
  if (flags.has("l") || flags.has("n")) return longLines(world, entries, flags);
  return entries.map(({ name, stat }) => name + markOf(stat, flags));
}

/** The entries of a folder that are shown; undefined where it can't be read. */
function entriesOf(world: ShellWorld, path: string, flags: ReadonlySet<string>): Entry[] | undefined {
  const names = world.files.list(path);
  if (!Array.isArray(names)) return undefined;
  const under = path === "/" ? "" : path;
  const found = [...(flags.has("a") ? [".", ".."] : []), ...names].flatMap((name): Entry[] => {
    if (name.startsWith(".") && !flags.has("a") && !flags.has("A")) return [];
    const at = name === "." ? path : name === ".." ? under.slice(0, under.lastIndexOf("/")) || "/" : `${under}/${name}`;
    const stat = world.files.stat(at);
    return stat === undefined ? [] : [{ name, path: at, stat }];
  });
  return sorted(found, flags);
}

function folderLines(
  world: ShellWorld,
  shown: string,
  path: string,
  flags: ReadonlySet<string>,
  titled: boolean,
): string[] {
  const entries = entriesOf(world, path, flags);
  if (entries === undefined) return [];
  const total = entries.reduce((sum, { stat }) => sum + blocksOf(stat), 0);
  const isLong = flags.has("l") || flags.has("n");
  const lines = titled ? [`${shown}:`] : [];
  if (isLong) lines.push(`total ${flags.has("h") ? humanBytes(total * 1024) : total}`);
  lines.push(...shownLines(world, entries, flags));
  if (!flags.has("R")) return lines;
  for (const { name, path: at, stat } of entries) {
    if (stat.kind !== "directory" || name === "." || name === "..") continue;
    lines.push("", ...folderLines(world, `${shown === "/" ? "" : shown}/${name}`, at, flags, true));
  }
  return lines;
}

// Models coreutils/ls.c of busybox, and of GNU in the width of its columns
export const ls: Command = {
  name: "ls",
  run(args, { answering: { world }, context }) {
    const end = args.indexOf("--");
    const isFlag = (word: string, at: number) => word.startsWith("-") && word.length > 1 && (end < 0 || at < end);
    const flags = new Set(
      args.filter((word, at) => isFlag(word, at) && !word.startsWith("--")).flatMap((word) => [...word.slice(1)]),
    );
    const given = args.filter((word, at) => !isFlag(word, at) && at !== end);
    const files: Entry[] = [];
    const folders: (readonly [shown: string, path: string])[] = [];
    let stderr = "";
    for (const word of given.length === 0 ? ["."] : given) {
      const path = absolute(context.cwd, word);
      const stat = world.files.stat(path, !flags.has("d") && !flags.has("l"));
      if (stat === undefined) {
        stderr +=
          world.flavour === "busybox"
            ? `ls: ${word}: No such file or directory\n`
            : `ls: cannot access '${word}': No such file or directory\n`;
      } else if (stat.kind === "directory" && !flags.has("d")) folders.push([word, path]);
      else files.push({ name: word, path, stat });
    }
    const parts = files.length > 0 ? [shownLines(world, sorted(files, flags), flags)] : [];
    const titled = given.length > 1 || flags.has("R");
    for (const [shown, path] of folders) parts.push(folderLines(world, shown, path, flags, titled));
    const stdout = parts.map((lines) => lines.map((line) => `${line}\n`).join("")).join("\n");
    if (stderr === "") return { stdout };
    return { ...failed(stderr, world.flavour === "busybox" ? 1 : 2), stdout };
  },
};

/** A path as the files have it, without dots. */
export function absolute(cwd: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${cwd}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
