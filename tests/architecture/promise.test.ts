import { describe, expect, it } from "vitest";
import { anyKind, type Kind } from "../../simulator/api/kind.ts";
import type { Stored } from "../../simulator/api/object.ts";
import { NODES, PODS, resourceRef } from "../../simulator/api/refs.ts";
import { defineRegistry } from "../../simulator/base/registry.ts";
import { type Controller, watchRule } from "../../simulator/controller-runtime/controller.ts";
import { anyFault, type FaultDefinition } from "../../simulator/faults/fault.ts";
import { Simulation } from "../../simulator/index.ts";
import { DEFAULT_PARTS, type Parts } from "../../simulator/parts.ts";
import { type PluginDefinition, rejected } from "../../simulator/scheduler/framework.ts";
import { FAULTS_PATH, fault } from "../support/stories.ts";

/** A longer registry: what was there and one line more. */
function extended<T>(registry: { readonly all: readonly T[] }, entry: T, nameOf: (entry: T) => string) {
  return defineRegistry("part", [...registry.all, entry], nameOf);
}

interface BackupType {
  readonly spec?: { readonly schedule: string };
  readonly status?: { readonly runs?: number };
}
type Backup = Stored<BackupType>;
const BACKUPS = resourceRef<Backup>("example.dev", "v1", "backups", "Backup");

const backupKind: Kind<Backup> = {
  ref: BACKUPS,
  singular: "backup",
  shortNames: ["bu"],
  namespaced: true,
  types: {
    Backup: {
      apiVersion: "string",
      kind: "string",
      metadata: "ObjectMeta",
      spec: "BackupSpec!",
      status: "BackupStatus",
    },
    BackupSpec: { schedule: "string!" },
    BackupStatus: { runs: "int32" },
  },
  subresources: { status: true },
  columns: [
    { name: "Schedule", type: "string", description: "When.", priority: 0, cell: (object) => object.spec.schedule },
  ],
};

const backupController: Controller = {
  name: "backup-controller",
  watches: [watchRule(BACKUPS, ({ object }) => [`${object.metadata.namespace}/${object.metadata.name}`])],
  create: ({ client, cache }) => ({
    reconcile: (key) => {
      const backup = cache.get(BACKUPS, key);
      if (backup === undefined || backup.status?.runs === 1) return undefined;
      const written = client.updateStatus(BACKUPS, { ...backup, status: { runs: 1 } });
      return written.ok ? undefined : { failed: written.error };
    },
  }),
};

/** Only nodes with an odd number may take pods. */
const oddNodes: PluginDefinition = {
  name: "OddNodes",
  weight: 0,
  create: () => ({
    name: "OddNodes",
    filter: (_state, _pod, node) =>
      /[13]$/.test(node.name) ? undefined : rejected("OddNodes", "node(s) had an even number"),
  }),
};

/** A fault of a new type: the network is cut, and more often than not nobody notices why. */
const cableCut: FaultDefinition<"Node"> = {
  type: "CableCut",
  target: "Node",
  apply: ({ node }, world) => (world.network(node, false) ? `node/${node}` : undefined),
  heal: (hit, world) => void world.network(hit.slice("node/".length), true),
};

function start(parts: Partial<Parts>): Simulation {
  const simulation = Simulation.start({}, { ...DEFAULT_PARTS, ...parts });
  simulation.advanceTo(60_000);
  return simulation;
}

describe("one folder, one line", () => {
  it("a kind: served, decoded strictly, printed, and reconciled by its own controller", () => {
    const simulation = start({
      kinds: extended(DEFAULT_PARTS.kinds, anyKind(backupKind), ({ ref }) => ref.id),
      controllers: extended(DEFAULT_PARTS.controllers, backupController, ({ name }) => name),
    });
    const path = "/apis/example.dev/v1/namespaces/default/backups";
    const body = {
      apiVersion: "example.dev/v1",
      kind: "Backup",
      metadata: { name: "nightly" },
      spec: { schedule: "0 3" },
    };
    expect(simulation.request({ method: "POST", path, body }).code).toBe(201);
    const strict = { ...body, metadata: { name: "b" }, spec: { schedule: "", when: 1 } };
    const refused = simulation.request({ method: "POST", path: `${path}?fieldValidation=Strict`, body: strict });
    expect(refused.body.message).toContain('unknown field "spec.when"');
    simulation.advanceTo(61_000);
    expect(simulation.request({ method: "GET", path: `${path}/nightly` }).body.status).toEqual({ runs: 1 });
    const table = simulation.request({ method: "GET", path, accept: "application/json;as=Table;v=v1;g=meta.k8s.io" });
    expect(table.body.rows).toMatchObject([{ cells: ["0 3"] }]);
    const listed = simulation.request({ method: "GET", path: "/apis/example.dev/v1" });
    expect(listed.body.resources).toMatchObject([{ name: "backups", shortNames: ["bu"] }, { name: "backups/status" }]);
  });

  it("a scheduler plugin: its verdict decides, and its words stand in the event", () => {
    const simulation = start({ plugins: extended(DEFAULT_PARTS.plugins, oddNodes, ({ name }) => name) });
    for (const name of ["a", "b", "c"])
      simulation.request({ method: "POST", path: "/api/v1/namespaces/default/pods", body: pod(name) });
    simulation.request({
      method: "POST",
      path: "/api/v1/namespaces/default/pods",
      body: pod("stuck", { nodeSelector: { "kubernetes.io/hostname": "node-2" } }),
    });
    simulation.advanceTo(70_000);
    const nodes = ["a", "b", "c"].map((name) => simulation.store.of(PODS).get(`default/${name}`)?.spec.nodeName);
    for (const node of nodes) expect(["node-1", "node-3"]).toContain(node);
    const stuck = simulation.store.of(PODS).get("default/stuck");
    expect(stuck?.status.conditions?.[0]?.message).toContain("1 node(s) had an even number");
  });

  it("a fault: breaks through the machines' port, and heals when it is deleted", () => {
    const faults = extended(DEFAULT_PARTS.faults, anyFault(cableCut), ({ type }) => type);
    const simulation = start({ faults });
    simulation.request({
      method: "POST",
      path: FAULTS_PATH,
      body: fault("mine", "CableCut", { kind: "Node", name: "node-1" }),
    });
    simulation.advanceTo(61_000);
    expect(simulation.machines.get("node-1")?.connected).toBe(false);
    expect(simulation.machines.get("node-1")?.powered).toBe(true);
    simulation.request({ method: "DELETE", path: `${FAULTS_PATH}/mine` });
    simulation.advanceTo(62_000);
    expect(simulation.machines.get("node-1")?.connected).toBe(true);
    expect(simulation.store.of(NODES).get("node-1")).toBeDefined();
  });

  it("refuses a second part of the same name", () => {
    const [first] = DEFAULT_PARTS.kinds.all;
    if (first === undefined) throw new Error("no kinds");
    const twice = () => extended(DEFAULT_PARTS.kinds, first, ({ ref }) => ref.id);
    expect(twice).toThrow("registered twice");
  });
});

function pod(name: string, more: object = {}) {
  return { metadata: { name }, spec: { containers: [{ name: "c", image: "nginx:1.27" }], ...more } };
}
