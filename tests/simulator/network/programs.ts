import { expect } from "vitest";
import type { JsonObject } from "../../../simulator/base/json.ts";
import type { NetworkResponse, NetworkView } from "../../../simulator/network/network-view.ts";
import { programOf, writeOwnLines, writeOwnLinesOfPrevious } from "../../../simulator/node/program-world.ts";
import { Simulation } from "../../../simulator/simulation.ts";

const PODS = "/api/v1/namespaces/default/pods";

interface Seen {
  readonly metadata: { readonly uid: string };
  readonly spec: { readonly nodeName: string };
  readonly status: {
    readonly podIP: string;
    readonly phase: string;
    readonly containerStatuses: readonly JsonObject[];
  };
}

/** A small cluster with pods whose programs are asked things. */
export class Programs {
  readonly simulation = Simulation.start({ seed: 3, workers: 2 });

  constructor() {
    this.simulation.advanceTo(60_000);
  }

  create(path: string, body: JsonObject): void {
    const answer = this.simulation.request({ method: "POST", path, body });
    expect(answer.code, JSON.stringify(answer.body)).toBeLessThan(300);
  }

  /** Creates a pod of one container. */
  run(name: string, container: JsonObject, spec: JsonObject = {}): void {
    const metadata = { name, labels: { app: name } };
    const body = {
      apiVersion: "v1",
      kind: "Pod",
      metadata,
      spec: { containers: [{ name: "c", ...container }], ...spec },
    };
    this.create(PODS, body as JsonObject);
  }

  configMap(name: string, data: { readonly [key: string]: string }): void {
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data };
    this.create("/api/v1/namespaces/default/configmaps", body as JsonObject);
  }

  settle(ms = 30_000): void {
    this.simulation.advanceTo(this.simulation.nowMs + ms);
  }

  pod(name: string): Seen {
    return this.simulation.request({ method: "GET", path: `${PODS}/${name}` }).body as unknown as Seen;
  }

  from(name: string): NetworkView {
    const { metadata, spec } = this.pod(name);
    return this.simulation.network.view({ kind: "pod", node: spec.nodeName, uid: metadata.uid });
  }

  /** A request from the pod's own machine to the pod. */
  ask(
    name: string,
    port: number,
    path = "/",
    more: Partial<{ method: string; headers: Record<string, string>; body: string }> = {},
  ): NetworkResponse {
    const { spec, status } = this.pod(name);
    const view = this.simulation.network.view({ kind: "node", node: spec.nodeName });
    const answer = view.http(status.podIP, port, { method: "GET", path, headers: {}, body: "", ...more });
    if (typeof answer === "string") throw new Error(`${name}:${port}${path} is ${answer}`);
    return answer;
  }

  say(name: string, port: number, bytes: string, protocol: "tcp" | "udp" = "tcp"): string {
    const { spec, status } = this.pod(name);
    return this.simulation.network
      .view({ kind: "node", node: spec.nodeName })
      .exchange(status.podIP, port, bytes, protocol);
  }

  #container(name: string) {
    const { metadata, spec } = this.pod(name);
    const machine = this.simulation.machines.get(spec.nodeName);
    const runtime = machine?.pods.get(metadata.uid);
    const container = runtime?.containers[0];
    if (machine === undefined || runtime === undefined || container === undefined)
      throw new Error(`no container in ${name}`);
    return { machine, runtime, container };
  }

  program(name: string) {
    const { machine, runtime, container } = this.#container(name);
    const program = programOf(this.simulation.machines, machine, runtime, container);
    if (program === undefined) throw new Error(`${name} has no program`);
    return program;
  }

  /** What a pod's container has printed. */
  log(name: string, which: "latest" | "previous" = "latest"): string {
    const { machine, runtime, container } = this.#container(name);
    const write = which === "latest" ? writeOwnLines : writeOwnLinesOfPrevious;
    write(this.simulation.machines, machine, runtime, container);
    return (container.logs?.[which]?.entries ?? []).map(({ text }) => text).join("");
  }
}
