import type { Session } from "../session/session.ts";
import { useCluster } from "./cluster.ts";
import { tellLooks } from "./look.ts";
import { heedKeys, nextTurn } from "./pace.ts";
import { applyBatch } from "./projection.ts";

let current: Session | undefined;

/** Lets the session's batches flow into the store. The page has one session at a time. */
export function connect(session: Session): () => void {
  current = session;
  const stopLooking = tellLooks(session);
  const stopHeeding = heedKeys();
  const stop = session.subscribe(async (batch) => {
    await nextTurn();
    useCluster.setState((state) => applyBatch(state, batch), true);
  });
  return () => {
    stopHeeding();
    stopLooking();
    stop();
  };
}

/** The session that the page talks to. */
export function session(): Session {
  if (!current) throw new Error("No session is connected.");
  return current;
}
