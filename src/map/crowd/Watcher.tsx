import { useStoreApi } from "@xyflow/react";
import { useEffect } from "react";
import { lookAtNodes } from "../../store/look.ts";
import type { Box } from "../cluster-layout.ts";
import { type CrowdLayout, nodesWithin } from "./slots.ts";

export type Level = "far" | "middle" | "near";

/** From these zooms on nodes are painted cards, and elements. */
const MIDDLE_ZOOM = 0.22;
const NEAR_ZOOM = 0.6;
/** While the picture moves, elements are made so often at most. */
const EVERY_MS = 120;
/** More elements than these would hold the page up. */
const MOST_NEAR = 40;

export function levelAt(zoom: number): Level {
  if (zoom >= NEAR_ZOOM) return "near";
  return zoom >= MIDDLE_ZOOM ? "middle" : "far";
}

/** What of the map is on the screen, in map pixels. */
export function visibleBox([x, y, zoom]: readonly [number, number, number], width: number, height: number): Box {
  return { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom };
}

interface Props {
  readonly layout: CrowdLayout;
  readonly onNear: (keys: readonly string[]) => void;
  readonly onLevel: (level: Level) => void;
}

/** Watches where the picture is, and says which nodes are near enough to be elements. Draws nothing. */
export function Watcher({ layout, onNear, onLevel }: Props) {
  const store = useStoreApi();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last: readonly string[] | undefined;
    let lookedAt = Number.NEGATIVE_INFINITY;
    const look = () => {
      timer = undefined;
      lookedAt = performance.now();
      const { transform, width, height } = store.getState();
      const level = levelAt(transform[2]);
      onLevel(level);
      const seen = level === "near" ? nodesWithin(layout, visibleBox(transform, width, height)) : [];
      const keys = seen.slice(0, MOST_NEAR);
      if (last && keys.length === last.length && keys.every((key, at) => key === last?.[at])) return;
      last = keys;
      onNear(keys);
      lookAtNodes(keys);
    };
    // At once after a rest: whoever comes near waits for the elements.
    const soon = () => {
      timer ??= setTimeout(look, Math.max(0, lookedAt + EVERY_MS - performance.now()));
    };
    const scale = () => store.getState().domNode?.style.setProperty("--zoom", String(store.getState().transform[2]));
    scale();
    look();
    const stop = store.subscribe((now, before) => {
      if (now.transform[2] !== before.transform[2]) scale();
      if (now.transform !== before.transform || now.width !== before.width) soon();
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [store, layout, onNear, onLevel]);
  useEffect(() => () => lookAtNodes([]), []);
  return null;
}
