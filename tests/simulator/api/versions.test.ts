import { describe, expect, it } from "vitest";
import { Simulation } from "../../../simulator/index.ts";
import { referenceFolder } from "../../reference.ts";
import { matches, readJson } from "../resources/cases.ts";

const simulation = Simulation.start({ workers: 0 });
simulation.advanceTo(10_000);

// biome-ignore lint/suspicious/noExplicitAny: documents of many shapes
function ask(method: string, path: string, body?: object, contentType?: string): any {
  const request = { method, path, ...(body && { body }), ...(contentType && { contentType }) };
  return simulation.request(request as Parameters<typeof simulation.request>[0]);
}

const V1 = "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers";
const V2 = V1.replace("v1", "v2");
const TARGET = { kind: "Deployment", name: "web", apiVersion: "apps/v1" };

describe("autoscaling/v1 beside v2", () => {
  it("is one object in two forms, whichever it was written in", () => {
    const spec = { scaleTargetRef: TARGET, maxReplicas: 3, targetCPUUtilizationPercentage: 50 };
    const created = ask("POST", V1, { apiVersion: "autoscaling/v1", metadata: { name: "old" }, spec });
    expect(created.body).toMatchObject({
      apiVersion: "autoscaling/v1",
      spec: { ...spec, minReplicas: 1 },
      status: { currentReplicas: 0, desiredReplicas: 0 },
    });
    const seen = ask("GET", `${V2}/old`).body;
    expect(seen.apiVersion).toBe("autoscaling/v2");
    expect(seen.spec.metrics).toEqual([
      { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } },
    ]);
    expect(seen.metadata.uid).toBe(created.body.metadata.uid);
  });

  it("keeps in annotations what v1 has no fields for, there and back", () => {
    const metrics = [
      {
        type: "Pods",
        pods: { metric: { name: "hits" }, target: { type: "AverageValue", averageValue: "10" } },
      },
      {
        type: "Object",
        object: {
          describedObject: TARGET,
          metric: { name: "q", selector: { matchLabels: { a: "b" } } },
          target: { type: "AverageValue", averageValue: "3" },
        },
      },
      {
        type: "ContainerResource",
        containerResource: { name: "memory", container: "c", target: { type: "AverageValue", averageValue: "1Gi" } },
      },
    ];
    const behavior = { scaleDown: { stabilizationWindowSeconds: 10 } };
    ask("POST", V2, { metadata: { name: "new" }, spec: { scaleTargetRef: TARGET, maxReplicas: 3, metrics, behavior } });
    const before = ask("GET", `${V2}/new`).body;
    const v1 = ask("GET", `${V1}/new`).body;
    expect(Object.keys(v1.metadata.annotations).sort()).toEqual([
      "autoscaling.alpha.kubernetes.io/behavior",
      "autoscaling.alpha.kubernetes.io/metrics",
    ]);
    expect(v1.spec).not.toHaveProperty("metrics");
    const put = ask("PUT", `${V1}/new`, v1);
    expect(put.code).toBe(200);
    const after = ask("GET", `${V2}/new`).body;
    expect(after.spec).toEqual(before.spec);
    expect(after.metadata.annotations).toBeUndefined();
  });

  it("patches, applies, lists and watches in the version of the path", () => {
    const patched = ask("PATCH", `${V1}/old`, { spec: { maxReplicas: 7 } }, "application/merge-patch+json");
    expect(patched.body).toMatchObject({ apiVersion: "autoscaling/v1", spec: { maxReplicas: 7 } });
    const config = {
      apiVersion: "autoscaling/v1",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "old" },
      spec: { targetCPUUtilizationPercentage: 60, maxReplicas: 7, scaleTargetRef: TARGET },
    };
    const applied = ask("PATCH", `${V1}/old?fieldManager=me&force=true`, config, "application/apply-patch+yaml");
    expect(applied.body).toMatchObject({ spec: { targetCPUUtilizationPercentage: 60 } });
    expect(ask("GET", `${V2}/old`).body.spec.metrics[0].resource.target.averageUtilization).toBe(60);
    expect(ask("GET", V1).body.items[1].spec.targetCPUUtilizationPercentage).toBe(60);
    const watch = simulation.watch({ method: "GET", path: V1 });
    expect(watch.ok && watch.value.next().map(({ object }) => object.apiVersion)).toEqual([
      "autoscaling/v1",
      "autoscaling/v1",
    ]);
  });

  it("refuses a body of the other version, and names the version it wants", () => {
    const answer = ask("PUT", `${V1}/old`, ask("GET", `${V2}/old`).body);
    expect(answer.body.message).toBe(
      "the API version in the data (autoscaling/v2) does not match the expected API version (autoscaling/v1)",
    );
  });
});

const NEW_EVENTS = "/apis/events.k8s.io/v1/namespaces/default/events";
const EVENTS = "/api/v1/namespaces/default/events";
const REGARDING = { kind: "Pod", namespace: "default", name: "web", uid: "u" };
const NEW_EVENT = {
  apiVersion: "events.k8s.io/v1",
  kind: "Event",
  metadata: { name: "web.1" },
  eventTime: "2026-01-01T00:00:00.000000Z",
  regarding: REGARDING,
  reason: "Started",
  action: "Starting",
  note: "hello",
  type: "Normal",
  reportingController: "example.com/x",
  reportingInstance: "x-1",
};

describe("events.k8s.io/v1 beside core/v1", () => {
  it("is one event under two sets of names", () => {
    const created = ask("POST", NEW_EVENTS, NEW_EVENT);
    expect(created.code).toBe(201);
    expect(created.body).toMatchObject({
      ...NEW_EVENT,
      deprecatedSource: {},
      deprecatedFirstTimestamp: null,
      deprecatedLastTimestamp: null,
    });
    expect(ask("GET", `${EVENTS}/web.1`).body).toMatchObject({
      apiVersion: "v1",
      involvedObject: REGARDING,
      message: "hello",
      reportingComponent: "example.com/x",
    });
    expect(ask("GET", `${NEW_EVENTS}?fieldSelector=regarding.name%3Dweb`).body.items).toHaveLength(1);
    expect(ask("GET", `${NEW_EVENTS}?fieldSelector=regarding.name%3Dother`).body.items).toHaveLength(0);
  });

  it("is stricter than core/v1 with who writes", () => {
    const answer = ask("POST", NEW_EVENTS, { ...NEW_EVENT, metadata: { name: "b" }, type: "Odd", deprecatedCount: 2 });
    expect(answer.code).toBe(422);
    expect(answer.body.details.causes).toEqual([
      { reason: "FieldValueInvalid", message: 'Invalid value: "": has invalid value: Odd', field: "type" },
      { reason: "FieldValueInvalid", message: 'Invalid value: "": needs to be unset', field: "count" },
    ]);
    const changed = ask("PATCH", `${NEW_EVENTS}/web.1`, { note: "other" }, "application/merge-patch+json");
    expect(changed.body.details.causes).toMatchObject([{ field: "message" }]);
    const series = { count: 2, lastObservedTime: "2026-01-01T00:00:10.000000Z" };
    const counted = ask("PATCH", `${NEW_EVENTS}/web.1`, { series }, "application/merge-patch+json");
    expect(counted.body.series).toEqual(series);
  });
});

describe("PUT of what is not there", () => {
  it("creates it, of kinds that allow it, and of no others", () => {
    const lease = { metadata: { name: "l" }, spec: { holderIdentity: "x" } };
    const path = "/apis/coordination.k8s.io/v1/namespaces/default/leases/l";
    const created = ask("PUT", path, lease);
    expect(created).toMatchObject({ code: 201, body: { metadata: { name: "l" }, spec: lease.spec } });
    // Whoever replaces a lease must say which.
    expect(ask("PUT", path, lease).code).toBe(422);
    const { metadata } = created.body as unknown as typeof lease;
    expect(ask("PUT", path, { metadata, spec: { holderIdentity: "y" } }).code).toBe(200);
    expect(ask("PUT", "/api/v1/namespaces/default/configmaps/c", { metadata: { name: "c" } }).code).toBe(404);
    const other = { metadata: { name: "m", uid: "u" }, spec: {} };
    expect(ask("PUT", path.replace(/l$/, "m"), other).body.reason).toBe("Conflict");
  });

  it("needs the right to create", () => {
    const rules = [{ apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["update"] }];
    ask("POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", { metadata: { name: "updater" }, rules });
    ask("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
      metadata: { name: "updater" },
      roleRef: { kind: "ClusterRole", name: "updater", apiGroup: "rbac.authorization.k8s.io" },
      subjects: [{ kind: "User", name: "jane", apiGroup: "rbac.authorization.k8s.io" }],
    });
    const path = "/apis/coordination.k8s.io/v1/namespaces/default/leases/z";
    const body = { metadata: { name: "z" }, spec: {} };
    const answer = simulation.request({ method: "PUT", path, body, user: "jane", groups: [] });
    expect(answer.code).toBe(403);
    expect(answer.body.message).toContain('cannot create resource "leases"');
  });
});

interface Table {
  readonly rows: readonly { readonly object: { readonly metadata: { readonly name: string } } }[];
}

describe.skipIf(referenceFolder() === undefined)("autoscalers as a real API server shows them in both versions", () => {
  const rows = (file: string) => readJson<Table>(`tables/${file}.json`)?.rows.map(({ object }) => object) ?? [];
  const old = rows("horizontalpodautoscalers.autoscaling.v1");
  it.each(rows("horizontalpodautoscalers.autoscaling").map((one) => [one.metadata.name, one] as const))(
    "%s",
    (name, object) => {
      const recorded = old.find(({ metadata }) => metadata.name === name);
      if (recorded === undefined) throw new Error(`no ${name} in v1`);
      const { metadata: _, ...rest } = object as { metadata: object };
      expect(ask("POST", V2, { ...rest, metadata: { name: `recorded-${name}` } }).code).toBe(201);
      const { metadata, ...actual } = ask("GET", `${V1}/recorded-${name}`).body;
      const { metadata: wanted, ...expected } = recorded as { metadata: { annotations?: object } };
      expect(matches(expected, actual)).toBe(true);
      expect(metadata.annotations).toEqual(wanted.annotations);
    },
  );
});
