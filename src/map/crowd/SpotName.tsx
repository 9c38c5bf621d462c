import { useStoreApi } from "@xyflow/react";
import { useEffect, useState } from "react";
import { useCluster } from "../../store/cluster.ts";
import classes from "./CrowdMap.module.css";
import { paintedPod, spotAt } from "./painted-pods.ts";
import type { CrowdLayout } from "./slots.ts";
import { levelAt } from "./Watcher.tsx";

interface Shown {
  readonly x: number;
  readonly y: number;
  readonly node: string;
  readonly pod?: string;
}

/** Right of here the name stands left of the pointer. */
const TURN_SHARE = 0.6;

/** The name of what is painted under the pointer. By key, the list of nodes tells the same. */
export function SpotName({ layout }: { layout: CrowdLayout }) {
  const store = useStoreApi();
  const [shown, setShown] = useState<Shown | undefined>(undefined);
  useEffect(() => {
    const element = store.getState().domNode;
    if (!element) return;
    let latest = 0;
    const hide = () => {
      latest += 1;
      setShown(undefined);
    };
    const show = async (event: PointerEvent) => {
      const turn = ++latest;
      const { left, top } = element.getBoundingClientRect();
      const [x, y] = [event.clientX - left, event.clientY - top];
      const [panX, panY, zoom] = store.getState().transform;
      const cells = useCluster.getState().crowd?.cells;
      const isOver = event.target instanceof Element && event.target.classList.contains("react-flow__pane");
      const point = { x: (x - panX) / zoom, y: (y - panY) / zoom };
      const spot = cells && isOver ? spotAt(layout, cells, point, levelAt(zoom) !== "far") : undefined;
      const cell = spot && cells?.get(spot.node);
      if (!spot || !cell || event.buttons !== 0 || event.pointerType === "touch") return hide();
      const pod = spot.pod === undefined ? undefined : await paintedPod(cell, spot.pod);
      if (turn === latest) setShown({ x, y, node: spot.node, ...(pod !== undefined && { pod }) });
    };
    const onMove = (event: PointerEvent) => void show(event);
    element.addEventListener("pointermove", onMove);
    element.addEventListener("pointerdown", hide);
    element.addEventListener("pointerleave", hide);
    const stop = store.subscribe((now, before) => {
      if (now.transform !== before.transform) hide();
    });
    return () => {
      element.removeEventListener("pointermove", onMove);
      element.removeEventListener("pointerdown", hide);
      element.removeEventListener("pointerleave", hide);
      stop();
    };
  }, [store, layout]);
  if (!shown) return null;
  const turned = shown.x > store.getState().width * TURN_SHARE;
  return (
    <div
      className={classes.spot}
      data-painted={shown.pod === undefined ? "node" : "pod"}
      data-turned={turned || undefined}
      style={{ left: shown.x, top: shown.y }}
      aria-hidden="true"
    >
      <span>{shown.pod === undefined ? shown.node : shown.pod.slice(shown.pod.indexOf("/") + 1)}</span>
      {shown.pod !== undefined && <span className={classes.spotNode}>{shown.node}</span>}
    </div>
  );
}
