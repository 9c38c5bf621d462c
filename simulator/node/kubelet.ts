import { keyOf } from "../api/object.ts";
import { PODS, type Pod } from "../api/refs.ts";
import type { PodStatus } from "../api/schema/generated/types.ts";
import type { Change } from "../api/store.ts";
import { deepFreeze, type JsonObject, type JsonValue } from "../base/json.ts";
import type { ComponentBody, ComponentContext, ComponentDefinition, Waiting } from "../controller-runtime/component.ts";
import { Agent } from "./agent.ts";
import { takeErrandEnd } from "./errands.ts";
import { watchResources } from "./eviction.ts";
import { Heartbeat } from "./heartbeat.ts";
import { spread } from "./ids.ts";
import { type Machines, machineOf } from "./machines.ts";
import { podTable } from "./pod.machine.ts";
import { beginStop, mustStop, nextStopMs, stopDue } from "./pod-stop.ts";
import { advance, isSyncing, nextSyncMs, syncDue } from "./pod-sync.ts";
import { type ErrandEnd, kubeletProcess } from "./ports.ts";
import type { PressureType } from "./pressure.ts";
import { noteResize } from "./resize.ts";
import { findContainer, stateOf } from "./runtime.ts";
import { slotsOf } from "./slots.ts";
import { isMirror, keepMirror, keyOfStatic, removeMirror, staticPod } from "./static-pods.ts";
import { sendStatus } from "./status-writer.ts";
import { refreshVolumes } from "./volume-refresh.ts";
import { growFileSystems } from "./volumes/growth.ts";
import { podWaits } from "./waits.ts";
import { newWorker, type PodWorker } from "./worker.ts";

/** From a commit to the kubelet's look at it. */
const WATCH_MS = 5;
/** A kubelet that has just started looks at its pods one after the other. */
const FIRST_LOOK_MS = 20;

/** How often volumes that show objects of the API are brought up to date. */
const VOLUME_REFRESH_MS = 60_000;

/** Up to this long a kubelet needs from its start to its first word. */
const START_SPREAD_MS = 400;

/**
 * A kubelet: runs on its machine what is bound to its node, and tells how it goes. It is one object with plain data for
 * each pod; what it must not forget lies in the API and on the machine, so it may be stopped at any instant.
 */
class Kubelet implements ComponentBody {
  readonly #agent: Agent;
  readonly #heartbeat: Heartbeat;
  #missed = false;
  /** Whether the list of this node's pods was read since the start: until then nothing unknown is cleaned up. */
  #listed = false;
  #reconciled = 0;
  #mirrorsDue = false;

  constructor(context: ComponentContext, machines: Machines, nodeName: string) {
    this.#agent = new Agent(context, machines, machineOf(machines, nodeName));
    this.#heartbeat = new Heartbeat(this.#agent);
  }

  get queued(): number {
    let waiting = 0;
    for (const worker of this.#agent.workers.values()) if (worker.step !== undefined) waiting++;
    return waiting;
  }

  get reconciled(): number {
    return this.#reconciled;
  }

  get activity(): string {
    return this.#heartbeat.state;
  }

  start(): void {
    this.#subscribe();
    this.#readManifests();
    // Machines that are switched on together do not speak at the same millisecond.
    this.#agent.context.send({ beat: true }, spread(this.#agent.machine.name) % START_SPREAD_MS);
  }

  resume(state: JsonObject): void {
    this.#subscribe();
    this.#load(state);
  }

  handle(event: JsonObject): void {
    if (typeof event.pod === "string") {
      const worker = this.#agent.workers.get(event.pod);
      if (worker === undefined) return;
      worker.timerSeq = -1;
      this.#agent.context.cause = worker.cause;
      this.#agent.context.because(worker.key);
      this.#run(worker);
    } else if (event.beat === true) this.#beat();
    else if (event.mirrors === true) this.#keepMirrors();
    else if (event.manifests === true) this.#readManifests();
  }

  #subscribe(): void {
    const { context, machines, machine } = this.#agent;
    context.watcher.watchByIndex(PODS, "node", machine.name, (change) => this.#onPod(change));
    machines.listen(machine.name, (uid, end) => this.#onMachine(uid, end));
  }

  #onMachine(uid: string | undefined, end: ErrandEnd | undefined): void {
    const worker = uid === undefined ? undefined : this.#agent.workers.get(uid);
    if (worker !== undefined) {
      if (end !== undefined) takeErrandEnd(this.#agent, worker, end);
      const { cause } = this.#agent.context;
      if (cause !== 0) worker.cause = cause;
      this.#hurry(worker);
      this.#arm(worker);
    } else if (uid === undefined) this.#agent.context.send({ manifests: true }, WATCH_MS);
  }

  /** A container that was told to stop may end before its grace does. */
  #hurry(worker: PodWorker): void {
    const agent = this.#agent;
    if (worker.stage === "terminating") worker.syncMs = Math.min(worker.syncMs, agent.noticedMs(agent.nowMs));
    if (worker.step?.kind !== "kill" && worker.step?.kind !== "hook") return;
    const name = worker.pod && slotsOf(worker.pod.spec)[worker.step.index]?.container.name;
    const container = findContainer(agent.runtimeOf(worker), name ?? "");
    if (container !== undefined && stateOf(container, agent.nowMs) === "exited") {
      worker.step = { ...worker.step, dueMs: Math.min(worker.step.dueMs, agent.nowMs) };
    }
  }

  #onPod({ type, object }: Change<Pod>): void {
    const agent = this.#agent;
    if (!agent.machine.connected || !this.#listed) {
      this.#missed = true;
      return;
    }
    if (agent.writing && type === "MODIFIED") return;
    if (isMirror(object)) this.#onMirror(type, object);
    else this.#take(object, type === "DELETED", WATCH_MS);
  }

  #onMirror(type: string, pod: Pod): void {
    const { mirrors, context } = this.#agent;
    const key = keyOf(pod);
    if (type === "DELETED") mirrors.delete(key);
    else {
      mirrors.set(key, pod);
      this.#lookAtStatic(key);
    }
    if ((type !== "DELETED" && pod.metadata.deletionTimestamp === undefined) || this.#mirrorsDue) return;
    this.#mirrorsDue = true;
    context.send({ mirrors: true }, WATCH_MS);
  }

  // Models pkg/kubelet/status status_manager.go needsReconcile
  /** Somebody else wrote a mirror's status (the node lifecycle controller does): the true one is written again. */
  #lookAtStatic(key: string): void {
    for (const worker of this.#agent.workers.values()) {
      if (!worker.isStatic || worker.key !== key || worker.gone || !isSyncing(worker)) continue;
      const lookMs = this.#agent.nowMs + WATCH_MS;
      worker.syncMs = worker.syncMs < 0 ? lookMs : Math.min(worker.syncMs, lookMs);
      this.#arm(worker);
    }
  }

  /** Takes note of a pod as it is now; it is looked at after `delayMs`. */
  #take(pod: Pod, gone: boolean, delayMs: number): void {
    const { workers, nowMs } = this.#agent;
    let worker = workers.get(pod.metadata.uid);
    if (worker === undefined) {
      if (gone) return;
      worker = newWorker(pod.metadata.uid, keyOf(pod), false, podTable.initial.state);
      workers.set(worker.uid, worker);
      if (this.#isFinished(pod)) worker.stage = "terminated";
    }
    const isResized = worker.pod !== undefined && worker.pod.spec.containers !== pod.spec.containers;
    if (isResized) this.#agent.atMost = undefined;
    noteResize(this.#agent.runtimeOf(worker), pod, worker.pod);
    if (gone || asksOther(pod, worker.pod)) worker.cause = Number(pod.metadata.resourceVersion);
    worker.pod = pod;
    worker.gone = gone;
    const lookMs = nowMs + delayMs;
    // What is under way goes on; a pod that is finished is only looked at when it is to go.
    if (worker.stage === "terminating") this.#arm(worker, lookMs);
    else {
      if (isSyncing(worker) || mustStop(worker))
        worker.syncMs = worker.syncMs < 0 ? lookMs : Math.min(worker.syncMs, lookMs);
      this.#arm(worker, mustStop(worker) ? lookMs : undefined);
    }
  }

  /** Whether a pod was finished before this kubelet started, and nothing of it runs. */
  #isFinished(pod: Pod): boolean {
    const { phase } = pod.status;
    if (phase !== "Succeeded" && phase !== "Failed") return false;
    const { machine, nowMs } = this.#agent;
    const runtime = machine.pods.get(pod.metadata.uid);
    return runtime?.containers.some((container) => stateOf(container, nowMs) === "running") !== true;
  }

  #beat(): void {
    const { context } = this.#agent;
    context.because("heartbeat");
    const delayMs = this.#heartbeat.beat();
    context.send({ beat: true }, delayMs);
    if (!this.#heartbeat.isConnected) {
      this.#missed = true;
      return;
    }
    if (this.#missed || !this.#listed) this.#relist();
    this.#refreshVolumes(delayMs);
    if (this.#agent.hasUnsent) this.#sendAgain();
    growFileSystems(this.#agent);
    watchResources(this.#agent);
  }

  /** Once a minute, each machine at a time of its own: with the last beat before that time. */
  #refreshVolumes(nextBeatMs: number): void {
    const { nowMs, machine } = this.#agent;
    const roundOf = (ms: number) => Math.floor((ms + (spread(machine.name) % VOLUME_REFRESH_MS)) / VOLUME_REFRESH_MS);
    if (roundOf(nowMs) !== roundOf(nowMs + nextBeatMs)) refreshVolumes(this.#agent);
  }

  /** Reads the list of this node's pods, as a watch that was cut does when it is back. */
  #relist(): void {
    const { context, machine, workers } = this.#agent;
    this.#missed = false;
    this.#listed = true;
    const seen = new Set<string>();
    let count = 0;
    for (const pod of context.cache.byIndex(PODS, "node", machine.name)) {
      seen.add(pod.metadata.uid);
      const worker = workers.get(pod.metadata.uid);
      if (!isMirror(pod) && worker?.pod !== pod) this.#take(pod, false, FIRST_LOOK_MS + count++);
    }
    for (const worker of workers.values()) {
      if (!worker.isStatic && !worker.gone && !seen.has(worker.uid)) {
        worker.gone = true;
        this.#arm(worker, this.#agent.nowMs + FIRST_LOOK_MS);
      }
    }
    this.#adoptOrphans();
    this.#keepMirrors();
  }

  // Models pkg/kubelet kubelet_pods.go HandlePodCleanups
  /** Pods that run here and that nobody in the API knows any more are stopped. */
  #adoptOrphans(): void {
    const { machine, workers, nowMs } = this.#agent;
    for (const runtime of machine.pods.values()) {
      if (workers.has(runtime.uid)) continue;
      const key = `${runtime.namespace}/${runtime.name}`;
      const worker = newWorker(runtime.uid, key, runtime.isStatic, podTable.initial.state);
      worker.gone = true;
      workers.set(worker.uid, worker);
      this.#arm(worker, nowMs + FIRST_LOOK_MS);
    }
  }

  /** Starts the static pods of the manifests' folder, and stops those whose manifest is no longer there. */
  #readManifests(): void {
    const agent = this.#agent;
    const { machine, workers, nowMs } = agent;
    const wanted = new Set<string>();
    for (const { pod: manifest, held } of machine.manifests) {
      if (held) continue;
      const key = keyOfStatic(machine.name, manifest);
      const pod = staticPod(agent, manifest);
      wanted.add(pod.metadata.uid);
      // One that is still being stopped is started anew when it is gone.
      if (workers.has(pod.metadata.uid)) continue;
      const worker = newWorker(pod.metadata.uid, key, true, podTable.initial.state);
      worker.pod = pod;
      worker.syncMs = nowMs;
      workers.set(worker.uid, worker);
      this.#arm(worker);
    }
    for (const worker of workers.values()) {
      if (!worker.isStatic || worker.gone || wanted.has(worker.uid)) continue;
      worker.gone = true;
      if (!removeMirror(agent, worker.key)) this.#missed = true;
      agent.mirrors.delete(worker.key);
      this.#arm(worker, nowMs);
    }
    if (this.#heartbeat.isConnected) this.#keepMirrors();
  }

  #keepMirrors(): void {
    this.#mirrorsDue = false;
    const { workers, context, machine } = this.#agent;
    if (!this.#heartbeat.isConnected) return;
    const keys = new Set<string>();
    let hasStatic = false;
    for (const worker of workers.values()) {
      if (!worker.isStatic) continue;
      hasStatic = true;
      if (worker.gone) continue;
      keys.add(worker.key);
      keepMirror(this.#agent, worker);
      this.#arm(worker);
    }
    if (!hasStatic && machine.manifests.length === 0) return;
    for (const pod of [...context.cache.byIndex(PODS, "node", machine.name)]) {
      if (isMirror(pod) && !keys.has(keyOf(pod))) removeMirror(this.#agent, keyOf(pod));
    }
  }

  #sendAgain(): void {
    const agent = this.#agent;
    agent.hasUnsent = false;
    for (const worker of agent.workers.values()) {
      if (worker.isStatic && !worker.gone) {
        keepMirror(agent, worker);
        this.#arm(worker);
      } else if (worker.unsent !== undefined) sendStatus(agent, worker);
    }
  }

  /** Does all that is due for a pod, and sets the time of the next look. */
  #run(worker: PodWorker): void {
    const agent = this.#agent;
    this.#reconciled++;
    if (isSyncing(worker) && (mustStop(worker) || !syncDue(agent, worker))) beginStop(agent, worker);
    else if (worker.stage === "rejected" && mustStop(worker)) {
      advance(worker, "STOP");
      worker.syncMs = agent.nowMs;
    }
    if (!isSyncing(worker) && !stopDue(agent, worker)) {
      this.#drop(worker);
      return;
    }
    this.#arm(worker);
  }

  #drop(worker: PodWorker): void {
    const { workers, context, machine } = this.#agent;
    if (worker.timerSeq >= 0) context.cancel(worker.timerSeq);
    workers.delete(worker.uid);
    this.#lookAtWaiting();
    if (worker.isStatic && machine.manifests.some(({ held }) => !held)) context.send({ manifests: true }, WATCH_MS);
  }

  /** With a pod gone there may be room for those that wait to grow. */
  #lookAtWaiting(): void {
    for (const worker of this.#agent.workers.values()) {
      if (worker.resize?.type !== "PodResizePending" || !isSyncing(worker)) continue;
      worker.syncMs = this.#agent.nowMs + WATCH_MS;
      this.#arm(worker);
    }
  }

  /** Sets the pod's timer to its next due time, or to `atMs` if that is sooner. */
  #arm(worker: PodWorker, atMs = -1): void {
    const { context, nowMs } = this.#agent;
    const due = isSyncing(worker) ? nextSyncMs(this.#agent, worker) : nextStopMs(worker);
    const next = due < 0 ? atMs : atMs < 0 ? due : Math.min(due, atMs);
    if (worker.timerSeq >= 0) {
      if (next >= 0 && worker.timerMs === Math.max(next, nowMs)) return;
      context.cancel(worker.timerSeq);
      worker.timerSeq = -1;
    }
    if (next < 0) return;
    worker.timerMs = Math.max(next, nowMs);
    worker.timerSeq = context.send({ pod: worker.uid }, worker.timerMs - nowMs);
  }

  waits(resource: string, key: string): readonly Waiting[] {
    if (resource !== PODS.id) return [];
    const worker = [...this.#agent.workers.values()].find((each) => each.key === key && !each.gone);
    return worker === undefined ? [] : podWaits(this.#agent, worker);
  }

  save(): JsonObject {
    const agent = this.#agent;
    return {
      heartbeat: this.#heartbeat.save(),
      missed: this.#missed,
      listed: this.#listed,
      reconciled: this.#reconciled,
      mirrorsDue: this.#mirrorsDue,
      hasUnsent: agent.hasUnsent,
      pressures: [...agent.pressures],
      crossed: [...(agent.crossed ?? [])],
      pullsUntilMs: agent.pullsUntilMs,
      workers: [...agent.workers.values()].map((worker) => this.#saveWorker(worker)),
      mirrors: [...agent.mirrors].map(([key, pod]) => [key, this.#savePod(key, pod)]),
    };
  }

  /** What the cache has as well need not be saved: that is nearly every pod. */
  #savePod(key: string, pod: Pod | undefined): JsonValue {
    return pod === undefined || pod === this.#agent.context.cache.get(PODS, key)
      ? true
      : (pod as unknown as JsonObject);
  }

  #saveWorker(worker: PodWorker): JsonObject {
    const { pod, ...rest } = worker;
    const saved = JSON.parse(JSON.stringify(rest)) as JsonObject;
    return { ...saved, pod: pod === undefined ? false : this.#savePod(worker.key, pod) };
  }

  #load(state: JsonObject): void {
    const agent = this.#agent;
    this.#heartbeat.load(state.heartbeat as JsonObject);
    this.#missed = state.missed as boolean;
    this.#listed = state.listed as boolean;
    this.#reconciled = state.reconciled as number;
    this.#mirrorsDue = state.mirrorsDue as boolean;
    agent.hasUnsent = state.hasUnsent as boolean;
    const pressures = (state.pressures ?? []) as [PressureType, number][];
    if (pressures.length > 0) agent.pressures = new Map(pressures);
    const crossed = (state.crossed ?? []) as [number, number][];
    if (crossed.length > 0) agent.crossed = new Map(crossed);
    agent.pullsUntilMs = state.pullsUntilMs as number;
    const podOf = (key: string, saved: JsonValue | undefined): Pod | undefined => {
      if (saved === true) return agent.context.cache.get(PODS, key);
      return saved === false ? undefined : (deepFreeze(saved) as unknown as Pod);
    };
    for (const saved of state.workers as JsonObject[]) {
      const worker = loadWorker(saved);
      worker.pod = podOf(worker.key, saved.pod);
      agent.workers.set(worker.uid, worker);
    }
    for (const [key, saved] of state.mirrors as [string, JsonValue][]) {
      const pod = podOf(key, saved);
      if (pod !== undefined) agent.mirrors.set(key, pod);
    }
  }
}

function loadWorker(saved: JsonObject): PodWorker {
  const fields = JSON.parse(JSON.stringify(saved)) as PodWorker;
  const fresh = newWorker(fields.uid, fields.key, fields.isStatic, fields.stage);
  const unsent = fields.unsent === undefined ? undefined : (deepFreeze(fields.unsent) as PodStatus);
  // JSON writes what is undefined in a list as null.
  const problems = fields.problems.map((problem) => problem ?? undefined);
  return { ...fresh, ...fields, problems, unsent };
}

/** The kubelet of a node, as a component of the process `kubelet/<node>`. Its machine must be there when it starts. */
export function kubeletComponent(nodeName: string, machines: Machines): ComponentDefinition {
  const process = kubeletProcess(nodeName);
  return {
    name: process,
    process,
    eventSource: "kubelet",
    eventHost: nodeName,
    create: (context) => new Kubelet(context, machines, nodeName),
  };
}

/** Whether something else is wanted of a pod than before. */
function asksOther(pod: Pod, before: Pod | undefined): boolean {
  const [now, old] = [pod.metadata, before?.metadata];
  return now.generation !== old?.generation || now.deletionTimestamp !== old?.deletionTimestamp;
}
