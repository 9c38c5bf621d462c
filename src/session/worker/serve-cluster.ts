import { createBirpc } from "birpc";
import {
  type ApiRequest,
  type ApiResponse,
  DEFAULT_PARTS,
  machineDescriptions,
  Simulation,
  schedulerProfiles,
} from "../../../simulator/index.ts";
import { ShellDriver } from "../../../simulator/shell/driver.ts";
import type { Look } from "../crowd.ts";
import { exchangeHttp } from "../exchange.ts";
import type { ClusterSide, PageSide } from "../protocol.ts";
import type { Exchange, ObjectChange, SessionOptions } from "../session.ts";
import { Cluster } from "./cluster.ts";
import { LessonPlayer } from "./lessons.ts";
import { SessionKeeper } from "./saving.ts";
import { Streams } from "./streams.ts";

declare const self: DedicatedWorkerGlobalScope;

const FRAME_MS = 33;
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
      this.#keeper.note(this.#cluster.journal);
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

  request(request: ApiRequest): ApiResponse {
    const answer = this.#cluster.request(request);
    // At once: a tab may be closed right after.
    this.#keeper.note(this.#cluster.journal);
    return answer;
  }

  look(look: Look): void {
    this.#cluster.look(look);
    // Whoever selects something waits for it.
    this.#sentAt = 0;
  }

  find(words: readonly string[]): readonly ObjectChange[] {
    return this.#cluster.find(words);
  }

  wait(ms: number): Promise<void> {
    return this.#cluster.waitVirtual(ms);
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
    await this.keep();
  }

  get lessons(): LessonPlayer {
    return this.#lessons;
  }

  async act(step: string): Promise<string | undefined> {
    this.#saveSoon();
    return this.#lessons.act(step);
  }

  async keep(): Promise<void> {
    const begun = wall();
    // A snapshot of a crowd would hold everything up for seconds: its inputs alone are kept, after the last snapshot.
    if (this.#cluster.crowded) {
      this.#keeper.note(this.#cluster.journal);
      this.#saveAt = begun + SAVE_EVERY_MS;
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
    if (!this.#open || this.#sending || now - this.#sentAt < FRAME_MS) return;
    const cluster = this.#cluster;
    const lesson = this.#lessons.news(now);
    if (!cluster.hasChanges && lesson === undefined && cluster.nowMs === this.#sentNow && cluster.paused) return;
    this.#sentNow = cluster.nowMs;
    this.#sending = true;
    this.#sentAt = now;
    const batch = cluster.take();
    this.#page.batch(lesson === undefined ? batch : { ...batch, lesson }).finally(() => {
      this.#sending = false;
    });
  }
}

/** Takes up the session of the last visit, or begins one. */
async function begin(page: PageSide): Promise<ClusterServer> {
  const keeper = await SessionKeeper.open();
  const server = (await takenUp(page, keeper)) ?? fresh(page, keeper);
  // Inputs are worth something only beside a snapshot that they follow.
  void server.keep();
  return server;
}

async function takenUp(page: PageSide, keeper: SessionKeeper): Promise<ClusterServer | undefined> {
  const kept = await keeper.load();
  if (kept === undefined) return undefined;
  try {
    const simulation = Simulation.restore(kept.snapshot);
    await new ShellDriver(simulation).takeUp(kept.inputs);
    const cluster = new Cluster(simulation, wall);
    const lessons = new LessonPlayer(cluster);
    if (kept.lesson) lessons.begin(kept.lesson.scenario, kept.lesson);
    return new ClusterServer(cluster, lessons, page, keeper);
  } catch (error) {
    console.warn("The kept session could not be taken up; a new one begins.", error);
    return undefined;
  }
}

function fresh(page: PageSide, keeper: SessionKeeper): ClusterServer {
  const cluster = new Cluster(Cluster.begin({}), wall);
  return new ClusterServer(cluster, new LessonPlayer(cluster), page, keeper);
}

/** Serves a cluster to the page that made this worker. */
export function serveCluster(): void {
  const functions: ClusterSide = {
    open: async () => (await opening).open(),
    request: async (request) => (await opening).request(request),
    openStream: async (id, request) => (await opening).streams.open(id, request),
    sendStream: async (id, message) => (await opening).streams.send(id, message),
    closeStream: async (id) => (await opening).streams.close(id),
    wait: async (ms) => (await opening).wait(ms),
    now: async () => (await opening).now,
    fetch: async (exchange) => (await opening).fetch(exchange),
    look: async (look) => (await opening).look(look),
    find: async (words) => (await opening).find(words),
    schedulerProblem: async (text) => {
      const profiles = schedulerProfiles(text, DEFAULT_PARTS.plugins.all);
      return profiles.ok ? undefined : profiles.error;
    },
    machines: async () => machineDescriptions(),
    restart: async (options) => (await opening).restart(options),
    keep: async () => (await opening).keep(),
    lessons: async () => (await opening).lessons.list(),
    beginLesson: async (name) => (await opening).lessons.begin(name),
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
