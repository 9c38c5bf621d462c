import { useEffect, useState } from "react";
import { useCluster } from "../store/cluster.ts";
import type { Event } from "../store/objects.ts";

/** Reasons worth hearing; the rest is in the event log. */
const TOLD = new Set([
  "Scheduled",
  "Started",
  "Killing",
  "FailedScheduling",
  "BackOff",
  "Failed",
  "Unhealthy",
  "ScalingReplicaSet",
  "NodeNotReady",
  "NodeReady",
  "NodeNotSchedulable",
  "NodeSchedulable",
  "TaintManagerEviction",
]);
const EVERY_MS = 1500;

function sentence(event: Event): string {
  const { kind, name } = event.involvedObject;
  return `${kind} ${name}: ${event.message}`;
}

/** Tells what happens in the cluster to those who listen to the page rather than look at it. */
export function Story() {
  const [text, setText] = useState("");
  useEffect(() => {
    let heard = useCluster.getState().log.at(-1)?.seq ?? 0;
    const timer = setInterval(() => {
      const fresh: Event[] = [];
      for (const line of useCluster.getState().log.toReversed()) {
        if (line.seq <= heard || fresh.length >= 50) break;
        if (TOLD.has(line.event.reason ?? "")) fresh.unshift(line.event);
      }
      heard = useCluster.getState().log.at(-1)?.seq ?? heard;
      const last = fresh.at(-1);
      if (!last) return;
      const more = fresh.length > 1 ? ` And ${fresh.length - 1} more before it.` : "";
      setText(sentence(last) + more);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p className="sr-only" aria-live="polite" id="story">
      {text}
    </p>
  );
}
