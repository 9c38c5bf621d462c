import { DEPLOYMENTS, type Deployment, type ReplicaSet } from "../../../api/refs.ts";
import type { Outcome } from "../../../controller-runtime/controller.ts";
import { allOf, HASH_LABEL, sameTemplate } from "./controller-replica-sets.ts";
import { byRevision, ROLLBACK_TO, readRevision, revisionOf, rolledBackAnnotations } from "./controller-revisions.ts";
import type { DeploymentSync } from "./controller-sync.ts";

// Models pkg/controller/deployment rollback.go: the old API's rollback, asked for by an annotation.

/** The revision that is asked for, 0 for the one before the present; undefined when none is. */
export function rollbackRevision({ metadata }: Deployment): bigint | undefined {
  return readRevision(metadata.annotations?.[ROLLBACK_TO]);
}

/** Puts the template of an earlier revision back, and takes the request away. */
export function rollback(sync: DeploymentSync, asked: bigint): Outcome {
  const split = sync.split(true);
  if (!split.ok) return { failed: split.error };
  const all = allOf(split.value);
  const revision = asked === 0n ? lastRevision(all) : asked;
  const { name } = sync.deployment.metadata;
  if (revision === 0n) {
    sync.event("Warning", "DeploymentRollbackRevisionNotFound", "Unable to find last revision.");
    return clearRequest(sync, sync.deployment);
  }
  const target = all.find((replicaSet) => revisionOf(replicaSet) === revision);
  if (target === undefined) {
    sync.event("Warning", "DeploymentRollbackRevisionNotFound", "Unable to find the revision to rollback to.");
    return clearRequest(sync, sync.deployment);
  }
  if (sameTemplate(sync.deployment.spec.template, target.spec.template)) {
    const message = `The rollback revision contains the same template as current deployment "${name}"`;
    sync.event("Warning", "DeploymentRollbackTemplateUnchanged", message);
    return clearRequest(sync, sync.deployment);
  }
  const outcome = clearRequest(sync, withTemplateOf(sync.deployment, target));
  if (outcome === undefined) {
    sync.event("Normal", "DeploymentRollback", `Rolled back deployment "${name}" to revision ${revision}`);
  }
  return outcome;
}

/** The second highest revision. */
function lastRevision(replicaSets: readonly ReplicaSet[]): bigint {
  const second = [...replicaSets].sort(byRevision).at(-2);
  return second === undefined ? 0n : revisionOf(second);
}

function withTemplateOf(deployment: Deployment, target: ReplicaSet): Deployment {
  const { template = {} } = target.spec;
  const { [HASH_LABEL]: _, ...labels } = template.metadata?.labels ?? {};
  return {
    ...deployment,
    metadata: { ...deployment.metadata, annotations: rolledBackAnnotations(deployment, target) },
    spec: { ...deployment.spec, template: { ...template, metadata: { ...template.metadata, labels } } },
  };
}

function clearRequest({ context }: DeploymentSync, deployment: Deployment): Outcome {
  const { [ROLLBACK_TO]: _, ...annotations } = deployment.metadata.annotations ?? {};
  const metadata = { ...deployment.metadata, annotations };
  const written = context.client.update(DEPLOYMENTS, { ...deployment, metadata });
  return written.ok ? undefined : { failed: written.error };
}
