import { createBirpc } from "birpc";
import { Applier } from "./applier.ts";
import { PageStreams } from "./page-streams.ts";
import { CLUSTER_WORKER, type ClusterSide, type PageSide } from "./protocol.ts";
import type { Batch, Session } from "./session.ts";

/** Opens the session of this tab: a simulated cluster in a worker, as the last visit left it. */
export function openSession(): Session {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: CLUSTER_WORKER });
  const listeners = new Set<(batch: Batch) => void | Promise<void>>();
  const page: PageSide = {
    async batch(batch) {
      await Promise.all([...listeners].map((listener) => listener(batch)));
    },
    async stream(id, messages) {
      streams.take(id, messages);
    },
  };
  // A worker that cannot even load says nothing by itself.
  worker.addEventListener("error", (event) => {
    const clock = { nowMs: 0, startEpochMs: 0, speed: 1, paused: true };
    const failure = event.message || "the worker could not be loaded";
    void page.batch({ reset: false, clock, changes: [], components: [], failure });
  });
  const remote = createBirpc<ClusterSide, PageSide>(page, {
    post: (data) => worker.postMessage(data),
    on: (handler) => worker.addEventListener("message", (event) => handler(event.data)),
    // A long advance of a large cluster is not a failure.
    timeout: -1,
  });
  const streams = new PageStreams(remote);
  const applier = new Applier((request) => remote.request(request));
  const keep = () => {
    if (document.visibilityState === "hidden") void remote.keep();
  };
  document.addEventListener("visibilitychange", keep);
  return {
    request: (request) => remote.request(request),
    stream: streams.open,
    wait: (ms) => remote.wait(ms),
    now: () => remote.now(),
    fetch: (exchange) => remote.fetch(exchange),
    apply: (text, options) => applier.apply(text, options),
    kubectl: (words) => applier.kubectl(words),
    look: (look) => void remote.look(look),
    podsOf: (node) => remote.podsOf(node),
    find: (words) => remote.find(words),
    schedulerProblem: (text) => remote.schedulerProblem(text),
    machines: () => remote.machines(),
    lessons: {
      list: () => remote.lessons(),
      begin: (name) => remote.beginLesson(name),
      leave: () => remote.leaveLesson(),
      act: (step) => remote.actInLesson(step),
    },
    goOnFromHere: () => remote.goOnFromHere(),
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
      applier.close();
      worker.terminate();
    },
  };
}
