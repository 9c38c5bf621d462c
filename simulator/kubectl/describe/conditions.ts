import { dateText } from "./parts.ts";
import type { TextSink } from "./text.ts";

interface DatedCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** Conditions with the times at which they last changed. */
export function writeDatedConditions(out: TextSink, conditions: readonly DatedCondition[] = []): void {
  if (conditions.length === 0) return;
  out.write(0, "Conditions:\n");
  out.write(1, "Type\tStatus\tLastTransitionTime\tReason\tMessage\n");
  out.write(1, "----\t------\t------------------\t------\t-------\n");
  for (const { type, status, lastTransitionTime, reason = "", message = "" } of conditions) {
    out.write(1, `${type}\t${status}\t${dateText(lastTransitionTime)}\t${reason}\t${message}\n`);
  }
}
