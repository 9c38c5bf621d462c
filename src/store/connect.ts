import type { Session } from "../session/session.ts";
import { useCluster } from "./cluster.ts";
import { tellLooks } from "./look.ts";
import { applyBatch } from "./projection.ts";

let current: Session | undefined;

/** Lets the session's batches flow into the store. The page has one session at a time. */
export function connect(session: Session): () => void {
  current = session;
  const stopLooking = tellLooks(session);
  const stop = session.subscribe((batch) => useCluster.setState((state) => applyBatch(state, batch), true));
  return () => {
    stopLooking();
    stop();
  };
}

/** The session that the page talks to. */
export function session(): Session {
  if (!current) throw new Error("No session is connected.");
  return current;
}
