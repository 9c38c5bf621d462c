import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathsOf } from "../../../../simulator/api/apply/field-set.ts";
import { decodeManagers } from "../../../../simulator/api/apply/managed.ts";
import {
  applyConfiguration,
  type FieldWrite,
  recordTrustedUpdate,
  recordUpdate,
} from "../../../../simulator/api/apply/manager.ts";
import { pathText } from "../../../../simulator/api/apply/path-element.ts";
import type { KubeObject } from "../../../../simulator/api/object.ts";
import { present } from "../../../../simulator/base/assert.ts";
import { deepFreeze, type JsonObject } from "../../../../simulator/base/json.ts";
import { kinds } from "../../../../simulator/resources/registry.ts";

type Spec = { [key: string]: unknown };

const time = (second: number) => `2026-11-22T10:00:${String(second).padStart(2, "0")}Z`;

/** One object and those who write it, without an API server around: each write happens a second after the last. */
class Story {
  object: KubeObject | undefined;
  #second = 0;
  readonly #id: string;

  constructor(id: string, object?: Spec) {
    this.#id = id;
    this.object = object as unknown as KubeObject | undefined;
  }

  write(manager: string, subresource = ""): FieldWrite {
    this.#second++;
    return { kind: present(kinds.get(this.#id), this.#id), subresource, now: time(this.#second), manager };
  }

  /** Conflicts come back as their message. */
  apply(manager: string, config: Spec, options: { force?: boolean; subresource?: string } = {}): string | undefined {
    const write = this.write(manager, options.subresource);
    const result = applyConfiguration(write, this.object, config as JsonObject, options.force ?? false);
    if (!result.ok) return result.error.message;
    this.object = stored(result.value);
    return undefined;
  }

  update(manager: string, next: Spec, subresource = ""): void {
    this.object = stored(recordUpdate(this.write(manager, subresource), this.object, next as unknown as KubeObject));
  }

  trusted(manager: string, next: Spec, subresource = ""): void {
    const live = present(this.object, "object");
    this.object = stored(recordTrustedUpdate(this.write(manager, subresource), live, next as unknown as KubeObject));
  }

  /** The object as it is, with a change. */
  with(change: Spec): Spec {
    return { ...this.object, ...change };
  }

  /** Who owns which fields, as `manager operation subresource second: paths`. */
  owners(): string[] {
    const decoded = decodeManagers(this.object?.metadata.managedFields);
    if (!decoded.ok) throw new Error(decoded.error);
    return [...decoded.value.values()].map((each) => {
      const head = [each.manager, each.operation, each.subresource, each.time?.slice(-3, -1)].filter(Boolean).join(" ");
      return `${head}: ${pathsOf(each.set).map(pathText).join(" ")}`;
    });
  }
}

function stored(object: KubeObject): KubeObject {
  const uid = "6c9f1c1e-0000-4000-8000-000000000000";
  return deepFreeze({ ...object, metadata: { ...object.metadata, uid } });
}

const config = (data: Spec | undefined, metadata: Spec = {}): Spec => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "cm", ...metadata },
  ...(data && { data }),
});

const dataOf = (story: Story) => (story.object as unknown as { data?: Spec }).data;

describe("an apply", () => {
  it("owns what it says, names and the like apart", () => {
    const story = new Story("configmaps");
    const metadata = { namespace: "n", labels: { a: "1" }, creationTimestamp: null };
    expect(story.apply("one", config({ a: "1" }, metadata))).toBeUndefined();
    expect(story.owners()).toEqual(["one Apply 01: .data.a .metadata.labels.a"]);
  });

  it("conflicts with whoever has a field at another value", () => {
    const story = new Story("configmaps");
    story.apply("one", config({ a: "1", b: "1" }));
    story.update("kubectl-edit", story.with({ data: { a: "1", b: "1", c: "1" } }));
    expect(story.apply("two", config({ a: "2" }))).toBe('Apply failed with 1 conflict: conflict with "one": .data.a');
    expect(story.apply("two", config({ a: "2", b: "2", c: "2" }))).toBe(
      [
        'Apply failed with 3 conflicts: conflicts with "kubectl-edit" using v1:',
        "- .data.c",
        'conflicts with "one":',
        "- .data.a",
        "- .data.b",
      ].join("\n"),
    );
    expect(dataOf(story)).toEqual({ a: "1", b: "1", c: "1" });
  });

  it("shares a field at the same value, with nothing to say about when", () => {
    const story = new Story("configmaps");
    story.apply("one", config({ a: "1" }));
    expect(story.apply("two", config({ a: "1" }))).toBeUndefined();
    expect(story.owners()).toEqual(["two Apply: .data.a", "one Apply 01: .data.a"]);
  });

  it("takes fields from others by force", () => {
    const story = new Story("configmaps");
    story.apply("one", config({ a: "1", b: "1" }));
    expect(story.apply("two", config({ a: "2" }), { force: true })).toBeUndefined();
    expect(story.owners()).toEqual(["one Apply 01: .data.b", "two Apply 02: .data.a"]);
    expect(dataOf(story)).toEqual({ a: "2", b: "1" });
  });

  it("takes away what it applied before and leaves out now", () => {
    const story = new Story("configmaps");
    story.apply("one", config({ a: "1", b: "1" }));
    story.apply("one", config({ b: "1" }));
    expect(dataOf(story)).toEqual({ b: "1" });
    expect(story.owners()).toEqual(["one Apply 02: .data.b"]);
  });

  it("leaves what others own too, or what it never applied", () => {
    const story = new Story("configmaps");
    story.apply("one", config({ a: "1", b: "1" }));
    story.apply("two", config({ a: "1" }));
    story.update("kubectl-edit", story.with({ data: { a: "1", b: "1", c: "1" } }));
    story.apply("one", config(undefined));
    expect(dataOf(story)).toEqual({ a: "1", c: "1" });
    expect(story.owners()).toEqual(["two Apply: .data.a", "kubectl-edit Update 03: .data.c"]);
  });

  it("that changes nothing keeps its time", () => {
    const story = new Story("configmaps");
    story.apply("one", config({ a: "1" }));
    const before = story.object;
    story.apply("one", config({ a: "1" }));
    expect(story.object?.metadata.managedFields).toEqual(before?.metadata.managedFields);
  });

  it("of an object that nobody manages finds a manager for all of it", () => {
    const story = new Story("configmaps", stored(config({ a: "1" }) as never) as never);
    expect(story.apply("one", config({ a: "2" }))).toBe(
      'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a',
    );
    story.apply("one", config({ b: "1" }));
    expect(story.owners()).toEqual(["one Apply 02: .data.b", "before-first-apply Update 02: .data .data.a"]);
  });

  it("removes an item of a list by its keys, and leaves other managers' items", () => {
    const containers = (...list: Spec[]): Spec => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p" },
      spec: { containers: list },
    });
    const story = new Story("pods");
    story.apply("one", containers({ name: "a", image: "a:1" }, { name: "b", image: "b:1" }));
    story.apply("two", containers({ name: "c", image: "c:1" }));
    story.apply("one", containers({ name: "b", image: "b:1" }));
    const { spec } = story.object as unknown as { spec: { containers: { name: string }[] } };
    expect(spec.containers.map(({ name }) => name)).toEqual(["b", "c"]);
  });

  it.each([
    ["another version", { ...config({}), apiVersion: "apps/v1" }, "invalid object type: apps/v1, Kind=ConfigMap"],
    ["another kind", { ...config({}), kind: "Secret" }, "invalid object type: /v1, Kind=Secret"],
    ["managed fields", config({}, { managedFields: [{}] }), "metadata.managedFields must be nil"],
    [
      "a wrong type",
      config({ a: 1 }, { namespace: "n" }),
      "failed to create typed patch object (n/cm; /v1, Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:1}",
    ],
  ])("is refused with %s", (_, body, message) => {
    expect(new Story("configmaps").apply("one", body)).toBe(message);
  });
});

describe("an apply by kubectl", () => {
  const annotation = "kubectl.kubernetes.io/last-applied-configuration";

  it("takes over what its client-side apply set, and keeps the annotation in step", () => {
    const story = new Story("configmaps");
    const last = JSON.stringify(config({ a: "1", b: "1" }));
    story.update("kubectl-client-side-apply", config({ a: "1", b: "1" }, { annotations: { [annotation]: last } }));
    expect(story.apply("kubectl", config({ a: "2" }))).toBeUndefined();
    expect(story.object?.metadata.annotations?.[annotation]).toBe(
      '{"apiVersion":"v1","data":{"a":"2"},"kind":"ConfigMap","metadata":{"name":"cm"}}\n',
    );
  });

  it("conflicts where the object is not as the annotation says any more", () => {
    const story = new Story("configmaps");
    const last = JSON.stringify(config({ a: "1", b: "1" }));
    story.update("kubectl-client-side-apply", config({ a: "1", b: "1" }, { annotations: { [annotation]: last } }));
    story.update("kubectl-edit", story.with({ data: { a: "3", b: "1" } }));
    expect(story.apply("kubectl", config({ a: "2", b: "2" }))).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.a',
    );
  });
});

describe("an update", () => {
  it("gives its manager what it changes, and takes that from everyone else", () => {
    const story = new Story("configmaps");
    story.apply("one", config({ a: "1", b: "1", c: "1" }));
    story.update("edit", story.with({ data: { a: "2", c: "1" } }));
    expect(story.owners()).toEqual(["one Apply 01: .data.c", "edit Update 02: .data.a"]);
    story.update("edit", story.with({ data: { a: "3", c: "1", d: "1" } }));
    expect(story.owners()).toEqual(["one Apply 01: .data.c", "edit Update 03: .data.a .data.d"]);
  });

  it("that only removes keeps the manager's time", () => {
    const story = new Story("configmaps");
    story.update("edit", config({ a: "1", b: "1" }));
    story.update("edit", story.with({ data: { a: "1" } }));
    expect(story.owners()).toEqual(["edit Update 01: .data .data.a"]);
  });

  it("through another subresource is another manager's, and owns nothing that is set back", () => {
    const story = new Story("namespaces");
    const object: Spec = { apiVersion: "v1", kind: "Namespace", metadata: { name: "n" }, spec: {}, status: {} };
    story.update("edit", { ...object, status: { phase: "Active" }, spec: { finalizers: ["kubernetes"] } });
    expect(story.owners()).toEqual(["edit Update 01: .spec.finalizers"]);
    story.update("edit", story.with({ status: { phase: "Terminating" }, spec: { finalizers: ["x"] } }), "status");
    expect(story.owners()).toEqual(["edit Update 01: .spec.finalizers", "edit Update status 02: .status.phase"]);
  });

  it("with an empty list of managed fields ends the tracking until the next apply", () => {
    const story = new Story("configmaps");
    story.update("edit", config({ a: "1" }));
    story.update("edit", story.with({ metadata: { ...story.object?.metadata, managedFields: [] } }));
    expect(story.object?.metadata).not.toHaveProperty("managedFields");
    story.update("edit", story.with({ data: { a: "2" } }));
    expect(story.owners()).toEqual([]);
    story.apply("one", config({ b: "1" }));
    expect(story.owners()).toEqual(["one Apply 04: .data.b", "before-first-apply Update 04: .data .data.a"]);
  });

  it("without managed fields, or with unreadable ones, keeps those that are there", () => {
    const story = new Story("configmaps");
    story.update("edit", config({ a: "1" }));
    for (const managedFields of [undefined, [{ manager: "x", operation: "Delete" }]]) {
      const metadata = { ...story.object?.metadata, managedFields };
      story.update("edit", story.with({ metadata }));
      expect(story.owners()).toEqual(["edit Update 01: .data .data.a"]);
    }
  });

  it("may hand fields over by its own managed fields", () => {
    const story = new Story("configmaps");
    story.update("edit", config({ a: "1" }));
    const [entry] = story.object?.metadata.managedFields ?? [];
    const managedFields = [{ ...entry, manager: "mine" }];
    story.update("edit", story.with({ metadata: { ...story.object?.metadata, managedFields } }));
    expect(story.owners()).toEqual(["mine Update 01: .data .data.a"]);
  });

  it("keeps ten managers by update: the oldest become one", () => {
    const story = new Story("configmaps");
    const data: Spec = {};
    for (let at = 1; at <= 12; at++) {
      data[`k${at}`] = "1";
      story.update(`m${at}`, story.object === undefined ? config({ ...data }) : story.with({ data: { ...data } }));
    }
    const owners = story.owners();
    expect(owners).toHaveLength(10);
    expect(owners.slice(0, 2)).toEqual([
      "ancient-changes Update 03: .data .data.k1 .data.k2 .data.k3",
      "m4 Update 04: .data.k4",
    ]);
  });
});

describe("a write by the cluster's own parts", () => {
  it("leaves an object alone that nobody manages", () => {
    const object = stored(config({ a: "1" }) as never);
    const story = new Story("configmaps", object as never);
    const next = story.with({ data: { a: "2" } });
    const kind = present(kinds.get("configmaps"), "kind");
    const write = { kind, subresource: "", now: time(1), manager: "x" };
    expect(recordTrustedUpdate(write, object, next as never)).toBe(next);
  });

  it("takes what it changes from those who manage an object", () => {
    const story = new Story("configmaps");
    story.apply("one", config({ a: "1", b: "1" }));
    story.trusted("kube-controller-manager", story.with({ data: { a: "2", b: "1" } }));
    expect(story.owners()).toEqual(["one Apply 01: .data.b", "kube-controller-manager Update 02: .data.a"]);
  });

  const condition = fc.record({
    type: fc.constantFrom("Available", "Progressing"),
    status: fc.constantFrom("True", "False"),
    reason: fc.constantFrom("A", "B"),
    lastTransitionTime: fc.constant(time(0)),
    lastUpdateTime: fc.constant(time(0)),
  });
  const statuses = fc.record(
    {
      replicas: fc.integer({ min: 1, max: 3 }),
      readyReplicas: fc.integer({ min: 1, max: 3 }),
      conditions: fc.uniqueArray(condition, { minLength: 1, selector: ({ type }) => type }),
    },
    { requiredKeys: [] },
  );
  const writer = fc.constantFrom("kube-controller-manager", "other");

  it("ends as a client's write would, whatever short cut it takes", () => {
    const object = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: {
        selector: {},
        template: { metadata: {}, spec: { containers: [{ name: "a", image: "x", resources: {} }] } },
      },
    };
    fc.assert(
      fc.property(fc.array(fc.tuple(writer, statuses), { maxLength: 8 }), (writes) => {
        const [quick, slow] = [new Story("deployments.apps"), new Story("deployments.apps")];
        for (const story of [quick, slow]) story.update("kubectl", { ...object, status: {} });
        for (const [manager, status] of writes) {
          quick.trusted(manager, quick.with({ status }), "status");
          slow.update(manager, slow.with({ status }), "status");
          expect(quick.owners()).toEqual(slow.owners());
        }
      }),
      { seed: 11, numRuns: 200 },
    );
  });
});
