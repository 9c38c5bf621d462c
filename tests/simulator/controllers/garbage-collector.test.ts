import { describe, expect, it } from "vitest";
import type { DeleteOptions } from "../../../simulator/api/client.ts";
import type { KubeObject } from "../../../simulator/api/object.ts";
import {
  CONFIG_MAPS,
  DEPLOYMENTS,
  NAMESPACES,
  NODES,
  PODS,
  REPLICA_SETS,
  type ResourceRef,
  SECRETS,
} from "../../../simulator/api/refs.ts";
import type { OwnerReference } from "../../../simulator/api/schema/generated/types.ts";
import { garbageCollector } from "../../../simulator/controllers/garbage-collector/controller.ts";
import { Cluster, must } from "./harness.ts";
import { renew } from "./nodes.ts";

const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "nginx" }] } };
const selector = { matchLabels: { app: "web" } };

const owner = ({ apiVersion, kind, metadata }: KubeObject, more: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
  ...more,
});
const blocking = { controller: true, blockOwnerDeletion: true };

/** The story's cluster with helpers to make and to look. */
class Story {
  readonly cluster = Cluster.start([garbageCollector]);

  configMap(name: string, ownerReferences?: OwnerReference[], namespace = "default") {
    const metadata = { name, namespace, ...(ownerReferences && { ownerReferences }) };
    return must(this.cluster.client.create(CONFIG_MAPS, { metadata }));
  }

  /** A Deployment with a ReplicaSet and two pods. */
  deployment(finalizers?: string[]) {
    const { client } = this.cluster;
    const named = (name: string, ownerReferences?: OwnerReference[]) => ({
      name,
      namespace: "default",
      labels: { app: "web" },
      ...(ownerReferences && { ownerReferences }),
    });
    const spec = { selector, template };
    const deployment = must(
      client.create(DEPLOYMENTS, { metadata: { ...named("web"), ...(finalizers && { finalizers }) }, spec }),
    );
    const replicaSet = must(
      client.create(REPLICA_SETS, { metadata: named("web-1", [owner(deployment, blocking)]), spec }),
    );
    for (const name of ["web-1-a", "web-1-b"]) {
      const metadata = named(name, [owner(replicaSet, blocking)]);
      must(
        client.create(PODS, {
          metadata,
          spec: { ...template.spec, nodeName: "node-1", terminationGracePeriodSeconds: 30 },
        }),
      );
    }
    this.cluster.advanceTo(1);
    return deployment;
  }

  delete<T extends KubeObject>(ref: ResourceRef<T>, name: string, options?: DeleteOptions) {
    must(this.cluster.client.delete(ref, `default/${name}`, options));
  }

  /** A pod's kubelet lets it go. */
  endPods() {
    for (const pod of [...this.cluster.store.of(PODS).values()]) {
      if (pod.metadata.deletionTimestamp !== undefined) this.delete(PODS, pod.metadata.name, { gracePeriodSeconds: 0 });
    }
  }

  has(ref: ResourceRef<KubeObject>, key: string): boolean {
    return this.cluster.store.of(ref).get(key) !== undefined;
  }

  /** Names of objects in the namespace `default`, those in deletion marked with a dagger. */
  names(ref: ResourceRef<KubeObject>): string[] {
    return [...this.cluster.store.of(ref).values()].map(
      ({ metadata }) => `${metadata.name}${metadata.deletionTimestamp === undefined ? "" : "†"}`,
    );
  }

  settle() {
    this.cluster.advanceTo(this.cluster.seconds + 1);
  }
}

describe("background deletion", () => {
  it("takes dependents away after their owner, down to the pods", () => {
    const story = new Story();
    story.deployment();
    story.delete(DEPLOYMENTS, "web");
    expect(story.names(REPLICA_SETS)).toEqual(["web-1"]);
    story.settle();
    expect(story.names(REPLICA_SETS)).toEqual([]);
    expect(story.names(PODS)).toEqual(["web-1-a†", "web-1-b†"]);
    expect(story.cluster.get(PODS, "default/web-1-a").metadata.deletionGracePeriodSeconds).toBe(30);
  });

  it("waits for an owner that a finalizer holds", () => {
    const story = new Story();
    const deployment = story.deployment(["example.com/hold"]);
    story.delete(DEPLOYMENTS, "web");
    story.settle();
    expect(story.names(DEPLOYMENTS)).toEqual(["web†"]);
    expect(story.names(REPLICA_SETS)).toEqual(["web-1"]);
    const held = story.cluster.get(DEPLOYMENTS, "default/web");
    expect(held.metadata.uid).toBe(deployment.metadata.uid);
    must(story.cluster.client.update(DEPLOYMENTS, { ...held, metadata: { ...held.metadata, finalizers: undefined } }));
    story.settle();
    expect(story.names(DEPLOYMENTS).concat(story.names(REPLICA_SETS))).toEqual([]);
  });

  it.each<[string, Partial<OwnerReference>]>([
    ["with another uid", { uid: "someone-else" }],
    ["with another name", { name: "ghost" }],
    ["of another kind", { kind: "Secret" }],
  ])("takes away what is created with an owner that is there only %s", (_, change) => {
    const story = new Story();
    const parent = story.configMap("parent");
    story.configMap("child", [{ ...owner(parent), ...change }]);
    story.settle();
    expect(story.names(CONFIG_MAPS)).toEqual(["parent"]);
  });

  it("leaves what has another owner, and strikes out the one that went", () => {
    const story = new Story();
    const first = story.configMap("first");
    const second = story.configMap("second");
    story.configMap("child", [owner(first), owner(second)]);
    story.settle();
    story.delete(CONFIG_MAPS, "first");
    story.settle();
    expect(story.cluster.get(CONFIG_MAPS, "default/child").metadata.ownerReferences).toEqual([owner(second)]);
  });

  it("does not see owners in other namespaces, and says so", () => {
    const story = new Story();
    const parent = story.configMap("parent", undefined, "kube-system");
    story.configMap("child", [owner(parent)]);
    story.settle();
    expect(story.names(CONFIG_MAPS)).toEqual(["parent"]);
    const reference = `[v1/ConfigMap, namespace: default, name: parent, uid: ${parent.metadata.uid}]`;
    expect(story.cluster.events()).toEqual([
      `0.0 OwnerRefInvalidNamespace ConfigMap/child ownerRef ${reference} does not exist in namespace "default"`,
    ]);
  });

  it("lets namespaced objects be owned by cluster-scoped ones, but not the other way round", () => {
    const story = new Story();
    const { client } = story.cluster;
    const node = must(client.create(NODES, { metadata: { name: "node-1" }, spec: {} }));
    const parent = story.configMap("parent");
    story.configMap("child", [owner(node)]);
    must(client.create(NAMESPACES, { metadata: { name: "odd", ownerReferences: [owner(parent)] }, spec: {} }));
    story.settle();
    story.delete(CONFIG_MAPS, "parent");
    must(client.delete(NODES, "node-1"));
    story.settle();
    expect(story.names(CONFIG_MAPS)).toEqual([]);
    expect(story.names(NAMESPACES)).toContain("odd");
  });

  it("leaves what names an owner of a kind that nobody serves", () => {
    const story = new Story();
    const ghost = { apiVersion: "example.com/v1", kind: "Ghost", name: "g", uid: "u" };
    story.configMap("child", [ghost]);
    story.cluster.advanceTo(100);
    expect(story.names(CONFIG_MAPS)).toEqual(["child"]);
  });

  it("is made up for by a collector that was away when the owner went", () => {
    const story = new Story();
    story.deployment();
    story.cluster.stopControllers();
    story.delete(DEPLOYMENTS, "web");
    story.settle();
    expect(story.names(REPLICA_SETS)).toEqual(["web-1"]);
    story.cluster.startControllers();
    story.settle();
    expect(story.names(REPLICA_SETS)).toEqual([]);
  });

  it("is tried again until the API server is back", () => {
    const story = new Story();
    story.deployment();
    story.delete(DEPLOYMENTS, "web");
    story.cluster.reachable = false;
    story.settle();
    expect(story.names(REPLICA_SETS)).toEqual(["web-1"]);
    story.cluster.reachable = true;
    story.cluster.advanceTo(10);
    expect(story.names(REPLICA_SETS)).toEqual([]);
  });
});

describe("foreground deletion", () => {
  it("goes down to the pods first and takes the owners when they are gone", () => {
    const story = new Story();
    story.deployment();
    story.delete(DEPLOYMENTS, "web", { propagationPolicy: "Foreground" });
    story.settle();
    expect(story.names(DEPLOYMENTS)).toEqual(["web†"]);
    expect(story.names(REPLICA_SETS)).toEqual(["web-1†"]);
    expect(story.cluster.get(REPLICA_SETS, "default/web-1").metadata.finalizers).toEqual(["foregroundDeletion"]);
    expect(story.names(PODS)).toEqual(["web-1-a†", "web-1-b†"]);
    expect(story.cluster.get(PODS, "default/web-1-a").metadata.finalizers).toBeUndefined();
    story.endPods();
    story.settle();
    const gone = story.cluster.lines
      .filter(({ verb }) => verb === "DELETED")
      .map(({ kind, name }) => `${kind} ${name}`);
    expect(gone).toEqual(["Pod web-1-a", "Pod web-1-b", "ReplicaSet web-1", "Deployment web"]);
  });

  it("does not wait for dependents that do not block it", () => {
    const story = new Story();
    const parent = story.configMap("parent");
    const child = story.configMap("child", [owner(parent)]);
    const finalizers = ["example.com/hold"];
    must(story.cluster.client.update(CONFIG_MAPS, { ...child, metadata: { ...child.metadata, finalizers } }));
    story.delete(CONFIG_MAPS, "parent", { propagationPolicy: "Foreground" });
    story.settle();
    expect(story.names(CONFIG_MAPS)).toEqual(["child†"]);
  });

  it("takes a reference off a dependent that has another owner, instead of deleting it", () => {
    const story = new Story();
    const first = story.configMap("first");
    const second = story.configMap("second");
    story.configMap("child", [owner(first, { blockOwnerDeletion: true }), owner(second)]);
    story.delete(CONFIG_MAPS, "first", { propagationPolicy: "Foreground" });
    story.settle();
    expect(story.names(CONFIG_MAPS)).toEqual(["second", "child"]);
    expect(story.cluster.get(CONFIG_MAPS, "default/child").metadata.ownerReferences).toEqual([owner(second)]);
  });

  it("ends a circle of owners that would wait for each other", () => {
    const story = new Story();
    const a = story.configMap("a");
    const b = story.configMap("b", [owner(a, { blockOwnerDeletion: true })]);
    const ownerReferences = [owner(b, { blockOwnerDeletion: true })];
    must(story.cluster.client.update(CONFIG_MAPS, { ...a, metadata: { ...a.metadata, ownerReferences } }));
    story.delete(CONFIG_MAPS, "a", { propagationPolicy: "Foreground" });
    story.cluster.advanceTo(30);
    expect(story.names(CONFIG_MAPS)).toEqual([]);
  });
});

describe("orphaning deletion", () => {
  it("strikes the owner out of its dependents, which live on", () => {
    const story = new Story();
    story.deployment();
    story.delete(DEPLOYMENTS, "web", { propagationPolicy: "Orphan" });
    expect(story.names(DEPLOYMENTS)).toEqual(["web†"]);
    story.settle();
    expect(story.names(DEPLOYMENTS)).toEqual([]);
    expect(story.cluster.get(REPLICA_SETS, "default/web-1").metadata.ownerReferences).toBeUndefined();
    expect(story.names(PODS)).toEqual(["web-1-a", "web-1-b"]);
  });
});

describe("the collector", () => {
  it("puts nothing into its queue for changes that touch no ownership", () => {
    const story = new Story();
    story.deployment();
    const reconciled = () => [...story.cluster.host.states()][0]?.reconciled;
    const before = reconciled();
    for (let index = 0; index < 20; index++) renew(story.cluster, "node-1");
    must(story.cluster.client.create(SECRETS, { metadata: { name: "s", namespace: "default" } }));
    story.settle();
    expect(reconciled()).toBe(before);
  });

  it("goes on in a restored run byte for byte", () => {
    const story = new Story();
    story.deployment();
    story.delete(DEPLOYMENTS, "web", { propagationPolicy: "Foreground" });
    const copy = story.cluster.restored([garbageCollector]);
    for (const run of [story.cluster, copy]) run.advanceTo(10);
    expect(JSON.stringify(copy.store.save())).toBe(JSON.stringify(story.cluster.store.save()));
    expect(JSON.stringify(copy.host.save())).toBe(JSON.stringify(story.cluster.host.save()));
  });
});
