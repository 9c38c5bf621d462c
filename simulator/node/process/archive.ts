import { programName } from "../images/command.ts";
import type { ShellFlavour } from "./port.ts";

/** A command line, and what it says on the error stream before it begins. */
interface Relative {
  readonly words: readonly string[];
  readonly note: string;
}

/**
 * `tar` puts no absolute names into an archive; the interpreter's does, and `kubectl cp` refuses such archives. So a command
 * that writes an archive of absolute paths is told to go to the root first.
 */
export function withRelativeMembers(words: readonly string[], flavour: ShellFlavour): Relative {
  const unchanged = { words, note: "" };
  const [program = "", mode = "", ...rest] = words;
  if (programName(program) !== "tar" || !/^-?[a-z]*c[a-z]*$/.test(mode)) return unchanged;
  const archive = mode.endsWith("f") ? rest.slice(0, 1) : [];
  const members = rest.slice(archive.length);
  if (members.length === 0 || !members.every((member) => member.startsWith("/"))) return unchanged;
  const names = members.map((member) => member.replace(/^\/+/, "") || ".");
  const note =
    flavour === "busybox"
      ? "tar: removing leading '/' from member names\n"
      : "tar: Removing leading `/' from member names\n";
  return { words: [program, mode, ...archive, "-C", "/", ...names], note };
}
