import { ServiceAccountTokens } from "./api/authentication/service-account-tokens.ts";
import type { AccessView } from "./api/authorization/resolver.ts";
import { DynamicKinds } from "./api/custom/dynamic-kinds.ts";
import type { ApiRequest, ApiResponse } from "./api/http.ts";
import { inProcessClient, storeCache } from "./api/in-process-client.ts";
import { indexersOf } from "./api/indexers.ts";
import { formatTime, timeOf } from "./api/meta/time.ts";
import { joinKey } from "./api/object.ts";
import { Operations } from "./api/operations.ts";
import { SIMULATION_GROUP } from "./api/refs.ts";
import { ApiServer, statusResponse } from "./api/server.ts";
import { type Change, type Collection, Store } from "./api/store.ts";
import type { ByteStream, ChannelMessage, ClientConnection } from "./api/streams.ts";
import { subresourceKey } from "./api/subresource.ts";
import { subresourceHandlers } from "./api/subresources/registry.ts";
import type { WebhookCaller } from "./api/webhooks/call.ts";
import { assert, BrokenInvariant, present } from "./base/assert.ts";
import { defineRegistry } from "./base/registry.ts";
import { fail, ok, type Result } from "./base/result.ts";
import { bootstrap } from "./bootstrap.ts";
import { type ClusterOptions, DEFAULT_OPTIONS } from "./cluster-options.ts";
import { addComponents } from "./components.ts";
import { advanceHandler } from "./control-plane/clock-advance.ts";
import { leads } from "./control-plane/leader-election.ts";
import { type ComponentState, Host } from "./controller-runtime/host.ts";
import { faultAdmission } from "./faults/admission.ts";
import { API_SERVER_IP, setUpMachines } from "./initial-machines.ts";
import { CauseObjects } from "./journal/cause-objects.ts";
import { isInput } from "./journal/input.ts";
import { type InputPlace, Journal, type JournalInput } from "./journal/journal.ts";
import { ResourceMetrics } from "./metrics/resource-metrics.ts";
import { Network } from "./network/network.ts";
import { kubeletComponent } from "./node/kubelet.ts";
import { Machines } from "./node/machines.ts";
import type { ShellParseResult, ShellRequest, ShellRunResult } from "./node/process/port.ts";
import { Shells, shellsPort } from "./node/process/shells.ts";
import { Connections } from "./node/server/connections.ts";
import { MachinesDoor } from "./node/server/door.ts";
import { containerSessions } from "./node/server/sessions.ts";
import { kubeletSources } from "./node/sources.ts";
import { DEFAULT_PARTS, type Parts } from "./parts.ts";
import { metricsKinds } from "./resources/metrics/registry.ts";
import { VerdictObjects } from "./scheduler/verdict-objects.ts";
import type { Snapshot } from "./snapshot.ts";
import { Clock } from "./time/clock.ts";
import { Random } from "./time/random.ts";
import { WaitObjects } from "./waits/wait-objects.ts";

const API_SERVER_PORT = 6443;
/** What processes of kubelets are called, before their node's name. */
const KUBELET = "kubelet/";

/** Hears each commit, in the commit: the page's view. It must not write. */
export type CommitListener = (change: Change, collection: Collection) => void;

/** A simulated cluster: wires the parts, and moves time. `seed + inputs = the run`, byte for byte. */
export class Simulation {
  readonly options: ClusterOptions;
  readonly clock = new Clock();
  readonly store = new Store();
  readonly journal = new Journal();
  readonly host: Host;
  readonly machines: Machines;
  readonly network: Network;
  /** The metrics server, where it is installed. */
  readonly #metrics: ResourceMetrics | undefined;
  readonly #parts: Parts;
  readonly #kinds: DynamicKinds;
  readonly #random: Random;
  readonly #operations: Operations;
  /** The API server's way to the pods of the cluster. */
  readonly #http: MachinesDoor["http"] = (...request) => new MachinesDoor(this.machines).http(...request);
  readonly #view: AccessView;
  readonly #tokens: ServiceAccountTokens;
  readonly #server: ApiServer;
  readonly #connections: Connections;
  readonly #shells: Shells;
  readonly #listeners = new Set<CommitListener>();
  #apiUp = false;
  /** The time text made last: thousands of writes share one second. */
  #lastSecond = { second: Number.NaN, text: "" };
  /** Set by a commit worth stopping at; see `advanceToNextEvent`. */
  #sawEvent = false;

  constructor(options: Partial<ClusterOptions> = {}, parts: Parts = DEFAULT_PARTS) {
    this.options = { ...DEFAULT_OPTIONS, ...options };
    this.#parts = parts;
    this.#random = new Random(this.options.seed);
    const served = this.options.metricsServer ? [...parts.kinds.all, ...metricsKinds] : parts.kinds.all;
    const kinds = defineRegistry("kind", served, ({ ref }) => ref.id);
    for (const kind of kinds.all) this.store.add(kind.ref, indexersOf(kind), kind.newCell);
    const nowEpochMs = () => this.options.startEpochMs + this.clock.nowMs;
    const webhooks: WebhookCaller = { store: this.store, http: this.#http, nowEpochMs };
    this.#kinds = new DynamicKinds(kinds, this.store, (kind) => this.store.add(kind.ref, indexersOf(kind)), webhooks);
    this.store.onCommit = (change, collection) => this.#onCommit(change, collection);
    this.#operations = new Operations({
      store: this.store,
      admission: [...parts.admission.all, faultAdmission(parts.faults)],
      kinds: this.#kinds,
      random: this.#random.stream("kube-apiserver"),
      nowMs: () => this.clock.nowMs,
      formatTime: (ms) => this.#formatTime(ms),
      webhooks,
    });
    const { store } = this;
    this.#view = {
      find: (ref, namespace, name) => store.of(ref).get(joinKey(namespace, name)),
      byIndex: (ref, index, value) => store.of(ref).byIndex(index, value),
    };
    this.#tokens = new ServiceAccountTokens({
      secret: `service-account-key/${this.options.seed}`,
      random: this.#random.stream("kube-apiserver/tokens"),
      nowEpochMs,
      view: this.#view,
    });
    this.host = this.#newHost();
    this.machines = new Machines({
      processes: {
        start: (process) => this.host.startProcess(process),
        stop: (process) => this.host.stopProcess(process),
      },
      nowMs: () => this.clock.nowMs,
      sources: kubeletSources(storeCache(store), this.#tokens, this.options.startEpochMs),
      network: (place) => this.network.view(place),
      ...(this.options.shells && { shells: shellsPort(() => this.#shells) }),
      proxy: (machine, does) => this.network.onProxy(machine, does),
    });
    if (this.options.metricsServer) this.#metrics = new ResourceMetrics(this.machines);
    this.network = new Network({
      machines: this.machines,
      random: (name) => this.#random.stream(name),
      // What a container asks follows from the run: nobody needs to note it to play the run again.
      api: (request) => {
        this.journal.author(this.#server.userName(request), `${request.method} ${request.path}`);
        return this.#server.handle(request);
      },
    });
    this.#shells = new Shells({
      clock: this.clock,
      machines: this.machines,
      printed: (...what) => this.#connections.printed(...what),
      ended: (...what) => this.#connections.ended(...what),
    });
    this.clock.isHeld = () => this.#shells.isAsking;
    this.#connections = new Connections(this.machines, this.options.shells ? this.#shells : containerSessions());
    this.#server = this.#newServer();
    addComponents(this.host, {
      machines: this.machines,
      options: this.options,
      parts,
      metrics: this.#metrics,
      kinds: this.#kinds,
    });
  }

  /** Begins a cluster: its machines are switched on at virtual 0. */
  static start(options: Partial<ClusterOptions> = {}, parts: Parts = DEFAULT_PARTS): Simulation {
    const simulation = new Simulation(options, parts);
    simulation.#guard(() => {
      simulation.journal.author("bootstrap", "");
      bootstrap(simulation.#operations, parts.kinds, simulation.options);
      simulation.host.startProcess("simulation");
      setUpMachines(simulation.machines, simulation.options);
      simulation.#addKubelets();
      for (const { name } of simulation.machines.all) simulation.machines.power(name, true);
    });
    return simulation;
  }

  /** Plays a run again from its inputs, each at its exact place between two messages, up to `endMs`. */
  static replay(
    options: ClusterOptions,
    inputs: readonly JournalInput[],
    endMs: number,
    parts: Parts = DEFAULT_PARTS,
  ): Simulation {
    const simulation = Simulation.start(options, parts);
    simulation.takeUp(inputs);
    simulation.advanceTo(endMs);
    return simulation;
  }

  /** Continues from a snapshot as if nothing had happened. */
  static restore(snapshot: Snapshot, parts: Parts = DEFAULT_PARTS): Simulation {
    assert(snapshot.version === 2, `a snapshot of version ${snapshot.version}`);
    const simulation = new Simulation(snapshot.options, parts);
    simulation.#kinds.restore(snapshot.store);
    simulation.store.load(snapshot.store);
    simulation.journal.load(snapshot.journal);
    simulation.#random.load(snapshot.random);
    simulation.clock.load(snapshot.clock);
    simulation.machines.load(snapshot.machines);
    simulation.#connections.load(snapshot.connections);
    simulation.#shells.load(snapshot.shells);
    simulation.network.load(snapshot.network);
    simulation.#addKubelets();
    simulation.host.load(snapshot.host);
    simulation.#apiUp = simulation.#serving();
    return simulation;
  }

  /**
   * Takes up inputs that came after this state, each at its exact place between two messages: what a kept journal holds
   * beyond the kept snapshot.
   */
  takeUp(inputs: readonly JournalInput[]): void {
    for (const input of inputs) {
      const { position, atMs } = input;
      while (this.clock.handled < position && this.step()) {}
      assert(
        this.clock.handled === position,
        `input ${position} is not in this run, which is at ${this.clock.handled}`,
      );
      this.clock.standAt(atMs);
      if ("connection" in input) this.#receive(input.connection, input.message);
      else if (input.upgrades === true) this.#connect(input.request);
      else this.request(input.request);
    }
  }

  /** The whole state; take it between two steps. Objects in it are the frozen ones themselves. */
  snapshot(): Snapshot {
    return {
      version: 2,
      options: this.options,
      clock: this.clock.save(),
      random: this.#random.save(),
      store: this.store.save(),
      host: this.host.save(),
      machines: this.machines.save(),
      network: this.network.save(),
      journal: this.journal.save(),
      connections: this.#connections.save(),
      shells: this.#shells.save(),
    };
  }

  /** A second simulation that goes its own way from here; objects are shared. */
  fork(): Simulation {
    return Simulation.restore(this.snapshot(), this.#parts);
  }

  /**
   * The command that some process waits for, and time with it: nothing moves until `answerShell` brings what became of it.
   * Undefined when nothing is asked.
   */
  get shellRequest(): ShellRequest | undefined {
    return this.#shells.request;
  }

  answerShell(answer: ShellRunResult | ShellParseResult): void {
    this.#guard(() => this.#shells.answer(answer));
  }

  get nowMs(): number {
    return this.clock.nowMs;
  }

  get apiUp(): boolean {
    return this.#apiUp;
  }

  /** Answers one API request at the present instant. Writes are journaled: they are the run's inputs. */
  request(request: ApiRequest): ApiResponse {
    return this.#guard(() => {
      if (isInput(request)) {
        this.journal.addInput({ ...this.#place(), request });
      }
      this.journal.author(this.#server.userName(request), `${request.method} ${request.path}`);
      return this.#server.handle(request);
    });
  }

  /** Opens a watch on a collection; its reader pulls events as time goes on. It leaves no trace in the run. */
  watch(request: ApiRequest) {
    return this.#server.watch(request);
  }

  /** Opens a log that is followed; undefined: there is nothing to follow. It leaves no trace in the run. */
  stream(request: ApiRequest): Result<ByteStream | undefined, ApiResponse> {
    return this.#server.stream(request);
  }

  /** Opens a connection into a pod (exec, attach, portforward). What is sent on it is journaled: it is input of the run. */
  connect(request: ApiRequest): Result<ClientConnection, ApiResponse> {
    return this.#guard(() => {
      const opened = this.#connect(request);
      if (!opened.ok) return opened;
      const connections = this.#connections;
      const { id, target } = opened.value;
      connections.hold(id);
      return ok({
        id,
        target,
        send: (message) => this.#guard(() => this.#receive(id, message)),
        next: () => connections.read(id),
        get ended() {
          return connections.hasEnded(id);
        },
        close: () => this.#guard(() => this.#receive(id, null)),
      });
    });
  }

  /** Hangs up all connections: whoever held them before a restart is gone. */
  hangUp(): void {
    for (const id of this.#connections.ids) this.#guard(() => this.#receive(id, null));
  }

  #connect(request: ApiRequest): Result<Pick<ClientConnection, "id" | "target">, ApiResponse> {
    const input = { ...this.#place(), request, upgrades: true } as const;
    this.journal.author(this.#server.userName(request), `${request.method} ${request.path}`);
    const target = this.#server.connect(request);
    if (!target.ok) return target;
    const id = this.#connections.open(target.value);
    if (!id.ok) return fail(statusResponse(id.error));
    this.journal.addInput(input);
    return ok({ id: id.value, target: target.value });
  }

  #receive(connection: number, message: ChannelMessage | null): void {
    if (!this.#connections.ids.includes(connection)) return;
    this.journal.addInput({ ...this.#place(), connection, message });
    this.journal.author("exec", `connection ${connection}`);
    if (message === null) this.#connections.close(connection);
    else this.#connections.receive(connection, message);
  }

  /** Moves time on to `ms` (virtual milliseconds since the beginning), doing all that is due on the way. */
  advanceTo(ms: number): void {
    this.#guard(() => this.clock.advanceTo(ms));
  }

  /**
   * Moves time on by at most `maxMessages` messages and not beyond `ms`; true when `ms` was reached. For callers that
   * must come up for air.
   */
  advanceSome(ms: number, maxMessages: number): boolean {
    return this.#guard(() => {
      for (let count = 0; count < maxMessages; count++) {
        if (!this.clock.step(ms)) {
          this.clock.advanceTo(ms);
          return !this.clock.isHeld();
        }
      }
      return false;
    });
  }

  /** Handles one message; false when nothing is pending. */
  step(): boolean {
    return this.#guard(() => this.clock.step());
  }

  /** Goes on until something worth seeing was written (no heartbeat), or for `limitMs` at most. */
  advanceToNextEvent(limitMs: number): void {
    this.#guard(() => {
      this.#sawEvent = false;
      const end = this.clock.nowMs + limitMs;
      while (!this.#sawEvent) {
        if (this.clock.step(end)) continue;
        if (!this.clock.isHeld()) this.clock.advanceTo(end);
        return;
      }
    });
  }

  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  components(wanted?: (process: string) => boolean): IterableIterator<ComponentState> {
    return this.host.states(wanted);
  }

  /** Adds seed and position to a broken invariant, so that the run can be found again. */
  #guard<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof BrokenInvariant) || error.message.includes("[seed ")) throw error;
      const place = `[seed ${this.options.seed}, after ${this.clock.handled} messages, ${this.clock.nowMs} ms]`;
      throw new BrokenInvariant(`${error.message} ${place}`, { cause: error });
    }
  }

  #formatTime(ms: number): string {
    const second = Math.floor((this.options.startEpochMs + ms) / 1000);
    if (second !== this.#lastSecond.second) this.#lastSecond = { second, text: formatTime(second * 1000) };
    return this.#lastSecond.text;
  }

  #parseTime(text: string): number {
    return present(timeOf(text), `time ${text}`) - this.options.startEpochMs;
  }

  #newServer(): ApiServer {
    const kinds = this.#kinds;
    const handlers = [...subresourceHandlers(kinds.all), advanceHandler(this)];
    return new ApiServer({
      store: this.store,
      view: this.#view,
      tokens: this.#tokens,
      kinds,
      operations: this.#operations,
      subresources: kinds.withSubresources(
        defineRegistry("subresource", handlers, ({ resource, name }) => subresourceKey(resource, name)),
      ),
      nowMs: () => this.clock.nowMs,
      startEpochMs: this.options.startEpochMs,
      up: () => this.#apiUp,
      door: new MachinesDoor(this.machines),
      ...(this.#metrics && { metrics: this.#metrics }),
      verdicts: new VerdictObjects(() => this.host.bodyOf("kube-scheduler"), this.options.startEpochMs),
      causes: new CauseObjects(this.journal, this.options.startEpochMs),
      waits: new WaitObjects({
        store: this.store,
        bodyOf: (name) => this.host.bodyOf(name),
        parseMs: (text) => this.#parseTime(text),
        nowMs: () => this.clock.nowMs,
        startEpochMs: this.options.startEpochMs,
      }),
      alwaysServed: [SIMULATION_GROUP],
      describe: this.#parts.describe,
      address: `${API_SERVER_IP}:${API_SERVER_PORT}`,
    });
  }

  /** Where an input stands in the run. What is being answered to a shell is asked again: the input may change it. */
  #place(): InputPlace {
    if (this.#shells.isAsking) this.#shells.askAnew();
    const asking = this.#shells.isAsking && { asking: true as const };
    return { position: this.clock.handled, atMs: this.clock.nowMs, ...asking };
  }

  #newHost(): Host {
    const cache = storeCache(this.store);
    return new Host({
      clock: this.clock,
      random: this.#random,
      store: this.store,
      cache,
      clientFor: (component, reachable, process) =>
        inProcessClient({
          user: component,
          manager: process.split("/")[0] ?? process,
          store: this.store,
          cache,
          kinds: this.#kinds,
          operations: this.#operations,
          reachable,
        }),
      reachable: (process) => this.#reachable(process),
      leads: (process) => leads(this.host.bodyOf(`leader-election/${process}`)),
      startEpochMs: this.options.startEpochMs,
      formatTime: (ms) => this.#formatTime(ms),
      parseTime: (text) => this.#parseTime(text),
      because: (component, cause) => this.journal.author(component, cause),
      onStateChange: (component) => this.#onStateChange(component),
    });
  }

  #addKubelets(): void {
    for (const { name } of this.machines.all) this.host.add(kubeletComponent(name, this.machines));
  }

  /** etcd needs nobody, the API server needs etcd, all others need the API server. */
  #reachable(process: string): boolean {
    if (process === "etcd" || process === "simulation") return true;
    if (process === "kube-apiserver") return this.host.stateOf("etcd")?.startsWith("running") === true;
    if (!this.#apiUp) return false;
    return !process.startsWith(KUBELET) || this.machines.get(process.slice(KUBELET.length))?.connected === true;
  }

  #serving(): boolean {
    const running = (name: string) => this.host.stateOf(name)?.startsWith("running") === true;
    return running("etcd") && running("kube-apiserver");
  }

  #onStateChange(component: string): void {
    if (component === "etcd")
      this.host.tell(this.#reachable("kube-apiserver") ? "API_UP" : "API_DOWN", "kube-apiserver");
    if (component !== "etcd" && component !== "kube-apiserver") return;
    const up = this.#serving();
    if (up === this.#apiUp) return;
    this.#apiUp = up;
    for (const process of this.host.processes()) {
      if (process !== "etcd" && process !== "kube-apiserver") this.host.tell(up ? "API_UP" : "API_DOWN", process);
    }
  }

  #onCommit(change: Change, collection: Collection): void {
    this.#kinds.follow(change);
    this.journal.addWrite(change, collection.ref.id, this.clock.nowMs, this.clock.cause);
    if (collection.ref.kind === "Event" || collection.ref.kind === "Fault") this.#sawEvent = true;
    for (const listener of this.#listeners) listener(change, collection);
  }
}
