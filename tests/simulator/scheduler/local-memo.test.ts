import { describe, expect, it } from "vitest";
import { NODES, PODS } from "../../../simulator/api/refs.ts";
import { canonicalJson, cloneJson, deepFreeze } from "../../../simulator/base/json.ts";
import { Random } from "../../../simulator/time/random.ts";
import { Harness } from "./harness.ts";
import { nodeObject, podObject } from "./objects.ts";

const ZONE = "topology.kubernetes.io/zone";
const web = { matchLabels: { app: "web" } };
const asks = (cpu: string) => [{ name: "c", image: "a:1", resources: { requests: { cpu, memory: "64Mi" } } }];
const TEMPLATES: readonly object[] = [
  { containers: asks("100m") },
  { containers: [{ name: "c", image: "a:1" }] },
  { containers: asks("200m"), priority: 50 },
  { containers: asks("50m"), tolerations: [{ key: "soft", operator: "Exists", effect: "PreferNoSchedule" }] },
  { containers: asks("50m"), nodeSelector: { disk: "ssd" } },
  {
    containers: asks("50m"),
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: "ScheduleAnyway", labelSelector: web },
    ],
  },
  {
    containers: [{ name: "c", image: "a:1", ports: [{ containerPort: 80, hostPort: 8080, protocol: "TCP" }] }],
  },
].map((spec, index) =>
  deepFreeze((podObject({ metadata: { name: `t${index}` }, spec } as never) as { spec: object }).spec),
);

function changeNode(harness: Harness, random: Random, serial: number): void {
  const draw = random.stream("nodes");
  const nodes = [...harness.store.of(NODES).values()];
  const node = nodes[draw.below(nodes.length)];
  if (node === undefined) return;
  const action = draw.below(5);
  if (action === 0) harness.create(NODES, nodeObject({ name: `n${serial}`, cpu: "2", labels: { disk: "ssd" } }));
  else if (action === 1 && nodes.length > 4) harness.store.delete(NODES, node);
  else if (action === 2) {
    harness.update(NODES, { ...node, spec: { unschedulable: node.spec.unschedulable !== true } });
  } else if (action === 3) {
    const taints = [{ key: draw.below(2) === 0 ? "soft" : "other", effect: "PreferNoSchedule" }];
    harness.update(NODES, { ...node, spec: { ...node.spec, taints } });
  } else {
    const labels = { ...node.metadata.labels, disk: draw.below(2) === 0 ? "ssd" : "hdd" };
    harness.update(NODES, { ...node, metadata: { ...node.metadata, labels } });
  }
}

/** Plays a seed with pods that share their templates, or are like them without sharing anything. */
function play(seed: number, specOf: (template: object) => object): string {
  const harness = new Harness({}, seed);
  harness.namespace("default");
  for (let index = 0; index < 6; index++) {
    const labels = { [ZONE]: `z${index % 3}`, disk: index % 2 === 0 ? "ssd" : "hdd" };
    harness.create(NODES, nodeObject({ name: `m${index}`, cpu: "2", labels }));
  }
  harness.start();
  const random = new Random(seed);
  const draw = random.stream("pods");
  const told: string[] = [];
  for (let step = 0; step < 250; step++) {
    const name = `p${step}`;
    const spec = specOf(TEMPLATES[draw.below(TEMPLATES.length)] as object);
    const metadata = { name, namespace: "default", labels: { app: "web" } };
    harness.create(PODS, { metadata, spec, status: { phase: "Pending" } });
    if (draw.below(4) === 0) changeNode(harness, random, step);
    const pods = [...harness.store.of(PODS).values()];
    const gone = pods[draw.below(pods.length)];
    if (gone !== undefined && draw.below(3) === 0) harness.deletePod(gone.metadata.name);
    harness.run(20);
    told.push(canonicalJson(harness.scheduler.verdictOf(`default/${name}`)));
  }
  const pods = [...harness.store.of(PODS).values()].map(({ metadata, spec, status }) => [metadata.name, spec, status]);
  return canonicalJson([told, pods, harness.events]);
}

describe("what local plugins said of a template's pods", () => {
  it.each([1, 2, 3, 4])("is kept only as long as it holds (seed %i)", (seed) => {
    expect(play(seed, (template) => template)).toBe(play(seed, (template) => cloneJson(template) as object));
  });
});
