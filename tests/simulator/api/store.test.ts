import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../simulator/api/object.ts";
import { CONFIG_MAPS, type ConfigMap } from "../../../simulator/api/refs.ts";
import { keyOfSortKey } from "../../../simulator/api/sorted-keys.ts";
import { Store } from "../../../simulator/api/store.ts";

function configMap(name: string, color: string): ConfigMap {
  const metadata = {
    name,
    namespace: "default",
    uid: `uid-${name}`,
    resourceVersion: "",
    creationTimestamp: "",
    labels: { color },
  };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "1" } };
}

function newStore(): Store {
  const store = new Store();
  store.add(CONFIG_MAPS, { color: (object: KubeObject) => object.metadata.labels?.color });
  return store;
}

const names = (objects: Iterable<KubeObject>) => [...objects].map(({ metadata }) => metadata.name);

describe("Store", () => {
  it("gives each write a new revision, which is the object's resourceVersion", () => {
    const store = newStore();
    const created = store.create(CONFIG_MAPS, configMap("a", "red"));
    const updated = store.update(CONFIG_MAPS, { ...created, data: { a: "2" } });
    expect(Number(updated.metadata.resourceVersion)).toBe(Number(created.metadata.resourceVersion) + 1);
    expect(store.revision).toBe(Number(updated.metadata.resourceVersion));
  });

  it("freezes what it stores, and shares what did not change", () => {
    const store = newStore();
    const created = store.create(CONFIG_MAPS, configMap("a", "red"));
    const updated = store.update(CONFIG_MAPS, { ...created, metadata: { ...created.metadata, labels: {} } });
    expect(Object.isFrozen(updated.metadata.labels)).toBe(true);
    expect(updated.data).toBe(created.data);
  });

  it("keeps indexes true through create, update and delete", () => {
    const store = newStore();
    const collection = store.of(CONFIG_MAPS);
    const a = store.create(CONFIG_MAPS, configMap("a", "red"));
    store.create(CONFIG_MAPS, configMap("b", "red"));
    store.update(CONFIG_MAPS, { ...a, metadata: { ...a.metadata, labels: { color: "blue" } } });
    expect(names(collection.byIndex("color", "red"))).toEqual(["b"]);
    expect(names(collection.byIndex("color", "blue"))).toEqual(["a"]);
    store.delete(CONFIG_MAPS, present(collection.get("default/b")));
    expect([...collection.indexValues("color")]).toEqual(["blue"]);
  });

  it("tells a listener by index only of objects that have the value, or lost it just now", () => {
    const store = newStore();
    const heard: string[] = [];
    store
      .of(CONFIG_MAPS)
      .listenByIndex("color", "red", "x", ({ type, object }) => heard.push(`${type} ${object.metadata.name}`));
    const a = store.create(CONFIG_MAPS, configMap("a", "red"));
    store.create(CONFIG_MAPS, configMap("b", "blue"));
    const blue = store.update(CONFIG_MAPS, { ...a, metadata: { ...a.metadata, labels: { color: "blue" } } });
    store.update(CONFIG_MAPS, { ...blue, data: {} });
    expect(heard).toEqual(["ADDED a", "MODIFIED a"]);
  });

  it("tells listeners in their fixed order, whenever they came", () => {
    const store = newStore();
    const heard: string[] = [];
    store.of(CONFIG_MAPS).listen("late", () => heard.push("late"));
    store.of(CONFIG_MAPS).listen("early", () => heard.push("early"));
    store.create(CONFIG_MAPS, configMap("a", "red"));
    expect(heard).toEqual(["early", "late"]);
  });

  it("remembers changes since a revision, and says when they are forgotten", () => {
    const store = newStore();
    let object = store.create(CONFIG_MAPS, configMap("a", "red"));
    const from = store.revision;
    for (let count = 0; count < 10; count++)
      object = store.update(CONFIG_MAPS, { ...object, data: { n: String(count) } });
    expect(
      store
        .of(CONFIG_MAPS)
        .changesSince(from)
        ?.map(({ revision }) => revision),
    ).toEqual(Array.from({ length: 10 }, (_, index) => from + 1 + index));
    for (let count = 0; count < 5000; count++)
      object = store.update(CONFIG_MAPS, { ...object, data: { n: String(count) } });
    expect(store.of(CONFIG_MAPS).changesSince(from)).toBeUndefined();
    expect(store.of(CONFIG_MAPS).changesSince(store.revision)).toEqual([]);
  });

  it("lists by namespace, then name, as etcd orders its keys", () => {
    const store = newStore();
    for (const [namespace, name] of [
      ["b", "a"],
      ["a-b", "x"],
      ["a", "z"],
      ["a", "b"],
    ] as const) {
      const object = configMap(name, "red");
      store.create(CONFIG_MAPS, { ...object, metadata: { ...object.metadata, namespace } });
    }
    expect(store.of(CONFIG_MAPS).sortedKeys().map(keyOfSortKey)).toEqual(["a/b", "a/z", "a-b/x", "b/a"]);
  });

  it("restores objects, orders and indexes from its saved form", () => {
    const store = newStore();
    const a = store.create(CONFIG_MAPS, configMap("a", "red"));
    store.create(CONFIG_MAPS, configMap("b", "blue"));
    const red = store.update(CONFIG_MAPS, { ...a, metadata: { ...a.metadata, labels: { color: "blue" } } });
    const copy = newStore();
    copy.load(JSON.parse(JSON.stringify(store.save())));
    expect(names(copy.of(CONFIG_MAPS).byIndex("color", "blue"))).toEqual(["b", "a"]);
    expect(copy.of(CONFIG_MAPS).get("default/a")).toEqual(red);
    expect(copy.revision).toBe(store.revision);
  });
});

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("absent");
  return value;
}
