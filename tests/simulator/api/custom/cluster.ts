import type { JsonObject } from "../../../../simulator/base/json.ts";
import { Simulation } from "../../../../simulator/simulation.ts";

/** A running cluster that is talked to as a client does. */
export interface Cluster {
  readonly simulation: Simulation;
  send(method: string, path: string, body?: unknown, headers?: Headers): Reply;
  /** Creates a definition and waits until it is served. */
  define(definition: JsonObject): void;
}

interface Headers {
  readonly contentType?: string;
  readonly accept?: string;
}

export interface Reply {
  readonly code: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they wait for.
  readonly body: any;
  readonly warnings: readonly string[];
}

export const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

const START_SECONDS = 30;
/** One started cluster for all tests of a file: each restores it. */
let started: ReturnType<Simulation["snapshot"]> | undefined;

export function startCluster(): Cluster {
  if (started === undefined) {
    const simulation = Simulation.start({});
    simulation.advanceTo(START_SECONDS * 1000);
    started = simulation.snapshot();
  }
  return clusterOf(Simulation.restore(started));
}

export function clusterOf(simulation: Simulation): Cluster {
  const send: Cluster["send"] = (method, path, body, { contentType = "application/json", accept } = {}) =>
    simulation.request({
      method: method as "GET",
      path,
      ...(body !== undefined && { body: JSON.stringify(body), contentType }),
      accept: accept ?? "application/json",
      userAgent: "test/1",
    } as Parameters<Simulation["request"]>[0]) as unknown as Reply;
  return {
    simulation,
    send,
    define(definition) {
      const created = send("POST", CRDS, definition);
      if (created.code !== 201) throw new Error(created.body.message);
      simulation.advanceTo(simulation.nowMs + 1000);
    },
  };
}

/** A definition of namespaced widgets with one version. */
export function widgets(version: JsonObject, names: JsonObject = {}): JsonObject {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "widgets", kind: "Widget", shortNames: ["wd"], categories: ["all"], ...names },
      versions: [{ name: "v1", served: true, storage: true, ...version }],
    },
  };
}

export function schemaOf(spec: JsonObject, more: JsonObject = {}): JsonObject {
  return { openAPIV3Schema: { type: "object", properties: { spec, ...more } } };
}

export const WIDGETS = "/apis/example.com/v1/namespaces/default/widgets";

export function widget(name: string, spec: JsonObject, more: JsonObject = {}): JsonObject {
  return { apiVersion: "example.com/v1", kind: "Widget", metadata: { name }, spec, ...more };
}
