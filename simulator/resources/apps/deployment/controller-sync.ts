import type { Status } from "../../../api/errors.ts";
import { podTemplateHash } from "../../../api/meta/hash.ts";
import { type Incoming, keyOf } from "../../../api/object.ts";
import { DEPLOYMENTS, type Deployment, REPLICA_SETS, type ReplicaSet } from "../../../api/refs.ts";
import { equalJson } from "../../../base/json.ts";
import { fail, ok, type Result } from "../../../base/result.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import type { Outcome } from "../../../controller-runtime/controller.ts";
import { controllerReference } from "../../../controllers/shared/pod-template.ts";
import { findCondition, newCondition, withCondition } from "./controller-conditions.ts";
import {
  HASH_LABEL,
  hasHistoryLimit,
  hasProgressDeadline,
  newReplicaCount,
  type ReplicaSets,
  sameTemplate,
  sizeOf,
  splitByTemplate,
  totalSize,
} from "./controller-replica-sets.ts";
import { byRevision, maxRevision, newestAnnotations, REVISION, withReplicaCounts } from "./controller-revisions.ts";
import type { DeploymentStatus } from "./controller-status.ts";

/** A replica set after it was asked for another size. */
export interface Scaled {
  readonly replicaSet: ReplicaSet;
  readonly changed: boolean;
}

/**
 * One look at one deployment. As upstream's it works on the objects as they were when it began: after one write of the
 * deployment a second one is refused with a conflict, and the next look sees it all.
 */
export class DeploymentSync {
  readonly context: ComponentContext;
  readonly replicaSets: readonly ReplicaSet[];
  /** As it was read, with what this look has set since. */
  deployment: Deployment;

  constructor(context: ComponentContext, deployment: Deployment, replicaSets: readonly ReplicaSet[]) {
    this.context = context;
    this.deployment = deployment;
    this.replicaSets = replicaSets;
  }

  /** Writes the status, and the annotations that were set in this look. */
  writeStatus(status: DeploymentStatus): Outcome {
    this.deployment = { ...this.deployment, status };
    const written = this.context.client.updateStatus(DEPLOYMENTS, this.deployment);
    return written.ok ? undefined : { failed: written.error };
  }

  event(type: "Normal" | "Warning", reason: string, message: string): void {
    this.context.recordEvent(this.deployment, { type, reason, message });
  }

  // Models pkg/controller/deployment getAllReplicaSetsAndSyncRevision
  /** The replica sets, old and new, the new one's revision brought up to date; made if asked for and missing. */
  split(createMissing: boolean): Result<ReplicaSets, Status> {
    const { current, old } = splitByTemplate(this.deployment, this.replicaSets);
    const revision = maxRevision(old) + 1n;
    if (current !== undefined) {
      const synced = this.#syncCurrent(current, revision);
      return synced.ok ? ok({ current: synced.value, old }) : synced;
    }
    if (!createMissing) return ok({ current, old });
    const created = this.#create(old, revision);
    return created.ok ? ok({ current: created.value, old }) : created;
  }

  // Models pkg/controller/deployment scaleReplicaSet
  /** Sets the size of a replica set, and the sizes that its annotations tell. */
  scale(replicaSet: ReplicaSet, size: number): Result<Scaled, Status> {
    const { deployment } = this;
    const before = sizeOf(replicaSet);
    const annotations = withReplicaCounts(replicaSet.metadata.annotations, deployment);
    if (before === size && equalJson(annotations, replicaSet.metadata.annotations)) {
      return ok({ replicaSet, changed: false });
    }
    const written = this.context.client.update(REPLICA_SETS, {
      ...replicaSet,
      metadata: { ...replicaSet.metadata, annotations },
      spec: { ...replicaSet.spec, replicas: size },
    });
    if (!written.ok) return written;
    if (before === size) return ok({ replicaSet: written.value, changed: false });
    const direction = before < size ? "up" : "down";
    const { name } = replicaSet.metadata;
    this.event("Normal", "ScalingReplicaSet", `Scaled ${direction} replica set ${name} from ${before} to ${size}`);
    return ok({ replicaSet: written.value, changed: true });
  }

  /** As `scale`, but does nothing when the size is right already. */
  resize(replicaSet: ReplicaSet, size: number): Result<Scaled, Status> {
    return sizeOf(replicaSet) === size ? ok({ replicaSet, changed: false }) : this.scale(replicaSet, size);
  }

  // Models pkg/controller/deployment cleanupDeployment
  /** Deletes the oldest of the old replica sets beyond the history limit, if they are empty. */
  cleanUp(old: readonly ReplicaSet[]): Status | undefined {
    if (!hasHistoryLimit(this.deployment)) return undefined;
    const alive = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const excess = alive.length - (this.deployment.spec.revisionHistoryLimit ?? 0);
    if (excess <= 0) return undefined;
    for (const replicaSet of [...alive].sort(byRevision).slice(0, excess)) {
      const { metadata, status } = replicaSet;
      const seen = (metadata.generation ?? 0) <= (status.observedGeneration ?? 0);
      if (status.replicas !== 0 || sizeOf(replicaSet) !== 0 || !seen) continue;
      const deleted = this.context.client.delete(REPLICA_SETS, keyOf(replicaSet));
      if (!deleted.ok && deleted.error.code !== 404) return deleted.error;
    }
    return undefined;
  }

  /** Shows a revision; true when it was another one. */
  #showRevision(revision: string): boolean {
    const { metadata } = this.deployment;
    if (metadata.annotations?.[REVISION] === revision) return false;
    const annotations = { ...metadata.annotations, [REVISION]: revision };
    this.deployment = { ...this.deployment, metadata: { ...metadata, annotations } };
    return true;
  }

  /** The status with Progressing set, where progress is watched at all. */
  #progressing(status: "True" | "False", reason: string, message: string): DeploymentStatus {
    const condition = newCondition("Progressing", status, reason, message, this.context.now);
    return { ...this.deployment.status, conditions: withCondition(this.deployment.status.conditions, condition) };
  }

  // Models pkg/controller/deployment getNewReplicaSet, where it exists
  #syncCurrent(current: ReplicaSet, revision: bigint): Result<ReplicaSet, Status> {
    const { deployment } = this;
    const annotations = newestAnnotations(deployment, current.metadata.annotations, revision);
    const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
    const sameAnnotations = equalJson(annotations, current.metadata.annotations ?? {});
    if (!sameAnnotations || (current.spec.minReadySeconds ?? 0) !== minReadySeconds) {
      const { minReadySeconds: _, ...spec } = current.spec;
      return this.context.client.update(REPLICA_SETS, {
        ...current,
        metadata: { ...current.metadata, annotations },
        spec: { ...spec, ...(minReadySeconds > 0 && { minReadySeconds }) },
      });
    }
    let changed = this.#showRevision(current.metadata.annotations?.[REVISION] ?? "");
    let { status } = deployment;
    if (hasProgressDeadline(deployment) && findCondition(status.conditions, "Progressing") === undefined) {
      const message = `Found new replica set "${current.metadata.name}"`;
      status = this.#progressing("True", "FoundNewReplicaSet", message);
      changed = true;
    }
    const outcome = changed ? this.writeStatus(status) : undefined;
    return outcome?.failed ? fail(outcome.failed) : ok(current);
  }

  // Models pkg/controller/deployment getNewReplicaSet, where it does not exist
  #create(old: readonly ReplicaSet[], revision: bigint): Result<ReplicaSet, Status> {
    const wanted = this.#newReplicaSet(old, revision);
    const created = this.context.client.create(REPLICA_SETS, wanted);
    if (!created.ok && created.error.reason !== "AlreadyExists") return this.#createFailed(wanted, created.error);
    const replicaSet = created.ok ? created.value : this.#ownTwin(wanted);
    if (replicaSet === undefined) return this.#collided(created);
    const replicas = wanted.spec.replicas ?? 0;
    const { name } = replicaSet.metadata;
    if (created.ok && replicas > 0) {
      this.event("Normal", "ScalingReplicaSet", `Scaled up replica set ${name} from 0 to ${replicas}`);
    }
    let changed = this.#showRevision(String(revision));
    let { status } = this.deployment;
    if (created.ok && hasProgressDeadline(this.deployment)) {
      status = this.#progressing("True", "NewReplicaSetCreated", `Created new replica set "${name}"`);
      changed = true;
    }
    const outcome = changed ? this.writeStatus(status) : undefined;
    return outcome?.failed ? fail(outcome.failed) : ok(replicaSet);
  }

  #newReplicaSet(old: readonly ReplicaSet[], revision: bigint): Incoming<ReplicaSet> {
    const { deployment } = this;
    const { selector, template, minReadySeconds } = deployment.spec;
    const { name, namespace } = deployment.metadata;
    const hash = podTemplateHash(template, deployment.status.collisionCount);
    const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
    const annotations = newestAnnotations(deployment, undefined, revision);
    return {
      metadata: {
        name: `${name}-${hash}`,
        ...(namespace !== undefined && { namespace }),
        labels,
        annotations: withReplicaCounts(annotations, deployment),
        ownerReferences: [controllerReference(deployment)],
      },
      spec: {
        replicas: newReplicaCount(deployment, totalSize(old), 0),
        ...(minReadySeconds && { minReadySeconds }),
        selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    };
  }

  /** The replica set that has the name already, when it is what was to be made. */
  #ownTwin(wanted: Incoming<ReplicaSet>): ReplicaSet | undefined {
    const there = this.context.cache.get(REPLICA_SETS, keyOf(wanted));
    const owner = there?.metadata.ownerReferences?.find(({ controller }) => controller === true);
    if (owner?.uid !== this.deployment.metadata.uid) return undefined;
    return sameTemplate(there?.spec.template, this.deployment.spec.template) ? there : undefined;
  }

  /** Another replica set has the hash: counting the collision gives the next try another one. */
  #collided(created: Result<ReplicaSet, Status>): Result<ReplicaSet, Status> {
    const { status } = this.deployment;
    this.writeStatus({ ...status, collisionCount: (status.collisionCount ?? 0) + 1 });
    return created;
  }

  #createFailed(wanted: Incoming<ReplicaSet>, error: Status): Result<ReplicaSet, Status> {
    if (error.details?.causes?.some(({ reason }) => reason === "NamespaceTerminating")) return fail(error);
    const message = `Failed to create new replica set "${wanted.metadata.name}": ${error.message}`;
    if (hasProgressDeadline(this.deployment)) {
      this.writeStatus(this.#progressing("False", "ReplicaSetCreateError", message));
    }
    this.event("Warning", "ReplicaSetCreateError", message);
    return fail(error);
  }
}
