import { KUBECTL } from "../../../simulator/index.ts";
import type { ParityScript } from "../session.ts";

type Command = typeof KUBECTL;

function lines(command: Command, path: string): readonly string[] {
  const own = path === "" ? "--help" : `${path} --help`;
  return [own, ...(command.commands ?? []).flatMap((each) => lines(each, `${path} ${each.name}`.trim()))];
}

/** Every command's help: usage, aliases, commands and flags with their defaults. */
export const helpScript: ParityScript = {
  name: "help",
  steps: [...lines(KUBECTL, ""), "options"].map((command) => ({
    command,
    help: true,
    ...(command === "--help" && { reason: "there are no kuberc files here" }),
  })),
};
