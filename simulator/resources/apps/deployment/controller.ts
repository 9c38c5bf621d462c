import type { Cache } from "../../../api/client.ts";
import { matchesLabels } from "../../../api/meta/labels.ts";
import { controllerOf, keyOf } from "../../../api/object.ts";
import { DEPLOYMENTS, type Deployment, PODS, type Pod, REPLICA_SETS, type ReplicaSet } from "../../../api/refs.ts";
import type { Change } from "../../../api/store.ts";
import { equalJson } from "../../../base/json.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../../controller-runtime/controller.ts";
import { Orphans } from "../../../controllers/shared/orphans.ts";
import { claim, compiledSelector, controllerKey } from "../../../controllers/shared/ownership.ts";
import { findCondition, newCondition, withCondition } from "./controller-conditions.ts";
import { rolloutRecreate } from "./controller-recreate.ts";
import { rollback, rollbackRevision } from "./controller-rollback.ts";
import { rolloutRolling } from "./controller-rolling.ts";
import { isResized, syncSize, syncStatusOnly } from "./controller-scaling.ts";
import { DeploymentSync } from "./controller-sync.ts";

// Models pkg/controller/deployment
export const deploymentController: Controller = {
  name: "deployment-controller",
  watches: [
    watchRule(DEPLOYMENTS, ({ object }) => [keyOf(object)]),
    watchRule(REPLICA_SETS, (change, cache) => deploymentsOfReplicaSet(change, cache)),
    watchRule(PODS, (change, cache) => deploymentsOfDeletedPod(change, cache)),
  ],
  create: (context) => new DeploymentReconciler(context),
};

// Models pkg/controller/deployment addReplicaSet, updateReplicaSet, deleteReplicaSet
/** Its deployment, and the one that it had; for an orphan, those that would adopt it. */
function deploymentsOfReplicaSet({ type, object, previous }: Change<ReplicaSet>, cache: Cache): readonly string[] {
  const keys: string[] = [];
  const moved = previous !== undefined && controllerOf(previous)?.uid !== controllerOf(object)?.uid;
  if (moved) {
    const before = controllerKey(previous, DEPLOYMENTS, cache);
    if (before !== undefined) keys.push(before);
  }
  if (controllerOf(object) !== undefined) {
    const key = controllerKey(object, DEPLOYMENTS, cache);
    if (key !== undefined) keys.push(key);
    return keys;
  }
  const labelsChanged = previous === undefined || !equalJson(previous.metadata.labels, object.metadata.labels);
  if (type === "DELETED" || (!moved && !labelsChanged)) return keys;
  for (const deployment of cache.byIndex(DEPLOYMENTS, "namespace", object.metadata.namespace ?? "")) {
    if (matchesLabels(compiledSelector(deployment.spec.selector), object.metadata.labels)) keys.push(keyOf(deployment));
  }
  return keys;
}

// Models pkg/controller/deployment deletePod
/** A deployment that recreates waits for the last of its old pods to go. */
function deploymentsOfDeletedPod({ type, object }: Change<Pod>, cache: Cache): readonly string[] {
  if (type !== "DELETED") return [];
  const replicaSetKey = controllerKey(object, REPLICA_SETS, cache);
  const replicaSet = replicaSetKey === undefined ? undefined : cache.get(REPLICA_SETS, replicaSetKey);
  const key = replicaSet === undefined ? undefined : controllerKey(replicaSet, DEPLOYMENTS, cache);
  const recreates = key !== undefined && cache.get(DEPLOYMENTS, key)?.spec.strategy?.type === "Recreate";
  return recreates ? [key] : [];
}

class DeploymentReconciler implements Reconciler {
  readonly #context: ComponentContext;
  readonly #orphans: Orphans<ReplicaSet>;

  constructor(context: ComponentContext) {
    this.#context = context;
    this.#orphans = new Orphans(REPLICA_SETS, context);
  }

  // Models pkg/controller/deployment syncDeployment
  reconcile(key: string): Outcome {
    const deployment = this.#context.cache.get(DEPLOYMENTS, key);
    if (deployment === undefined) return undefined;
    const { selector } = deployment.spec;
    if (!Object.keys(selector.matchLabels ?? {}).length && !selector.matchExpressions?.length) {
      return this.#refuseAll(deployment);
    }
    const claimed = claim({
      context: this.#context,
      ref: REPLICA_SETS,
      owner: deployment,
      selector: compiledSelector(selector),
      owned: this.#owned(deployment),
      orphans: this.#orphans.in(deployment.metadata.namespace ?? ""),
    });
    if (!claimed.ok) return { failed: claimed.error };
    return this.#sync(new DeploymentSync(this.#context, deployment, claimed.value));
  }

  #owned({ metadata }: Deployment): readonly ReplicaSet[] {
    const having = [...this.#context.cache.byIndex(REPLICA_SETS, "owner", metadata.uid)];
    return having.filter((replicaSet) => controllerOf(replicaSet)?.uid === metadata.uid);
  }

  #sync(sync: DeploymentSync): Outcome {
    if (sync.deployment.metadata.deletionTimestamp !== undefined) return syncStatusOnly(sync);
    const outcome = notePause(sync);
    if (outcome?.failed !== undefined) return outcome;
    if (sync.deployment.spec.paused) return syncSize(sync);
    const revision = rollbackRevision(sync.deployment);
    if (revision !== undefined) return rollback(sync, revision);
    const split = sync.split(false);
    if (!split.ok) return { failed: split.error };
    if (isResized(sync.deployment, split.value)) return syncSize(sync);
    return sync.deployment.spec.strategy?.type === "Recreate" ? rolloutRecreate(sync) : rolloutRolling(sync);
  }

  /** Validation keeps such a selector out; one from elsewhere must not take every pod. */
  #refuseAll(deployment: Deployment): Outcome {
    const message = "This deployment is selecting all pods. A non-empty selector is required.";
    this.#context.recordEvent(deployment, { type: "Warning", reason: "SelectingAll", message });
    const { generation } = deployment.metadata;
    if ((deployment.status.observedGeneration ?? 0) >= (generation ?? 0)) return undefined;
    const sync = new DeploymentSync(this.#context, deployment, []);
    return sync.writeStatus({ ...deployment.status, ...(generation && { observedGeneration: generation }) });
  }
}

// Models pkg/controller/deployment checkPausedConditions
/** Says in Progressing that the deployment was paused or resumed, so that the pause does not count as a lack of progress. */
function notePause(sync: DeploymentSync): Outcome {
  const { spec, status } = sync.deployment;
  if (spec.progressDeadlineSeconds === undefined) return undefined;
  const reason = findCondition(status.conditions, "Progressing")?.reason;
  if (reason === "ProgressDeadlineExceeded") return undefined;
  const told = reason === "DeploymentPaused";
  if (told === (spec.paused === true)) return undefined;
  const { now } = sync.context;
  const condition = spec.paused
    ? newCondition("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused", now)
    : newCondition("Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed", now);
  return sync.writeStatus({ ...status, conditions: withCondition(status.conditions, condition) });
}
