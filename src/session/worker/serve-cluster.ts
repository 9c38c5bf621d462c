import { createBirpc } from "birpc";
import {
  type ApiRequest,
  type ApiResponse,
  DEFAULT_PARTS,
  machineDescriptions,
  Simulation,
  schedulerProfiles,
} from "../../../simulator/index.ts";
import type { Look } from "../crowd.ts";
import { exchangeHttp } from "../exchange.ts";
import type { ClusterSide, PageSide } from "../protocol.ts";
import type { Exchange, ObjectChange, SessionOptions } from "../session.ts";
import { Cluster } from "./cluster.ts";
import { LessonPlayer } from "./lessons.ts";
import { Rerun } from "./rerun.ts";
import { type KeptSession, SessionKeeper } from "./saving.ts";
import { Streams } from "./streams.ts";

declare const self: DedicatedWorkerGlobalScope;

const FRAME_MS = 33;
/** Of a crowd each frame changes much: the page needs time to draw it, and to move the map. */
const FRAME_OF_CROWD_MS = 66;
/** While a run is played again, a look at it now and then will do. */
const FRAME_OF_PLAYBACK_MS = 200;
const REST_MS = 12;
const SAVE_EVERY_MS = 4000;
/** Soon after something was done, so that a tab closed right then loses nothing. */
const SAVE_AFTER_INPUT_MS = 600;
/** Keeping a large session takes time; it may take one part in so many of the worker's. */
const SAVE_SHARE = 30;

const wall = () => performance.now();

/** Owns the simulation: moves it with the wall clock, answers the page, and sends it one batch a frame at most. */
class ClusterServer {
  readonly #cluster: Cluster;
  readonly #lessons: LessonPlayer;
  readonly #page: PageSide;
  readonly #keeper: SessionKeeper;
  readonly streams: Streams;
  #open = false;
  #sending = false;
  #sentAt = 0;
  #sentNow = -1;
  #saveAt = wall() + SAVE_EVERY_MS;
  #saving: Promise<void> = Promise.resolve();

  constructor(cluster: Cluster, lessons: LessonPlayer, page: PageSide, keeper: SessionKeeper) {
    this.#cluster = cluster;
    this.#lessons = lessons;
    this.#page = page;
    this.#keeper = keeper;
    this.streams = new Streams(cluster, page);
  }

  /** The loop: works in short turns between which waiting messages go first. */
  run(): void {
    // Timers of 0 ms come after 4 ms when nested; a message to oneself does not.
    const turn = new MessageChannel();
    const loop = () => {
      const caughtUp = this.#cluster.slice();
      this.#sendFrame();
      if (!this.#cluster.isPlayingBack) this.#keeper.note(this.#cluster.journal);
      if (wall() > this.#saveAt) void this.keep();
      if (this.#cluster.isAsking) void this.#cluster.answer().then(() => turn.port2.postMessage(null));
      else if (caughtUp) setTimeout(loop, REST_MS);
      else turn.port2.postMessage(null);
    };
    turn.port1.onmessage = loop;
    loop();
  }

  open(): void {
    this.#open = true;
    this.#cluster.reset();
    this.#lessons.reset();
  }

  async request(request: ApiRequest): Promise<ApiResponse> {
    // What is read is answered at once, from what there is so far.
    if (request.method !== "GET") await this.played();
    const answer = this.#cluster.request(request);
    // At once: a tab may be closed right after.
    this.#keeper.note(this.#cluster.journal);
    return answer;
  }

  look(look: Look): void {
    this.#cluster.look(look);
    // Whoever selects something waits for it.
    this.#sentAt = 0;
    this.#sendFrame();
  }

  podsOf(node: string): readonly string[] {
    return this.#cluster.podsOf(node);
  }

  find(words: readonly string[]): readonly ObjectChange[] {
    return this.#cluster.find(words);
  }

  async wait(ms: number): Promise<void> {
    await this.played();
    return this.#cluster.waitVirtual(ms);
  }

  /** Waits while a kept run is played again: its inputs come first. */
  async played(): Promise<void> {
    if (this.#cluster.isPlayingBack) await this.#cluster.played;
  }

  async goOnFromHere(): Promise<void> {
    const taken = this.#cluster.stopRerun();
    if (taken !== undefined) await this.#keeper.cut(taken);
  }

  get now(): number {
    return this.#cluster.nowEpochMs;
  }

  fetch(exchange: Exchange): ReturnType<typeof exchangeHttp> {
    return exchangeHttp(this.#cluster.network, exchange);
  }

  async restart(options: SessionOptions): Promise<void> {
    await this.#saving;
    await this.#keeper.forget();
    this.#lessons.leave();
    this.#cluster.become(Cluster.begin(options));
    // Inputs are worth something only beside a snapshot that they follow.
    await this.keep(true);
  }

  get lessons(): LessonPlayer {
    return this.#lessons;
  }

  async act(step: string): Promise<string | undefined> {
    this.#saveSoon();
    return this.#lessons.act(step);
  }

  /** `whole`: as a snapshot, however large. */
  async keep(whole = false): Promise<void> {
    const begun = wall();
    this.#saveAt = begun + SAVE_EVERY_MS;
    if (this.#cluster.isPlayingBack) return;
    // A snapshot of a crowd would hold everything up for seconds: its inputs alone are kept, after the last snapshot.
    if (this.#cluster.crowded && !whole) {
      this.#keeper.note(this.#cluster.journal);
      await this.#keeper.mark(this.#cluster.standing);
      return;
    }
    const lesson = this.#lessons.save();
    const session = { snapshot: this.#cluster.snapshot(), ...(lesson ? { lesson } : {}) };
    this.#saving = this.#keeper.save(session, this.#cluster.journal);
    const took = wall() - begun;
    this.#saveAt = begun + Math.max(SAVE_EVERY_MS, took * SAVE_SHARE);
    await this.#saving;
  }

  #saveSoon(): void {
    this.#saveAt = Math.min(this.#saveAt, wall() + SAVE_AFTER_INPUT_MS);
  }

  #sendFrame(): void {
    const now = wall();
    const cluster = this.#cluster;
    const pause = cluster.isPlayingBack ? FRAME_OF_PLAYBACK_MS : cluster.crowded ? FRAME_OF_CROWD_MS : FRAME_MS;
    if (!this.#open || this.#sending || now - this.#sentAt < pause) return;
    const lesson = this.#lessons.news(now);
    if (!cluster.hasChanges && lesson === undefined && cluster.nowMs === this.#sentNow && cluster.paused) return;
    this.#sentNow = cluster.nowMs;
    this.#sending = true;
    this.#sentAt = now;
    const batch = cluster.take();
    const clock = this.#keeper.refused ? { ...batch.clock, unkept: true as const } : batch.clock;
    this.#page.batch({ ...batch, clock, ...(lesson !== undefined && { lesson }) }).finally(() => {
      this.#sending = false;
    });
  }

  /** Goes on once the run of the last visit is played again; where it can't be, a new cluster begins. */
  async takeUp(kept: KeptSession): Promise<void> {
    const wentWell = await this.#cluster.played;
    if (wentWell === false) await this.restart({});
    if (!wentWell) return;
    // What was played is kept already; that others hung up is new.
    this.#keeper.begin(this.#cluster.journal);
    this.#cluster.hangUp();
    if (kept.lesson) this.#lessons.begin(kept.lesson.scenario, kept.lesson);
    await this.keep();
  }
}

/** Takes up the session of the last visit, or begins one. */
async function begin(page: PageSide): Promise<ClusterServer> {
  const keeper = await SessionKeeper.open();
  const kept = await keeper.load();
  const taken = kept && takenUp(page, keeper, kept);
  if (taken) return taken;
  const cluster = new Cluster(Cluster.begin({}), wall);
  const server = new ClusterServer(cluster, new LessonPlayer(cluster), page, keeper);
  // Inputs are worth something only beside a snapshot that they follow.
  void server.keep(true);
  return server;
}

function takenUp(page: PageSide, keeper: SessionKeeper, kept: KeptSession): ClusterServer | undefined {
  try {
    const simulation = Simulation.restore(kept.snapshot);
    const cluster = new Cluster(simulation, wall, new Rerun(simulation, kept.inputs, kept.standing));
    const server = new ClusterServer(cluster, new LessonPlayer(cluster), page, keeper);
    void server.takeUp(kept);
    return server;
  } catch (error) {
    console.warn("The kept session could not be taken up; a new one begins.", error);
    return undefined;
  }
}

/** Serves a cluster to the page that made this worker. */
export function serveCluster(): void {
  const functions: ClusterSide = {
    open: async () => (await opening).open(),
    request: async (request) => (await opening).request(request),
    openStream: async (id, request) => {
      const server = await opening;
      await server.played();
      return server.streams.open(id, request);
    },
    sendStream: async (id, message) => (await opening).streams.send(id, message),
    closeStream: async (id) => (await opening).streams.close(id),
    wait: async (ms) => (await opening).wait(ms),
    now: async () => (await opening).now,
    fetch: async (exchange) => (await opening).fetch(exchange),
    look: async (look) => (await opening).look(look),
    podsOf: async (node) => (await opening).podsOf(node),
    find: async (words) => (await opening).find(words),
    schedulerProblem: async (text) => {
      const profiles = schedulerProfiles(text, DEFAULT_PARTS.plugins.all);
      return profiles.ok ? undefined : profiles.error;
    },
    machines: async () => machineDescriptions(),
    goOnFromHere: async () => (await opening).goOnFromHere(),
    restart: async (options) => (await opening).restart(options),
    keep: async () => (await opening).keep(),
    lessons: async () => (await opening).lessons.list(),
    beginLesson: async (name) => {
      const server = await opening;
      await server.played();
      server.lessons.begin(name);
    },
    leaveLesson: async () => (await opening).lessons.leave(),
    actInLesson: async (step) => (await opening).act(step),
  };
  const page = createBirpc<PageSide, ClusterSide>(functions, {
    post: (data) => self.postMessage(data),
    on: (handler) => self.addEventListener("message", (event) => handler(event.data)),
    timeout: -1,
  });
  const opening = begin(page);
  void opening.then((server) => server.run());
}
