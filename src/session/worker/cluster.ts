import {
  type ApiRequest,
  type ApiResponse,
  BrokenInvariant,
  type ChannelMessage,
  type NetworkView,
  type Node,
  type OpenStream,
  type Result,
  Simulation,
  type Snapshot,
  StreamHub,
} from "../../../simulator/index.ts";
import { ShellDriver } from "../../../simulator/shell/driver.ts";
import type { Look } from "../crowd.ts";
import type { Batch, ClockView, ObjectChange, SessionOptions } from "../session.ts";
import { Batcher } from "./batcher.ts";
import { findObjects } from "./find.ts";
import { nextEvent } from "./next.ts";
import { Playback } from "./playback.ts";
import type { Rerun, Standing } from "./rerun.ts";

/** A fixed seed: the same deeds lead everyone to the same cluster. */
const DEFAULT_SEED = 1;
const NEXT_EVERY_MS = 200;
const BOOT_STEP_MS = 500;
/** Virtual time after which a new cluster is shown even if something in it is still on its way. */
const BOOT_LIMIT_MS = 60_000;
/** More nodes than this come up before the eyes: the page must not wait for them. */
const BOOT_NODES = 50;
/** A cluster of more machines is large before its nodes have joined. */
const MOST_MACHINES = 60;

/** A running simulation as a session needs it: it moves with the wall clock, answers, and tells what changed. */
export class Cluster {
  readonly #wall: () => number;
  #simulation: Simulation;
  #batcher: Batcher;
  #streams: StreamHub;
  readonly #playback: Playback;
  #shells: ShellDriver;
  #failure: string | undefined;
  #look: Look = { nodes: [], objects: [] };
  #waiting: { readonly until: number; readonly resolve: () => void }[] = [];
  #next: { readonly value: ClockView["next"]; readonly wall: number } | undefined;
  #rerun: Rerun | undefined;
  #endRerun: (wentWell: boolean | undefined) => void = () => {};
  /** Settles when what was kept is played again: true; false: it could not be; undefined: another cluster took its place. */
  readonly played: Promise<boolean | undefined>;

  /** `rerun` plays a kept run again before anything else happens. */
  constructor(simulation: Simulation, wall: () => number, rerun?: Rerun) {
    this.#wall = wall;
    this.#simulation = simulation;
    this.#playback = new Playback(simulation, wall);
    this.#shells = new ShellDriver(simulation);
    this.#batcher = new Batcher(simulation);
    this.#streams = new StreamHub(simulation);
    this.#rerun = rerun;
    this.played = new Promise((resolve) => {
      this.#endRerun = resolve;
    });
    if (rerun === undefined || rerun.done) this.stopRerun();
  }

  /** Goes on from here, whatever of the kept run is not played yet. Gives the number of inputs that were taken up. */
  stopRerun(wentWell = true): number | undefined {
    const taken = this.#rerun?.taken;
    this.#rerun = undefined;
    this.#endRerun(wentWell);
    this.#followClock();
    this.#playback.anchor();
    return taken;
  }

  /** Hangs up what was connected before a reload: whoever held it is gone. */
  hangUp(): void {
    this.#simulation.hangUp();
  }

  /** While a kept run is played again, nothing else may come in. */
  get isPlayingBack(): boolean {
    return this.#rerun !== undefined;
  }

  get standing(): Standing {
    return { nowMs: this.nowMs, handled: this.#simulation.clock.handled };
  }

  /** A new cluster, already up: nobody wants to watch a machine boot before the first look. */
  static begin(options: SessionOptions): Simulation {
    const { workers, schedulerConfiguration } = options;
    const wishes = {
      ...(workers !== undefined && { workers }),
      ...(schedulerConfiguration !== undefined && { schedulerConfiguration }),
    };
    const extras = {
      storageClasses: true,
      proxyDaemonSet: true,
      loadBalancers: true,
      metricsServer: true,
      shells: true,
    };
    const simulation = Simulation.start({ seed: options.seed ?? DEFAULT_SEED, ...extras, ...wishes });
    if (simulation.options.workers > BOOT_NODES) return simulation;
    while (simulation.nowMs < BOOT_LIMIT_MS && !isUp(simulation)) simulation.advanceTo(simulation.nowMs + BOOT_STEP_MS);
    return simulation;
  }

  /** Replaces the simulation by another one. */
  become(simulation: Simulation): void {
    this.#rerun = undefined;
    this.#endRerun(undefined);
    this.#batcher.close();
    this.#simulation = simulation;
    this.#shells = new ShellDriver(simulation);
    this.#batcher = new Batcher(simulation);
    this.#streams.close();
    this.#streams = new StreamHub(simulation);
    this.#failure = undefined;
    this.#next = undefined;
    this.#playback.retarget(simulation);
    this.#followClock();
    this.#batcher.look(this.#look);
    this.#batcher.reset();
  }

  snapshot(): Snapshot {
    return this.#simulation.snapshot();
  }

  /** What came in: the run. */
  get journal(): Simulation["journal"] {
    return this.#simulation.journal;
  }

  /** The next batch will tell everything. */
  reset(): void {
    this.#batcher.reset();
  }

  request(request: ApiRequest): ApiResponse {
    if (this.#failure !== undefined) return stopped(this.#failure);
    const answer = this.#guarded(() => this.#simulation.request(request));
    if (request.method !== "GET") {
      this.#followClock();
      // The request may have moved time itself: go on from where it is now.
      this.#playback.anchor();
      this.#next = undefined;
    }
    return answer ?? stopped(this.#failure ?? "unknown");
  }

  /** Opens what goes on after it was asked for: a log that is followed, a connection into a pod, a watch. */
  stream(request: ApiRequest, hear: (message: ChannelMessage) => void): Result<OpenStream, ApiResponse> {
    if (this.#failure !== undefined) return { ok: false, error: stopped(this.#failure) };
    const opened = this.#guarded(() => this.#streams.open(request, hear));
    if (opened === undefined) return { ok: false, error: stopped(this.#failure ?? "unknown") };
    if (!opened.ok) return opened;
    const { send, close, ended } = opened.value;
    const input = (action: () => void) => {
      if (this.#failure !== undefined) return;
      this.#guarded(action);
      this.#streams.pump();
    };
    this.#streams.pump();
    return { ok: true, value: { send: (message) => input(() => send(message)), close: () => input(close), ended } };
  }

  /** A watch that its reader pulls from; a lesson follows the cluster with it. */
  watch(request: ApiRequest): ReturnType<Simulation["watch"]> {
    return this.#simulation.watch(request);
  }

  /** Lets virtual time pass; while the clock is paused it does not. */
  waitVirtual(ms: number): Promise<void> {
    const until = this.nowMs + ms;
    return new Promise((resolve) => this.#waiting.push({ until, resolve }));
  }

  /** Time stands still until `answer` has told some shell what became of its command. */
  get isAsking(): boolean {
    return this.#failure === undefined && this.#simulation.shellRequest !== undefined;
  }

  async answer(): Promise<void> {
    try {
      await this.#shells.answer();
    } catch (error) {
      this.#guarded(() => {
        throw error;
      });
    }
  }

  /** Moves on with the wall for a few milliseconds; true when there is nothing more to do just now. */
  slice(): boolean {
    if (this.#failure !== undefined) return true;
    if (this.#rerun !== undefined) return this.#playAgain(this.#rerun);
    const before = this.#simulation.nowMs;
    const caughtUp = this.#guarded(() => this.#playback.slice()) ?? true;
    this.#streams.pump();
    if (this.#simulation.nowMs !== before) this.#wake();
    return caughtUp;
  }

  #playAgain(rerun: Rerun): boolean {
    try {
      rerun.slice(this.#wall);
      if (rerun.done) this.stopRerun();
    } catch (error) {
      console.warn("The kept session could not be played again.", error);
      this.stopRerun(false);
    }
    return false;
  }

  /** What the page looks at: of a large cluster, only that is told object by object. */
  look(look: Look): void {
    this.#look = look;
    this.#batcher.look(look);
  }

  podsOf(node: string): readonly string[] {
    return this.#batcher.podsOf(node);
  }

  find(words: readonly string[]): readonly ObjectChange[] {
    return findObjects(this.#simulation, words);
  }

  /** Whether it is too large to be told, or kept, whole. */
  get crowded(): boolean {
    return this.#batcher.crowded || this.#simulation.machines.size > MOST_MACHINES;
  }

  take(): Batch {
    return this.#batcher.take(this.#clockView(), this.#failure);
  }

  get hasChanges(): boolean {
    return this.#batcher.hasChanges;
  }

  get nowMs(): number {
    return this.#simulation.nowMs;
  }

  get nowEpochMs(): number {
    return this.#simulation.options.startEpochMs + this.nowMs;
  }

  /** The cluster's network as its control plane's machine sees it. */
  get network(): NetworkView {
    return this.#simulation.network.view({ kind: "node", node: "control-plane" });
  }

  get paused(): boolean {
    return this.#playback.paused;
  }

  #wake(): void {
    if (this.#waiting.length === 0) return;
    const now = this.nowMs;
    for (const { until, resolve } of this.#waiting) if (until <= now) resolve();
    this.#waiting = this.#waiting.filter(({ until }) => until > now);
  }

  #clockView(): ClockView {
    const { nowMs, options } = this.#simulation;
    const { speed, paused } = this.#playback;
    const wall = this.#wall();
    if (!this.#next || wall - this.#next.wall > NEXT_EVERY_MS) {
      this.#next = { value: nextEvent(this.#simulation.store, nowMs, options.startEpochMs), wall };
    }
    const view = { nowMs, startEpochMs: options.startEpochMs, speed, paused };
    if (this.#rerun) return { ...view, playedBack: this.#rerun.share };
    return this.#next.value ? { ...view, next: this.#next.value } : view;
  }

  /** Speed and pause are an object of the API like any other; this is who obeys it. */
  #followClock(): void {
    for (const collection of this.#simulation.store.collections) {
      if (collection.ref.kind !== "Clock") continue;
      const clock = collection.get("cluster") as { spec?: { speed?: number; paused?: boolean } } | undefined;
      this.#playback.set(clock?.spec?.speed ?? 1, clock?.spec?.paused ?? false);
    }
  }

  /** A simulation that broke is stopped and shown as it is, never carried on. */
  #guarded<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#failure = error instanceof BrokenInvariant ? text : `${text} [${this.#simulation.nowMs} ms]`;
      console.error(error);
      return undefined;
    }
  }
}

/** Whether all nodes and the pods that came with them are ready. */
function isUp(simulation: Simulation): boolean {
  let nodes = 0;
  for (const collection of simulation.store.collections) {
    if (collection.ref.kind !== "Node" && collection.ref.kind !== "Pod") continue;
    for (const object of collection.values()) if (!isReady(object)) return false;
    if (collection.ref.kind === "Node") nodes = collection.size;
  }
  return nodes > 0;
}

function isReady(object: unknown): boolean {
  const { status } = object as Pick<Node, "status">;
  return status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
}

function stopped(failure: string): ApiResponse {
  const message = `The simulation has stopped: ${failure}`;
  const body = {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason: "InternalError",
    code: 500,
  };
  return { code: 500, body, warnings: [] };
}
