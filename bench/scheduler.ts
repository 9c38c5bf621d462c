// The scheduler alone (no kubelets, no API server): pods a second on a cluster of 5,000 nodes.
// npx tsx bench/scheduler.ts [nodes] [pods] [case]
import { NODES, PODS, SERVICES } from "../simulator/api/refs.ts";
import type { PodSpec } from "../simulator/api/schema/generated/types.ts";
import { deepFreeze } from "../simulator/base/json.ts";
import { Harness } from "../tests/simulator/scheduler/harness.ts";
import { nodeObject, podObject } from "../tests/simulator/scheduler/objects.ts";

const [nodeCount = 5_000, podCount = 5_000] = process.argv.slice(2, 4).map(Number);
const onlyCase = process.argv[4];
const ZONE = "topology.kubernetes.io/zone";
const HOST = "kubernetes.io/hostname";

interface Load {
  readonly name: string;
  /** Threshold, in pods a second, of the scheduler_perf benchmark that comes nearest; its API server is a real one. */
  readonly upstream?: number;
  readonly spec?: Partial<PodSpec>;
  /** Pods that are there before. */
  readonly before?: Partial<PodSpec>;
  readonly service?: boolean;
  readonly pods?: number;
  /** Not all pods find a place, and are not waited for. */
  readonly fails?: boolean;
}

const web = { matchLabels: { app: "web" } };
const term = (topologyKey: string) => ({ labelSelector: web, topologyKey });
const spread = (topologyKey: string, whenUnsatisfiable: string) => ({
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey, whenUnsatisfiable, labelSelector: web }],
});
const asks = (cpu: string) => [{ name: "c", image: "app:1", resources: { requests: { cpu, memory: "500Mi" } } }];

const LOADS: readonly Load[] = [
  { name: "basic", upstream: 680 },
  { name: "basic with a service (default spreading)", upstream: 160, service: true },
  { name: "topology spread, zones, required", upstream: 460, spec: spread(ZONE, "DoNotSchedule") },
  { name: "topology spread, hosts, required", spec: spread(HOST, "DoNotSchedule") },
  { name: "topology spread, zones, preferred", upstream: 340, spec: spread(ZONE, "ScheduleAnyway") },
  {
    name: "pod affinity, zones, required",
    upstream: 35,
    spec: { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(ZONE)] } } },
  },
  {
    name: "pod anti-affinity, hosts, required",
    upstream: 60,
    pods: Math.min(podCount, Math.trunc(nodeCount * 0.8)),
    spec: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(HOST)] } } },
  },
  {
    name: "pod affinity, hosts, preferred",
    upstream: 90,
    spec: {
      affinity: {
        podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term(HOST) }] },
      },
    },
  },
  {
    name: "pod anti-affinity, hosts, preferred",
    upstream: 90,
    spec: {
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term(HOST) }],
        },
      },
    },
  },
  {
    name: "node affinity",
    upstream: 220,
    spec: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: "In", values: ["zone-1", "zone-2"] }] }],
          },
        },
      },
    },
  },
  {
    name: "preemption",
    before: { containers: asks("31") },
    spec: { containers: asks("30"), priority: 10 },
    pods: Math.min(podCount, 500),
  },
  { name: "fits nowhere", spec: { containers: asks("40") }, fails: true },
];

function makeCluster(): Harness {
  const harness = new Harness({ keptVerdicts: 64 });
  harness.namespace("default");
  for (let index = 0; index < nodeCount; index++) {
    const labels = { [ZONE]: `zone-${index % 10}` };
    harness.create(NODES, nodeObject({ name: `node-${index}`, cpu: "32", memory: "128Gi", labels }));
  }
  return harness;
}

/** Pods of one template share the parts of its spec, as those of a replica set do. */
function addPods(harness: Harness, prefix: string, count: number, spec: Partial<PodSpec>, labels: object): void {
  const template = podObject({ metadata: { name: "t" }, spec: { containers: asks("100m"), ...spec } as never });
  const parts = deepFreeze((template as { spec: object }).spec);
  for (let index = 0; index < count; index++) {
    const metadata = { name: `${prefix}-${index}`, namespace: "default", labels };
    harness.create(PODS, { ...template, spec: parts, metadata });
  }
}

function waiting(harness: Harness): number {
  return [...harness.store.of(PODS).values()].filter(({ spec }) => !spec.nodeName).length;
}

function settle(harness: Harness): void {
  for (let turn = 0; turn < 1_000 && waiting(harness) > 0; turn++) harness.run(2_000);
}

function measure({ name, upstream, spec = {}, before, service, pods = podCount, fails }: Load): void {
  const harness = makeCluster().start();
  if (service) {
    harness.create(SERVICES, { metadata: { name: "web", namespace: "default" }, spec: { selector: web.matchLabels } });
  }
  const labels = deepFreeze({ app: "web" });
  addPods(harness, "old", nodeCount, before ?? {}, deepFreeze({ app: "old" }));
  settle(harness);
  const cycles = harness.scheduler.reconciled;
  addPods(harness, "new", pods, spec, labels);
  const start = performance.now();
  const cpuStart = process.cpuUsage();
  if (fails) harness.run(pods * 2);
  else settle(harness);
  const seconds = (performance.now() - start) / 1000;
  const cpu = process.cpuUsage(cpuStart);
  const cpuSeconds = (cpu.user + cpu.system) / 1_000_000;
  const handled = harness.scheduler.reconciled - cycles;
  const done = fails ? handled : pods - waiting(harness);
  const rates = [done / seconds, done / cpuSeconds].map((rate) => String(Math.round(rate)));
  const cells = [
    rates[0]?.padStart(7),
    rates[1]?.padStart(10),
    String(upstream ?? "-").padStart(9),
    String(handled).padStart(7),
    name,
  ];
  console.log(cells.join("  "));
}

console.log(`${nodeCount} nodes of 32 CPUs in 10 zones, ${nodeCount} pods there already, ${podCount} pods to schedule`);
console.log(" pods/s  pods/CPU-s   upstream   cycles  load");
for (const load of LOADS) if (onlyCase === undefined || load.name.startsWith(onlyCase)) measure(load);
