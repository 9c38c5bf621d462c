import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { referenceFolder } from "../reference.ts";
import { CASES, type Case } from "./cases.ts";
import type { Difference } from "./compare.ts";
import { readRecording } from "./recording.ts";
import { type Outcome, runCase } from "./run.ts";

// The whole cluster against the timelines of a real control plane: the same inputs at the same times, then every object
// change by change, every event, and the times. With no recordings at hand there is nothing to compare with.
const folder = referenceFolder();
const rows: string[] = [];
const TRIES = 8;

function isKnown({ known = [] }: Case, { about, text }: Difference): boolean {
  return known.some((one) => one.about.test(about) && one.text.test(text));
}

function row(name: string, { objects, events, latestSeconds, seed, differences }: Outcome): string {
  const known = differences.length > 0 ? `  known differences: ${differences.length}` : "";
  const cells = [
    name.padEnd(42),
    `${objects.equal}/${objects.total}`.padStart(8),
    `${events.equal}/${events.total}`.padStart(8),
    `${latestSeconds.toFixed(1)} s`.padStart(7),
    String(seed).padStart(5),
  ];
  return `${cells.join(" ")}${known}`;
}

const where = folder === undefined ? " (the recordings are not at hand: skipped)" : "";
describe.skipIf(folder === undefined)(`recorded timelines, played to the whole cluster${where}`, () => {
  const recorded = folder === undefined ? [] : readdirSync(join(folder, "timelines"));

  it("has a line for every recording", () => {
    const names = recorded.filter((file) => file !== "constants.json").map((file) => file.replace(/\.json$/, ""));
    const listed = CASES.map(({ name }) => name);
    expect(new Set(listed).size).toBe(listed.length);
    expect(names.filter((name) => !listed.includes(name))).toEqual([]);
  });

  const present = CASES.filter(({ name }) => recorded.includes(`${name}.json`));
  it.each(present)("$name", (each) => {
    const { name, tries = TRIES, jitter } = each;
    const options = { tries, jitter: jitter?.seconds ?? 0 };
    const outcome = runCase(readRecording(folder ?? "", name), options, (difference) => isKnown(each, difference));
    rows.push(row(name, outcome));
    expect(outcome.wrongAnswers).toEqual([]);
    expect(outcome.objects.total).toBeGreaterThan(0);
    const unknown = outcome.differences.filter((difference) => !isKnown(each, difference));
    expect(unknown.map(({ about, text }) => `${about}: ${text}`)).toEqual([]);
    const stale = (each.known ?? []).filter(
      (one) => !outcome.differences.some((all) => isKnown({ name, known: [one] }, all)),
    );
    expect(stale, "these no longer differ: take them off the table").toEqual([]);
  });

  afterAll(() => {
    const head = [`${"timeline".padEnd(42)}  objects   events  latest  seed`];
    console.info([...head, ...rows].join("\n"));
  });
});
