import type { ShellCommand, ShellFlavour } from "../index.ts";

/** The interpreter speaks as bash and the GNU tools do: its errors in the words of another shell and its tools. */
export function inFlavour(stderr: string, { arg0, line }: ShellCommand, flavour: ShellFlavour): string {
  if (stderr === "") return stderr;
  const at = Math.max(line, 1);
  return stderr
    .replace(/: command not available in browser environments\..*/g, ": command not found")
    .split("\n")
    .map((text) => {
      const own = /^bash: (?:line \d+: )?(.*)$/.exec(text)?.[1];
      if (own !== undefined) return ownLine(own, arg0, at, flavour);
      return flavour === "busybox" ? busyboxLine(text) : text;
    })
    .join("\n");
}

/** A file that could not be opened for writing, and why, without a capital. */
export interface Unopened {
  readonly path: string;
  readonly why: string;
}

/** What each shell says of a redirection that fails. */
export function cannotCreate({ path, why }: Unopened, { arg0, line }: ShellCommand, flavour: ShellFlavour): string {
  const reason = why.charAt(0).toUpperCase() + why.slice(1);
  const at = Math.max(line, 1);
  if (flavour === "bash") return `${arg0}: line ${at}: ${path}: ${reason}\n`;
  if (flavour === "dash") return `${arg0}: ${at}: cannot create ${path}: ${reason}\n`;
  return `${arg0}: can't create ${path}: ${reason}\n`;
}

function ownLine(text: string, arg0: string, line: number, flavour: ShellFlavour): string {
  if (flavour === "bash") return `${arg0}: line ${line}: ${text}`;
  const words = text
    .replace(/: command not found$/, ": not found")
    .replace(/: unbound variable$/, ": parameter not set")
    .replace(/^cd: (.*): No such file or directory$/, (_all, path: string) =>
      flavour === "busybox" ? `cd: can't cd to ${path}: No such file or directory` : `cd: can't cd to ${path}`,
    );
  return flavour === "dash" ? `${arg0}: ${line}: ${words}` : `${arg0}: ${words}`;
}

function busyboxLine(text: string): string {
  return text
    .replace(
      /^(cat|head|tail|wc|sort|md5sum|sha256sum): (.*): No such file or directory$/,
      "$1: can't open '$2': No such file or directory",
    )
    .replace(/^ls: cannot access '(.*)': No such/, "ls: $1: No such")
    .replace(/^rm: cannot remove '(.*)': No such/, "rm: can't remove '$1': No such")
    .replace(/^mkdir: cannot create directory '(.*)': /, "mkdir: can't create directory '$1': ")
    .replace(/^(cp|mv): cannot stat '(.*)': /, "$1: can't stat '$2': ");
}
