import { expect, it } from "vitest";
import { CONFIG_MAPS, NAMESPACES } from "../../../simulator/api/refs.ts";
import { rootCaCertificatePublisher } from "../../../simulator/controllers/root-ca-certificate/controller.ts";
import { Cluster, must } from "./harness.ts";

const KEY = "default/kube-root-ca.crt";

it("every namespace has the certificate, with a word on what it is for", () => {
  const cluster = Cluster.start([rootCaCertificatePublisher]);
  cluster.advanceTo(1);
  expect(cluster.store.of(CONFIG_MAPS).size).toBe(3);
  const { data, metadata } = cluster.get(CONFIG_MAPS, KEY);
  const [first, ...lines] = (data?.["ca.crt"] ?? "").split("\n");
  expect(first).toBe("-----BEGIN CERTIFICATE-----");
  expect(lines.slice(-2)).toEqual(["-----END CERTIFICATE-----", ""]);
  for (const line of lines.slice(0, -3)) expect(line).toMatch(/^[A-Za-z0-9+/]{64}$/);
  expect(Object.keys(metadata.annotations ?? {})).toEqual(["kubernetes.io/description"]);
});

it("it is put right when it was changed, and back when it was deleted", () => {
  const cluster = Cluster.start([rootCaCertificatePublisher]);
  cluster.advanceTo(1);
  const { data } = cluster.get(CONFIG_MAPS, KEY);
  must(cluster.client.update(CONFIG_MAPS, { ...cluster.get(CONFIG_MAPS, KEY), data: { "ca.crt": "forged" } }));
  cluster.advanceTo(2);
  expect(cluster.get(CONFIG_MAPS, KEY).data).toEqual(data);
  must(cluster.client.delete(CONFIG_MAPS, KEY));
  cluster.advanceTo(3);
  expect(cluster.get(CONFIG_MAPS, KEY).data).toEqual(data);
});

it("a namespace in deletion does not get it back", () => {
  const cluster = Cluster.start([rootCaCertificatePublisher]);
  cluster.addNamespace("team");
  cluster.advanceTo(1);
  must(cluster.client.delete(NAMESPACES, "team"));
  must(cluster.client.delete(CONFIG_MAPS, "team/kube-root-ca.crt"));
  cluster.advanceTo(10);
  expect(cluster.store.of(CONFIG_MAPS).get("team/kube-root-ca.crt")).toBeUndefined();
});
