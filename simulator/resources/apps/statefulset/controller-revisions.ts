import type { Status } from "../../../api/errors.ts";
import { keyOf } from "../../../api/object.ts";
import { CONTROLLER_REVISIONS, type ControllerRevision, type Pod, type StatefulSet } from "../../../api/refs.ts";
import type { PodTemplateSpec } from "../../../api/schema/generated/types.ts";
import { equalJson, type JsonObject } from "../../../base/json.ts";
import { ok, type Result } from "../../../base/result.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import {
  byRevision,
  equalRevisions,
  revisionHash,
  revisionName,
  templateOf,
  templatePatch,
} from "../../../controllers/shared/history.ts";
import { controllerReference } from "../../../controllers/shared/pod-template.ts";
import { revisionOfPod } from "./controller-pods.ts";

const HASH_LABEL = "controller.kubernetes.io/hash";

/** The two revisions that a set's pods may have. */
export interface Revisions {
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
  /** How often the name of a new revision was taken. */
  readonly collisionCount: number;
}

// Models pkg/controller/statefulset getStatefulSetRevisions
/** The revision of the set's template (made, or raised again, if it is not the newest) and the one its pods come from. */
export function syncRevisions(
  context: ComponentContext,
  set: StatefulSet,
  sorted: readonly ControllerRevision[],
): Result<Revisions, Status> {
  const data = templatePatch(set.spec.template);
  const newest = sorted.at(-1);
  const revision = (newest?.revision ?? 0) + 1;
  const equal = sorted.filter((other) => equalRevisions(other, { data })).at(-1);
  let collisionCount = set.status.collisionCount ?? 0;
  let update = equal;
  if (equal === undefined) {
    const made = createRevision(context, set, { data, revision, collisionCount });
    if (!made.ok) return made;
    update = made.value.made;
    collisionCount = made.value.collisionCount;
  } else if (newest !== undefined && !equalRevisions(newest, equal)) {
    const raised = context.client.update(CONTROLLER_REVISIONS, { ...equal, revision });
    if (!raised.ok) return raised;
    update = raised.value;
  } else update = newest ?? equal;
  const current = sorted.find(({ metadata }) => metadata.name === set.status.currentRevision) ?? update;
  return ok({ current, update, collisionCount });
}

interface NewRevision {
  readonly data: JsonObject;
  readonly revision: number;
  readonly collisionCount: number;
}

// Models pkg/controller/history CreateControllerRevision
/** Makes a revision; while another one has its name, under the name that counting the collision gives. */
function createRevision(
  { client, cache }: ComponentContext,
  set: StatefulSet,
  { data, revision, collisionCount: before }: NewRevision,
): Result<{ made: ControllerRevision; collisionCount: number }, Status> {
  const { annotations, namespace } = set.metadata;
  const labels = { ...set.spec.template.metadata?.labels, [HASH_LABEL]: revisionHash(data, before) };
  for (let collisionCount = before; ; collisionCount++) {
    const name = revisionName(set.metadata.name, revisionHash(data, collisionCount));
    const created = client.create(CONTROLLER_REVISIONS, {
      metadata: {
        name,
        ...(namespace !== undefined && { namespace }),
        labels,
        ...(annotations && { annotations }),
        ownerReferences: [controllerReference(set)],
      },
      data,
      revision,
    });
    if (created.ok) return ok({ made: created.value, collisionCount });
    if (created.error.reason !== "AlreadyExists") return created;
    const there = cache.get(CONTROLLER_REVISIONS, keyOf({ metadata: { ...set.metadata, name } }));
    if (there !== undefined && equalRevisions(there, { data })) return ok({ made: there, collisionCount });
  }
}

// Models pkg/controller/statefulset ApplyRevision
/** The template of a revision: the set's own object where it says the same, so that its pods share it. */
export function restoredTemplate(set: StatefulSet, revision: ControllerRevision): PodTemplateSpec {
  const restored = templateOf(revision);
  return restored === undefined || equalJson(restored, set.spec.template) ? set.spec.template : restored;
}

// Models pkg/controller/statefulset truncateHistory
/** Deletes the lowest revisions beyond the history limit that neither the set nor a pod uses. */
export function truncateHistory(
  { client }: ComponentContext,
  set: StatefulSet,
  sorted: readonly ControllerRevision[],
  used: Revisions,
  pods: readonly Pod[],
): Status | undefined {
  const live = new Set([used.current.metadata.name, used.update.metadata.name, ...pods.map(revisionOfPod)]);
  const history = sorted.filter(({ metadata }) => !live.has(metadata.name)).sort(byRevision);
  const limit = set.spec.revisionHistoryLimit ?? 0;
  if (limit < 0) return undefined;
  for (const revision of history.slice(0, Math.max(0, history.length - limit))) {
    const deleted = client.delete(CONTROLLER_REVISIONS, keyOf(revision));
    if (!deleted.ok && deleted.error.code !== 404) return deleted.error;
  }
  return undefined;
}
