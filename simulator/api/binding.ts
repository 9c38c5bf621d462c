import { fail, ok, type Result } from "../base/result.ts";
import { conflict, notFound, type Status } from "./errors.ts";
import { splitKey } from "./object.ts";
import { NODES, PODS, type Pod } from "./refs.ts";
import type { ObjectMeta } from "./schema/generated/types.ts";
import type { Store } from "./store.ts";

/** Labels of its node that a pod takes over when it is bound. */
const TOPOLOGY_LABELS = ["topology.kubernetes.io/zone", "topology.kubernetes.io/region"];

// Models pkg/registry/core/pod/storage BindingREST.setPodNodeAndMetadata, and plugin/pkg/admission/podtopologylabels
/**
 * Assigns a pod to a node: spec.nodeName, the PodScheduled condition and the node's topology labels; it is no longer
 * nominated for one. Labels and annotations of the binding become the pod's. Refused when the pod is bound already, is being deleted, or is no longer the one with `podUid` (empty: any).
 */
export function bindPod(
  store: Store,
  podKey: string,
  podUid: string,
  nodeName: string,
  now: string,
  given: Pick<ObjectMeta, "labels" | "annotations"> = {},
): Result<Pod, Status> {
  const { name } = splitKey(podKey);
  const pod = store.of(PODS).get(podKey);
  if (pod === undefined) return fail(notFound(PODS, name));
  const refuse = (why: string) => fail(conflict({ group: "", plural: "pods/binding" }, name, why));
  if (podUid !== "" && pod.metadata.uid !== podUid) {
    return refuse(`Precondition failed: UID in precondition: ${podUid}, UID in object meta: ${pod.metadata.uid}`);
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    return refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  }
  if (pod.spec.nodeName) return refuse(`pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  if (pod.spec.schedulingGates?.length) return refuse(`pod ${name} has non-empty .spec.schedulingGates`);

  const nodeLabels = store.of(NODES).get(nodeName)?.metadata.labels ?? {};
  const topology = Object.fromEntries(
    TOPOLOGY_LABELS.filter((label) => nodeLabels[label] !== undefined).map((label) => [label, nodeLabels[label] ?? ""]),
  );
  const added = { ...given.labels, ...topology };
  const labels = Object.keys(added).length > 0 ? { ...pod.metadata.labels, ...added } : pod.metadata.labels;
  const annotations = given.annotations && { ...pod.metadata.annotations, ...given.annotations };
  const others = (pod.status.conditions ?? []).filter((condition) => condition.type !== "PodScheduled");
  const { nominatedNodeName: _, ...status } = pod.status;
  const scheduled = { type: "PodScheduled", status: "True", lastTransitionTime: now };
  return ok(
    store.update(PODS, {
      ...pod,
      metadata: { ...pod.metadata, ...(labels && { labels }), ...(annotations && { annotations }) },
      spec: { ...pod.spec, nodeName },
      status: { ...status, conditions: [...others, scheduled] },
    }),
  );
}
