import type { Status } from "./framework.ts";

/** Why a pod fits no node, for its text. */
export interface FitError {
  readonly nodeCount: number;
  /** One for each node that was examined and rejected. */
  readonly statuses: readonly Status[];
  /** Holds for all other nodes. */
  readonly absent?: Status;
  /** A PreFilter plugin's refusal of the pod as a whole. */
  readonly preFilter?: string;
  readonly postFilter?: string;
}

/** `0/3 nodes are available: ...`. Models framework FitError.Error. */
export function fitErrorText({ nodeCount, statuses, absent, preFilter, postFilter }: FitError): string {
  let text = `0/${nodeCount} nodes are available:`;
  if (preFilter) text += ` ${preFilter}.`;
  else {
    const reasons = countedReasons(nodeCount, statuses, absent);
    if (reasons.length > 0) text += ` ${reasons.join(", ")}.`;
  }
  return postFilter ? `${text} ${postFilter}` : text;
}

/** `2 Insufficient cpu`, in the order of the texts. */
function countedReasons(nodeCount: number, statuses: readonly Status[], absent: Status | undefined): string[] {
  const nodes = new Map<Status, number>();
  const count = (status: Status, times: number) => nodes.set(status, (nodes.get(status) ?? 0) + times);
  // Neighbours mostly say the same: count runs, not nodes.
  let start = 0;
  for (let index = 1; index <= statuses.length; index++) {
    const status = statuses[start] as Status;
    if (index < statuses.length && statuses[index] === status) continue;
    count(status, index - start);
    start = index;
  }
  if (absent !== undefined && nodeCount > statuses.length) count(absent, nodeCount - statuses.length);
  const counts = new Map<string, number>();
  for (const [status, times] of nodes) {
    for (const reason of status.reasons) counts.set(reason, (counts.get(reason) ?? 0) + times);
  }
  return [...counts].map(([reason, times]) => `${times} ${reason}`).sort();
}

export const NO_NODES = "no nodes available to schedule pods";

/** What an event's note may hold. Models schedule_one truncateMessage. */
const NOTE_LENGTH = 1024;

export function truncateNote(message: string): string {
  const suffix = " ...";
  return message.length <= NOTE_LENGTH ? message : message.slice(0, NOTE_LENGTH - suffix.length) + suffix;
}
