import type { OwnCommand } from "./command.ts";
import { curlCommand } from "./curl.ts";
import { endlessCommands } from "./endless.ts";
import { fileCommands } from "./files.ts";
import { jobCommands } from "./jobs.ts";
import { kubectlCommands } from "./kubectl.ts";
import { miscCommands } from "./misc.ts";
import { timeCommands } from "./time.ts";
import { wgetCommand } from "./wget.ts";
import { xargsCommand } from "./xargs.ts";

/** The shell's commands beside the interpreter's own. */
export const ownCommands: readonly OwnCommand[] = [
  ...kubectlCommands,
  ...timeCommands,
  ...jobCommands,
  ...fileCommands,
  ...miscCommands,
  ...endlessCommands,
  curlCommand,
  wgetCommand,
  xargsCommand,
];
