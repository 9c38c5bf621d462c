import { describe, expect, it } from "vitest";
import { CONFIG_MAPS, DEPLOYMENTS, NAMESPACES, PODS, SECRETS } from "../../../simulator/api/refs.ts";
import { deletionConditions } from "../../../simulator/controllers/namespace/conditions.ts";
import { namespaceController } from "../../../simulator/controllers/namespace/controller.ts";
import { Cluster, must } from "./harness.ts";

const NAME = "team";

class Story {
  readonly cluster = Cluster.start([namespaceController]);

  constructor() {
    this.cluster.addNamespace(NAME);
  }

  configMap(name: string, finalizers?: string[]): void {
    const metadata = { name, namespace: NAME, ...(finalizers && { finalizers }) };
    must(this.cluster.client.create(CONFIG_MAPS, { metadata }));
  }

  pod(name: string): void {
    const spec = { nodeName: "node-1", terminationGracePeriodSeconds: 30, containers: [{ name: "c", image: "nginx" }] };
    const pod = must(this.cluster.client.create(PODS, { metadata: { name, namespace: NAME }, spec }));
    must(this.cluster.client.updateStatus(PODS, { ...pod, status: { ...pod.status, phase: "Running" } }));
  }

  /** The pod's kubelet lets it go. */
  endPod(name: string): void {
    must(this.cluster.client.delete(PODS, `${NAME}/${name}`, { gracePeriodSeconds: 0 }));
  }

  release(name: string): void {
    const held = this.cluster.get(CONFIG_MAPS, `${NAME}/${name}`);
    must(this.cluster.client.update(CONFIG_MAPS, { ...held, metadata: { ...held.metadata, finalizers: undefined } }));
  }

  delete(): void {
    must(this.cluster.client.delete(NAMESPACES, NAME));
  }

  get exists(): boolean {
    return this.cluster.store.of(NAMESPACES).get(NAME) !== undefined;
  }

  /** The conditions as `<time> <type> <status> <reason>: <message>`, the two that never change left out. */
  get conditions(): string[] {
    const { conditions = [] } = this.cluster.get(NAMESPACES, NAME).status;
    return conditions.slice(2).map(({ type, status, reason, message }) => `${type} ${status} ${reason}: ${message}`);
  }

  changes(kind: string): string[] {
    return this.cluster.changesOf(kind, 0.1).filter((line) => line.includes(NAME));
  }
}

describe("a deleted namespace", () => {
  it("that is empty is let go after five seconds", () => {
    const story = new Story();
    story.delete();
    story.cluster.advanceTo(4.9);
    expect(story.exists).toBe(true);
    story.cluster.advanceTo(5.1);
    expect(story.exists).toBe(false);
  });

  it("loses its content of every kind", () => {
    const story = new Story();
    story.configMap("a");
    must(story.cluster.client.create(SECRETS, { metadata: { name: "s", namespace: NAME } }));
    const labels = { app: "web" };
    const template = { metadata: { labels }, spec: { containers: [] } };
    must(
      story.cluster.client.create(DEPLOYMENTS, {
        metadata: { name: "web", namespace: NAME },
        spec: { selector: { matchLabels: labels }, template },
      }),
    );
    story.delete();
    story.cluster.advanceTo(6);
    const left = [...story.cluster.store.collections].flatMap((collection) => [...collection.values()]);
    expect(left.filter(({ metadata }) => metadata.namespace === NAME)).toEqual([]);
    expect(story.exists).toBe(false);
  });

  it("ends its pods first, does not count them, and looks again five seconds after its own words", () => {
    const story = new Story();
    story.configMap("a");
    story.pod("p");
    story.delete();
    story.cluster.advanceTo(9);
    expect(story.changes("ConfigMap")).toEqual([]);
    expect(story.cluster.get(PODS, `${NAME}/p`).metadata.deletionTimestamp).toBe(story.cluster.time(35));
    expect(story.conditions).toEqual([
      "NamespaceDeletionContentFailure False ContentDeleted: All content successfully deleted, may be waiting on finalization",
      "NamespaceContentRemaining False ContentRemoved: All content successfully removed",
      "NamespaceFinalizersRemaining False ContentHasNoFinalizers: All content-preserving finalizers finished",
    ]);
    story.endPod("p");
    story.cluster.advanceTo(11);
    expect(story.changes("ConfigMap")).toEqual(["10.0 DELETED team/a"]);
    expect(story.exists).toBe(false);
  });

  it("tells what finalizers hold, and looks again every eight seconds until they let go", () => {
    const story = new Story();
    story.configMap("free");
    story.configMap("held", ["example.com/hold"]);
    story.configMap("held-too", ["example.com/hold", "example.com/other"]);
    story.delete();
    story.cluster.advanceTo(6);
    expect(story.conditions.slice(1)).toEqual([
      "NamespaceContentRemaining True SomeResourcesRemain: Some resources are remaining: configmaps. has 2 resource instances",
      "NamespaceFinalizersRemaining True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/hold in 2 resource instances, example.com/other in 1 resource instances",
    ]);
    // Looks at 5 s, at 10 s because its own words changed it, then at 18 s and 26 s.
    story.cluster.advanceTo(18.5);
    story.release("held");
    story.release("held-too");
    story.cluster.advanceTo(25.9);
    expect(story.exists).toBe(true);
    story.cluster.advanceTo(26.1);
    expect(story.exists).toBe(false);
  });

  it("says when a pod outlives its grace, and tries again with growing pauses of a minute at most", () => {
    const story = new Story();
    story.pod("stuck");
    story.delete();
    story.cluster.advanceTo(400);
    expect(story.conditions).toEqual([
      "NamespaceDeletionContentFailure True ContentDeletionFailed: Failed to delete all resource types, 1 remaining: unexpected items still remain in namespace: team for gvr: /v1, Resource=pods",
      "NamespaceContentRemaining True SomeResourcesRemain: Some resources are remaining: pods. has 1 resource instances",
      "NamespaceFinalizersRemaining False ContentHasNoFinalizers: All content-preserving finalizers finished",
    ]);
    story.endPod("stuck");
    story.cluster.advanceTo(461);
    expect(story.exists).toBe(false);
  });

  it("waits for the API server, and for a controller that was away", () => {
    const story = new Story();
    story.configMap("a");
    story.delete();
    story.cluster.reachable = false;
    story.cluster.advanceTo(20);
    story.cluster.reachable = true;
    story.cluster.stopControllers();
    story.cluster.advanceTo(40);
    story.cluster.startControllers();
    story.cluster.advanceTo(44.9);
    expect(story.exists).toBe(true);
    story.cluster.advanceTo(45.1);
    expect(story.exists).toBe(false);
  });

  it("goes on in a restored run byte for byte", () => {
    const story = new Story();
    story.configMap("held", ["example.com/hold"]);
    story.delete();
    story.cluster.advanceTo(7);
    const copy = story.cluster.restored([namespaceController]);
    for (const run of [story.cluster, copy]) run.advanceTo(60);
    expect(JSON.stringify(copy.store.save())).toBe(JSON.stringify(story.cluster.store.save()));
    expect(JSON.stringify(copy.host.save())).toBe(JSON.stringify(story.cluster.host.save()));
  });
});

describe("deletionConditions", () => {
  it("keep their time while only the words change, and are the same object when nothing does", () => {
    const remains = (count: number) => ({ resources: new Map([["pods.", count]]), finalizers: new Map(), errors: [] });
    const first = deletionConditions(undefined, remains(2), "t1");
    const second = deletionConditions(first, remains(1), "t2");
    expect(second?.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual(["t1", "t1", "t1", "t1", "t1"]);
    expect(second?.[3]?.message).toBe("Some resources are remaining: pods. has 1 resource instances");
    expect(deletionConditions(second, remains(1), "t3")).toBe(second);
    const none = deletionConditions(second, { ...remains(0), resources: new Map() }, "t4");
    expect(none?.[3]).toMatchObject({ status: "False", lastTransitionTime: "t4" });
  });
});
