import type { Labels } from "../api/meta/labels.ts";
import { keyOf } from "../api/object.ts";
import type { Pod } from "../api/refs.ts";
import type { PodSpec, Toleration } from "../api/schema/generated/types.ts";
import { affinityTermsOf, type PodAffinityTerms } from "./affinity-terms.ts";
import { PreferredNodes, RequiredNodes, toleratesAny } from "./node-selection.ts";
import { type HeldResources, heldResources, podRequests, type Resources } from "./resources.ts";

/** A port of the host that a pod takes. */
export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

/** Everything that follows from a pod's template: shared by all pods that were made from it. */
export interface PodShape {
  readonly namespace: string;
  readonly spec: PodSpec;
  readonly requests: Resources;
  /** As `requests`, with the small defaults that scores count with. */
  readonly nonZero: Resources;
  readonly hostPorts: readonly HostPort[];
  /** Names as nodes report them, one for each container, init containers and volumes that are images too. */
  readonly images: readonly string[];
  readonly requiredNodes: RequiredNodes;
  readonly preferredNodes: PreferredNodes;
  readonly tolerations: readonly Toleration[];
  /** Those that can tolerate a taint which only asks to stay away. */
  readonly softTolerations: readonly Toleration[];
  readonly toleratesUnschedulable: boolean;
  readonly affinity: PodAffinityTerms | undefined;
  /** For memos that depend on the template and a little more. */
  readonly memo: Map<string, unknown>;
}

const NO_TOLERATIONS: readonly Toleration[] = [];
const UNSCHEDULABLE_TAINT = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };

/** Models pkg/scheduler/util: ports of containers and sidecars with a host port. */
function hostPortsOf(spec: PodSpec): HostPort[] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  const ports = [...spec.containers, ...sidecars].flatMap((container) => container.ports ?? []);
  return ports.flatMap(({ hostPort, hostIP, protocol }) =>
    hostPort ? [{ ip: hostIP || "0.0.0.0", protocol: protocol || "TCP", port: hostPort }] : [],
  );
}

/** Models plugins/imagelocality normalizedImageName. */
function imageName(image: string): string {
  return image.lastIndexOf(":") <= image.lastIndexOf("/") ? `${image}:latest` : image;
}

function imagesOf({ initContainers = [], containers, volumes = [] }: PodSpec): readonly string[] {
  const run = [...initContainers, ...containers].map(({ image }) => image ?? "");
  const mounted = volumes.flatMap(({ image }) => (image === undefined ? [] : [image.reference ?? ""]));
  return [...run, ...mounted].map(imageName);
}

function makeShape(namespace: string, spec: PodSpec): PodShape {
  const tolerations = spec.tolerations ?? NO_TOLERATIONS;
  const preferred = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return {
    namespace,
    spec,
    requests: podRequests(spec, false),
    nonZero: podRequests(spec, true),
    hostPorts: hostPortsOf(spec),
    images: imagesOf(spec),
    requiredNodes: new RequiredNodes(spec),
    preferredNodes: new PreferredNodes(preferred),
    tolerations,
    softTolerations: tolerations.filter(({ effect }) => !effect || effect === "PreferNoSchedule"),
    toleratesUnschedulable: toleratesAny(tolerations, UNSCHEDULABLE_TAINT),
    affinity: affinityTermsOf(spec, namespace),
    memo: new Map(),
  };
}

/** Specs of one template share these parts even after binding has made a new spec around them. */
function isSameShape(shape: PodShape, namespace: string, spec: PodSpec): boolean {
  const known = shape.spec;
  return (
    known === spec ||
    (shape.namespace === namespace &&
      known.initContainers === spec.initContainers &&
      known.affinity === spec.affinity &&
      known.tolerations === spec.tolerations &&
      known.nodeSelector === spec.nodeSelector &&
      known.topologySpreadConstraints === spec.topologySpreadConstraints &&
      known.overhead === spec.overhead &&
      known.resources === spec.resources)
  );
}

const shapes = new WeakMap<object, PodShape>();

/** The shape of a stored pod; computed once for all pods that share their spec's parts. */
export function shapeOf(pod: Pod): PodShape {
  const namespace = pod.metadata.namespace ?? "";
  const known = shapes.get(pod.spec.containers);
  if (known !== undefined && isSameShape(known, namespace, pod.spec)) return known;
  const shape = makeShape(namespace, pod.spec);
  shapes.set(pod.spec.containers, shape);
  return shape;
}

const NO_LABELS: Labels = Object.freeze({});

/** A pod as the scheduler holds it. `pod` is replaced when it changes in nothing that counts here. */
export class PodInfo {
  readonly key: string;
  readonly namespace: string;
  readonly uid: string;
  readonly schedulerName: string;
  readonly labels: Labels;
  readonly shape: PodShape;
  readonly priority: number;
  readonly isTerminating: boolean;
  pod: Pod;
  readonly #held: HeldResources | undefined;
  #selectionKey: string | undefined;

  constructor(pod: Pod) {
    this.pod = pod;
    this.key = keyOf(pod);
    this.namespace = pod.metadata.namespace ?? "";
    this.uid = pod.metadata.uid;
    this.schedulerName = pod.spec.schedulerName ?? "default-scheduler";
    this.labels = pod.metadata.labels ?? NO_LABELS;
    this.shape = shapeOf(pod);
    this.priority = pod.spec.priority ?? 0;
    this.isTerminating = pod.metadata.deletionTimestamp !== undefined;
    this.#held = heldResources(pod);
  }

  /** What it counts for on its node: its shape's requests, but while it is resized. */
  get requests(): Resources {
    return (this.#held ?? this.shape).requests;
  }

  /** As `requests`, with the small defaults that scores count with. */
  get nonZero(): Resources {
    return (this.#held ?? this.shape).nonZero;
  }

  /** Equal for pods that selectors can't tell apart. */
  get selectionKey(): string {
    this.#selectionKey ??= `${this.namespace}|${labelsKey(this.labels)}`;
    return this.#selectionKey;
  }

  /** Whether a newer state of the pod counts exactly as this one. */
  isLike(pod: Pod): boolean {
    return (
      this.uid === pod.metadata.uid &&
      this.#held === undefined &&
      (pod.metadata.generation ?? 1) <= 1 &&
      this.labels === (pod.metadata.labels ?? NO_LABELS) &&
      this.isTerminating === (pod.metadata.deletionTimestamp !== undefined) &&
      (this.pod.spec === pod.spec || this.shape === shapeOf(pod))
    );
  }
}

const labelsKeys = new WeakMap<Labels, string>();

function labelsKey(labels: Labels): string {
  let key = labelsKeys.get(labels);
  if (key === undefined) {
    key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    labelsKeys.set(labels, key);
  }
  return key;
}

/** A pod that has ended holds nothing any more. */
export function isTerminal(pod: Pod): boolean {
  const phase = pod.status.phase;
  return phase === "Succeeded" || phase === "Failed";
}
