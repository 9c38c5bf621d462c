import type { Session } from "../session/session.ts";
import { useCluster } from "./cluster.ts";
import { applyBatch } from "./projection.ts";

let current: Session | undefined;

/** Lets the session's batches flow into the store. The page has one session at a time. */
export function connect(session: Session): () => void {
  current = session;
  return session.subscribe((batch) => useCluster.setState((state) => applyBatch(state, batch), true));
}

/** The session that the page talks to. */
export function session(): Session {
  if (!current) throw new Error("No session is connected.");
  return current;
}
