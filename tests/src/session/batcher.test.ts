import { describe, expect, it } from "vitest";
import { Simulation } from "../../../simulator/index.ts";
import type { Batch } from "../../../src/session/session.ts";
import { Batcher } from "../../../src/session/worker/batcher.ts";

const clock = { nowMs: 0, startEpochMs: 0, speed: 1, paused: false };

function create(simulation: Simulation, name: string): void {
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name } };
  const path = "/api/v1/namespaces/default/configmaps";
  simulation.request({ method: "POST", path, contentType: "application/json", body });
}

function label(simulation: Simulation, name: string, value: string): void {
  const body = { metadata: { labels: { value } } };
  const path = `/api/v1/namespaces/default/configmaps/${name}`;
  simulation.request({ method: "PATCH", path, contentType: "application/merge-patch+json", body });
}

const keys = (batch: Batch) => batch.changes.filter(({ kind }) => kind === "ConfigMap").map(({ key }) => key);

describe("batches", () => {
  it("tell everything first, then what changed, and the newest state of each thing only", () => {
    const simulation = Simulation.start();
    simulation.advanceTo(5000);
    const batcher = new Batcher(simulation);
    batcher.reset();
    const first = batcher.take(clock, undefined);
    expect(first.reset).toBe(true);
    expect(first.changes.some(({ kind, key }) => kind === "Node" && key === "control-plane")).toBe(true);
    expect(first.components.length).toBeGreaterThan(3);

    create(simulation, "a");
    label(simulation, "a", "1");
    label(simulation, "a", "2");
    const second = batcher.take(clock, undefined);
    expect(second.reset).toBe(false);
    expect(keys(second)).toEqual(["default/a"]);
    expect(second.changes.at(-1)?.object?.metadata).toMatchObject({ labels: { value: "2" } });
    expect(batcher.hasChanges).toBe(false);
  });

  it("let what changes all the time go in its turn, however much waits", () => {
    const simulation = Simulation.start();
    simulation.advanceTo(5000);
    const batcher = new Batcher(simulation);
    batcher.reset();
    batcher.take(clock, undefined);
    create(simulation, "busy");
    for (let count = 0; count < 2500; count++) {
      create(simulation, `many-${count}`);
      if (count % 500 === 0) label(simulation, "busy", String(count));
    }
    const batch = batcher.take(clock, undefined);
    expect(keys(batch)).toContain("default/busy");
    expect(keys(batch)).not.toContain("default/many-2499");
    expect(batcher.hasChanges).toBe(true);
    expect(keys(batcher.take(clock, undefined))).toContain("default/many-2499");
  });
});
