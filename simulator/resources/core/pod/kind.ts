import type { Kind } from "../../../api/kind.ts";
import type { KubeObject } from "../../../api/object.ts";
import { PODS, type Pod } from "../../../api/refs.ts";
import { indexBy } from "../../../api/store.ts";
import { claimKeysOfPod } from "../../../api/volumes/claims.ts";
import { defaultPod } from "./defaults.ts";
import { ephemeralContainersRules, resizeRules } from "./parts.ts";
import { podGracePeriodSeconds, preparePodCreate, preparePodStatusUpdate, preparePodUpdate } from "./strategy.ts";
import { podColumns } from "./table.ts";
import { validatePod } from "./validation/pod.ts";
import { validatePodStatusUpdate } from "./validation/pod-status.ts";
import { validatePodUpdate } from "./validation/pod-update.ts";
import { podWarnings } from "./warnings.ts";

export const podKind: Kind<Pod> = {
  ref: PODS,
  singular: "pod",
  shortNames: ["po"],
  categories: ["all"],
  namespaced: true,
  type: "Pod",
  hasGeneration: true,
  defaults: defaultPod,
  prepareCreate: preparePodCreate,
  prepareUpdate: preparePodUpdate,
  prepareStatusUpdate: preparePodStatusUpdate,
  validate: validatePod,
  validateUpdate: validatePodUpdate,
  validateStatusUpdate: validatePodStatusUpdate,
  // Changes of pods warn about nothing: it is programs that change them, and often.
  warnings: (pod, old) => (old === undefined ? podWarnings(pod) : []),
  gracePeriodSeconds: podGracePeriodSeconds,
  returnsDeletedObject: true,
  view: withUnsetTimes,
  subresources: { status: true, parts: [ephemeralContainersRules, resizeRules] },
  columns: podColumns,
  indexes: {
    /** Bound pods by node, for its kubelet. */
    node: indexBy(
      (object) => (object as Pod).spec.nodeName,
      (node) => node || undefined,
    ),
    /** Pods by the claims that they mount: `namespace/name`. */
    claim: Object.assign((object: KubeObject) => claimKeysOfPod(object), {
      part: (object: KubeObject) => (object as Pod).spec.volumes,
    }),
    /** Pods that nobody but the pod garbage collector takes away: `ended`, or `unscheduled` and deleted. */
    leftover: leftoverOf,
    /** Pods that the scheduler found no node for: `unschedulable`. */
    waiting: waitingOf,
  },
  selectableFields: {
    "spec.nodeName": (pod) => pod.spec.nodeName ?? "",
    "spec.restartPolicy": (pod) => pod.spec.restartPolicy ?? "",
    "spec.schedulerName": (pod) => pod.spec.schedulerName ?? "",
    "spec.serviceAccountName": (pod) => pod.spec.serviceAccountName ?? "",
    "spec.hostNetwork": (pod) => String(pod.spec.hostNetwork ?? false),
    "status.phase": (pod) => pod.status.phase ?? "",
    "status.podIP": (pod) => pod.status.podIPs?.[0]?.ip ?? "",
    "status.nominatedNodeName": (pod) => pod.status.nominatedNodeName ?? "",
  },
};

function waitingOf(object: KubeObject): string | undefined {
  const { spec, status } = object as Pod;
  if (spec.nodeName) return undefined;
  const scheduled = status.conditions?.find(({ type }) => type === "PodScheduled");
  return scheduled?.status === "False" && scheduled.reason === "Unschedulable" ? "unschedulable" : undefined;
}

/** Readers see the times of conditions that were never set: Go's JSON does not leave them out. */
function withUnsetTimes(pod: Pod): Pod {
  const { conditions } = pod.status;
  if (!conditions?.some(({ lastProbeTime, lastTransitionTime }) => !lastProbeTime || !lastTransitionTime)) return pod;
  const shown = conditions.map((condition) => ({ lastProbeTime: null, lastTransitionTime: null, ...condition }));
  return { ...pod, status: { ...pod.status, conditions: shown as unknown as typeof conditions } };
}

function leftoverOf(object: KubeObject): readonly string[] | undefined {
  const { metadata, spec, status } = object as Pod;
  const ended = status.phase === "Succeeded" || status.phase === "Failed";
  const unscheduled = metadata.deletionTimestamp !== undefined && !spec.nodeName;
  if (!ended && !unscheduled) return undefined;
  return [...(ended ? ["ended"] : []), ...(unscheduled ? ["unscheduled"] : [])];
}
