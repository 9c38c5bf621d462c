import { performance } from "node:perf_hooks";
import { Simulation } from "../simulator/index.ts";

/*
 * A zone goes dark in a big cluster, and comes back. Prints what became of nodes and pods, minute by minute:
 * `node --max-old-space-size=6000 --import tsx bench/zone.ts [NODES] [PODS] [MINUTES]`.
 */

const [nodeCount = 5_000, podCount = 15_000, minutes = 10] = process.argv.slice(2).map(Number);
const DEPLOYMENTS = 10;
const ZONE = "zone-b";
const FAULTS = "/apis/simulation.tabernetes.dev/v1alpha1/faults";
const PATH = "/apis/apps/v1/namespaces/default/deployments";
const LIMIT_MS = 60 * 60_000;

interface Listed {
  readonly items: readonly {
    readonly metadata: { readonly labels?: { readonly [key: string]: string } };
    readonly spec: { readonly taints?: readonly { readonly effect: string }[] };
    readonly status: {
      readonly readyReplicas?: number;
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    };
  }[];
}

const simulation = Simulation.start({ workers: nodeCount });
let deleted = 0;
simulation.onCommit((change, { ref }) => {
  if (ref.id === "pods" && change.type === "DELETED") deleted++;
});
const list = (path: string) => simulation.request({ method: "GET", path }).body as unknown as Listed;
const readyPods = () => list(PATH).items.reduce((sum, { status }) => sum + (status.readyReplicas ?? 0), 0);

function deploy(name: string, replicas: number): void {
  const labels = { app: name };
  const containers = [{ name: "app", image: "registry.k8s.io/pause:3.10", resources: { requests: { cpu: "10m" } } }];
  const template = { metadata: { labels }, spec: { containers } };
  const spec = { replicas, selector: { matchLabels: labels }, template };
  simulation.request({ method: "POST", path: PATH, body: { metadata: { name }, spec } });
}

/** The state of the zone's nodes and of all pods, with what it took to get there. */
function look(what: string, sinceMs: number, began: number) {
  const nodes = list("/api/v1/nodes").items.filter(
    ({ metadata }) => metadata.labels?.["topology.kubernetes.io/zone"] === ZONE,
  );
  const ready = ({ status }: Listed["items"][number]) =>
    status.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") === true;
  return {
    what,
    "virtual s": Math.round((simulation.nowMs - sinceMs) / 1000),
    "nodes of the zone": nodes.length,
    ready: nodes.filter(ready).length,
    evicting: nodes.filter(({ spec }) => spec.taints?.some(({ effect }) => effect === "NoExecute")).length,
    "pods deleted": deleted,
    "pods ready": readyPods(),
    "wall s": Number(((performance.now() - began) / 1000).toFixed(1)),
  };
}

function advanceUntil(isDone: () => boolean): void {
  const end = simulation.nowMs + LIMIT_MS;
  while (!isDone()) {
    if (simulation.nowMs >= end) throw new Error(`not there after ${LIMIT_MS / 60_000} virtual minutes`);
    simulation.advanceTo(simulation.nowMs + 5_000);
  }
}

simulation.advanceTo(60_000);
for (let index = 0; index < DEPLOYMENTS; index++) deploy(`web-${index}`, podCount / DEPLOYMENTS);
advanceUntil(() => readyPods() === podCount);
const rows = [look("before", simulation.nowMs, performance.now())];

const darkMs = simulation.nowMs;
const spec = { type: "NodeCrash", target: { kind: "Node", zone: ZONE } };
simulation.request({ method: "POST", path: FAULTS, body: { metadata: { name: "dark" }, spec } });
for (let minute = 1; minute <= minutes; minute++) {
  const began = performance.now();
  simulation.advanceTo(darkMs + minute * 60_000);
  rows.push(look("dark", darkMs, began));
}

const backMs = simulation.nowMs;
const began = performance.now();
simulation.request({ method: "DELETE", path: `${FAULTS}/dark` });
advanceUntil(() => {
  if (readyPods() !== podCount) return false;
  const { ready, evicting, "nodes of the zone": all } = look("", backMs, began);
  return ready === all && evicting === 0;
});
rows.push(look("back", backMs, began));
console.table(rows);
