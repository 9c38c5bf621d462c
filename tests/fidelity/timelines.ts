import { existsSync } from "node:fs";
import { join } from "node:path";
import { CASES } from "../conformance/cases.ts";
import { readRecording } from "../conformance/recording.ts";
import { runCase } from "../conformance/run.ts";
import type { Outcome } from "./outcome.ts";

/** Seeds that a case is played with, until one goes the recorded way: chance is part of a recording. */
const TRIES = 8;

/** Compares the whole cluster's course with the recorded timelines, object by object, event by event. */
export function playTimelines(folder: string): Outcome[] {
  const isThere = ({ name }: { readonly name: string }) => existsSync(join(folder, "timelines", `${name}.json`));
  return CASES.filter(isThere).map(({ name, tries = TRIES, jitter }) => {
    const recording = readRecording(folder, name);
    const { differences, wrongAnswers } = runCase(recording, { tries, jitter: jitter?.seconds ?? 0 }, () => false);
    const texts = differences.map(({ about, text }) => `${about}: ${text}`);
    return { name, found: [...wrongAnswers.map((answer) => JSON.stringify(answer)), ...texts] };
  });
}
