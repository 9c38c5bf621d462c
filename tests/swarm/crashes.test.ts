import { describe, expect, it } from "vitest";
import { type ApiRequest, Simulation } from "../../simulator/index.ts";
import { checkInvariants } from "../../simulator/invariants/registry.ts";
import { ShellDriver } from "../../simulator/shell/driver.ts";
import { Random, type RandomStream } from "../../simulator/time/random.ts";
import { create, FAULTS_PATH, fault } from "../support/stories.ts";
import { deeds } from "./crash-story.ts";
import { endState } from "./end-state.ts";

/** `CRASH_SEED=17 CRASH_RUNS=1 npx vitest run tests/swarm/crashes.test.ts` plays one run again. */
const FIRST_SEED = Number(process.env.CRASH_SEED ?? "1");
const RUNS = Number(process.env.CRASH_RUNS ?? "6");
const PATIENCE_MS = 15 * 60_000;

const COMPONENTS = ["kube-controller-manager", "kube-scheduler", "kube-apiserver", "etcd"];
const NODES = ["control-plane", "node-1", "node-2", "node-3"];
const CRASHES = 20;
const CRASHES_UNTIL_MS = 420_000;
/** Back-offs of five minutes fit into this, and the same minute's jobs are kept in every run. */
const END_MS = 13 * 60_000 + 30_000;

interface Crash {
  readonly atMs: number;
  readonly request: ApiRequest;
}

/** Kills of controllers, the scheduler, the API server, etcd and kubelets, at any instant; each is soon started again. */
function crashes(chance: RandomStream): Crash[] {
  const all = Array.from({ length: CRASHES }, (_, index): Crash => {
    const isKubelet = chance.below(5) < 2;
    const list = isKubelet ? NODES : COMPONENTS;
    const name = list[chance.below(list.length)] ?? "";
    const target = { kind: isKubelet ? "Node" : "Component", name };
    const body = fault(
      `crash-${index}`,
      isKubelet ? "KubeletStop" : "ComponentStop",
      target,
      `${1 + chance.below(25)}s`,
    );
    return { atMs: 45_000 + chance.below(CRASHES_UNTIL_MS - 45_000), request: create(FAULTS_PATH, body) };
  });
  return all.sort((a, b) => a.atMs - b.atMs);
}

/** Plays the story with these crashes in between; what is there in the end. */
async function play(kills: readonly Crash[]): Promise<readonly string[]> {
  const simulation = Simulation.start({ seed: 9, shells: true, storageClasses: true });
  const driver = new ShellDriver(simulation);
  const kill = (until: number) => {
    while (waiting[0] !== undefined && waiting[0].atMs <= until) {
      const next = waiting.shift();
      // An API server that is down takes no fault either: that kill falls on the dead.
      if (next !== undefined) simulation.request(next.request);
    }
  };
  const waiting = [...kills];
  const goTo = async (ms: number) => {
    for (let next = waiting[0]; next !== undefined && next.atMs <= ms; next = waiting[0]) {
      await driver.advanceTo(Math.max(next.atMs, simulation.nowMs));
      kill(simulation.nowMs);
    }
    if (ms > simulation.nowMs) await driver.advanceTo(ms);
    checkInvariants(simulation.store);
  };
  for (const { atMs, requests } of deeds) {
    await goTo(atMs);
    for (const request of requests(simulation)) {
      for (let code = simulation.request(request).code; code >= 500; code = simulation.request(request).code) {
        await goTo(simulation.nowMs + 1000);
      }
    }
  }
  await goTo(END_MS);
  return endState(simulation.store);
}

describe("swarm: controllers and kubelets killed at any instant", () => {
  it(
    "ends as it does when nobody was killed",
    async () => {
      const wanted = await play([]);
      expect(wanted.length).toBeGreaterThan(30);
      for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
        const had = await play(crashes(new Random(seed).stream("crashes")));
        expect(had, `seed ${seed}`).toEqual(wanted);
      }
    },
    PATIENCE_MS,
  );
});
