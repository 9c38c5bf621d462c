import { failWith } from "../../change/failures.ts";
import { type Call, type Command, complaint } from "../../cli/command.ts";
import { inColumns } from "../../describe/text.ts";
import { OBJECT_FORMATS, objectName, PRINT_FLAGS, printerFor } from "../../print/printer.ts";
import { type Revision, revisionsOf, templateText } from "./revisions.ts";
import { noneForKind, rollsOut, TARGET_FLAGS, targetsOf } from "./targets.ts";

/** `kubectl rollout history`. Models kubectl pkg/cmd/rollout rollout_history.go. */
export const rolloutHistory: Command = {
  name: "history",
  use: "(TYPE NAME | TYPE/NAME) [flags] [options]",
  short: "View rollout history",
  flags: [
    ...PRINT_FLAGS,
    ...TARGET_FLAGS,
    { name: "revision", type: "int", default: "0", usage: "Tell of this revision, its pod template too." },
  ],
  run: runHistory,
};

async function runHistory(call: Call): Promise<undefined> {
  const { flags, host } = call;
  const wanted = flags.number("revision");
  if (wanted < 0) throw complaint(`revision must be a positive integer: ${wanted}`);
  const { infos, problems } = await targetsOf(call);
  const printer = flags.text("output") === "" ? undefined : await printerFor(flags, host, OBJECT_FORMATS);
  for (const info of infos) {
    if (!rollsOut(info.mapping)) throw noneForKind(info.mapping, "history", "history viewer", true);
    const revisions = await revisionsOf(call, info);
    const chosen = revisions.filter(({ number }) => wanted === 0 || number === wanted);
    if (printer !== undefined) {
      if (chosen.length === 0 && wanted > 0) throw complaint("unable to find the specified revision");
      for (const { shown } of chosen) host.out(printer.print(shown));
      continue;
    }
    const head = wanted > 0 ? `with revision #${wanted}` : "";
    host.out(`${objectName(info.object)} ${head}\n${historyText(revisions, chosen, wanted)}\n`);
  }
  failWith(problems);
  return undefined;
}

function historyText(revisions: readonly Revision[], chosen: readonly Revision[], wanted: number): string {
  if (revisions.length === 0) return "No rollout history found.";
  if (wanted === 0) {
    const rows = revisions.map(({ number, cause }) => `${number}\t${cause || "<none>"}\n`);
    return inColumns(`REVISION\tCHANGE-CAUSE\n${rows.join("")}`);
  }
  const [revision] = chosen;
  if (revision === undefined) throw complaint("unable to find the specified revision");
  return templateText(revision.template);
}
