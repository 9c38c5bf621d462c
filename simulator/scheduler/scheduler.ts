import { keyOf } from "../api/object.ts";
import {
  NAMESPACES,
  NODES,
  type Node,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  type Pod,
  STORAGE_CLASSES,
} from "../api/refs.ts";
import type { Change } from "../api/store.ts";
import { CSI_DRIVERS, CSI_NODES, CSI_STORAGE_CAPACITIES, VOLUME_ATTACHMENTS } from "../api/volumes/refs.ts";
import { present } from "../base/assert.ts";
import type { JsonObject } from "../base/json.ts";
import type { ComponentBody, ComponentContext, Waiting } from "../controller-runtime/component.ts";
import type { Facts } from "./advice.ts";
import { nodeEvents, podEvents, type StorageSubject, storageEvent } from "./cluster-events.ts";
import { withCondition } from "./conditions.ts";
import { DEFAULT_OPTIONS, type SchedulerOptions } from "./configuration.ts";
import { type ClusterEvent, failure, type Status, WAIT } from "./framework.ts";
import { fitErrorText, NO_NODES, truncateNote } from "./messages.ts";
import { NodeCache } from "./node-cache.ts";
import { Nominations } from "./nominations.ts";
import { isTerminal, PodInfo } from "./pod-info.ts";
import { type Profiles, workingProfiles } from "./profiles.ts";
import { type Entry, LEFTOVER_CHECK_MS, SchedulingQueue } from "./queue.ts";
import { type PodVerdict, Verdicts } from "./verdicts.ts";

/** From a pod's creation to the scheduler's look at it: one watch event's way. */
const WATCH_LATENCY_MS = 2;
/** What one scheduling cycle takes. */
const CYCLE_MS = 1;

/** How often the volumes of a pod that has a node are looked at. */
const BINDING_CHECK_MS = 1_000;
const BIND_TIMED_OUT = failure(
  "VolumeBinding",
  'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded',
);

interface Binding {
  readonly uid: string;
  readonly nodeName: string;
  readonly deadlineMs: number;
}

interface Failure {
  readonly reason: "Unschedulable" | "SchedulerError";
  readonly message: string;
  /** Undefined leaves the nomination as it is; the empty text takes it back. */
  readonly nominatedNode?: string;
}

/** The kube-scheduler's body. Models pkg/scheduler schedule_one and eventhandlers. */
export class Scheduler implements ComponentBody {
  readonly #context: ComponentContext;
  readonly #nodes = new NodeCache();
  readonly #nominations = new Nominations();
  readonly #queue: SchedulingQueue;
  readonly #profiles: Profiles;
  /** Where the next search for a node begins, whichever profile's it is. */
  #startIndex = 0;
  readonly #verdicts: Verdicts;
  /** Pods that count on a node already, and wait for their volumes. */
  readonly #bindings = new Map<string, Binding>();
  #isWorking = false;
  #backoffFlushMs: number | undefined;
  #willCheckLeftovers = false;
  #reconciled = 0;

  /** `profiles`: one at least; what they share is the first one's. */
  constructor(context: ComponentContext, profiles: readonly SchedulerOptions[]) {
    this.#context = context;
    const nominatedTo = (nodeName: string) => this.#nominations.to(nodeName);
    const { client, cache } = context;
    const hasNominations = () => !this.#nominations.isEmpty;
    const handle = { context, client, objects: cache, nodes: this.#nodes, nominatedTo, hasNominations };
    const options = profiles[0] ?? DEFAULT_OPTIONS;
    this.#profiles = workingProfiles(profiles, handle);
    this.#queue = new SchedulingQueue(this.#profiles, {
      podInitialBackoffMs: options.podInitialBackoffMs,
      podMaxBackoffMs: options.podMaxBackoffMs,
      nowMs: () => context.nowMs,
      cause: () => context.cause,
    });
    this.#verdicts = new Verdicts(options.keptVerdicts);
  }

  get queued(): number {
    return this.#queue.size;
  }

  get reconciled(): number {
    return this.#reconciled;
  }

  get activity(): string {
    return this.#queue.hasWork ? "scheduling" : this.#queue.size > 0 ? "waiting" : "idle";
  }

  /** Why a recent pod went where it went, or nowhere. */
  verdictOf(podKey: string): PodVerdict | undefined {
    return this.#verdicts.of(podKey);
  }

  /** Keys of the pods that there are verdicts on, the latest last. */
  verdictPods(): readonly string[] {
    return this.#verdicts.pods();
  }

  /** What there is to say about a waiting pod and the nodes as they are now. */
  factsOf(podKey: string): Facts {
    return { pod: this.#queue.get(podKey)?.info, node: (name) => this.#nodes.get(name) };
  }

  waits(resource: string, key: string): readonly Waiting[] {
    if (resource !== PODS.id) return [];
    const binding = this.#bindings.get(key);
    if (binding !== undefined) {
      const message = `Node ${binding.nodeName} is chosen; its volumes have to be bound until then.`;
      return [{ reason: "VolumeBinding", message, untilMs: binding.deadlineMs }];
    }
    const wait = this.#queue.waitOf(key);
    return wait === undefined ? [] : [wait];
  }

  /** State of a waiting pod's entry in the queue, as named in entry.machine.ts. */
  entryState(podKey: string): string | undefined {
    return this.#queue.get(podKey)?.state;
  }

  start(): void {
    this.#fillCache();
    for (const pod of this.#context.cache.list(PODS)) if (this.#isMine(pod)) this.#enqueue(new PodInfo(pod));
    this.#subscribe();
    this.#arm(WATCH_LATENCY_MS);
  }

  resume(state: JsonObject): void {
    this.#fillCache();
    const { cache } = this.#context;
    this.#queue.load(state.queue as JsonObject, (key) => {
      const info = new PodInfo(present(cache.get(PODS, key), `the queue holds the pod ${key}, which is not there`));
      this.#nominations.set(info);
      return info;
    });
    this.#verdicts.load(state.verdicts as readonly JsonObject[]);
    for (const { key, ...binding } of state.bindings as unknown as readonly (Binding & { readonly key: string })[]) {
      this.#bindings.set(key, binding);
      this.#nominations.remove(key);
      this.#nodes.setPod(present(this.#queue.get(key)?.info, `the queue has no ${key}`), binding.nodeName);
    }
    this.#startIndex = state.startIndex as number;
    this.#isWorking = state.isWorking as boolean;
    this.#backoffFlushMs = (state.backoffFlushMs as number | null) ?? undefined;
    this.#willCheckLeftovers = state.willCheckLeftovers as boolean;
    this.#reconciled = state.reconciled as number;
    this.#subscribe();
  }

  save(): JsonObject {
    return {
      queue: this.#queue.save(),
      verdicts: this.#verdicts.save(),
      bindings: [...this.#bindings].map(([key, binding]) => ({ key, ...binding })),
      startIndex: this.#startIndex,
      isWorking: this.#isWorking,
      backoffFlushMs: this.#backoffFlushMs ?? null,
      willCheckLeftovers: this.#willCheckLeftovers,
      reconciled: this.#reconciled,
    };
  }

  handle(event: JsonObject): void {
    // Rounds have no cause of their own; each entry of the queue has.
    if (event.do !== undefined) this.#context.cause = 0;
    if (event.do === "schedule") {
      this.#scheduleOne();
      this.#isWorking = false;
    } else if (typeof event.binding === "string") this.#goOnBinding(event.binding, event.uid as string);
    else if (event.do === "flushBackoff") {
      if (event.dueMs !== this.#backoffFlushMs) return;
      this.#backoffFlushMs = undefined;
      this.#queue.flushBackoff();
    } else {
      this.#willCheckLeftovers = false;
      this.#queue.flushLeftovers();
    }
    this.#arm(CYCLE_MS);
  }

  #fillCache(): void {
    const { cache } = this.#context;
    for (const node of cache.list(NODES)) this.#nodes.setNode(node);
    for (const pod of cache.list(PODS)) {
      if (isOnNode(pod)) this.#nodes.setPod(new PodInfo(pod), pod.spec.nodeName ?? "");
    }
  }

  #subscribe(): void {
    const { watcher } = this.#context;
    watcher.watch(NODES, (change) => this.#onNode(change));
    watcher.watch(PODS, (change) => this.#onPod(change));
    const onStorage = (about: StorageSubject) => (change: Change) => {
      const event = storageEvent(about, change);
      if (event !== undefined && this.#queue.listensTo(event.name)) this.#wake(event);
    };
    watcher.watch(PERSISTENT_VOLUME_CLAIMS, onStorage("claim") as never);
    watcher.watch(PERSISTENT_VOLUMES, onStorage("volume") as never);
    watcher.watch(STORAGE_CLASSES, onStorage("class") as never);
    watcher.watch(CSI_NODES, onStorage("csiNode") as never);
    watcher.watch(CSI_DRIVERS, onStorage("csiDriver") as never);
    watcher.watch(CSI_STORAGE_CAPACITIES, onStorage("capacity") as never);
    watcher.watch(VOLUME_ATTACHMENTS, ({ type, object }) => {
      const name = "attachment/delete";
      if (type === "DELETED" && this.#queue.listensTo(name)) this.#wake({ name, storage: object });
    });
    watcher.watch(NAMESPACES, ({ object, previous }) => {
      if (object.metadata.labels !== previous?.metadata.labels) this.#nodes.forgetNamespaceLabels();
    });
  }

  /** Sees to it that what is due comes about: one message each, never two. */
  #arm(delayMs: number): void {
    const { nowMs } = this.#context;
    if (!this.#isWorking && this.#queue.hasWork) {
      this.#isWorking = true;
      this.#context.send({ do: "schedule" }, delayMs);
    }
    const dueMs = this.#queue.backoffOverMs;
    if (dueMs !== undefined && (this.#backoffFlushMs === undefined || dueMs < this.#backoffFlushMs)) {
      this.#backoffFlushMs = Math.max(dueMs, nowMs);
      this.#context.send({ do: "flushBackoff", dueMs: this.#backoffFlushMs }, this.#backoffFlushMs - nowMs);
    }
    if (!this.#willCheckLeftovers && this.#queue.hasUnschedulable) {
      this.#willCheckLeftovers = true;
      this.#context.send({ do: "flushLeftovers" }, LEFTOVER_CHECK_MS - (nowMs % LEFTOVER_CHECK_MS));
    }
  }

  #isMine(pod: Pod): boolean {
    return !pod.spec.nodeName && this.#profiles.has(pod.spec.schedulerName ?? "default-scheduler") && !isTerminal(pod);
  }

  #onNode(change: Change<Node>): void {
    if (change.type === "DELETED") this.#nodes.removeNode(change.object.metadata.name);
    else this.#nodes.setNode(change.object);
    if (!this.#queue.hasUnschedulable && !this.#queue.listensTo("node/add")) return;
    for (const event of nodeEvents(change)) this.#wake(event);
  }

  #onPod({ type, object, previous }: Change<Pod>): void {
    const wasOnNode = previous !== undefined && isOnNode(previous);
    const isGone = type === "DELETED";
    if (!isGone && isOnNode(object)) {
      if (!wasOnNode) this.#queue.remove(keyOf(object), "BOUND");
      if (!wasOnNode) this.#nominations.remove(keyOf(object));
      this.#onAssigned(object, wasOnNode ? previous : undefined);
    } else if (wasOnNode) {
      this.#nodes.removePod(keyOf(object));
      if (this.#queue.listensTo("pod/delete")) this.#wake({ name: "pod/delete", pod: object });
    }
    const wasMine = previous !== undefined && this.#isMine(previous);
    const isMine = !isGone && this.#isMine(object);
    if (isMine) this.#onWaiting(object, wasMine ? previous : undefined);
    else if (wasMine && !isOnNode(object)) this.#forget(object);
  }

  #onAssigned(pod: Pod, previous: Pod | undefined): void {
    const known = this.#nodes.podOf(keyOf(pod));
    if (known?.isLike(pod) && this.#nodes.nodeOf(known.key) === pod.spec.nodeName) known.pod = pod;
    else this.#nodes.setPod(new PodInfo(pod), pod.spec.nodeName ?? "");
    if (previous === undefined) {
      if (this.#queue.listensTo("pod/add")) this.#wake({ name: "pod/add", pod });
    } else if (this.#queue.hasUnschedulable || this.#queue.listensTo("pod/label")) {
      for (const event of podEvents("pod", pod, previous)) this.#wake(event);
    }
  }

  #onWaiting(pod: Pod, previous: Pod | undefined): void {
    const entry = this.#queue.get(keyOf(pod));
    const info = new PodInfo(pod);
    if (entry === undefined || previous === undefined) {
      if (entry !== undefined) this.#queue.remove(entry.key, "DELETED");
      this.#enqueue(info);
    } else {
      // A pod whose binding is on its way counts on its node already.
      if (!this.#bindings.has(info.key)) this.#nominations.set(info);
      this.#queue.update(entry, info, podEvents("self", pod, previous));
    }
    this.#arm(WATCH_LATENCY_MS);
  }

  #enqueue(info: PodInfo): void {
    this.#nominations.set(info);
    this.#queue.add(info);
  }

  /** A waiting pod is gone: what was nominated to it is free again. */
  #forget(pod: Pod): void {
    const key = keyOf(pod);
    const binding = this.#bindings.get(key);
    const entry = this.#queue.get(key);
    if (binding !== undefined && entry !== undefined) {
      this.#bindings.delete(key);
      this.#profiles.of(entry.info).profile.unreserve(entry.info, binding.nodeName);
      this.#nodes.removePod(key);
      this.#wake({ name: "pod/delete", pod });
    }
    this.#queue.remove(key, "DELETED");
    if (this.#nominations.remove(keyOf(pod))) this.#wake({ name: "pod/delete", pod });
  }

  #wake(event: ClusterEvent): void {
    this.#queue.wake(event);
    this.#arm(WATCH_LATENCY_MS);
  }

  #scheduleOne(): void {
    const entry = this.#queue.pop();
    if (entry === undefined) return;
    this.#reconciled++;
    const { info } = entry;
    this.#context.cause = entry.cause;
    this.#context.because(info.key);
    if (info.isTerminating) {
      this.#recordFailure(info, `skip schedule deleting pod: ${info.key}`);
      this.#queue.done(entry);
      return;
    }
    const { cycle } = this.#profiles.of(info);
    if (this.#nodes.size === 0) {
      cycle.clear();
      this.#fail(entry, { reason: "Unschedulable", message: NO_NODES, nominatedNode: "" }, []);
      return;
    }
    cycle.startIndex = this.#startIndex;
    const found = cycle.find(info);
    this.#startIndex = cycle.startIndex;
    if ("node" in found) this.#bind(entry, found.node.name);
    else if ("error" in found) {
      const message = found.error.reasons.join(", ");
      this.#fail(entry, { reason: "SchedulerError", message, nominatedNode: "" }, []);
    } else {
      const { rejection, preFilter, plugins } = found;
      const answer = cycle.postFilter(info, rejection);
      const message = fitErrorText({
        nodeCount: this.#nodes.size,
        statuses: rejection.statuses,
        absent: rejection.absent,
        preFilter: preFilter?.reasons.join(", "),
        postFilter: answer.text ?? answer.status?.reasons.join(", "),
      });
      // A failure to preempt says nothing about the pod: it comes again after a pause.
      const by = answer.status?.code === "Error" ? [] : plugins;
      this.#fail(entry, { reason: "Unschedulable", message, nominatedNode: answer.nominatedNode }, by);
    }
  }

  /** Counts the pod on its node, then says so to the API server. Models schedule_one assume and bindingCycle. */
  #bind(entry: Entry, nodeName: string): void {
    const { info } = entry;
    this.#keepVerdict(entry, { node: nodeName });
    this.#nodes.setPod(info, nodeName);
    const { profile, options } = this.#profiles.of(info);
    const status = profile.bind(info, nodeName);
    if (status === WAIT) {
      this.#queue.binding(entry);
      const deadlineMs = this.#context.nowMs + options.bindTimeoutMs;
      this.#bindings.set(info.key, { uid: info.uid, nodeName, deadlineMs });
      this.#nominations.remove(info.key);
      this.#expect(info, nodeName);
      this.#context.send({ binding: info.key, uid: info.uid }, BINDING_CHECK_MS);
    } else if (status !== undefined) this.#release(entry, status);
    else this.#bound(entry, nodeName);
  }

  /** Takes a pod off its node that does not get there: others may have its room. Models handleBindingCycleError. */
  #release(entry: Entry, status: Status): void {
    const { key, pod } = entry.info;
    const message = status.reasons.join(", ");
    this.#nodes.removePod(key);
    this.#verdicts.fail(key, message);
    this.#giveBack(entry, { reason: "SchedulerError", message, nominatedNode: "" }, []);
    this.#wake({ name: "pod/delete", pod });
  }

  /** Lets others know where a pod will go that has to wait for its volumes. Models NominatedNodeNameForExpectation. */
  #expect({ key, uid }: PodInfo, nominatedNodeName: string): void {
    const pod = this.#context.cache.get(PODS, key);
    if (pod === undefined || pod.metadata.uid !== uid || pod.status.nominatedNodeName === nominatedNodeName) return;
    this.#context.client.updateStatus(PODS, { ...pod, status: { ...pod.status, nominatedNodeName } });
  }

  /** Looks whether what a binding waits for is done. Models volumebinding BindPodVolumes, which polls. */
  #goOnBinding(key: string, uid: string): void {
    const binding = this.#bindings.get(key);
    const entry = this.#queue.get(key);
    if (binding?.uid !== uid || entry === undefined) return;
    this.#context.because(key);
    const { nodeName, deadlineMs } = binding;
    const { profile } = this.#profiles.of(entry.info);
    let status = profile.goOn(entry.info, nodeName);
    if (status === WAIT && this.#context.nowMs < deadlineMs) {
      this.#context.send({ binding: key, uid }, BINDING_CHECK_MS);
      return;
    }
    if (status === WAIT) {
      profile.unreserve(entry.info, nodeName);
      status = BIND_TIMED_OUT;
    }
    this.#bindings.delete(key);
    this.#reconciled++;
    if (status === undefined) this.#bound(entry, nodeName);
    else this.#release(entry, status);
  }

  #bound(entry: Entry, nodeName: string): void {
    const { info } = entry;
    this.#queue.done(entry);
    this.#context.recordEvent(info.pod, {
      type: "Normal",
      reason: "Scheduled",
      action: "Binding",
      message: `Successfully assigned ${info.key} to ${nodeName}`,
      source: info.schedulerName,
    });
  }

  /** Back into the queue, with an event and the PodScheduled condition. Models handleSchedulingFailure. */
  #fail(entry: Entry, failure: Failure, plugins: readonly string[]): void {
    this.#keepVerdict(entry, { message: failure.message, nominatedNode: failure.nominatedNode });
    this.#giveBack(entry, failure, plugins);
  }

  #giveBack(entry: Entry, failure: Failure, plugins: readonly string[]): void {
    const { message, nominatedNode } = failure;
    if (plugins.length > 0) this.#queue.rejected(entry, plugins);
    else this.#queue.failed(entry);
    const pod = this.#context.cache.get(PODS, entry.key);
    if (pod === undefined || pod.metadata.uid !== entry.info.uid || pod.spec.nodeName) return;
    this.#recordFailure(entry.info, message);
    const condition = { type: "PodScheduled", status: "False", reason: failure.reason, message };
    let next = withCondition(pod, condition, this.#context.now);
    if (nominatedNode !== undefined && nominatedNode !== (pod.status.nominatedNodeName ?? "")) {
      const { nominatedNodeName: _, ...status } = next.status;
      next = { ...next, status: nominatedNode === "" ? status : { ...status, nominatedNodeName: nominatedNode } };
    }
    if (next !== pod) this.#context.client.updateStatus(PODS, next);
  }

  #recordFailure(info: PodInfo, message: string): void {
    this.#context.recordEvent(info.pod, {
      type: "Warning",
      reason: "FailedScheduling",
      action: "Scheduling",
      message: truncateNote(message),
      source: info.schedulerName,
    });
  }

  #keepVerdict(entry: Entry, outcome: { node?: string; message?: string; nominatedNode?: string }): void {
    const { cycle } = this.#profiles.of(entry.info);
    const { feasible, rejected, statuses, plugins, scores } = cycle.record();
    const { node, message, nominatedNode } = outcome;
    // In one literal, for the same reason as the journal's writes.
    const free = this.#verdicts.keep({
      pod: entry.key,
      uid: entry.info.uid,
      atMs: this.#context.nowMs,
      attempt: entry.attempts,
      nodeCount: this.#nodes.size,
      feasible,
      rejected,
      statuses,
      plugins,
      scores,
      node,
      message,
      nominatedNode,
    });
    if (free !== undefined) cycle.reuse(free);
  }
}

/** Whether a pod takes up room on a node. */
function isOnNode(pod: Pod): boolean {
  return Boolean(pod.spec.nodeName) && !isTerminal(pod);
}
