import type { Command } from "./command.ts";
import type { FlagSpec } from "./flags.ts";

/** The narrowest column of names in kubectl's own lists. */
const NAME_WIDTH = 11;

function flagText({ name, short, type, default: value, usage, shown: own }: FlagSpec): string {
  const shown =
    own ??
    (type === "bool" || type === "int" || type === "duration"
      ? value
      : type === "string"
        ? `'${value}'`
        : `[${value}]`);
  return `    ${short === undefined ? "" : `-${short}, `}--${name}=${shown}:\n\t${usage}\n`;
}

/** The list of flags that all commands share, and of any other. */
export function flagList(flags: readonly FlagSpec[]): string {
  return flags
    .filter(({ hidden }) => hidden !== true)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(flagText)
    .join("\n");
}

function commandList(commands: readonly Command[], isSorted = true): string {
  const sorted = isSorted ? [...commands].sort((a, b) => (a.name < b.name ? -1 : 1)) : commands;
  const width = Math.max(NAME_WIDTH, ...commands.map(({ name }) => name.length)) + 2;
  return sorted
    .filter(({ hidden }) => hidden !== true)
    .map(({ name, short }) => `  ${name.padEnd(width)} ${short}\n`)
    .join("");
}

/** A command's verbs, under its own headings or a common one. */
function commandParts({ groups }: Command, commands: readonly Command[]): readonly string[] {
  if (groups === undefined) return [`Available Commands:\n${commandList(commands)}`];
  const isNamed = (name: string) => groups.some(({ names }) => names.includes(name));
  const others = commands.filter(({ name }) => !isNamed(name));
  return [
    ...groups.map(({ title, names }) => {
      const own = names.flatMap((name) => commands.filter((each) => each.name === name));
      return `${title}:\n${commandList(own, false)}`;
    }),
    `Other Commands:\n${commandList(others)}`,
  ];
}

// The shape is that of kubectl's pkg/util/templates; the sentences are ours.
/** What `--help` prints for a command at a path such as `kubectl get`. */
export function helpText(command: Command, path: string): string {
  const parts = [`${command.short}\n`];
  const { commands, flags = [], aliases } = command;
  if (aliases !== undefined) parts.push(`Aliases:\n${[command.name, ...aliases].join(", ")}\n`);
  if (commands !== undefined) parts.push(...commandParts(command, commands));
  if (flags.length > 0) parts.push(`Options:\n${flagList(flags)}`);
  parts.push(
    `Usage:\n  ${path}${command.use === undefined ? "" : ` ${command.use}`}${commands && !command.use ? " [flags] [options]" : ""}\n`,
  );
  const more =
    commands === undefined ? "" : `Use "${path} <command> --help" for more information about a given command.\n`;
  parts.push(`${more}Use "kubectl options" for a list of global command-line options (applies to all commands).\n`);
  return parts.join("\n");
}
