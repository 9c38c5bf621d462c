import type { Status } from "../../api/errors.ts";
import { PODS, type Pod } from "../../api/refs.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { withPodCondition } from "../shared/pod-condition.ts";
import { readyCondition } from "../shared/pods.ts";

// Models pkg/controller/util/node MarkPodsNotReady
/** Takes pods of a node that is not ready out of service; the first failure other than their absence. */
export function markPodsNotReady(context: ComponentContext, pods: Iterable<Pod>): Status | undefined {
  let failure: Status | undefined;
  for (const pod of [...pods]) {
    const ready = readyCondition(pod);
    const conditions = ready && withPodCondition(pod, { ...ready, status: "False" }, context.now);
    if (conditions === undefined) continue;
    const written = context.client.updateStatus(PODS, { ...pod, status: { ...pod.status, conditions } });
    if (written.ok) {
      context.recordEvent(written.value, { type: "Warning", reason: "NodeNotReady", message: "Node is not ready" });
    } else if (written.error.code !== 404) failure ??= written.error;
  }
  return failure;
}
