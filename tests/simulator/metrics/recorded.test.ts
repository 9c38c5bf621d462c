import { describe, expect, it } from "vitest";
import type { HorizontalPodAutoscaler } from "../../../simulator/api/refs.ts";
import { EVENTS, type Event } from "../../../simulator/api/refs.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { referenceFolder } from "../../reference.ts";
import { recording } from "../controllers/replay.ts";
import { TestCluster } from "./cluster.ts";

const folder = referenceFolder();
const NAMESPACE = "tl-hpa-without-metrics";
const PATHS: { readonly [kind: string]: string } = {
  Deployment: `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`,
  HorizontalPodAutoscaler: `/apis/autoscaling/v2/namespaces/${NAMESPACE}/horizontalpodautoscalers`,
};

interface Change {
  readonly kind: string;
  readonly name: string;
  readonly diff?: { readonly [path: string]: readonly [unknown, unknown] };
}

/** How the events about one autoscaler stand at the end: `count reason message`. */
function counted(events: Iterable<Event>, name: string): string[] {
  const latest = new Map<string, number>();
  for (const { involvedObject, reason, message, count } of events) {
    if (involvedObject.kind === "HorizontalPodAutoscaler" && involvedObject.name === name) {
      latest.set(`${reason} ${message}`, count ?? 1);
    }
  }
  return [...latest].map(([text, count]) => `${count} ${text}`).sort();
}

describe.skipIf(folder === undefined)("an autoscaler without metrics", () => {
  it("says and does what a real one was recorded to say and do", () => {
    const recorded = recording(folder ?? "", "hpa-without-metrics");
    const cluster = new TestCluster({ metricsServer: false, workers: 3 });
    cluster.create("/api/v1/namespaces", { metadata: { name: NAMESPACE } });
    const startMs = cluster.nowMs;
    for (const { t, what, object, patch } of recorded.actions) {
      cluster.simulation.advanceTo(startMs + t * 1000);
      const [, kind = "", name = ""] = /^\w+ (\w+)\/(.+)$/.exec(what) ?? [];
      const path = PATHS[kind] ?? "";
      if (object !== undefined) {
        const manifest = JSON.parse(
          JSON.stringify(object).replace(/"nodeSelector":\{[^}]*\}/, '"nodeSelector":{}'),
        ) as JsonObject;
        cluster.create(path, manifest);
      } else if (patch !== undefined) cluster.ask("PATCH", `${path}/${name}`, patch);
    }
    cluster.simulation.advanceTo(startMs + 112_000);
    const events = [...cluster.simulation.store.of(EVENTS).values()];
    for (const name of ["web", "absent"]) expect(counted(events, name)).toEqual(counted(recorded.events, name));
    const changes = recorded.changes as unknown as readonly Change[];
    const said = new Map<string, unknown>();
    for (const { kind, name, diff = {} } of changes) {
      if (kind !== "HorizontalPodAutoscaler" || name !== "web") continue;
      for (const [path, [, now]] of Object.entries(diff)) said.set(path, now);
    }
    const { status } = cluster.get<HorizontalPodAutoscaler>(`${PATHS.HorizontalPodAutoscaler}/web`);
    expect(status.desiredReplicas).toBe(0);
    for (const { type, reason, message } of status.conditions ?? []) {
      const at = `status.conditions[${type}]`;
      if (said.has(`${at}.reason`))
        expect([reason, message]).toEqual([said.get(`${at}.reason`), said.get(`${at}.message`)]);
    }
  });
});
