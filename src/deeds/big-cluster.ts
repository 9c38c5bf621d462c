import type { ApiRequest } from "../../simulator/index.ts";

const ZONES = ["zone-a", "zone-b", "zone-c"];

interface Shape {
  readonly name: string;
  /** Of all machines. */
  readonly share: number;
  readonly shape: {
    readonly cpu: string;
    readonly memory: string;
    readonly instanceType: string;
    readonly spot?: boolean;
    readonly devices?: { readonly [resource: string]: string };
    readonly taints?: readonly { readonly key: string; readonly effect: string }[];
  };
}

/** Machines as large clusters have them; the first takes what rounding leaves over. */
const SHAPES: readonly Shape[] = [
  { name: "general", share: 0.5, shape: { cpu: "8", memory: "32Gi", instanceType: "general-8" } },
  { name: "small", share: 0.2, shape: { cpu: "4", memory: "8Gi", instanceType: "small-4" } },
  { name: "compute", share: 0.15, shape: { cpu: "32", memory: "64Gi", instanceType: "compute-32" } },
  { name: "memory", share: 0.1, shape: { cpu: "16", memory: "128Gi", instanceType: "memory-16" } },
  { name: "spot", share: 0.03, shape: { cpu: "8", memory: "16Gi", instanceType: "spot-8", spot: true } },
  {
    name: "gpu",
    share: 0.02,
    shape: {
      cpu: "16",
      memory: "64Gi",
      instanceType: "gpu-16",
      devices: { "nvidia.com/gpu": "4" },
      taints: [{ key: "nvidia.com/gpu", effect: "NoSchedule" }],
    },
  },
];
const STARTUP_SECONDS = 5;

/** How many nodes the big clusters have. */
export const bigSizes = [100, 1000, 5000] as const;

/** The requests that make so many nodes in mixed shapes and zones: groups of machines, which start before the eyes. */
export function bigClusterRequests(nodes: number): readonly ApiRequest[] {
  const counts = SHAPES.map(({ share }) => Math.floor(nodes * share));
  counts[0] = (counts[0] ?? 0) + nodes - counts.reduce((sum, count) => sum + count, 0);
  return SHAPES.map(({ name, shape }, at) => ({
    method: "POST",
    path: "/apis/simulation.tabernetes.dev/v1alpha1/nodegroups",
    contentType: "application/json",
    body: {
      apiVersion: "simulation.tabernetes.dev/v1alpha1",
      kind: "NodeGroup",
      metadata: { name },
      spec: {
        // The autoscaler leaves them alone: an idle cluster stays as large as it was asked for.
        minSize: counts[at] ?? 0,
        desiredSize: counts[at] ?? 0,
        startupSeconds: STARTUP_SECONDS,
        shape: { ...shape, zones: ZONES } as never,
      },
    },
  }));
}
