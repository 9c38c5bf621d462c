import type { Command } from "../../cli/command.ts";
import { rolloutHistory } from "./history.ts";
import { rolloutStatus } from "./status.ts";
import { rolloutPause, rolloutRestart, rolloutResume } from "./switches.ts";
import { rolloutUndo } from "./undo.ts";

/** `kubectl rollout`. */
export const rollout: Command = {
  name: "rollout",
  use: "SUBCOMMAND [options]",
  short: "Manage the rollout of a resource",
  alone: "told",
  commands: [rolloutHistory, rolloutPause, rolloutRestart, rolloutResume, rolloutStatus, rolloutUndo],
};
