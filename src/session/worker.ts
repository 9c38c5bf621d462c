import { createBirpc } from "birpc";
import { kubectlApply, machineDescriptions, Simulation } from "../../simulator/index.ts";
import type { PageSide, WorkerSide } from "./protocol.ts";
import { Cluster } from "./worker/cluster.ts";
import { forgetSession, loadSession, saveSession } from "./worker/saving.ts";

// The worker: owns the simulation, moves it with the wall clock, and sends the page one batch a frame at most.

declare const self: DedicatedWorkerGlobalScope;

const FRAME_MS = 33;
const REST_MS = 12;
const SAVE_EVERY_MS = 4000;
/** Keeping a large session takes time; it may take one part in so many of the worker's. */
const SAVE_SHARE = 30;

const wall = () => performance.now();
const opening = begin();
let open = false;
let sending = false;
let sentAt = 0;
let savedAt = wall();
let saveTook = 0;
let saving: Promise<void> = Promise.resolve();

const functions: WorkerSide = {
  open() {
    open = true;
    void opening.then((cluster) => cluster.reset());
  },
  request: async (request) => (await opening).request(request),
  apply: async (text, options) => {
    const cluster = await opening;
    return kubectlApply(async (request) => cluster.request(request), text, options);
  },
  machines: () => machineDescriptions(),
  async restart(options) {
    const cluster = await opening;
    await saving;
    await forgetSession();
    cluster.become(Cluster.begin(options));
  },
  async keep() {
    await keep(await opening);
  },
};

const page = createBirpc<PageSide, WorkerSide>(functions, {
  post: (data) => self.postMessage(data),
  on: (handler) => self.addEventListener("message", (event) => handler(event.data)),
  timeout: -1,
});

async function begin(): Promise<Cluster> {
  const kept = await loadSession();
  if (kept) {
    try {
      return new Cluster(Simulation.restore(kept), wall);
    } catch (error) {
      console.warn("The kept session could not be taken up; a new one begins.", error);
    }
  }
  return new Cluster(Cluster.begin({}), wall);
}

async function keep(cluster: Cluster): Promise<void> {
  if (!cluster.changed) return;
  cluster.changed = false;
  const begun = wall();
  saving = saveSession(cluster.snapshot());
  saveTook = wall() - begun;
  await saving;
  savedAt = wall();
}

let lastNow = -1;

function sendFrame(cluster: Cluster): void {
  const now = wall();
  if (!open || sending || now - sentAt < FRAME_MS) return;
  if (!cluster.hasChanges && cluster.nowMs === lastNow && cluster.paused) return;
  lastNow = cluster.nowMs;
  sending = true;
  sentAt = now;
  page.batch(cluster.take()).finally(() => {
    sending = false;
  });
}

/** A turn of the loop that lets waiting messages go first: timers of 0 ms come after 4 ms when nested. */
const turn = new MessageChannel();

async function run(): Promise<void> {
  const cluster = await opening;
  const loop = () => {
    const caughtUp = cluster.slice();
    sendFrame(cluster);
    if (wall() - savedAt > Math.max(SAVE_EVERY_MS, saveTook * SAVE_SHARE)) {
      savedAt = wall();
      void keep(cluster);
    }
    if (caughtUp) setTimeout(loop, REST_MS);
    else turn.port2.postMessage(null);
  };
  turn.port1.onmessage = loop;
  loop();
}

void run();
