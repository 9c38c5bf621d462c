import { humanDuration } from "../../api/meta/duration.ts";
import { quantityOf, toBytes, toMilliCpu } from "../../api/meta/quantity.ts";
import { timeOf } from "../../api/meta/time.ts";
import { isObject, type JsonObject } from "../../base/json.ts";
import { partOf } from "../change/object.ts";
import { ApiError } from "../cli/client.ts";
import { type Call, type Command, complaint, usageComplaint } from "../cli/command.ts";
import type { FlagSpec } from "../cli/flags.ts";
import { ALL_NAMESPACES, FIELD_SELECTOR, SELECTOR } from "../cli/select-flags.ts";
import { urlPart } from "../mapping.ts";
import { ColumnsText } from "../print/columns-text.ts";
import { failureOf } from "../transport.ts";

const METRICS = "/apis/metrics.k8s.io/v1beta1";
/** A pod that is older than this should have metrics by now. */
const DELAY_MS = 120_000;
const MEBIBYTE = 1024 * 1024;

const SHARED: readonly FlagSpec[] = [
  SELECTOR,
  { name: "show-swap", type: "bool", default: "false", usage: "Tell of swap memory, too." },
  { name: "sort-by", type: "string", default: "", usage: "Largest first: 'cpu' or 'memory'; else by name." },
  { name: "no-headers", type: "bool", default: "false", usage: "Leave out the line of headers." },
  { name: "use-protocol-buffers", type: "bool", default: "true", usage: "Kept for old command lines." },
];

/** `kubectl top`. Models kubectl pkg/cmd/top. */
export const top: Command = {
  name: "top",
  use: "[flags] [options]",
  short: "Display resource (CPU/memory) usage",
  commands: [
    {
      name: "node",
      aliases: ["nodes", "no"],
      use: "[NAME | -l label] [options]",
      short: "Display resource (CPU/memory) usage of nodes",
      flags: [
        ...SHARED,
        { name: "show-capacity", type: "bool", default: "false", usage: "Shares of capacity, not of allocatable." },
      ],
      run: topNodes,
    },
    {
      name: "pod",
      aliases: ["pods", "po"],
      use: "[NAME | -l label] [options]",
      short: "Display resource (CPU/memory) usage of pods",
      flags: [
        ...SHARED,
        FIELD_SELECTOR,
        ALL_NAMESPACES,
        { name: "containers", type: "bool", default: "false", usage: "A line for each container." },
        { name: "sum", type: "bool", default: "false", usage: "The sum at the end." },
      ],
      run: topPods,
    },
  ],
};

interface Use {
  readonly milliCpu: number;
  readonly memoryBytes: number;
  readonly swapBytes: number;
}

const cpuText = ({ milliCpu }: Use): string => `${milliCpu}m`;
const bytesText = (bytes: number): string => `${Math.trunc(bytes / MEBIBYTE)}Mi`;
const memoryText = ({ memoryBytes }: Use): string => bytesText(memoryBytes);
/** What is told of an amount of each thing that is measured. */
const amounts = (use: Use, withSwap: boolean): string[] => [
  cpuText(use),
  memoryText(use),
  ...(withSwap ? [bytesText(use.swapBytes)] : []),
];

function amountsOf(usage: unknown): Use {
  const { cpu, memory, swap } = isObject(usage as JsonObject) ? (usage as { [resource: string]: string }) : {};
  return {
    milliCpu: toMilliCpu(quantityOf(cpu)),
    memoryBytes: toBytes(quantityOf(memory)),
    swapBytes: toBytes(quantityOf(swap)),
  };
}

const NOTHING: Use = { milliCpu: 0, memoryBytes: 0, swapBytes: 0 };

function sumOf(uses: readonly Use[]): Use {
  return uses.reduce(
    (sum, use) => ({
      milliCpu: sum.milliCpu + use.milliCpu,
      memoryBytes: sum.memoryBytes + use.memoryBytes,
      swapBytes: sum.swapBytes + use.swapBytes,
    }),
    NOTHING,
  );
}

/** The objects at a path: those of a list, or the one that is named. */
async function objectsAt({ client }: Call, path: string, name: string, query: string): Promise<readonly JsonObject[]> {
  const response = await client.ask({ method: "GET", path: name === "" ? path + query : `${path}/${urlPart(name)}` });
  if (failureOf(response) !== undefined) throw new ApiError(response);
  const { items } = response.body;
  if (Array.isArray(items)) return items.filter(isObject);
  return name === "" ? [] : [response.body];
}

/** What is common to both: one name at most, a known order, and an API to ask. */
async function check(call: Call): Promise<string> {
  const { flags, words, client } = call;
  const sortBy = flags.text("sort-by");
  if (sortBy !== "" && sortBy !== "cpu" && sortBy !== "memory") throw complaint("--sort-by accepts only cpu or memory");
  if (words.length > 1) throw usageComplaint(call, `${call.command.name} [NAME | -l label]`);
  const [name = ""] = words;
  if (name !== "" && flags.text("selector") !== "") {
    throw complaint("only one of NAME or selector can be provided");
  }
  const groups = await client.demand({ method: "GET", path: "/apis" });
  const served = Array.isArray(groups.body.groups) ? groups.body.groups.filter(isObject) : [];
  if (!served.some((group) => group.name === "metrics.k8s.io")) throw complaint("Metrics API not available");
  return name;
}

function queryOf({ flags }: Call, withFields = false): string {
  const parts = [];
  if (flags.text("selector") !== "") parts.push(`labelSelector=${urlPart(flags.text("selector"))}`);
  if (withFields && flags.text("field-selector") !== "") {
    parts.push(`fieldSelector=${urlPart(flags.text("field-selector"))}`);
  }
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

interface Row {
  readonly namespace: string;
  readonly name: string;
  readonly use: Use;
}

function byFlag({ flags }: Call): (a: Row, b: Row) => number {
  const sortBy = flags.text("sort-by");
  if (sortBy === "cpu") return (a, b) => b.use.milliCpu - a.use.milliCpu;
  if (sortBy === "memory") return (a, b) => b.use.memoryBytes - a.use.memoryBytes;
  const key = ({ namespace, name }: Row) => `${namespace}\0${name}`;
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}

/** Every cell ends with a tab upstream, the last one too: so it is filled up. */
function printRows({ flags, host }: Call, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const all = flags.on("no-headers") ? rows : [head, ...rows];
  for (const line of new ColumnsText().lines(all.map((row) => [...row, ""]))) host.out(`${line}\n`);
}

const metadataOf = (object: JsonObject) =>
  object.metadata as unknown as { name: string; namespace?: string; creationTimestamp?: string };

const UNKNOWN = "<unknown>";
const share = (used: number, all: number): string => `${all === 0 ? 0 : Math.trunc((used / all) * 100)}%`;

async function topNodes(call: Call): Promise<undefined> {
  const name = await check(call);
  const metrics = await objectsAt(call, `${METRICS}/nodes`, name, queryOf(call));
  if (metrics.length === 0) throw complaint("metrics not available yet");
  const field = call.flags.on("show-capacity") ? "capacity" : "allocatable";
  const nodes = await objectsAt(call, "/api/v1/nodes", name, queryOf(call));
  const withSwap = call.flags.on("show-swap");
  const available = new Map<string, Use>();
  const swaps = new Map<string, number>();
  for (const node of nodes) {
    available.set(metadataOf(node).name, amountsOf(isObject(node.status) ? node.status[field] : undefined));
    const { swap } = partOf(node, "status", "nodeInfo");
    const capacity = isObject(swap) ? swap.capacity : undefined;
    if (typeof capacity === "number") swaps.set(metadataOf(node).name, capacity);
  }
  const swapOf = (node: string, { swapBytes }: Use) => {
    const capacity = swaps.get(node);
    if (!withSwap) return [];
    return capacity === undefined ? [UNKNOWN, UNKNOWN] : [bytesText(swapBytes), share(swapBytes, capacity)];
  };
  const seen = metrics.map((object) => ({
    namespace: "",
    name: metadataOf(object).name,
    use: amountsOf(object.usage),
  }));
  const rows = seen.sort(byFlag(call)).map(({ name: node, use }) => {
    const all = available.get(node) ?? NOTHING;
    const cpu = [cpuText(use), share(use.milliCpu, all.milliCpu)];
    return [node, ...cpu, memoryText(use), share(use.memoryBytes, all.memoryBytes), ...swapOf(node, use)];
  });
  const measured = new Set(seen.map((one) => one.name));
  const others = [...available.keys()].filter((node) => !measured.has(node));
  const head = ["NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"];
  if (withSwap) head.push("SWAP(bytes)", "SWAP(%)");
  for (const node of others) rows.push([node, ...head.slice(1).map(() => UNKNOWN)]);
  printRows(call, head, rows);
  return undefined;
}

interface PodRow extends Row {
  readonly containers: readonly { readonly name: string; readonly use: Use }[];
}

function podRow(call: Call, object: JsonObject): PodRow {
  const { name, namespace = "" } = metadataOf(object);
  const list = Array.isArray(object.containers) ? object.containers.filter(isObject) : [];
  const all = list.map((each) => ({ namespace, name: String(each.name), use: amountsOf(each.usage) }));
  const containers = all.sort(byFlag(call));
  return { name, namespace, containers, use: sumOf(containers.map(({ use }) => use)) };
}

async function topPods(call: Call): Promise<undefined> {
  const { flags, client } = call;
  const name = await check(call);
  const everywhere = flags.on("all-namespaces");
  const place = everywhere ? "" : `/namespaces/${urlPart(client.namespace)}`;
  const metrics = await objectsAt(call, `${METRICS}${place}/pods`, name, queryOf(call, true));
  if (metrics.length === 0) {
    await tellNothing(call, `/api/v1${place}/pods`, name, everywhere);
    return undefined;
  }
  const rows = metrics.map((object) => podRow(call, object)).sort(byFlag(call));
  const byContainer = flags.on("containers");
  const withSwap = flags.on("show-swap");
  const head = [
    ...(everywhere ? ["NAMESPACE"] : []),
    ...(byContainer ? ["POD"] : []),
    "NAME",
    "CPU(cores)",
    "MEMORY(bytes)",
    ...(withSwap ? ["SWAP(bytes)"] : []),
  ];
  const lines = rows.flatMap((row) => {
    const where = everywhere ? [row.namespace] : [];
    if (!byContainer) return [[...where, row.name, ...amounts(row.use, withSwap)]];
    return row.containers.map((each) => [...where, row.name, each.name, ...amounts(each.use, withSwap)]);
  });
  if (flags.on("sum")) {
    const total = sumOf(rows.map(({ use }) => use));
    // Without headers, the columns of the place do not count.
    const width = flags.on("no-headers") ? head.length - (everywhere ? 1 : 0) - (byContainer ? 1 : 0) : head.length;
    const blanks = (count: number) => Array.from({ length: count }, () => "");
    lines.push([...blanks(width - 2), "________", "________"]);
    lines.push([...blanks(width - 3), "", ...amounts(total, withSwap)]);
  }
  printRows(call, head, lines);
  return undefined;
}

// Models kubectl pkg/cmd/top top_pod.go verifyEmptyMetrics and checkPodAge
/** Without metrics: there are no pods, or they are too young, or something is wrong. */
async function tellNothing(call: Call, path: string, name: string, everywhere: boolean): Promise<void> {
  const { host, client } = call;
  const pods = await objectsAt(call, path, name, queryOf(call, true));
  if (pods.length === 0) {
    host.err(everywhere ? "No resources found\n" : `No resources found in ${client.namespace} namespace.\n`);
    return;
  }
  for (const pod of pods) {
    const { name: podName, namespace = "", creationTimestamp } = metadataOf(pod);
    const ageMs = host.nowEpochMs() - (timeOf(creationTimestamp) ?? 0);
    if (ageMs > DELAY_MS) {
      throw complaint(`Metrics not available for pod ${namespace}/${podName}, age: ${humanDuration(ageMs)}`);
    }
  }
  throw complaint("metrics not available yet");
}
