import { type ApiRequest, type ApiResponse, Simulation } from "../../../simulator/index.ts";

type Body = NonNullable<ApiRequest["body"]>;

/** An object as a test reads it: whatever fields it has. */
// biome-ignore lint/suspicious/noExplicitAny: tests read deep into objects of every kind.
export type Loose = any;

const STRATEGIC = "application/strategic-merge-patch+json";
const MERGE = "application/merge-patch+json";

let base: ReturnType<Simulation["snapshot"]> | undefined;

/** A cluster of two workers with the namespace `e2e`, spoken to as the sources of Kubernetes' tests do. */
export class Play {
  readonly simulation: Simulation;

  constructor() {
    base ??= startOnce();
    this.simulation = Simulation.restore(base);
  }

  ask(method: ApiRequest["method"], path: string, body?: object, contentType?: string): ApiResponse {
    return this.simulation.request({
      method,
      path,
      ...(body && { body: body as Body }),
      ...(contentType && { contentType }),
    });
  }

  /** The answer of a request that must succeed. */
  #must(answer: ApiResponse): Loose {
    if (answer.code >= 300) throw new Error(`${answer.code}: ${answer.body.message}`);
    return answer.body;
  }

  get = (path: string): Loose => this.#must(this.ask("GET", path));
  list = (path: string): Loose[] => this.get(path).items;
  create = (path: string, body: object): Loose => this.#must(this.ask("POST", path, body));
  replace = (path: string, body: object): Loose => this.#must(this.ask("PUT", path, body));
  remove = (path: string): Loose => this.#must(this.ask("DELETE", path));
  merge = (path: string, body: object): Loose => this.#must(this.ask("PATCH", path, body, MERGE));
  patch = (path: string, body: object): Loose => this.#must(this.ask("PATCH", path, body, STRATEGIC));

  /** What a request that must fail is told. */
  refused(answer: ApiResponse): string {
    if (answer.code < 400) throw new Error(`not refused: ${answer.code}`);
    return `${answer.code} ${answer.body.message}`;
  }

  strategic(path: string, body: object): ApiResponse {
    return this.ask("PATCH", path, body, STRATEGIC);
  }

  wait(ms: number): void {
    this.simulation.advanceTo(this.simulation.nowMs + ms);
  }

  /** Waits until something holds, at most `ms` of virtual time. */
  until(what: string, holds: () => unknown, ms = 60_000): void {
    const endMs = this.simulation.nowMs + ms;
    while (!holds()) {
      if (this.simulation.nowMs >= endMs) throw new Error(`in ${ms / 1000} s not: ${what}`);
      this.wait(250);
    }
  }

  isGone = (path: string): boolean => this.ask("GET", path).code === 404;
}

function startOnce(): ReturnType<Simulation["snapshot"]> {
  const simulation = Simulation.start({ workers: 2 });
  simulation.advanceTo(60_000);
  simulation.request({ method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: "e2e" } } });
  simulation.advanceTo(65_000);
  return simulation.snapshot();
}

export const HOME = "/api/v1/namespaces/e2e";
export const APPS = "/apis/apps/v1/namespaces/e2e";
export const BATCH = "/apis/batch/v1/namespaces/e2e";
export const PAUSE = "registry.k8s.io/pause:3.10";

export const template = (labels: Record<string, string>, container: object = {}, spec: object = {}) => ({
  metadata: { labels },
  spec: { terminationGracePeriodSeconds: 0, containers: [{ name: "c", image: PAUSE, ...container }], ...spec },
});

export const pod = (name: string, container: object = {}, spec: object = {}, metadata: object = {}) => ({
  metadata: { name, ...metadata },
  spec: template({}, container, spec).spec,
});
