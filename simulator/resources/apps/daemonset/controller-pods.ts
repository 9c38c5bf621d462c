import type { Status } from "../../../api/errors.ts";
import { type Incoming, keyOf } from "../../../api/object.ts";
import { type DaemonSet, PODS, type Pod } from "../../../api/refs.ts";
import type { Affinity, PodSpec } from "../../../api/schema/generated/types.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { isNamespaceTerminating, REVISION_HASH_LABEL } from "../../../controllers/shared/history.ts";
import { controllerReference, podFromTemplate } from "../../../controllers/shared/pod-template.ts";
import { daemonTolerations } from "./controller-nodes.ts";

const TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";
const GENERATION_LABEL = "pod-template-generation";
const BURST = 250;
const NODE_NAME_FIELD = "metadata.name";

/** Pods that one look makes and deletes. */
export interface Work {
  /** Nodes that get a pod. */
  readonly nodes: readonly string[];
  readonly pods: readonly Pod[];
}

/** How often the template changed, as a label's text. */
function templateGeneration({ metadata }: DaemonSet): string | undefined {
  const text = metadata.annotations?.[TEMPLATE_GENERATION];
  return text !== undefined && /^[-+]?[0-9]+$/.test(text) ? String(Number(text)) : undefined;
}

// Models pkg/controller/daemon/util IsPodUpdated
export function isUpdated(set: DaemonSet, { metadata }: Pod, hash: string): boolean {
  const { labels } = metadata;
  const generation = templateGeneration(set);
  if (hash !== "" && labels?.[REVISION_HASH_LABEL] === hash) return true;
  return generation !== undefined && labels?.[GENERATION_LABEL] === generation;
}

// Models pkg/controller/daemon/util GetTargetNodeName
/** The node that a pod runs on, or is meant for; undefined when it says neither. */
export function targetNode({ spec }: Pod): string | undefined {
  if (spec.nodeName) return spec.nodeName;
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  for (const { matchFields = [] } of terms) {
    for (const { key, operator, values } of matchFields) {
      if (key === NODE_NAME_FIELD && operator === "In" && values?.length === 1) return values[0];
    }
  }
  return undefined;
}

// Models pkg/controller/daemon/util ReplaceDaemonSetPodNodeNameNodeAffinity
/** The template's affinity, but that it requires one node and no other. */
function affinityFor(affinity: Affinity | undefined, node: string): Affinity {
  const term = { matchFields: [{ key: NODE_NAME_FIELD, operator: "In", values: [node] }] };
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } };
  return { ...affinity, nodeAffinity: { ...affinity?.nodeAffinity, ...required } };
}

// Models pkg/controller/daemon syncNodes
/** Makes pods, 1, 2, 4, 8… at a time until the API refuses one, and deletes pods; the first failure is returned. */
export function doWork(context: ComponentContext, set: DaemonSet, hash: string, work: Work): Status | undefined {
  const made = createPods(context, set, hash, work.nodes.slice(0, BURST));
  let failure = made;
  for (const pod of work.pods.slice(0, BURST)) failure ??= deletePod(context, set, pod);
  return failure;
}

function createPods(
  context: ComponentContext,
  set: DaemonSet,
  hash: string,
  nodes: readonly string[],
): Status | undefined {
  if (nodes.length === 0) return undefined;
  const podFor = podMaker(set, hash);
  let failure: Status | undefined;
  for (let done = 0, batch = 1; done < nodes.length && failure === undefined; done += batch, batch *= 2) {
    for (const node of nodes.slice(done, done + batch)) {
      const refused = createPod(context, set, podFor(node));
      failure ??= refused;
    }
  }
  return failure;
}

/** Makes pods of the template; all but the affinity is shared among them. */
function podMaker(set: DaemonSet, hash: string): (node: string) => Incoming<Pod> {
  const { metadata, spec } = podFromTemplate(set.spec.template, set, [controllerReference(set)]);
  const generation = templateGeneration(set);
  const labels = {
    ...metadata.labels,
    ...(generation !== undefined && { [GENERATION_LABEL]: generation }),
    ...(hash !== "" && { [REVISION_HASH_LABEL]: hash }),
  };
  const shared: PodSpec = { ...spec, tolerations: daemonTolerations(set) };
  return (node) => ({
    metadata: { ...metadata, labels },
    spec: { ...shared, affinity: affinityFor(spec.affinity, node) },
  });
}

function createPod(context: ComponentContext, set: DaemonSet, pod: Incoming<Pod>): Status | undefined {
  const created = context.client.create(PODS, pod);
  if (created.ok) {
    const message = `Created pod: ${created.value.metadata.name}`;
    context.recordEvent(set, { type: "Normal", reason: "SuccessfulCreate", message });
    return undefined;
  }
  if (isNamespaceTerminating(created.error)) return undefined;
  const message = `Error creating: ${created.error.message}`;
  context.recordEvent(set, { type: "Warning", reason: "FailedCreate", message });
  return created.error;
}

function deletePod(context: ComponentContext, set: DaemonSet, pod: Pod): Status | undefined {
  const deleted = context.client.delete(PODS, keyOf(pod), { uid: pod.metadata.uid });
  if (deleted.ok) {
    const message = `Deleted pod: ${pod.metadata.name}`;
    context.recordEvent(set, { type: "Normal", reason: "SuccessfulDelete", message });
    return undefined;
  }
  if (deleted.error.code === 404) return undefined;
  const message = `Error deleting: ${deleted.error.message}`;
  context.recordEvent(set, { type: "Warning", reason: "FailedDelete", message });
  return deleted.error;
}
