import { EVENTS, type Event } from "../../../simulator/api/refs.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import type { ClusterOptions } from "../../../simulator/cluster-options.ts";
import { Simulation } from "../../../simulator/simulation.ts";

/** A cluster with a metrics server that has come up, and short ways to talk to it. */
export class TestCluster {
  readonly simulation: Simulation;

  constructor(options: Partial<ClusterOptions> = {}) {
    this.simulation = Simulation.start({ workers: 2, metricsServer: true, ...options });
    this.simulation.advanceTo(90_000);
  }

  get nowMs(): number {
    return this.simulation.nowMs;
  }

  wait(seconds: number): void {
    this.simulation.advanceTo(this.simulation.nowMs + seconds * 1000);
  }

  ask(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: JsonObject) {
    const contentType = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    return this.simulation.request({ method, path, ...(body && { body, contentType }) });
  }

  get<T>(path: string): T {
    const { code, body } = this.ask("GET", path);
    if (code !== 200) throw new Error(`${path}: ${code} ${JSON.stringify(body)}`);
    return body as unknown as T;
  }

  create(path: string, body: JsonObject): void {
    const { code, body: answer } = this.ask("POST", path, body);
    if (code !== 201) throw new Error(`${path}: ${code} ${JSON.stringify(answer)}`);
  }

  /** Events as `reason: message`, of objects of a kind, in the order of their first time. */
  events(kind: string, name?: string): string[] {
    return [...this.simulation.store.of(EVENTS).values()]
      .filter(
        ({ involvedObject }: Event) =>
          involvedObject.kind === kind && (name ?? involvedObject.name) === involvedObject.name,
      )
      .map(({ reason, message }) => `${reason}: ${message}`);
  }
}

/** A timeline as it is printed: seconds since `sinceMs`, and what was new then. */
export class Timeline {
  readonly lines: string[] = [];
  #last = "";

  note(seconds: number, text: string): void {
    if (text === this.#last) return;
    this.#last = text;
    this.lines.push(`${String(Math.round(seconds)).padStart(5)}s ${text}`);
  }

  print(title: string): void {
    process.stdout.write(`\n${title}\n${this.lines.join("\n")}\n`);
  }
}
