import type { Near } from "./align.ts";
import { type Comparison, compare, type Difference, nearWithin } from "./compare.ts";
import { recordedHistory, type Wanted } from "./history.ts";
import { renamedAlike } from "./match.ts";
import { isPlayed, Player, type WrongAnswer } from "./player.ts";
import type { Recording } from "./recording.ts";

export interface Outcome extends Comparison {
  readonly wrongAnswers: readonly WrongAnswer[];
  readonly seed: number;
}

/** How a case is played. */
export interface Options {
  /** With how many seeds at most. */
  readonly tries: number;
  /** Seconds that chance alone may add to or take from times; see `jittered` in cases.ts. */
  readonly jitter: number;
}

/**
 * Plays a recorded case and compares. A recording is one of the runs that chance allows: ours is played with other seeds
 * until one goes the same way, save what `isKnown`; else the nearest counts.
 */
export function runCase(
  recording: Recording,
  { tries, jitter }: Options,
  isKnown: (difference: Difference) => boolean,
) {
  let best: Outcome | undefined;
  for (let seed = 1; seed <= tries; seed++) {
    const outcome = runOnce(recording, seed, nearWithin(jitter));
    if (best === undefined || weight(outcome) < weight(best)) best = outcome;
    if (outcome.wrongAnswers.length === 0 && outcome.differences.every(isKnown)) return outcome;
  }
  if (best === undefined) throw new Error("no try");
  return best;
}

function weight({ objects, events, wrongAnswers, differences }: Outcome): number {
  const missed = objects.total - objects.equal + wrongAnswers.length;
  return 100 * missed + events.total - events.equal + differences.length;
}

function runOnce(recording: Recording, seed: number, near: Near): Outcome {
  const player = new Player(recording, seed);
  player.play();
  const wanted = wantedOf(recording);
  const recorded = recordedHistory(recording, wanted);
  const simulated = renamedAlike(recorded, player.history(wanted), near);
  return { ...compare(recorded, simulated, near), wrongAnswers: player.wrong, seed };
}

/** Our own kinds, and what nobody watched. */
const NOT_WATCHED = ["Event", "IPAddress", "Lease", "Fault", "Clock", "PriorityClass", "StorageClass", "LimitRange"];
/** Newer recordings also watched these; where one does not show them, they were not watched. */
const WATCHED_LATER = ["ConfigMap", "ServiceAccount"];

/** What is compared: objects of the case's own namespaces and its nodes. */
function wantedOf({ setup, actions, changes }: Recording): Wanted {
  const watched = new Set(changes.map(({ kind }) => kind));
  const nodes = new Set(setup.nodes.map(({ name }) => name));
  for (const { what } of actions) {
    const node = /\b(node-\d+)\b/.exec(what)?.[1];
    if (node !== undefined) nodes.add(node);
  }
  return (kind, name, namespace) => {
    if (!isPlayed(kind) || NOT_WATCHED.includes(kind)) return false;
    if (kind === "Node") return nodes.has(name);
    if (WATCHED_LATER.includes(kind) && !watched.has(kind)) return false;
    return namespace === undefined ? true : setup.namespaces.includes(namespace);
  };
}
