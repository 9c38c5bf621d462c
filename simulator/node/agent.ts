import type { Pod } from "../api/refs.ts";
import type { ComponentContext, EventText } from "../controller-runtime/component.ts";
import { spread } from "./ids.ts";
import type { Machine } from "./machine.ts";
import type { Machines } from "./machines.ts";
import type { PressureType } from "./pressure.ts";
import type { RuntimePod } from "./runtime.ts";
import type { PodWorker } from "./worker.ts";

/** How often a kubelet lists what the runtime runs. */
const RELIST_MS = 1000;

/** What several pods ask for together. */
export interface PodSum {
  readonly count: number;
  readonly milliCpu: number;
  readonly bytes: number;
}

const NO_PRESSURE: ReadonlyMap<PressureType, number> = new Map();

/** What the parts of one kubelet share: its machine, its pods, and its ways to the world. */
export class Agent {
  readonly context: ComponentContext;
  readonly machines: Machines;
  readonly machine: Machine;
  readonly workers = new Map<string, PodWorker>();
  /** Static pods' mirrors as last seen, by key. */
  readonly mirrors = new Map<string, Pod>();
  /** Until when the image puller is busy: pulls of one node go one by one. */
  pullsUntilMs = 0;
  /** True while an own write is under way, so that the watch does not take it for news. */
  writing = false;
  /** What the machine runs low on, and when that was last so. Made anew at each change: most machines never have any. */
  pressures: ReadonlyMap<PressureType, number> = NO_PRESSURE;
  /** Since when a threshold is crossed, by its place among the kubelet's; undefined: none is. */
  crossed: Map<number, number> | undefined;
  /** With so many images, and nothing else that takes much, the machine did not run low on anything. */
  easyWithImages = -1;
  /** A write failed since the last beat: something waits to be sent again. */
  hasUnsent = false;
  /**
   * No more than this is asked for by the pods here, and it fits: see admission.ts. Undefined: not known, since pods came
   * that were not asked, or their resources changed.
   */
  atMost: PodSum | undefined;
  readonly #phaseMs: number;
  #second = -1;
  #secondText = "";

  constructor(context: ComponentContext, machines: Machines, machine: Machine) {
    this.context = context;
    this.machines = machines;
    this.machine = machine;
    this.#phaseMs = spread(machine.name) % RELIST_MS;
  }

  get nowMs(): number {
    return this.context.nowMs;
  }

  /** RFC 3339 of a virtual time. Times are whole seconds, and most are asked for several times in a row. */
  formatTime(ms: number): string {
    const second = Math.floor(ms / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = this.context.formatTime(ms);
    }
    return this.#secondText;
  }

  /** A number in [0, 1) for spreads of times. */
  chance(): number {
    return this.context.random("pods").fraction();
  }

  // Models pkg/kubelet/pleg generic.go: a relist a second
  /** When the kubelet notices something that happens at `ms` in the runtime. */
  noticedMs(ms: number): number {
    const past = (((ms - this.#phaseMs) % RELIST_MS) + RELIST_MS) % RELIST_MS;
    return ms + RELIST_MS - past;
  }

  runtimeOf(worker: PodWorker): RuntimePod | undefined {
    return this.machine.pods.get(worker.uid);
  }

  /** The object that stands for a pod in the API: the pod, or a static pod's mirror. */
  apiPodOf(worker: PodWorker): Pod | undefined {
    return worker.isStatic ? this.mirrors.get(worker.key) : worker.pod;
  }

  /** Records an event about a pod; lost, as any event, when nobody can be reached. */
  event(worker: PodWorker, text: EventText): void {
    const about = this.apiPodOf(worker) ?? worker.pod;
    if (about !== undefined && this.machine.connected) this.context.recordEvent(about, text);
  }
}
