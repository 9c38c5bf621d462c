import { type ApiRequest, type ApiResponse, BrokenInvariant, type Simulation } from "../simulator/index.ts";
import { ShellDriver } from "../simulator/shell/driver.ts";
import { Playback } from "../src/session/worker/playback.ts";

/** How long the loop rests when virtual time has caught up with the wall. */
const REST_MS = 10;

const MOST_INPUTS = 10_000;

/** Keeps inputs before they are answered; see data-folder.ts. */
export interface InputKeeper {
  /** Notes the inputs that came since the last call, and the present. */
  note(): void;
  /** Settles when everything noted so far would survive a crash. */
  durable(): Promise<void>;
}

/** A simulation that runs with the wall clock, in slices; requests are answered between two of them. */
export class RunningCluster {
  readonly simulation: Simulation;
  readonly #playback: Playback;
  readonly #shells: ShellDriver;
  readonly #keeper: InputKeeper | undefined;
  readonly #onFailure: (error: unknown) => void;
  readonly #changed = new Set<string>();
  readonly #stopListening: () => void;
  #onChange: (resources: ReadonlySet<string>) => void = () => {};
  #onTurn: () => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #stopped = false;

  /** `onFailure` hears of an invariant that broke, and of inputs that could not be kept: the run must not go on. */
  constructor(simulation: Simulation, keeper: InputKeeper | undefined, onFailure: (error: unknown) => void) {
    this.simulation = simulation;
    this.#keeper = keeper;
    this.#onFailure = onFailure;
    this.#playback = new Playback(simulation, () => performance.now());
    this.#shells = new ShellDriver(simulation);
    this.#stopListening = simulation.onCommit((_change, { ref }) => {
      this.#changed.add(ref.id);
    });
    this.#followClock();
  }

  /** Who hears, after each slice and request, in which resources something was written. */
  set onChange(listener: (resources: ReadonlySet<string>) => void) {
    this.#onChange = listener;
  }

  /** Who hears after each slice, and after each input: streams may have something to give. */
  set onTurn(listener: () => void) {
    this.#onTurn = listener;
  }

  start(): void {
    this.#playback.anchor();
    this.#turn();
  }

  stop(): void {
    this.#stopped = true;
    this.#stopListening();
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
  }

  /** Answers a request at the present instant; a write is kept before its answer is given. */
  async request(request: ApiRequest): Promise<ApiResponse> {
    const { inputs } = this.simulation.journal;
    const before = inputs.length;
    const answer = this.#guarded(() => this.simulation.request(request));
    this.#publish();
    // Such a request may have moved time itself: go on from where it is now.
    if (request.method === "POST" && request.path.includes("/clocks/")) this.#playback.anchor();
    if (this.simulation.journal.inputs.length !== before) await this.#keep();
    return answer;
  }

  async #keep(): Promise<void> {
    const { journal } = this.simulation;
    if (this.#keeper === undefined) {
      // Nobody will play this run again: its inputs must not fill the memory.
      if (journal.inputs.length > MOST_INPUTS) journal.load({ inputs: [], writes: journal.writes });
      return;
    }
    try {
      this.#keeper.note();
      await this.#keeper.durable();
    } catch (error) {
      this.#onFailure(error);
    }
  }

  watch(request: ApiRequest): ReturnType<Simulation["watch"]> {
    return this.simulation.watch(request);
  }

  stream(request: ApiRequest): ReturnType<Simulation["stream"]> {
    return this.simulation.stream(request);
  }

  /** Opens a connection into a pod; what is sent on it is kept as requests are. */
  connect(request: ApiRequest): ReturnType<Simulation["connect"]> {
    const opened = this.#guarded(() => this.simulation.connect(request));
    if (!opened.ok) return opened;
    const { id, target, ...connection } = opened.value;
    const input = (action: () => void): void => {
      this.#guarded(action);
      this.#publish();
      void this.#keep();
      this.#onTurn();
    };
    void this.#keep();
    return {
      ok: true,
      value: {
        id,
        target,
        send: (message) => input(() => connection.send(message)),
        next: connection.next,
        get ended() {
          return opened.value.ended;
        },
        close: () => input(connection.close),
      },
    };
  }

  #turn(): void {
    if (this.#stopped) return;
    const caughtUp = this.#guarded(() => this.#playback.slice());
    this.#publish();
    this.#onTurn();
    if (this.simulation.shellRequest !== undefined) {
      this.#shells.answer().then(
        () => {
          this.#immediate = setImmediate(() => this.#turn());
        },
        (error) => this.#onFailure(error),
      );
    } else if (caughtUp) this.#timer = setTimeout(() => this.#turn(), REST_MS);
    else this.#immediate = setImmediate(() => this.#turn());
  }

  #publish(): void {
    if (this.#changed.size === 0) return;
    const resources = new Set(this.#changed);
    this.#changed.clear();
    if (resources.has("clocks.simulation.tabernetes.dev")) this.#followClock();
    this.#onChange(resources);
  }

  /** Speed and pause are an object of the API like any other; this is who obeys it. */
  #followClock(): void {
    for (const collection of this.simulation.store.collections) {
      if (collection.ref.kind !== "Clock") continue;
      const clock = collection.get("cluster") as { spec?: { speed?: number; paused?: boolean } } | undefined;
      this.#playback.set(clock?.spec?.speed ?? 1, clock?.spec?.paused ?? false);
    }
  }

  #guarded<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (error instanceof BrokenInvariant) this.#onFailure(error);
      throw error;
    }
  }
}
