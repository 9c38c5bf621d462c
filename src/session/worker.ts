import { createBirpc } from "birpc";
import { kubectlApply, machineDescriptions, Simulation } from "../../simulator/index.ts";
import type { PageSide, WorkerSide } from "./protocol.ts";
import { Cluster } from "./worker/cluster.ts";
import { LessonPlayer } from "./worker/lessons.ts";
import { forgetSession, loadSession, saveSession } from "./worker/saving.ts";

// The worker: owns the simulation, moves it with the wall clock, and sends the page one batch a frame at most.

declare const self: DedicatedWorkerGlobalScope;

const FRAME_MS = 33;
const REST_MS = 12;
const SAVE_EVERY_MS = 4000;
/** Soon after something was done, so that a tab closed right then loses nothing. */
const SAVE_AFTER_INPUT_MS = 600;
/** Keeping a large session takes time; it may take one part in so many of the worker's. */
const SAVE_SHARE = 30;

interface Room {
  readonly cluster: Cluster;
  readonly lessons: LessonPlayer;
}

const wall = () => performance.now();
const opening = begin();
let open = false;
let sending = false;
let sentAt = 0;
let sentNow = -1;
let saveAt = wall() + SAVE_EVERY_MS;
let saving: Promise<void> = Promise.resolve();

const functions: WorkerSide = {
  open() {
    open = true;
    void opening.then(({ cluster, lessons }) => {
      cluster.reset();
      lessons.reset();
    });
  },
  async request(request) {
    const { cluster } = await opening;
    if (request.method !== "GET") saveSoon();
    return cluster.request(request);
  },
  async apply(text, options) {
    const { cluster } = await opening;
    saveSoon();
    return kubectlApply(async (request) => cluster.request(request), text, options);
  },
  machines: () => machineDescriptions(),
  async restart(options) {
    const { cluster, lessons } = await opening;
    await saving;
    await forgetSession();
    lessons.leave();
    cluster.become(Cluster.begin(options));
  },
  async keep() {
    await keep(await opening);
  },
  async lessons() {
    return (await opening).lessons.list();
  },
  async beginLesson(name) {
    (await opening).lessons.begin(name);
  },
  async leaveLesson() {
    (await opening).lessons.leave();
  },
  async actInLesson(step) {
    saveSoon();
    return (await opening).lessons.act(step);
  },
};

const page = createBirpc<PageSide, WorkerSide>(functions, {
  post: (data) => self.postMessage(data),
  on: (handler) => self.addEventListener("message", (event) => handler(event.data)),
  timeout: -1,
});

async function begin(): Promise<Room> {
  const kept = await loadSession();
  if (kept) {
    try {
      const cluster = new Cluster(Simulation.restore(kept.snapshot), wall);
      const lessons = new LessonPlayer(cluster);
      if (kept.lesson) lessons.begin(kept.lesson.scenario, kept.lesson);
      return { cluster, lessons };
    } catch (error) {
      console.warn("The kept session could not be taken up; a new one begins.", error);
    }
  }
  const cluster = new Cluster(Cluster.begin({}), wall);
  return { cluster, lessons: new LessonPlayer(cluster) };
}

function saveSoon(): void {
  saveAt = Math.min(saveAt, wall() + SAVE_AFTER_INPUT_MS);
}

async function keep({ cluster, lessons }: Room): Promise<void> {
  const begun = wall();
  const lesson = lessons.save();
  saving = saveSession({ snapshot: cluster.snapshot(), ...(lesson ? { lesson } : {}) });
  const took = wall() - begun;
  saveAt = begun + Math.max(SAVE_EVERY_MS, took * SAVE_SHARE);
  await saving;
}

function sendFrame({ cluster, lessons }: Room): void {
  const now = wall();
  if (!open || sending || now - sentAt < FRAME_MS) return;
  const lesson = lessons.news(now);
  if (!cluster.hasChanges && lesson === undefined && cluster.nowMs === sentNow && cluster.paused) return;
  sentNow = cluster.nowMs;
  sending = true;
  sentAt = now;
  const batch = cluster.take();
  page.batch(lesson === undefined ? batch : { ...batch, lesson }).finally(() => {
    sending = false;
  });
}

/** A turn of the loop that lets waiting messages go first: timers of 0 ms come after 4 ms when nested. */
const turn = new MessageChannel();

async function run(): Promise<void> {
  const room = await opening;
  const loop = () => {
    const caughtUp = room.cluster.slice();
    sendFrame(room);
    if (wall() > saveAt) void keep(room);
    if (caughtUp) setTimeout(loop, REST_MS);
    else turn.port2.postMessage(null);
  };
  turn.port1.onmessage = loop;
  loop();
}

void run();
