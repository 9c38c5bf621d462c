import type {
  Container,
  NodeSpec,
  ObjectMeta,
  PodSpec,
  PodStatus,
} from "../../../simulator/api/schema/generated/types.ts";

/** What of a node a test cares about. */
export interface NodeSketch {
  readonly name: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: string;
  readonly "ephemeral-storage"?: string;
  readonly labels?: { readonly [key: string]: string };
  readonly taints?: NodeSpec["taints"];
  readonly unschedulable?: boolean;
  readonly images?: readonly { readonly names: readonly string[]; readonly sizeBytes: number }[];
  readonly extended?: { readonly [name: string]: string };
  readonly allocatable?: { readonly [name: string]: string };
}

export function nodeObject(sketch: NodeSketch): object {
  const { name, cpu = "4", memory = "8Gi", pods = "110", labels, taints, unschedulable, images, extended } = sketch;
  const capacity = { cpu, memory, pods, "ephemeral-storage": sketch["ephemeral-storage"] ?? "50Gi", ...extended };
  return {
    metadata: { name, labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", ...labels } },
    spec: { ...(taints && { taints }), ...(unschedulable && { unschedulable }) },
    status: { capacity, allocatable: { ...capacity, ...sketch.allocatable }, ...(images && { images }) },
  };
}

/** A pod as a manifest gives it; `spec` may leave the containers out. */
export interface PodSketch {
  readonly metadata: Omit<ObjectMeta, "name"> & { readonly name: string };
  readonly spec?: Omit<Partial<PodSpec>, "containers"> & { readonly containers?: readonly Partial<Container>[] };
  readonly status?: PodStatus;
}

const PRIORITIES: { readonly [name: string]: number } = {
  low: 10,
  mid: 100,
  high: 1000,
  "high-never": 1000,
  "system-cluster-critical": 2_000_000_000,
  "system-node-critical": 2_000_001_000,
};

type Resources = NonNullable<Container["resources"]>;

/** Requests follow limits where they are not given. */
function withRequests<T extends { readonly resources?: Resources }>(one: T): T {
  const { resources } = one;
  if (resources?.limits === undefined) return one;
  return { ...one, resources: { ...resources, requests: { ...resources.limits, ...resources.requests } } };
}

type Affinity = NonNullable<PodSpec["affinity"]>;
type Terms = NonNullable<NonNullable<Affinity["podAffinity"]>["requiredDuringSchedulingIgnoredDuringExecution"]>;

/** The API server writes matchLabelKeys into the selector when the pod is created. */
function merged(term: Terms[number], labels: { readonly [key: string]: string }): Terms[number] {
  const { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector } = term;
  const rule = (operator: string) => (key: string) =>
    labels[key] === undefined ? [] : [{ key, operator, values: [labels[key] ?? ""] }];
  const added = [...matchLabelKeys.flatMap(rule("In")), ...mismatchLabelKeys.flatMap(rule("NotIn"))];
  if (added.length === 0 || labelSelector === undefined) return term;
  return {
    ...term,
    labelSelector: { ...labelSelector, matchExpressions: [...(labelSelector.matchExpressions ?? []), ...added] },
  };
}

function mergedAffinity(affinity: Affinity | undefined, labels: { readonly [key: string]: string }) {
  if (affinity === undefined) return undefined;
  const half = (part: Affinity["podAffinity"]) =>
    part && {
      requiredDuringSchedulingIgnoredDuringExecution: part.requiredDuringSchedulingIgnoredDuringExecution?.map((term) =>
        merged(term, labels),
      ),
      preferredDuringSchedulingIgnoredDuringExecution: part.preferredDuringSchedulingIgnoredDuringExecution?.map(
        ({ weight, podAffinityTerm }) => ({ weight, podAffinityTerm: merged(podAffinityTerm, labels) }),
      ),
    };
  return { ...affinity, podAffinity: half(affinity.podAffinity), podAntiAffinity: half(affinity.podAntiAffinity) };
}

const OVERHEADS: { readonly [name: string]: { readonly [resource: string]: string } } = {
  sandboxed: { cpu: "500m", memory: "256Mi" },
};

/** The pod as the API server would store it: admission and defaults as far as scheduling sees them. */
export function podObject(sketch: PodSketch): object {
  const { metadata, spec = {}, status } = sketch;
  const picky = spec.runtimeClassName === "picky";
  const tolerations = [...(spec.tolerations ?? []), ...(picky ? [{ key: "rt", operator: "Exists" }] : [])];
  const overhead = OVERHEADS[spec.runtimeClassName ?? ""];
  return {
    metadata: { namespace: "default", ...metadata },
    spec: {
      schedulerName: "default-scheduler",
      priority: PRIORITIES[spec.priorityClassName ?? ""] ?? 0,
      preemptionPolicy: spec.priorityClassName === "high-never" ? "Never" : "PreemptLowerPriority",
      ...spec,
      containers: (spec.containers ?? [{ name: "c", image: "app:1" }]).map((one) => withRequests(one)),
      ...(spec.initContainers && { initContainers: spec.initContainers.map((one) => withRequests(one)) }),
      affinity: mergedAffinity(spec.affinity, metadata.labels ?? {}),
      tolerations,
      ...(picky && { nodeSelector: { ...spec.nodeSelector, rt: "yes" } }),
      ...(overhead && { overhead }),
    },
    status: { phase: "Pending", ...status },
  };
}
