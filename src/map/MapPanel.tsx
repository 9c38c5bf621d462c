import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useCluster } from "../store/cluster.ts";
import { type MapView, setUi, useUi } from "../store/ui.ts";
import controls from "../widgets/controls.module.css";
import { ErrorBoundary } from "../widgets/ErrorBoundary.tsx";
import { Tabs, tabPanel } from "../widgets/Tabs.tsx";
import { ClusterMap } from "./ClusterMap.tsx";
import type { Room } from "./cluster-layout.ts";
import { GraphMap } from "./GraphMap.tsx";
import { Legend } from "./Legend.tsx";
import classes from "./Map.module.css";
import { TrafficEmpty, WorkloadsEmpty } from "./MapEmpty.tsx";
import { NextStep } from "./NextStep.tsx";
import { PlayingBack } from "./PlayingBack.tsx";
import { trafficGraph, workloadGraph } from "./relations.ts";
import { ToolsSlot } from "./tools.ts";

const LoopsView = lazy(() => import("./loops/LoopsView.tsx"));

const VIEWS: readonly { id: MapView; label: string }[] = [
  { id: "cluster", label: "Cluster" },
  { id: "workloads", label: "Workloads" },
  { id: "traffic", label: "Traffic" },
  { id: "loops", label: "Control loops" },
];
const WORKLOAD_KINDS = ["Deployment", "StatefulSet", "DaemonSet", "Job", "ReplicaSet", "Pod"];
const TRAFFIC_KINDS = ["Service", "EndpointSlice", "Pod"];

/** The map with its four views, and above it the next thing to try. */
export function MapPanel() {
  const view = useUi((state) => state.view);
  const playsBack = useCluster((state) => state.clock.playedBack !== undefined);
  const [tools, setTools] = useState<HTMLElement | null>(null);
  return (
    <section className={classes.panel} aria-label="Map">
      <div className={`${controls.head} ${classes.headRow}`}>
        <Tabs id="map" label="Views of the map" tabs={VIEWS} value={view} onChange={(id) => setUi({ view: id })} />
        <span className={controls.spacer} />
        <Legend />
        <div ref={setTools} className={classes.tools} />
      </div>
      {playsBack ? <PlayingBack /> : <NextStep />}
      <div className={classes.view} {...tabPanel("map", view)}>
        <ErrorBoundary key={view} what="This view of the map">
          <ToolsSlot value={tools}>
            <View view={view} />
          </ToolsSlot>
        </ErrorBoundary>
      </div>
    </section>
  );
}

function View({ view }: { view: MapView }) {
  const [box, room] = useRoom();
  const ready = useCluster((state) => state.ready);
  if (!ready) return <div ref={box} className={classes.empty} />;
  const narrow = room === NARROW;
  switch (view) {
    case "cluster":
      return (
        <div ref={box} className={classes.canvas}>
          {room && <ClusterMap room={room} />}
        </div>
      );
    case "workloads":
      return (
        <div ref={box} className={classes.canvas}>
          <GraphMap
            graph={workloadGraph}
            kinds={WORKLOAD_KINDS}
            label="Map of workloads"
            empty={<WorkloadsEmpty />}
            narrow={narrow}
          />
        </div>
      );
    case "traffic":
      return (
        <div ref={box} className={classes.canvas}>
          <GraphMap
            graph={trafficGraph}
            kinds={TRAFFIC_KINDS}
            label="Map of traffic"
            empty={<TrafficEmpty />}
            narrow={narrow}
          />
        </div>
      );
    case "loops":
      return (
        <Suspense fallback={<div className={classes.empty}>Loading the control loops…</div>}>
          <LoopsView />
        </Suspense>
      );
  }
}

/** What the map may be drawn into: coarse, so that dragging a divider does not shuffle it. */
const NARROW: Room = { width: 360, height: 600 };
const MEDIUM: Room = { width: 660, height: 430 };
const WIDE: Room = { width: 1150, height: 640 };

function useRoom() {
  const box = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState<Room | undefined>(undefined);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      const now = element.clientWidth;
      setRoom(now < 560 ? NARROW : now < 1150 ? MEDIUM : WIDE);
    });
    observer.observe(element);
    return () => observer.disconnect();
  });
  return [box, room] as const;
}
