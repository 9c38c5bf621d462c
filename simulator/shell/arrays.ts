/*
 * Arrays of the shell. Between two commands the core keeps variables, which are texts: arrays go along as the declarations
 * that make them again, under a name that no script has.
 */

/** The variable that holds them: names to declarations, as JSON. */
export const ARRAYS = "__arrays";

const REMATCH = "BASH_REMATCH";

type Declarations = Readonly<Record<string, string>>;

export function arraysIn(variables: Readonly<Record<string, string>>): Declarations {
  const text = variables[ARRAYS];
  return text === undefined ? {} : (JSON.parse(text) as Declarations);
}

const mentions = (source: string, name: string): boolean => new RegExp(`\\b${name}\\b`).test(source);

/** Lines that declare what a command may look at. */
export function declared(arrays: Declarations, source: string): readonly string[] {
  return Object.entries(arrays).flatMap(([name, text]) => (mentions(source, name) ? [text] : []));
}

/** How a command makes an array, or changes one: its name is the first group. */
const MAKES: readonly RegExp[] = [
  /(?:^|[\s;&|({])([A-Za-z_]\w*)\+?=\(/g,
  /(?:^|[\s;&|({])([A-Za-z_]\w*)\[[^\]]*\]\+?=/g,
  /\b(?:declare|typeset|local)\s+-\w*[aA]\w*\s+([A-Za-z_]\w*)/g,
  /\b(?:mapfile|readarray)\b.*?\s([A-Za-z_]\w*)\s*(?:$|[;<])/g,
  /\bread\s+(?:-\w+\s+)*-\w*a\s+([A-Za-z_]\w*)/g,
];

/** Words that tell, after a command, what became of the arrays that it may have made or changed: names and declarations. */
export function told(arrays: Declarations, source: string): string {
  const made = MAKES.flatMap((pattern) => [...source.matchAll(pattern)].map(([, name = ""]) => name));
  const names = new Set([...made, ...Object.keys(arrays).filter((name) => mentions(source, name))]);
  if (source.includes("=~")) names.add(REMATCH);
  return [...names].map((name) => ` ${name} "$(declare -p ${name} 2>/dev/null)"`).join("");
}

/** The arrays after a command, from those before it and the words that it told. */
export function arraysAfter(before: Declarations, words: readonly string[]): string | undefined {
  const arrays: Record<string, string> = { ...before };
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [name = "", text = ""] = words.slice(at, at + 2);
    delete arrays[name];
    const match = /^declare -\w*([aA])\w* (\w+=.*)$/s.exec(text);
    // The library splits words in a declaration, and not in an assignment.
    if (match !== null) arrays[name] = match[1] === "A" ? `declare -A ${name}; ${match[2]}` : (match[2] ?? "");
  }
  return Object.keys(arrays).length === 0 ? undefined : JSON.stringify(arrays);
}
