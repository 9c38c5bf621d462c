import { useEffect, useMemo, useRef, useState } from "react";
import { useShallow } from "zustand/react/shallow";
import { useCluster } from "../store/cluster.ts";
import type { Node } from "../store/objects.ts";
import { type Bucket, kindView } from "../store/projection.ts";
import { isControlPlane } from "../store/status.ts";
import { type ClusterLayout, layoutCluster, type PlacedNode, type Room } from "./cluster-layout.ts";
import { hasLeavers, noSeats, reseat, type Seats } from "./seats.ts";

/** Nodes without the well-known label still need a place to stand. */
function zoneOf(node: Node): string {
  return node.metadata?.labels?.["topology.kubernetes.io/zone"] ?? (isControlPlane(node) ? "control plane" : "workers");
}

/** What the layout depends on, as one short text a node, so that heartbeats do not lay the map out anew. */
function useNodeFacts(): readonly string[] {
  return useCluster(
    useShallow((state) =>
      [...kindView(state, "Node").items].map(
        ([key, node]) => `${key}|${isControlPlane(node) ? "control-plane" : ""}|${zoneOf(node)}`,
      ),
    ),
  );
}

function useBuckets(facts: readonly string[]): readonly (Bucket | undefined)[] {
  return useCluster(useShallow((state) => facts.map((fact) => state.podsByNode.get(fact.split("|")[0] ?? ""))));
}

export interface Scene {
  readonly layout: ClusterLayout;
  readonly seats: ReadonlyMap<string, Seats>;
}

const LEAVE_MS = 220;

/** The cluster view laid out: it changes when nodes or pods come and go, not when their state changes. */
export function useScene(room: Room, namespace: string): Scene {
  const facts = useNodeFacts();
  const buckets = useBuckets(facts);
  const [cleared, setCleared] = useState(0);
  const memory = useRef<{ namespace: string; seats: ReadonlyMap<string, Seats>; from: ReadonlyMap<string, unknown> }>({
    namespace,
    seats: new Map(),
    from: new Map(),
  });

  const scene = useMemo(() => {
    const before = memory.current;
    const kept = before.namespace === namespace;
    const seats = new Map<string, Seats>();
    const from = new Map<string, unknown>();
    const placed: PlacedNode[] = [];
    for (const [at, fact] of facts.entries()) {
      const [key = "", role = "", zone = ""] = fact.split("|");
      const old = kept ? before.seats.get(key) : undefined;
      const bucket = buckets[at];
      const same = old !== undefined && before.from.get(key) === bucket && !hasLeavers(old);
      const now = same ? old : reseat(old ?? noSeats, bucket, namespace, role === "");
      seats.set(key, now);
      from.set(key, bucket);
      placed.push({ key, zone, controlPlane: role !== "", height: now.height });
    }
    memory.current = { namespace, seats, from };
    return { layout: layoutCluster(placed, room), seats, cleared };
  }, [facts, buckets, namespace, room, cleared]);

  useEffect(() => {
    if (![...scene.seats.values()].some(hasLeavers)) return;
    const timer = setTimeout(() => setCleared((count) => count + 1), LEAVE_MS);
    return () => clearTimeout(timer);
  }, [scene]);
  return scene;
}
