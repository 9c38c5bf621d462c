import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeField } from "../../server/descriptions.ts";
import { DEFAULT_PARTS, type JsonObject, Simulation } from "../../simulator/index.ts";
import { referenceFolder } from "../reference.ts";
import { playScheduling, recordedScheduling, SCHEDULING_TOPICS } from "../simulator/scheduler/recorded.ts";
import { playDocuments } from "./documents.ts";
import { playKubectl } from "./kubectl.ts";
import type { Json } from "./masks.ts";
import type { Outcome } from "./outcome.ts";
import { playCase, type RecordedCase } from "./requests.ts";
import { playTable, type RecordedTable } from "./tables.ts";
import { playTimelines } from "./timelines.ts";

interface RecordedDefault {
  readonly name: string;
  readonly request: RecordedCase["request"];
  readonly input: unknown;
  readonly code: number;
  readonly stored: unknown;
  readonly warnings?: readonly string[];
}

/** The cluster's parts as the server has them: with upstream's words for its fields. */
const PARTS = { ...DEFAULT_PARTS, describe: describeField };

const show = process.argv.includes("--show");
const wanted = process.argv.slice(2).filter((word) => !word.startsWith("-"));

function defaultCase({ name, request, input, code, stored, warnings }: RecordedDefault): RecordedCase {
  return {
    name,
    request: { ...request, body: input },
    response: { code, body: stored, ...(warnings && { warnings }) },
  };
}

function report(area: string, outcomes: readonly Outcome[], totals: Map<string, [number, number]>): void {
  const equal = outcomes.filter(({ found }) => found.length === 0).length;
  const top = area.split("/")[0] ?? area;
  const [a, b] = totals.get(top) ?? [0, 0];
  totals.set(top, [a + equal, b + outcomes.length]);
  if (!show) process.stdout.write(`${area.padEnd(34)} ${equal} of ${outcomes.length}\n`);
  for (const { name, found } of show ? outcomes : []) {
    if (found.length > 0)
      process.stdout.write(
        `${area} ${name}\n${found
          .slice(0, 8)
          .map((line) => `    ${line}\n`)
          .join("")}`,
      );
  }
}

/**
 * Compares what the simulated API server answers with what a real v1.36 did, area by area. `--show` prints the
 * differences; words name areas, such as `errors/pod`, or `timelines`, which are played only when named.
 */
async function main(folder: string): Promise<void> {
  const read = <T>(file: string): T => JSON.parse(readFileSync(join(folder, file), "utf8")) as T;
  const cluster = Simulation.start({ workers: 3 }, PARTS);
  cluster.advanceTo(60_000);
  const snapshot = cluster.snapshot();
  const totals = new Map<string, [number, number]>();
  const isWanted = (area: string) => wanted.length === 0 || wanted.some((word) => area.startsWith(word));
  const crds = read<JsonObject[]>("errors/_crds.json");
  if (isWanted("api"))
    report(
      "api",
      playDocuments(cluster, (file) => read<Json>(file)),
      totals,
    );
  for (const area of ["defaults", "requests", "errors"]) {
    for (const file of readdirSync(join(folder, area)).sort()) {
      const name = `${area}/${file.replace(".json", "")}`;
      if (file.startsWith("_") || !isWanted(name)) continue;
      const cases = read<(RecordedCase | RecordedDefault)[]>(`${area}/${file}`);
      const outcomes = cases.map((one) => {
        const recorded = "response" in one ? one : defaultCase(one);
        return { name: one.name, found: played(() => playCase(Simulation.restore(snapshot, PARTS), recorded, crds)) };
      });
      report(name, outcomes, totals);
    }
  }
  for (const file of readdirSync(join(folder, "tables")).sort()) {
    const name = `tables/${file.replace(".json", "")}`;
    if (isWanted(name)) report(name, playTable(read<RecordedTable>(`tables/${file}`)), totals);
  }
  if (wanted.length === 0 || wanted.some((word) => word.startsWith("kubectl"))) {
    for (const [name, outcomes] of await playKubectl(folder, PARTS, isWanted)) report(name, outcomes, totals);
  }
  for (const topic of SCHEDULING_TOPICS) {
    const name = `scheduling/${topic}`;
    if (!isWanted(name)) continue;
    const cases = recordedScheduling(folder, topic);
    report(
      name,
      cases.map((one) => ({ name: one.name, found: played(() => playScheduling(one)) })),
      totals,
    );
  }
  // Minutes long: only for who asks for it.
  if (wanted.includes("timelines")) report("timelines", playTimelines(folder), totals);
  for (const [area, [equal, total]] of totals)
    process.stdout.write(`== ${area.padEnd(12)} ${equal} of ${total} equal\n`);
}

/** A crash is a difference like any other. */
function played(play: () => readonly string[]): readonly string[] {
  try {
    return play();
  } catch (error) {
    return [`threw ${error instanceof Error ? error.message : error}`];
  }
}

const folder = referenceFolder();
if (folder === undefined)
  process.stdout.write("The recordings of a real control plane are not at hand: nothing to compare with.\n");
else await main(folder);
