import { expect, it } from "vitest";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { Simulation } from "../../../simulator/index.ts";

const NAMESPACE = "/api/v1/namespaces/default";
const SELECTED = "volume.kubernetes.io/selected-node";

interface Seen {
  readonly metadata: { readonly annotations?: { readonly [key: string]: string } };
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly phase?: string; readonly nominatedNodeName?: string };
}

it("a pod whose node goes while its volume is made there gets another node, and its volume with it", () => {
  const simulation = Simulation.start({ workers: 3, storageClasses: true });
  simulation.advanceTo(60_000);
  const create = (path: string, body: JsonObject) => simulation.request({ method: "POST", path, body });
  const get = (path: string) =>
    simulation.request({ method: "GET", path: `${NAMESPACE}/${path}` }).body as unknown as Seen;
  create(`${NAMESPACE}/persistentvolumeclaims`, {
    metadata: { name: "c" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  });
  create(`${NAMESPACE}/pods`, {
    metadata: { name: "p" },
    spec: {
      containers: [{ name: "c", image: "nginx" }],
      volumes: [{ name: "v", persistentVolumeClaim: { claimName: "c" } }],
    },
  });
  simulation.advanceTo(60_100);
  const lost = get("persistentvolumeclaims/c").metadata.annotations?.[SELECTED] ?? "";
  expect(get("pods/p").status.nominatedNodeName).toBe(lost);
  expect(get("pods/p").spec.nodeName).toBeUndefined();
  simulation.request({ method: "DELETE", path: `/api/v1/nodes/${lost}` });
  simulation.advanceTo(90_000);
  const { spec, status } = get("pods/p");
  expect(status.phase).toBe("Running");
  expect(spec.nodeName).not.toBe(lost);
  expect(get("persistentvolumeclaims/c").metadata.annotations?.[SELECTED]).toBe(spec.nodeName);
});
