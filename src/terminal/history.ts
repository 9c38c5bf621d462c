import { load, save } from "../store/keep.ts";

const KEY = "terminal-history";
const MOST = 1000;

/** Lines typed in any terminal, oldest first; kept over a reload. */
export const history: string[] = [];

let loading: Promise<void> | undefined;

/** Takes up the lines of the last visit. */
export function loadHistory(): Promise<void> {
  loading ??= load<readonly string[]>(KEY).then((kept) => {
    if (Array.isArray(kept)) history.unshift(...kept.map(String));
  });
  return loading;
}

export function remember(line: string): void {
  // A line that begins with a space is private, as in bash with `ignoreboth`.
  if (line.trim() === "" || line.startsWith(" ") || history.at(-1) === line) return;
  history.push(line);
  if (history.length > MOST) history.splice(0, history.length - MOST);
  void save(KEY, [...history]);
}
