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

  const labels = boundLabels(pod.metadata.labels, store.of(NODES).get(nodeName)?.metadata.labels, given.labels);
  const annotations = given.annotations && { ...pod.metadata.annotations, ...given.annotations };
  const others = pod.status.conditions?.filter((condition) => condition.type !== "PodScheduled") ?? [];
  const scheduled = { type: "PodScheduled", status: "True", lastTransitionTime: now };
  return ok(
    store.update(PODS, {
      ...pod,
      metadata: { ...pod.metadata, ...(labels && { labels }), ...(annotations && { annotations }) },
      spec: { ...pod.spec, nodeName },
      status: { ...unnominated(pod.status), conditions: others.concat(scheduled) },
    }),
  );
}

function unnominated(status: Pod["status"]): Pod["status"] {
  if (status.nominatedNodeName === undefined) return status;
  const { nominatedNodeName: _, ...others } = status;
  return others;
}

type Labels = { readonly [key: string]: string };

/** Labels of bound pods by those of their template and of the topology: one object for all pods of a template in a zone. */
const shared = new WeakMap<Labels, Map<string, Labels>>();

/** A pod's labels on its node; `given` are the binding's own. */
function boundLabels(own: Labels | undefined, ofNode: Labels = {}, given?: Labels): Labels | undefined {
  const topology = TOPOLOGY_LABELS.filter((label) => ofNode[label] !== undefined);
  if (topology.length === 0 && given === undefined) return own;
  const make = (): Labels => ({
    ...own,
    ...given,
    ...Object.fromEntries(topology.map((label) => [label, ofNode[label] as string])),
  });
  if (own === undefined || given !== undefined) return make();
  let known = shared.get(own);
  if (known === undefined) {
    known = new Map();
    shared.set(own, known);
  }
  const key = topology.map((label) => `${label}=${ofNode[label]}`).join();
  let labels = known.get(key);
  if (labels === undefined) {
    labels = Object.freeze(make());
    known.set(key, labels);
  }
  return labels;
}
