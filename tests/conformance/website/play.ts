import { type ApplyDocument, kubectl, kubectlApply, Simulation } from "../../../simulator/index.ts";
import { ShellDriver } from "../../../simulator/shell/driver.ts";
import type { Need } from "./needs.ts";
import { isWorkload, whyNotReady } from "./ready.ts";

/** Virtual time in which a cluster comes up. */
const BOOT_MS = 60_000;
/** Virtual time that what an example needs is given to settle. */
const SETTLE_MS = 60_000;
const LOOK_EVERY_MS = 5000;
const PATIENCE_MS = 600_000;

/** What became of an example on a cluster of its own. */
export interface Played {
  readonly documents: readonly ApplyDocument[];
  /** Objects that are to become ready or complete. */
  readonly workloads: number;
  /** For each that did not within ten virtual minutes: what it lacks. */
  readonly waiting: readonly string[];
  /** Virtual milliseconds until all were ready at once. */
  readonly readyAfterMs?: number;
}

/** A cluster as `npm run serve` begins one, up. */
export function newCluster(): Simulation {
  const simulation = Simulation.start({
    seed: 1,
    shells: true,
    storageClasses: true,
    proxyDaemonSet: true,
    loadBalancers: true,
    metricsServer: true,
  });
  simulation.advanceTo(BOOT_MS);
  return simulation;
}

/**
 * Applies a text to a fork of the cluster, first what it needs, and waits until what it makes is ready. `read` gives
 * another example's text.
 */
export async function play(
  cluster: Simulation,
  text: string,
  needs: readonly Need[],
  read: (path: string) => string,
): Promise<Played> {
  const simulation = cluster.fork();
  const shells = new ShellDriver(simulation);
  for (const need of needs) await provide(simulation, need, read);
  if (needs.length > 0) await shells.advanceTo(simulation.nowMs + SETTLE_MS);
  const documents = await apply(simulation, text);
  const applied = documents.flatMap(({ applied }) => (applied !== undefined && isWorkload(applied) ? [applied] : []));
  const beginMs = simulation.nowMs;
  const lacks = () => applied.flatMap((each) => whyNotReady(simulation, each) ?? []);
  let waiting = lacks();
  while (waiting.length > 0 && simulation.nowMs < beginMs + PATIENCE_MS) {
    await shells.advanceTo(simulation.nowMs + LOOK_EVERY_MS);
    waiting = lacks();
  }
  const played = { documents, workloads: applied.length, waiting };
  return waiting.length > 0 ? played : { ...played, readyAfterMs: simulation.nowMs - beginMs };
}

async function provide(simulation: Simulation, need: Need, read: (path: string) => string): Promise<void> {
  if (isWords(need)) {
    const { exit, stderr } = await kubectl(async (request) => simulation.request(request), need);
    if (exit !== 0) throw new Error(`kubectl ${need.join(" ")}: ${stderr.join("\n")}`);
    return;
  }
  const text = "manifest" in need ? need.manifest : read(need.example);
  const broken = (await apply(simulation, text)).find(({ ok }) => !ok);
  if (broken !== undefined) throw new Error(`what the example needs is refused: ${broken.message}`);
}

function isWords(need: Need): need is readonly string[] {
  return Array.isArray(need);
}

async function apply(simulation: Simulation, text: string): Promise<readonly ApplyDocument[]> {
  const { results } = await kubectlApply(async (request) => simulation.request(request), text);
  return results;
}
