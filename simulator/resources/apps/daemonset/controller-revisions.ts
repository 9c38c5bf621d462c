import type { Status } from "../../../api/errors.ts";
import { podTemplateHash } from "../../../api/meta/hash.ts";
import { joinKey, keyOf } from "../../../api/object.ts";
import {
  CONTROLLER_REVISIONS,
  type ControllerRevision,
  DAEMON_SETS,
  type DaemonSet,
  PODS,
  type Pod,
} from "../../../api/refs.ts";
import { fail, ok, type Result } from "../../../base/result.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { byRevision, equalRevisions, REVISION_HASH_LABEL, templatePatch } from "../../../controllers/shared/history.ts";
import { controllerReference } from "../../../controllers/shared/pod-template.ts";

/** The revision of the template that a daemon set has now, and those that it had. */
export interface History {
  readonly current: ControllerRevision;
  readonly old: readonly ControllerRevision[];
}

export function hashOf({ metadata }: ControllerRevision | Pod): string {
  return metadata.labels?.[REVISION_HASH_LABEL] ?? "";
}

// Models pkg/controller/daemon constructHistory
/** Finds the revision of the present template or makes it; several alike become one, and it gets the highest number. */
export function syncHistory(
  context: ComponentContext,
  set: DaemonSet,
  revisions: readonly ControllerRevision[],
  pods: readonly Pod[],
): Result<History, Status> {
  const labelled = revisions.map((revision) => withHash(context, revision));
  const all: ControllerRevision[] = [];
  for (const one of labelled) {
    if (!one.ok) return one;
    all.push(one.value);
  }
  const data = templatePatch(set.spec.template);
  const alike = all.filter((revision) => equalRevisions(revision, { data })).sort(byRevision);
  const old = all.filter((revision) => !alike.includes(revision));
  const number = old.reduce((most, { revision }) => Math.max(most, revision), 0) + 1;
  const newest = alike.at(-1);
  const found = newest === undefined ? snapshot(context, set, number) : keepOne(context, newest, alike, pods);
  if (!found.ok) return found;
  const current = found.value;
  if (current.revision >= number) return ok({ current, old });
  const raised = context.client.update(CONTROLLER_REVISIONS, { ...current, revision: number });
  return raised.ok ? ok({ current: raised.value, old }) : raised;
}

/** A revision that somebody else made goes by its name. */
function withHash({ client }: ComponentContext, revision: ControllerRevision): Result<ControllerRevision, Status> {
  if (hashOf(revision) !== "") return ok(revision);
  const { metadata } = revision;
  const labels = { ...metadata.labels, [REVISION_HASH_LABEL]: metadata.name };
  return client.update(CONTROLLER_REVISIONS, { ...revision, metadata: { ...metadata, labels } });
}

// Models pkg/controller/daemon dedupCurHistories
function keepOne(
  { client }: ComponentContext,
  kept: ControllerRevision,
  alike: readonly ControllerRevision[],
  pods: readonly Pod[],
): Result<ControllerRevision, Status> {
  if (alike.length === 1) return ok(kept);
  const hash = hashOf(kept);
  for (const pod of pods) {
    if (hashOf(pod) === hash) continue;
    const labels = { ...pod.metadata.labels, [REVISION_HASH_LABEL]: hash };
    const updated = client.update(PODS, { ...pod, metadata: { ...pod.metadata, labels } });
    if (!updated.ok) return updated;
  }
  for (const revision of alike) {
    const deleted = revision === kept ? ok(revision) : client.delete(CONTROLLER_REVISIONS, keyOf(revision));
    if (!deleted.ok) return deleted;
  }
  return ok(kept);
}

// Models pkg/controller/daemon snapshot
function snapshot(context: ComponentContext, set: DaemonSet, revision: number): Result<ControllerRevision, Status> {
  const { template } = set.spec;
  const { annotations, namespace } = set.metadata;
  const data = templatePatch(template);
  const hash = podTemplateHash(template, set.status.collisionCount);
  const name = `${set.metadata.name}-${hash}`;
  const created = context.client.create(CONTROLLER_REVISIONS, {
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      labels: { ...template.metadata?.labels, [REVISION_HASH_LABEL]: hash },
      ...(annotations && { annotations }),
      ownerReferences: [controllerReference(set)],
    },
    data,
    revision,
  });
  if (created.ok || created.error.reason !== "AlreadyExists") return created;
  const there = context.cache.get(CONTROLLER_REVISIONS, joinKey(namespace, name));
  if (there !== undefined && equalRevisions(there, { data })) return ok(there);
  // Another template has the hash: counting the collision gives the next try another one.
  const status = { ...set.status, collisionCount: (set.status.collisionCount ?? 0) + 1 };
  context.client.updateStatus(DAEMON_SETS, { ...set, status });
  return fail(created.error);
}

// Models pkg/controller/daemon cleanupHistory
/** Deletes the lowest of the old revisions beyond the limit, but none that a pod still has. */
export function cleanUpHistory(
  { client }: ComponentContext,
  set: DaemonSet,
  old: readonly ControllerRevision[],
  pods: readonly Pod[],
): Status | undefined {
  let excess = old.length - (set.spec.revisionHistoryLimit ?? 0);
  if (excess <= 0) return undefined;
  const live = new Set(pods.map(hashOf));
  for (const revision of [...old].sort(byRevision)) {
    if (excess <= 0) break;
    if (live.has(hashOf(revision))) continue;
    const deleted = client.delete(CONTROLLER_REVISIONS, keyOf(revision));
    if (!deleted.ok && deleted.error.code !== 404) return deleted.error;
    excess--;
  }
  return undefined;
}
