import type { IncomingMessage } from "node:http";
import type { ApiRequest, ApiResponse, Simulation } from "../simulator/index.ts";
import { labelsOf, type RequestLabels } from "./request-labels.ts";
import type { Watches } from "./watches.ts";

/** Upper bounds in seconds. Models apiserver pkg/endpoints/metrics. */
const BUCKETS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

interface Histogram {
  readonly labels: RequestLabels;
  /** One count a bucket, of those that are not in a smaller one. */
  readonly counts: number[];
  count: number;
  sum: number;
}

/** Whoever asks for nonsense in a million forms must not fill the memory. */
const MOST_SERIES = 5000;

const PATHS = ["/metrics", "/metrics/slis"];

/** What a Prometheus server finds at the API server: requests, watches, objects, health and the process. */
export class Metrics {
  readonly #simulation: Simulation;
  readonly #watches: Watches;
  readonly #requests = new Map<string, { readonly labels: RequestLabels; readonly code: number; count: number }>();
  readonly #durations = new Map<string, Histogram>();
  readonly #inFlight = { readOnly: 0, mutating: 0 };
  readonly #startedSeconds = Date.now() / 1000 - process.uptime();

  constructor(simulation: Simulation, watches: Watches) {
    this.#simulation = simulation;
    this.#watches = watches;
  }

  /** A request begins; what is returned is called with its code when it is over. */
  begin(message: IncomingMessage): (code: number) => void {
    const begun = performance.now();
    const kind = message.method === "GET" || message.method === "HEAD" ? "readOnly" : "mutating";
    this.#inFlight[kind]++;
    return (code) => {
      this.#inFlight[kind]--;
      this.#count(labelsOf(message.method ?? "", message.url ?? "/", message.headers["content-type"]), code, begun);
    };
  }

  #count(labels: RequestLabels, code: number, begun: number): void {
    const key = Object.values(labels).join(" ");
    if (this.#requests.size > MOST_SERIES && !this.#requests.has(`${key} ${code}`)) return;
    const total = this.#requests.get(`${key} ${code}`) ?? { labels, code, count: 0 };
    total.count++;
    this.#requests.set(`${key} ${code}`, total);
    // How long a watch lasts says nothing of the server.
    if (labels.verb === "WATCH" || labels.verb === "CONNECT") return;
    const seconds = (performance.now() - begun) / 1000;
    const histogram = this.#durations.get(key) ?? { labels, counts: BUCKETS.map(() => 0), count: 0, sum: 0 };
    const bucket = BUCKETS.findIndex((bound) => seconds <= bound);
    if (bucket >= 0) histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
    histogram.count++;
    histogram.sum += seconds;
    this.#durations.set(key, histogram);
  }

  /** The document at a path of ours, for whoever the core would have let see it; undefined: the answer stands. */
  document({ method, path }: ApiRequest, answered: ApiResponse): ApiResponse | undefined {
    const [plain = ""] = path.split("?");
    if (method !== "GET") return undefined;
    if (plain === "/" && Array.isArray(answered.body.paths)) {
      return { ...answered, body: { paths: [...answered.body.paths, ...PATHS].sort() } };
    }
    if (answered.code !== 404 || !PATHS.includes(plain)) return undefined;
    const text = plain === "/metrics" ? this.#text() : this.#indicators();
    const contentType = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
    return { code: 200, warnings: [], body: {}, text, contentType };
  }

  #text(): string {
    const { store } = this.#simulation;
    const objects = [...store.collections].map(({ ref, size }) => ({ group: ref.group, resource: ref.plural, size }));
    const { rss } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    return [
      family("apiserver_request_total", "counter", "Requests, by what they were about and how they were answered."),
      ...[...this.#requests.values()].map(({ labels, code, count }) =>
        line("apiserver_request_total", { ...whole(labels), code: String(code) }, count),
      ),
      family("apiserver_request_duration_seconds", "histogram", "How long answers took."),
      ...[...this.#durations.values()].flatMap(histogramLines),
      family("apiserver_current_inflight_requests", "gauge", "Requests that are being answered."),
      ...Object.entries(this.#inFlight).map(([kind, count]) =>
        line("apiserver_current_inflight_requests", { request_kind: kind }, count),
      ),
      family("apiserver_longrunning_requests", "gauge", "Watches that are open."),
      line("apiserver_longrunning_requests", { component: "apiserver", verb: "WATCH" }, this.#watches.size),
      family("apiserver_resource_objects", "gauge", "Stored objects of each resource."),
      ...objects.map(({ group, resource, size }) => line("apiserver_resource_objects", { group, resource }, size)),
      family("apiserver_storage_objects", "gauge", "Stored objects of each resource."),
      ...objects.map(({ group, resource, size }) =>
        line("apiserver_storage_objects", { resource: group === "" ? resource : `${resource}.${group}` }, size),
      ),
      family("kubernetes_build_info", "gauge", "Which Kubernetes this is."),
      line("kubernetes_build_info", { major: "1", minor: "36", git_version: "v1.36.2+tabernetes" }, 1),
      family("process_cpu_seconds_total", "counter", "CPU time of the process."),
      line("process_cpu_seconds_total", {}, (user + system) / 1e6),
      family("process_resident_memory_bytes", "gauge", "Memory of the process."),
      line("process_resident_memory_bytes", {}, rss),
      family("process_start_time_seconds", "gauge", "When the process began."),
      line("process_start_time_seconds", {}, this.#startedSeconds),
      "",
    ].join("\n");
  }

  /** Each health check as a figure. Models component-base metrics/prometheus/slis. */
  #indicators(): string {
    const lines = [family("kubernetes_healthcheck", "gauge", "Whether a health check passes.")];
    for (const type of ["healthz", "livez", "readyz"]) {
      const { text = "" } = this.#simulation.request({ method: "GET", path: `/${type}?verbose` });
      for (const [, sign, name = ""] of text.matchAll(/^\[([+-])\](\S+)/gm)) {
        lines.push(line("kubernetes_healthcheck", { name, type }, sign === "+" ? 1 : 0));
      }
    }
    return `${lines.join("\n")}\n`;
  }
}

function whole(labels: RequestLabels): { readonly [name: string]: string } {
  return { component: "apiserver", ...labels };
}

function histogramLines({ labels, counts, count, sum }: Histogram): string[] {
  const name = "apiserver_request_duration_seconds";
  let below = 0;
  const buckets = BUCKETS.map((bound, at) => {
    below += counts[at] ?? 0;
    return line(`${name}_bucket`, { ...whole(labels), le: String(bound) }, below);
  });
  return [
    ...buckets,
    line(`${name}_bucket`, { ...whole(labels), le: "+Inf" }, count),
    line(`${name}_sum`, whole(labels), sum),
    line(`${name}_count`, whole(labels), count),
  ];
}

function family(name: string, type: string, help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}`;
}

function line(name: string, labels: { readonly [name: string]: string }, value: number): string {
  const pairs = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, text]) => `${label}="${text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
}
