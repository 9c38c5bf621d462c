import { describe, expect, it } from "vitest";
import { NODES, PODS } from "../../../simulator/api/refs.ts";
import { canonicalJson } from "../../../simulator/base/json.ts";
import { Random } from "../../../simulator/time/random.ts";
import { Harness } from "./harness.ts";
import { nodeObject, podObject } from "./objects.ts";

const ZONE = "topology.kubernetes.io/zone";
const web = { matchLabels: { app: "web" } };
const term = (topologyKey: string) => ({ labelSelector: web, topologyKey });
const SPECS: readonly object[] = [
  {},
  { priority: 10 },
  { priority: -5 },
  {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: "DoNotSchedule", labelSelector: web },
    ],
  },
  {
    affinity: {
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term("kubernetes.io/hostname")] },
    },
  },
  {
    affinity: {
      podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 3, podAffinityTerm: term(ZONE) }] },
    },
  },
  { schedulingGates: [{ name: "wait" }] },
  { nodeSelector: { never: "there" } },
];

/** One random thing that happens to the cluster; the same for the same draw. */
function disturb(harness: Harness, random: Random, serial: number): void {
  const draw = random.stream("disturb");
  const action = draw.below(10);
  const pods = [...harness.store.of(PODS).values()];
  const nodes = [...harness.store.of(NODES).values()];
  const pod = pods[draw.below(Math.max(pods.length, 1))];
  const node = nodes[draw.below(Math.max(nodes.length, 1))];
  if (action < 5 || pod === undefined || node === undefined) {
    const cpu = `${100 * (1 + draw.below(15))}m`;
    const containers = [{ name: "c", image: "a:1", resources: { requests: { cpu } } }];
    const spec = { ...SPECS[draw.below(SPECS.length)], containers };
    const labels = { app: draw.below(2) === 0 ? "web" : "db" };
    harness.create(PODS, podObject({ metadata: { name: `p${serial}`, labels }, spec } as never));
  } else if (action === 5) harness.deletePod(pod.metadata.name);
  else if (action === 6) {
    const labels = { [ZONE]: `z${draw.below(3)}` };
    harness.create(NODES, nodeObject({ name: `n${serial}`, cpu: "2", labels }));
  } else if (action === 7) {
    harness.update(NODES, { ...node, spec: { unschedulable: node.spec.unschedulable !== true } });
  } else if (action === 8) {
    const labels = { ...node.metadata.labels, [ZONE]: `z${draw.below(3)}` };
    harness.update(NODES, { ...node, metadata: { ...node.metadata, labels } });
  } else if (nodes.length > 3 && draw.below(2) === 0) harness.store.delete(NODES, node);
  else harness.isReachable = !harness.isReachable;
}

function begin(seed: number): Harness {
  const harness = new Harness({}, seed);
  harness.namespace("default");
  for (let index = 0; index < 4; index++) {
    harness.create(NODES, nodeObject({ name: `m${index}`, cpu: "2", labels: { [ZONE]: `z${index % 3}` } }));
  }
  return harness.start();
}

const STEPS = 120;

/** Plays a seed; saves and continues in a new world before each of the given steps. */
function play(seed: number, breaks: readonly number[]): { readonly state: string; readonly events: string } {
  let harness = begin(seed);
  let chance = new Random(seed);
  const events: string[] = [];
  for (let step = 0; step < STEPS; step++) {
    if (breaks.includes(step)) {
      const { isReachable } = harness;
      events.push(...harness.events.map(canonicalJson));
      const draws = chance.save();
      harness = Harness.restore(harness.save());
      harness.isReachable = isReachable;
      chance = new Random(seed);
      chance.load(draws);
    }
    disturb(harness, chance, step);
    harness.run(chance.stream("pause").below(3) === 0 ? 1_500 : 3);
  }
  harness.isReachable = true;
  harness.run(20_000);
  events.push(...harness.events.map(canonicalJson));
  return { state: canonicalJson(harness.save()), events: events.join("\n") };
}

describe("determinism", () => {
  const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

  it.each(seeds)("seed %i: the same seed gives the same bytes", (seed) => {
    expect(play(seed, [])).toEqual(play(seed, []));
  });

  it.each(seeds)("seed %i: saved and continued, it goes on as if nothing had happened", (seed) => {
    const whole = play(seed, []);
    const broken = play(seed, [7, 31, 32, 60, 61, 62, 99]);
    expect(broken.events).toBe(whole.events);
    expect(broken.state).toBe(whole.state);
  });

  it("different seeds give different runs", () => {
    expect(play(1, []).state).not.toBe(play(2, []).state);
  });

  it.each(seeds)("seed %i: no node holds more than it has", (seed) => {
    const harness = begin(seed);
    const chance = new Random(seed);
    for (let step = 0; step < STEPS; step++) {
      disturb(harness, chance, step);
      harness.run(5);
      for (const node of harness.store.of(NODES).values()) {
        const pods = [...harness.store.of(PODS).byIndex("node", node.metadata.name)];
        const taken = pods.reduce((sum, { spec }) => sum + requested(spec.containers[0]), 0);
        expect(taken).toBeLessThanOrEqual(2_000);
      }
    }
  });
});

function requested(container: { readonly resources?: { readonly requests?: object } } | undefined): number {
  return Number.parseInt((container?.resources?.requests as { cpu?: string } | undefined)?.cpu ?? "0", 10);
}
