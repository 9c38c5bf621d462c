import { createBirpc } from "birpc";
import type { PageSide, WorkerSide } from "./protocol.ts";
import type { Batch, Session } from "./session.ts";

/** Opens the session of this tab: a simulated cluster in a worker, as the last visit left it. */
export function openSession(): Session {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "tabernetes" });
  const listeners = new Set<(batch: Batch) => void>();
  const page: PageSide = {
    batch: (batch) => {
      for (const listener of listeners) listener(batch);
    },
  };
  // A worker that cannot even load says nothing by itself.
  worker.addEventListener("error", (event) => {
    const clock = { nowMs: 0, startEpochMs: 0, speed: 1, paused: true };
    const failure = event.message || "the worker could not be loaded";
    page.batch({ reset: false, clock, changes: [], components: [], failure });
  });
  const remote = createBirpc<WorkerSide, PageSide>(page, {
    post: (data) => worker.postMessage(data),
    on: (handler) => worker.addEventListener("message", (event) => handler(event.data)),
    // A long advance of a large cluster is not a failure.
    timeout: -1,
  });
  const keep = () => {
    if (document.visibilityState === "hidden") void remote.keep();
  };
  document.addEventListener("visibilitychange", keep);
  return {
    request: (request) => remote.request(request),
    apply: (text, options = {}) => remote.apply(text, options),
    machines: () => remote.machines(),
    lessons: {
      list: () => remote.lessons(),
      begin: (name) => remote.beginLesson(name),
      leave: () => remote.leaveLesson(),
      act: (step) => remote.actInLesson(step),
    },
    restart: (options = {}) => remote.restart(options),
    subscribe(listener) {
      listeners.add(listener);
      // Every newcomer begins with all there is.
      void remote.open();
      return () => listeners.delete(listener);
    },
    close() {
      document.removeEventListener("visibilitychange", keep);
      listeners.clear();
      worker.terminate();
    },
  };
}
