import { describe, expect, it } from "vitest";
import { canonicalJson, type JsonObject } from "../../simulator/base/json.ts";
import { Simulation } from "../../simulator/index.ts";
import { ShellDriver } from "../../simulator/shell/driver.ts";
import { mergePatch } from "../support/stories.ts";

const PODS_PATH = "/api/v1/namespaces/default/pods";
const START_MS = 30_000;
const END_MS = 170_000;

const sh = (script: string) => ({ exec: { command: ["sh", "-c", script] } });

function pod(name: string, container: JsonObject, spec: JsonObject = {}): JsonObject {
  const containers = [{ name: "c", image: "busybox", ...container }];
  return { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: { ...spec, containers } };
}

const loop = ["sh", "-c", "n=0; while true; do n=$((n+1)); echo tick $n $RANDOM; sleep 3; done"];

/** Pods whose probes and hooks are commands: quick ones, slow ones, ones that take too long, and one that is not there. */
const pods: readonly JsonObject[] = [
  pod("probed", {
    command: loop,
    lifecycle: { postStart: sh("sleep 2; touch /tmp/begun"), preStop: sh("echo bye > /proc/1/fd/1; sleep 4") },
    startupProbe: { ...sh("test -f /tmp/begun"), periodSeconds: 1 },
    readinessProbe: { ...sh("sleep 0.4; cat /tmp/begun"), periodSeconds: 2 },
    livenessProbe: { ...sh("date > /tmp/seen"), periodSeconds: 3 },
  }),
  pod("slow", { command: loop, livenessProbe: { ...sh("sleep 5"), periodSeconds: 4, failureThreshold: 2 } }),
  pod("missing", { command: loop, livenessProbe: { exec: { command: ["no-such-program"] }, periodSeconds: 5 } }),
  pod("failing", { command: loop, readinessProbe: { ...sh("echo not yet; exit 3"), periodSeconds: 5 } }),
  pod("hooked", { command: loop, lifecycle: { postStart: sh("echo oh >&2; sleep 1; exit 7") } }),
];

interface Play {
  readonly stepMs: number;
  /** Times at which the run is put away as JSON text and taken up again from it. */
  readonly cutsMs?: readonly number[];
}

async function play({ stepMs, cutsMs = [] }: Play): Promise<Simulation> {
  let simulation = Simulation.start({ seed: 3, shells: true, workers: 1 });
  simulation.advanceTo(START_MS);
  for (const body of pods) expect(simulation.request({ method: "POST", path: PODS_PATH, body }).code).toBe(201);
  const cuts = [...cutsMs];
  const goTo = async (ms: number) => {
    while (simulation.nowMs < ms) {
      const cutMs = cuts[0] ?? END_MS;
      await new ShellDriver(simulation).advanceTo(Math.min(ms, cutMs, simulation.nowMs + stepMs));
      if (simulation.nowMs < cutMs || cuts.length === 0) continue;
      cuts.shift();
      // Time may stand still for a question: it goes into the snapshot with all else.
      simulation = Simulation.restore(JSON.parse(JSON.stringify(simulation.snapshot())));
    }
  };
  await goTo(100_000);
  simulation.request(mergePatch(`${PODS_PATH}/slow`, { metadata: { labels: { noted: "yes" } } }));
  for (const name of ["probed", "failing"]) simulation.request({ method: "DELETE", path: `${PODS_PATH}/${name}` });
  await goTo(END_MS);
  return simulation;
}

function textOf(simulation: Simulation): string {
  const { journal, store, clock, random, machines } = simulation.snapshot();
  return canonicalJson({ journal, store, clock, random, machines });
}

const PATIENCE_MS = 120_000;

describe("probes and hooks that are commands", () => {
  it(
    "are real processes, and the same whatever the step and however often the run is put away",
    async () => {
      const reference = await play({ stepMs: 1000 });
      const text = textOf(reference);
      for (const words of [
        'Liveness probe failed: command timed out: \\"sh -c sleep 5\\" timed out after 1s',
        "Container c failed liveness probe, will be restarted",
        "Liveness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container",
        "Readiness probe failed: not yet",
        "FailedPostStartHook",
      ]) {
        expect(text, words).toContain(words);
      }
      // Nothing is known of a container whose probe can't be run: it is left alone.
      const missing = reference.request({ method: "GET", path: `${PODS_PATH}/missing` }).body as JsonObject;
      expect(missing).toMatchObject({ status: { containerStatuses: [{ ready: true, restartCount: 0 }] } });
      const other = await play({ stepMs: 60_000, cutsMs: [31_750, 33_210, 34_001, 36_300, 40_111, 77_700, 101_500] });
      expect(textOf(other) === text, "the runs differ").toBe(true);
    },
    PATIENCE_MS,
  );
});
