import { type ApiRequest, type ChannelMessage, Simulation, StreamHub } from "../../simulator/index.ts";
import { ShellDriver } from "../../simulator/shell/driver.ts";
import { exchangeHttp } from "../../src/session/exchange.ts";
import type { ClusterWorld } from "../../src/terminal/shell/world.ts";

/** Virtual time that a new cluster has run when it is first seen: its nodes are up by then. */
const BOOT_MS = 60_000;
/** Between two looks at what waits. */
const STEP_MS = 100;
/** Where nothing is heard on the way. */
const LONG_STEP_MS = 10_000;
const REST_MS = 20;
/** What it takes a person's machine to start a command. */
const COMMAND_MS = 50;

export interface LocalClusterOptions {
  readonly seed: number;
  readonly workers: number;
  /**
   * `wall`: time goes on by itself, a second a second. `virtual`: it goes on only while something waits for it, as fast as
   * it can; a script leads to the same every time.
   */
  readonly pace: "wall" | "virtual";
}

interface Waiter {
  readonly untilMs: number;
  readonly resolve: () => void;
}

/** A simulated cluster in this process, as a shell sees it. */
export class LocalCluster implements ClusterWorld {
  readonly #simulation: Simulation;
  readonly #hub: StreamHub;
  readonly #driver: ShellDriver;
  readonly #pace: LocalClusterOptions["pace"];
  #waiters: Waiter[] = [];
  #streams = 0;
  #isMoving = false;
  #isClosed = false;

  private constructor(simulation: Simulation, pace: LocalClusterOptions["pace"]) {
    this.#simulation = simulation;
    this.#pace = pace;
    this.#hub = new StreamHub(simulation);
    this.#driver = new ShellDriver(simulation);
    if (pace === "wall") void this.#move();
  }

  static async start({ seed, workers, pace }: LocalClusterOptions): Promise<LocalCluster> {
    const extras = {
      shells: true,
      storageClasses: true,
      proxyDaemonSet: true,
      loadBalancers: true,
      metricsServer: true,
    };
    const simulation = Simulation.start({ seed, workers, ...extras });
    await new ShellDriver(simulation).advanceTo(BOOT_MS);
    return new LocalCluster(simulation, pace);
  }

  readonly request: ClusterWorld["request"] = async (request) => {
    const response = this.#simulation.request(request);
    this.#hub.pump();
    // Whatever was asked is answered before time goes on.
    if (this.#simulation.shellRequest !== undefined) await this.#driver.answer();
    return response;
  };

  readonly stream: ClusterWorld["stream"] = async (request: ApiRequest, hear: (message: ChannelMessage) => void) => {
    const opened = this.#hub.open(request, hear);
    if (!opened.ok) return opened;
    this.#streams++;
    void opened.value.ended.then(() => {
      this.#streams--;
    });
    this.#hub.pump();
    void this.#move();
    const { send, close, ended } = opened.value;
    return {
      ok: true,
      value: {
        send: (message) => {
          send(message);
          this.#hub.pump();
        },
        close,
        ended,
      },
    };
  };

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push({ untilMs: this.#simulation.nowMs + Math.max(0, Math.ceil(ms)), resolve });
      void this.#move();
    });
  }

  nowEpochMs(): number {
    return this.#simulation.options.startEpochMs + this.#simulation.nowMs;
  }

  /** Commands take their time here as well: what was asked for before comes about meanwhile. */
  sync(): Promise<void> {
    return this.#pace === "virtual" ? this.wait(COMMAND_MS) : Promise.resolve();
  }

  readonly fetch: ClusterWorld["fetch"] = async (host, port, request, secure) => {
    const network = this.#simulation.network.view({ kind: "node", node: "control-plane" });
    return exchangeHttp(network, { host, port, request, secure });
  };

  close(): void {
    this.#isClosed = true;
  }

  /** Moves time on while there is a reason to. */
  async #move(): Promise<void> {
    if (this.#isMoving) return;
    this.#isMoving = true;
    const wallStart = performance.now();
    const virtualStart = this.#simulation.nowMs;
    while (!this.#isClosed && (this.#pace === "wall" || this.#streams > 0 || this.#waiters.length > 0)) {
      const { nowMs } = this.#simulation;
      const step = this.#streams > 0 ? STEP_MS : LONG_STEP_MS;
      const next = Math.min(...this.#waiters.map(({ untilMs }) => untilMs), nowMs + step);
      const byWall = virtualStart + Math.floor(performance.now() - wallStart);
      await this.#driver.advanceTo(this.#pace === "wall" ? Math.max(nowMs, byWall) : Math.max(nowMs, next));
      this.#hub.pump();
      this.#wake();
      await (this.#pace === "wall" ? rest(REST_MS) : new Promise((resolve) => setImmediate(resolve)));
    }
    this.#isMoving = false;
  }

  #wake(): void {
    const { nowMs } = this.#simulation;
    for (const { untilMs, resolve } of this.#waiters) if (untilMs <= nowMs) resolve();
    this.#waiters = this.#waiters.filter(({ untilMs }) => untilMs > nowMs);
  }
}

/** A pause that keeps no process alive. */
function rest(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
