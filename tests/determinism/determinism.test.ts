import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../simulator/base/json.ts";
import { type ClusterOptions, Simulation } from "../../simulator/index.ts";
import { eventfulStory, STORY_END_MS } from "../support/stories.ts";

interface Play {
  readonly stepMs: number;
  readonly seed?: number;
  /** Times at which the run is put away as JSON text and taken up again from it. */
  readonly cutsMs?: readonly number[];
}

/** Plays the eventful story; what came out of it as text. */
function play({ stepMs, seed = 11, cutsMs = [] }: Play): { readonly journal: string; readonly store: string } {
  const options: Partial<ClusterOptions> = { seed };
  let simulation = Simulation.start(options);
  const advanceTo = (ms: number) => {
    while (simulation.nowMs < ms) simulation.advanceTo(Math.min(ms, simulation.nowMs + stepMs));
  };
  const stops = [
    ...eventfulStory.map(({ atMs, request }) => ({ atMs, do: () => void simulation.request(request) })),
    ...cutsMs.map((atMs) => ({
      atMs,
      do: () => {
        simulation = Simulation.restore(JSON.parse(JSON.stringify(simulation.snapshot())));
      },
    })),
  ].sort((a, b) => a.atMs - b.atMs);
  for (const stop of stops) {
    advanceTo(stop.atMs);
    stop.do();
  }
  advanceTo(STORY_END_MS);
  const { journal, store, clock, random } = simulation.snapshot();
  return { journal: canonicalJson(journal), store: canonicalJson({ store, clock, random }) };
}

describe("a run is its seed and its inputs", () => {
  const reference = play({ stepMs: 100 });

  it("does something worth comparing", () => {
    expect(reference.journal.length).toBeGreaterThan(10_000);
    for (const word of [
      "SuccessfulCreate",
      "NodeNotReady",
      "TaintManagerEviction",
      "Scheduled",
      "SawCompletedJob",
      "BackoffLimitExceeded",
    ]) {
      expect(reference.store, word).toContain(word);
    }
  });

  it.each([1, 7, 60_000])("is the same, byte for byte, in steps of %i ms", (stepMs) => {
    const other = play({ stepMs });
    expect(other.journal === reference.journal, "journals differ").toBe(true);
    expect(other.store === reference.store, "final states differ").toBe(true);
  });

  it("is the same after being saved and restored in the middle, many times", () => {
    const cutsMs = Array.from({ length: 23 }, (_, index) => 3_333 + index * 38_777);
    const other = play({ stepMs: 100, cutsMs });
    expect(other.journal === reference.journal, "journals differ").toBe(true);
    expect(other.store === reference.store, "final states differ").toBe(true);
  });

  it("is another with another seed", () => {
    expect(play({ stepMs: 60_000, seed: 12 }).store).not.toBe(reference.store);
  });

  it("is the same when a reload takes up an older snapshot and the inputs that came since", () => {
    const first = Simulation.start({ seed: 5 });
    let kept = first.snapshot();
    for (const { atMs, request } of eventfulStory) {
      if (atMs === 120_001) kept = JSON.parse(JSON.stringify(first.snapshot()));
      first.advanceTo(atMs);
      first.request(request);
    }
    const again = Simulation.restore(kept);
    again.takeUp(first.journal.inputs.slice(kept.journal.inputs.length));
    first.advanceTo(STORY_END_MS);
    again.advanceTo(STORY_END_MS);
    expect(canonicalJson(again.snapshot()) === canonicalJson(first.snapshot())).toBe(true);
  });

  it("is the same again when its journal is replayed", () => {
    const first = Simulation.start({ seed: 5 });
    for (const { atMs, request } of eventfulStory) {
      first.advanceTo(atMs);
      first.request(request);
    }
    first.advanceTo(STORY_END_MS);
    const again = Simulation.replay(first.options, first.journal.inputs, STORY_END_MS);
    expect(canonicalJson(again.snapshot()) === canonicalJson(first.snapshot())).toBe(true);
  });
});
