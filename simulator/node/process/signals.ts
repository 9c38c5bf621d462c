/** Numbers of the signals that programs use. */
const NUMBERS: { readonly [name: string]: number } = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ABRT: 6,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  WINCH: 28,
};

/** The name of a signal as it is written: `15`, `TERM`, `SIGTERM`; `EXIT` and `ERR` for traps. Undefined: no signal. */
export function signalName(text: string): string | undefined {
  const name = text.toUpperCase().replace(/^SIG/, "");
  if (name === "0" || name === "EXIT") return "EXIT";
  if (NUMBERS[name] !== undefined || name === "ERR" || name === "DEBUG") return name;
  return Object.entries(NUMBERS).find(([, number]) => String(number) === name)?.[0];
}

export const signalNumber = (name: string): number => NUMBERS[name] ?? 0;

/** Signals that do nothing to a process that has no action for them. */
export const HARMLESS: ReadonlySet<string> = new Set(["CHLD", "CONT", "WINCH", "TSTP", "TTIN", "TTOU", "STOP"]);
