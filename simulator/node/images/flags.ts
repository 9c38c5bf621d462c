const UNIT_MS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The value of a flag among the words of a command line: `--port=80`, `--port 80`, `-port=80`. */
export function flag(words: readonly string[] | undefined, ...names: readonly string[]): string | undefined {
  for (const [at, word] of (words ?? []).entries()) {
    const match = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(word);
    if (match === null || !names.includes(match[1] ?? "")) continue;
    return match[2] ?? words?.[at + 1] ?? "";
  }
  return undefined;
}

/** The same as a number, or `otherwise`. */
export function numberFlag(
  words: readonly string[] | undefined,
  otherwise: number,
  ...names: readonly string[]
): number {
  const value = flag(words, ...names);
  return value === undefined || !/^-?\d+$/.test(value) ? otherwise : Number(value);
}

/** Milliseconds of a Go duration such as `1m30s`, or of plain seconds; 0 for nonsense. */
export function durationMs(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * (UNIT_MS[unit ?? ""] ?? 0);
  }
  return Math.round(total);
}

const SIZES: { readonly [unit: string]: number } = {
  "": 1,
  k: 1000,
  m: 1000 ** 2,
  g: 1000 ** 3,
  b: 1,
  ki: 1024,
  mi: 1024 ** 2,
  gi: 1024 ** 3,
};

/** Bytes of `150M` as the program means it: `binary` for tools that count in 1024s. */
export function sizeBytes(text: string, binary: boolean): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?i?b?)$/i.exec(text);
  if (match === null) return 0;
  const unit = (match[2] ?? "").toLowerCase().replace(/b$/, "");
  return Math.round(Number(match[1]) * (SIZES[binary && unit.length === 1 ? `${unit}i` : unit] ?? 1));
}
