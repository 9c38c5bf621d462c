import { expect, it } from "vitest";
import { NAMESPACES, SERVICE_ACCOUNTS } from "../../../simulator/api/refs.ts";
import { serviceAccountController } from "../../../simulator/controllers/service-account/controller.ts";
import { Cluster, must } from "./harness.ts";

it("every active namespace has the account `default`, and gets it back", () => {
  const cluster = Cluster.start([serviceAccountController]);
  cluster.advanceTo(1);
  cluster.addNamespace("team");
  cluster.advanceTo(2);
  expect(cluster.changesOf("ServiceAccount").map((line) => line.slice(4))).toEqual([
    "ADDED default",
    "ADDED kube-system/default",
    "ADDED kube-node-lease/default",
    "ADDED team/default",
  ]);
  must(cluster.client.delete(SERVICE_ACCOUNTS, "team/default"));
  cluster.advanceTo(3);
  expect(cluster.store.of(SERVICE_ACCOUNTS).get("team/default")).toBeDefined();
});

it("a namespace in deletion does not get it back", () => {
  const cluster = Cluster.start([serviceAccountController]);
  cluster.addNamespace("team");
  cluster.advanceTo(1);
  must(cluster.client.delete(NAMESPACES, "team"));
  must(cluster.client.delete(SERVICE_ACCOUNTS, "team/default"));
  cluster.advanceTo(100);
  expect(cluster.store.of(SERVICE_ACCOUNTS).get("team/default")).toBeUndefined();
});

it("accounts are made when the API server is back", () => {
  const cluster = Cluster.start([serviceAccountController]);
  cluster.reachable = false;
  cluster.advanceTo(10);
  expect(cluster.store.of(SERVICE_ACCOUNTS).size).toBe(0);
  cluster.reachable = true;
  cluster.advanceTo(30);
  expect(cluster.store.of(SERVICE_ACCOUNTS).size).toBe(3);
});
