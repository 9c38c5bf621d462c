import { completeKubectl } from "./complete-kubectl.ts";
import { type CompletionWorld, namesOf } from "./completion-world.ts";
import { absolute } from "./text.ts";

/** What Tab has to offer: whole words for the one at the cursor, which begins at `from`. */
export interface Completion {
  readonly from: number;
  readonly words: readonly string[];
}

interface Split {
  /** Words of the command at the cursor, the last one being completed. */
  readonly words: readonly string[];
  /** Where the last one begins. */
  readonly from: number;
}

/** The words of the command that the cursor stands in. */
export function splitAtCursor(text: string): Split {
  let words: string[] = [];
  let word = "";
  let from = 0;
  let quote = "";
  let inWord = false;
  const end = () => {
    if (inWord) words.push(word);
    word = "";
    inWord = false;
  };
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const begin = () => {
      if (!inWord) from = at;
      inWord = true;
    };
    if (quote !== "") {
      if (char === quote) quote = "";
      else word += char;
    } else if (char === "'" || char === '"') {
      begin();
      quote = char;
    } else if (char === "\\") {
      begin();
      word += text.charAt(++at);
    } else if (/[|;&()\n`]/.test(char)) {
      end();
      words = [];
    } else if (/\s/.test(char)) end();
    else {
      begin();
      word += char;
    }
  }
  if (!inWord) from = text.length;
  // `FOO=bar command`: what is set before a command is no part of it.
  const all = [...words, word];
  while (all.length > 1 && /^\w+=/.test(all[0] ?? "")) all.shift();
  return { words: all, from };
}

const BEFORE_COMMANDS = /^(sudo|time|watch|xargs|timeout|do|then|else|if|while|!)$/;

/** What could stand at the end of `text`, the line up to the cursor. */
export async function complete(text: string, world: CompletionWorld): Promise<Completion> {
  const { words: all, from } = splitAtCursor(text);
  let words = all;
  while (words.length > 1 && BEFORE_COMMANDS.test(words[0] ?? "")) words = words.slice(1);
  const current = words.at(-1) ?? "";
  const [command] = words;
  const starting = (list: readonly string[]) => ({ from, words: list.filter((word) => word.startsWith(current)) });
  if (words.length === 1) {
    if (current.includes("/")) return { from, words: await paths(current, world) };
    return starting(world.commands);
  }
  if (command === "kubectl" || command === "k") {
    const found = await completeKubectl(words.slice(1), world);
    return { from, words: found === "files" ? await paths(current, world) : found };
  }
  if (command === "kubens") return starting(await namesOf(world, "/api/v1/namespaces"));
  if (command === "kubectx") return starting(world.contexts);
  if (command === "cd") return { from, words: (await paths(current, world)).filter((path) => path.endsWith("/")) };
  return { from, words: await paths(current, world) };
}

/** Files that a beginning could mean; folders end with a slash. */
async function paths(current: string, { files, folder, home }: CompletionWorld): Promise<readonly string[]> {
  const cut = current.lastIndexOf("/") + 1;
  const shown = current.slice(0, cut);
  const begin = current.slice(cut);
  const place = absolute(folder, shown.replace(/^~(?=\/|$)/, home) || ".");
  try {
    const found: string[] = [];
    for (const name of [...(await files.readdir(place))].sort()) {
      if (!name.startsWith(begin) || (name.startsWith(".") && begin === "")) continue;
      const isFolder = (await files.stat(`${place === "/" ? "" : place}/${name}`)).isDirectory;
      found.push(`${shown}${name.replace(/([ '"\\$&|;()<>])/g, "\\$1")}${isFolder ? "/" : ""}`);
    }
    return found;
  } catch {
    return [];
  }
}
