import type { Status } from "../../../api/errors.ts";
import { keyOf } from "../../../api/object.ts";
import { PODS, type Pod, type StatefulSet } from "../../../api/refs.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { isNamespaceTerminating } from "../../../controllers/shared/history.ts";
import { isPodTerminal } from "../../../controllers/shared/pods.ts";
import { applyRetention, claimsMatchRetention, createClaims, hasStaleClaim } from "./controller-claims.ts";
import {
  type Availability,
  desiredReplicas,
  identityOf,
  isOrdinalInRange,
  isRunningAndReady,
  isTerminating,
  isTrueToSet,
  mendedPod,
  newPod,
  type Replica,
  revisionOfPod,
  startOrdinal,
} from "./controller-pods.ts";
import { type Revisions, restoredTemplate } from "./controller-revisions.ts";
import { type Counts, countPods } from "./controller-status.ts";

const MAX_BATCH = 500;

/** What one look came to. */
export interface Outcome {
  readonly counts: Counts;
  readonly failure?: Status;
}

/** Whether the look goes on after a pod was dealt with, or ends here: waiting, or refused. */
type Step = { readonly stop: boolean; readonly failure?: Status };
const GO_ON: Step = { stop: false };
const WAIT: Step = { stop: true };

/** So many missing replicas are looked at beyond those that are there: the next look goes on from what this one made. */
const AHEAD = 1000;
/** No cluster holds more pods; a list of two thousand million would be the end of the run. */
const MOST = 200_000;

/**
 * How many ordinals, from the first, one look is about: all, for every set that a cluster could hold. Where pods come one
 * after the other nothing beyond the next missing one matters.
 */
function lookedAt(set: StatefulSet, present: readonly Replica[]): number {
  const start = startOrdinal(set);
  const highest = present.reduce(
    (most, { ordinal }) => (isOrdinalInRange(set, ordinal) ? Math.max(most, ordinal - start + 1) : most),
    0,
  );
  const ahead = set.spec.podManagementPolicy === "Parallel" ? AHEAD : 1;
  return Math.min(desiredReplicas(set), Math.max(highest, present.length) + ahead, MOST);
}

/** One look at one stateful set, with the pods that it has. */
export class StatefulSetUpdate {
  readonly #context: ComponentContext;
  readonly #set: StatefulSet;
  readonly #revisions: Revisions;
  readonly #availability: Availability;
  readonly #pods: readonly Pod[];
  /** One for each ordinal that the set wants, lowest first. */
  readonly #replicas: readonly Replica[];
  /** Those of ordinals that it does not want, highest first. */
  readonly #condemned: readonly Replica[];
  readonly #monotonic: boolean;

  constructor(
    context: ComponentContext,
    set: StatefulSet,
    revisions: Revisions,
    pods: readonly Pod[],
    availability: Availability,
  ) {
    this.#context = context;
    this.#set = set;
    this.#revisions = revisions;
    this.#pods = pods;
    this.#availability = availability;
    this.#monotonic = set.spec.podManagementPolicy !== "Parallel";
    const present = pods.flatMap((pod) => replicaOf(pod) ?? []);
    const byOrdinal = new Map(present.map((replica) => [replica.ordinal, replica]));
    const start = startOrdinal(set);
    this.#replicas = Array.from({ length: lookedAt(set, present) }, (_, index) => {
      const ordinal = start + index;
      return byOrdinal.get(ordinal) ?? this.#missing(ordinal);
    });
    this.#condemned = present
      .filter(({ ordinal }) => !isOrdinalInRange(set, ordinal))
      .sort((a, b) => b.ordinal - a.ordinal);
  }

  // Models pkg/controller/statefulset updateStatefulSet
  run(): Outcome {
    if (this.#set.metadata.deletionTimestamp !== undefined) return { counts: this.#count(this.#pods) };
    const kept = this.#forEach(this.#replicas, (replica) => this.#keep(replica));
    const { stop, failure } = kept.stop ? kept : this.#letGo();
    const counts = this.#countKnown();
    if (stop) return { counts, ...(failure !== undefined && { failure }) };
    return this.#set.spec.updateStrategy?.type === "OnDelete" ? { counts } : this.#rollOn(counts);
  }

  #count(pods: Iterable<Pod>): Counts {
    return countPods(pods, this.#revisions, this.#availability);
  }

  /** Counts pods as this look found them: what it made or deleted shows at the next one. */
  #countKnown(): Counts {
    return this.#count(this.#known());
  }

  *#known(): Iterable<Pod> {
    for (const { pod } of this.#replicas) if (pod !== undefined) yield pod;
    for (const { pod } of this.#condemned) if (pod !== undefined) yield pod;
  }

  // Models pkg/controller/statefulset newVersionedStatefulSetPod
  #missing(ordinal: number): Replica {
    const { updateStrategy } = this.#set.spec;
    const partition = updateStrategy?.rollingUpdate?.partition ?? 0;
    const kept = updateStrategy?.type === "RollingUpdate" && ordinal < startOrdinal(this.#set) + partition;
    const { current, update } = this.#revisions;
    const revision = (kept ? current : update).metadata.name;
    return { ordinal, name: `${this.#set.metadata.name}-${ordinal}`, pod: undefined, revision };
  }

  // Models pkg/controller/statefulset runForAll
  /** One after the other until one has to wait; or all, 1, 2, 4… at a time until one is refused. */
  #forEach(replicas: readonly Replica[], work: (replica: Replica) => Step): Step {
    if (this.#monotonic) {
      for (const replica of replicas) {
        const step = work(replica);
        if (step.stop || step.failure !== undefined) return { ...step, stop: true };
      }
      return GO_ON;
    }
    let done = 0;
    for (let batch = 1; done < replicas.length; batch = Math.min(2 * batch, MAX_BATCH)) {
      const steps = replicas.slice(done, done + batch).map(work);
      const failure = steps.find((step) => step.failure !== undefined)?.failure;
      if (failure !== undefined) return { stop: true, failure };
      done += batch;
    }
    return GO_ON;
  }

  /** What is not wanted any more: first the claims of these pods find their owners, then the pods go. */
  #letGo(): Step {
    for (const { pod, ordinal } of this.#condemned) {
      const failure = pod && applyRetention(this.#context, this.#set, pod, ordinal);
      if (failure !== undefined) return { stop: true, failure };
    }
    return this.#removeCondemned();
  }

  // Models pkg/controller/statefulset processReplica
  #keep(replica: Replica): Step {
    const { pod } = replica;
    // A claim that somebody deleted comes back before its pod has a node.
    if (pod?.status.phase === "Pending") {
      const failure = createClaims(this.#context, this.#set, replica);
      if (failure !== undefined) return { stop: true, failure };
    }
    if (pod === undefined) return hasStaleClaim(this.#context, this.#set, replica) ? WAIT : this.#create(replica);
    // A new one is made when the old one is gone.
    if (isPodTerminal(pod)) return isTerminating(pod) ? WAIT : { ...this.#delete(pod), stop: true };
    if (this.#monotonic) {
      if (isTerminating(pod) || !isRunningAndReady(pod) || !this.#availability.has(pod)) return WAIT;
    }
    const isTrue = isTrueToSet(this.#set, pod, replica.ordinal);
    const keepsClaims = claimsMatchRetention(this.#context, this.#set, pod, replica.ordinal);
    return isTrue && keepsClaims ? GO_ON : this.#mend(pod, replica.ordinal);
  }

  // Models pkg/controller/statefulset processCondemned
  #removeCondemned(): Step {
    const unavailable = [...this.#replicas, ...[...this.#condemned].reverse()];
    const firstUnavailable = unavailable.find(({ pod }) => this.#availability.lacks(pod));
    return this.#forEach(this.#condemned, (replica) => {
      const { pod } = replica;
      if (pod === undefined) return GO_ON;
      if (isTerminating(pod)) return this.#monotonic ? WAIT : GO_ON;
      const healthy = isRunningAndReady(pod) && this.#availability.has(pod);
      if (this.#monotonic && !healthy && replica !== firstUnavailable) return WAIT;
      return { ...this.#delete(pod), stop: true };
    });
  }

  /** Deletes the highest pod of an old revision, down to the partition, when all above it are available. */
  #rollOn(counts: Counts): Outcome {
    const partition = this.#set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
    for (let at = this.#replicas.length - 1; at >= partition; at--) {
      const replica = this.#replicas[at];
      if (replica?.pod === undefined) return { counts };
      if (replica.revision !== this.#revisions.update.metadata.name && !isTerminating(replica.pod)) {
        const { failure } = this.#delete(replica.pod);
        if (failure !== undefined && failure.code !== 404) return { counts, failure };
        return { counts: { ...counts, current: counts.current - 1 } };
      }
      if (this.#availability.lacks(replica.pod)) return { counts };
    }
    return { counts };
  }

  #create(replica: Replica): Step {
    const { current, update } = this.#revisions;
    const revision = replica.revision === update.metadata.name ? update : current;
    const lacking = createClaims(this.#context, this.#set, replica);
    if (lacking !== undefined) {
      this.#tell("Create", replica.name, lacking);
      return { stop: true, failure: lacking };
    }
    const wanted = newPod(this.#set, restoredTemplate(this.#set, revision), replica);
    const created = this.#context.client.create(PODS, wanted);
    if (created.ok) {
      const failure = applyRetention(this.#context, this.#set, created.value, replica.ordinal);
      if (failure !== undefined) {
        this.#tell("Update", replica.name, failure);
        return { stop: true, failure };
      }
      this.#tell("Create", replica.name);
      return { stop: this.#monotonic };
    }
    const { error } = created;
    if (isNamespaceTerminating(error)) return WAIT;
    // Somebody else's pod has the name: that goes without an event, and is tried again.
    if (error.reason !== "AlreadyExists") this.#tell("Create", replica.name, error);
    return { stop: true, failure: error };
  }

  #delete(pod: Pod): Step {
    const deleted = this.#context.client.delete(PODS, keyOf(pod), { uid: pod.metadata.uid });
    this.#tell("Delete", pod.metadata.name, deleted.ok ? undefined : deleted.error);
    return deleted.ok ? GO_ON : { stop: true, failure: deleted.error };
  }

  #mend(pod: Pod, ordinal: number): Step {
    const lacking = createClaims(this.#context, this.#set, { name: pod.metadata.name, ordinal });
    const failure = lacking ?? applyRetention(this.#context, this.#set, pod, ordinal);
    if (failure !== undefined) {
      this.#tell("Update", pod.metadata.name, failure);
      return { stop: true, failure };
    }
    const updated = this.#context.client.update(PODS, mendedPod(this.#set, pod, ordinal));
    this.#tell("Update", pod.metadata.name, updated.ok ? undefined : updated.error);
    return updated.ok ? GO_ON : { stop: true, failure: updated.error };
  }

  // Models pkg/controller/statefulset recordPodEvent
  #tell(verb: "Create" | "Delete" | "Update", pod: string, error?: Status): void {
    const deed = `${verb} Pod ${pod} in StatefulSet ${this.#set.metadata.name}`;
    this.#context.recordEvent(
      this.#set,
      error === undefined
        ? { type: "Normal", reason: `Successful${verb}`, message: `${deed} successful` }
        : { type: "Warning", reason: `Failed${verb}`, message: `${deed} failed error: ${error.message}` },
    );
  }
}

/** What was read from pods' names, which is the same in every look. */
const known = new WeakMap<Pod, Replica>();

function replicaOf(pod: Pod): Replica | undefined {
  const before = known.get(pod);
  if (before !== undefined) return before;
  const { name } = pod.metadata;
  const identity = identityOf(name);
  if (identity === undefined) return undefined;
  const replica = { ordinal: identity.ordinal, name, pod, revision: revisionOfPod(pod) };
  known.set(pod, replica);
  return replica;
}
