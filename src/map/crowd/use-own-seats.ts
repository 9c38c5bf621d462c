import { useEffect, useRef, useState } from "react";
import { useCluster } from "../../store/cluster.ts";
import type { Bucket } from "../../store/projection.ts";
import { useUi } from "../../store/ui.ts";
import { hasLeavers, noSeats, reseat, type Seats } from "../seats.ts";

const LEAVE_MS = 220;

/** The seats of one node's pods, kept while its card is drawn. */
export function useOwnSeats(nodeKey: string): Seats {
  const bucket = useCluster((state) => state.podsByNode.get(nodeKey));
  const hosting = useCluster((state) => state.crowd?.cells.get(nodeKey)?.controlPlane !== true);
  const namespace = useUi((state) => state.namespace);
  const memory = useRef<{ seats: Seats; bucket: Bucket | undefined; namespace: string } | undefined>(undefined);
  const [, clear] = useState(0);
  const before = memory.current;
  const kept = before?.namespace === namespace ? before : undefined;
  const same = kept !== undefined && kept.bucket === bucket && !hasLeavers(kept.seats);
  const seats = same ? kept.seats : reseat(kept?.seats ?? noSeats, bucket, namespace, hosting);
  memory.current = { seats, bucket, namespace };
  const leaving = hasLeavers(seats);
  useEffect(() => {
    if (!leaving) return;
    const timer = setTimeout(() => clear((count) => count + 1), LEAVE_MS);
    return () => clearTimeout(timer);
  }, [leaving]);
  return seats;
}
