import type { ShellWorld } from "../../index.ts";
import { type Command, failed } from "./command.ts";

const ROW = 16;
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
const bytesOf = (text: string): readonly number[] => [...text].map((one) => one.charCodeAt(0) & 0xff);

/** `00000000  de ca fe ba d0 fe ff 00  …  |........|`: offset, bytes, and what of them can be read. */
function canonicalRow(offset: number, row: readonly number[]): string {
  const cells = Array.from({ length: ROW }, (_, at) => (at < row.length ? hex(row[at] ?? 0, 2) : "  "));
  const read = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
  return `${hex(offset, 8)}  ${cells.slice(0, 8).join(" ")}  ${cells.slice(8).join(" ")}  |${read}|`;
}

/** Two bytes at a time, the second first, as the machine keeps them. */
function plainRow(offset: number, row: readonly number[]): string {
  const pairs: string[] = [];
  for (let at = 0; at < row.length; at += 2) pairs.push(hex(((row[at + 1] ?? 0) << 8) | (row[at] ?? 0), 4));
  return `${hex(offset, 7)} ${pairs.join(" ")}`;
}

function dump(bytes: readonly number[], isCanonical: boolean, showsAll: boolean): string {
  const lines: string[] = [];
  let last = "";
  let isSkipping = false;
  for (let offset = 0; offset < bytes.length; offset += ROW) {
    const row = bytes.slice(offset, offset + ROW);
    const key = row.join();
    if (!showsAll && key === last && row.length === ROW) {
      if (!isSkipping) lines.push("*");
      isSkipping = true;
      continue;
    }
    isSkipping = false;
    last = key;
    lines.push(isCanonical ? canonicalRow(offset, row) : plainRow(offset, row));
  }
  if (bytes.length > 0) lines.push(hex(bytes.length, isCanonical ? 8 : 7));
  return lines.map((line) => `${line}\n`).join("");
}

function read({ files }: ShellWorld, cwd: string, names: readonly string[], stdin: string): string | undefined {
  if (names.length === 0) return stdin;
  const texts = names.map((name) => files.read(name.startsWith("/") ? name : `${cwd === "/" ? "" : cwd}/${name}`));
  return texts.some((text) => typeof text !== "string") ? undefined : texts.join("");
}

// Models util-linux/hexdump.c of busybox: its usual form and -C
export const hexdump: Command = {
  name: "hexdump",
  run(args, { answering: { world }, context }) {
    const limit = args.indexOf("-n");
    const names = args.filter((word, at) => !word.startsWith("-") && (limit < 0 || at !== limit + 1));
    const text = read(world, context.cwd, names, String(context.stdin));
    if (text === undefined) return failed(`hexdump: ${names[0]}: No such file or directory\n`);
    const most = limit < 0 ? Number.POSITIVE_INFINITY : Number(args[limit + 1]);
    const flags = new Set(args.filter((word) => /^-[Cv]+$/.test(word)).flatMap((word) => [...word.slice(1)]));
    return { stdout: dump(bytesOf(text).slice(0, most), flags.has("C"), flags.has("v")) };
  },
};
