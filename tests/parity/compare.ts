/** One command line, and what both kubectls made of it. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

const MASKS: readonly (readonly [RegExp, string])[] = [
  // Ages, as a column's last word or in brackets; the rest of a line's width goes with them.
  [/\b\d+(?:y(?:\d+d)?|d(?:\d+h)?|h(?:\d+m)?|m(?:\d+s)?|s)(?: ago)?(?=\s|\)|$)/gm, "<AGE>"],
  [/[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} [-+]\d{4}/g, "<DATE>"],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, "<TIME>"],
  // The head of a line of kubectl's own log: the time, and its process.
  [/^([IWEF])\d{4} [\d:.]+ +\d+ /gm, "$1<TIME> "],
  [/\bv1\.36\.\d+\b/g, "<VERSION>"],
  [/resourceVersion: "\d+"/g, 'resourceVersion: "<RV>"'],
  [/"resourceVersion": ?"\d+"/g, '"resourceVersion": "<RV>"'],
  [/\\"resourceVersion\\":\\"\d+\\"/g, '\\"resourceVersion\\":\\"<RV>\\"'],
  // Which build it is of its version; and where Go has a value.
  [/\b(gitCommit|goVersion)("?: "?)[\w.]+/g, "$1$2<BUILD>"],
  [/ kubernetes\/[\da-f]{7}\b/g, " kubernetes/<BUILD>"],
  [/\bmilliseconds=\d+/g, "milliseconds=<MS>"],
  [/\b0xc?[\da-f]{6,}\b/g, "<POINTER>"],
  [/\/(LIVE|MERGED)(?:-\d+)?\//g, "/$1/"],
  [/\t\d{4}-\d\d-\d\d [\d:.]+ [-+]\d{4}/g, "\t<TIME>"],
  // Names that are made up.
  [/\bkube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, "kube-api-access-<SUFFIX>"],
  [/\b(debugger-|node-debugger-node-\d+-)[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, "$1<SUFFIX>"],
  [/start exec "[\da-f]{64}"/g, 'start exec "<ID>"'],
  [/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/g, "<UID>"],
];

/** What kubectl 1.36 says otherwise than the older ones that machines have. */
const NEWER: readonly (readonly [RegExp, string])[] = [
  [
    /^[Ee]rror: (unknown flag|unknown shorthand flag|flag needs an argument|invalid argument|bad flag syntax)/,
    "error: $1",
  ],
  [/^(?:preferences: \{\}| {4}"preferences": \{\},)\n/m, ""],
  [/,kyaml\b|\bkyaml,/g, ""],
  // Times that were never set were written until 1.34.
  [/^([ -]*)metadata:\n +creationTimestamp: null\n(?!\1 +)/gm, "$1metadata: {}\n"],
  [/^ *creationTimestamp: null\n/gm, ""],
  [/"metadata": \{\n *"creationTimestamp": null\n *\}/g, '"metadata": {}'],
  [/"creationTimestamp": ?null,?\s*/g, ""],
  // Where something was deleted from is told since 1.33, and warnings begin with a capital.
  [/ (force deleted|deleted) from [\w-]+ namespace\b/g, " $1"],
];

/** The minor version that is modelled: a kubectl of the same one must say the very same. */
const MODELLED_MINOR = 36;

/** What is left when only ages, times and ids may differ; `minor` is the real kubectl's version. */
export function masked(text: string, minor: number): string {
  const isOlder = minor < MODELLED_MINOR;
  // What older ones log is said plainly now.
  let result = isOlder
    ? text.replace(/^E\d{4} .*\] "command failed" err=(".*")$/gm, (_, words) => `error: ${JSON.parse(words)}`)
    : text;
  for (const [pattern, mask] of isOlder ? [...MASKS, ...NEWER] : MASKS) result = result.replace(pattern, mask);
  return sortedGates(result.split("\n"))
    .map((line) => (line.includes("<AGE>") || line.includes("<DATE>") ? line.replace(/ {2,}/g, "  ") : line))
    .join("\n");
}

/** The real one tells its feature gates in the order of a Go map. */
function sortedGates(lines: readonly string[]): readonly string[] {
  const isGate = (line: string) => line.includes('"Feature gate default state"');
  const gates = lines.filter(isGate).sort();
  return lines.map((line) => (isGate(line) ? (gates.shift() ?? "") : line));
}

/** What a help text is about: its headings, commands, flags with their defaults, aliases and usage, without sentences. */
export function helpShape(text: string): string {
  const kept: string[] = [];
  let heading = "";
  for (const line of text.split("\n")) {
    if (/^[A-Z][\w ()-]*:$/.test(line)) heading = line;
    const flag = /^ +((?:-\w, )?--[\w-]+=.*):$/.exec(line)?.[1];
    const command = /Commands/.test(heading) ? /^ {2}([a-z][\w-]*) {2,}\S/.exec(line)?.[1] : undefined;
    const isWhole = (heading === "Usage:" || heading === "Aliases:") && line !== "" && line !== heading;
    const shown = flag?.replace(/^--cache-dir=.*/, "--cache-dir=") ?? command ?? (isWhole ? line : undefined);
    if (shown !== undefined) kept.push(`${flag ? "flag" : heading} ${shown}`);
  }
  return `${kept.join("\n")}\n`;
}

export function isEqual(ours: Outcome, real: Outcome, minor: number): boolean {
  return (
    ours.exit === real.exit &&
    masked(ours.stdout, minor) === masked(real.stdout, minor) &&
    masked(ours.stderr, minor) === masked(real.stderr, minor)
  );
}
