import { useComputedColorScheme } from "@mantine/core";
import { useStoreApi } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { useCluster } from "../../store/cluster.ts";
import type { Projection } from "../../store/projection.ts";
import { kindView } from "../../store/projection.ts";
import { useUi } from "../../store/ui.ts";
import classes from "./CrowdMap.module.css";
import { type Palette, paintCard, readPalette } from "./paint.ts";
import { podBox } from "./pod-block.ts";
import { SelectedPod } from "./selected-pod.ts";
import { boxOf, type CrowdLayout, nodesWithin } from "./slots.ts";
import { levelAt, visibleBox } from "./Watcher.tsx";

type Transform = readonly [x: number, y: number, zoom: number];

/** The node that the selection is, or is on. */
function selectedNode(state: Projection): string | undefined {
  const { selection } = useUi.getState();
  if (selection?.kind === "Node") return selection.key;
  if (selection?.kind !== "Pod") return undefined;
  return kindView(state, "Pod").items.get(selection.key)?.spec?.nodeName;
}

/** The cards on the screen painted on one canvas, and the frame around the selected node; again whenever they change. */
export function PaintedCards({ layout }: { layout: CrowdLayout }) {
  const store = useStoreApi();
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useComputedColorScheme("light");
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new scheme has other colours
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return;
    const palette = readPalette(element);
    let frame = 0;
    const selectedPod = new SelectedPod(() => soon());
    const draw = () => {
      frame = 0;
      const { transform, width, height } = store.getState();
      fitTo(element, width, height);
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      context.clearRect(0, 0, width, height);
      paintAll(context, layout, transform, { width, height }, palette, selectedPod);
    };
    const soon = () => {
      frame ||= requestAnimationFrame(draw);
    };
    soon();
    const stops = [
      store.subscribe((now, before) => {
        if (now.transform !== before.transform || now.width !== before.width || now.height !== before.height) soon();
      }),
      useCluster.subscribe((now, before) => {
        // A selected pod is told after it was selected; only then it is known where it stands.
        const isTold = now.kinds.Pod !== before.kinds.Pod && useUi.getState().selection?.kind === "Pod";
        if (now.crowd !== before.crowd || isTold) soon();
      }),
      useUi.subscribe((now, before) => {
        if (now.selection !== before.selection) soon();
      }),
    ];
    return () => {
      for (const stop of stops) stop();
      cancelAnimationFrame(frame);
    };
  }, [store, layout, scheme]);
  return <canvas ref={canvas} className={classes.painted} />;
}

function fitTo(element: HTMLCanvasElement, width: number, height: number): void {
  const wide = Math.round(width * devicePixelRatio);
  const high = Math.round(height * devicePixelRatio);
  if (element.width === wide && element.height === high) return;
  element.width = wide;
  element.height = high;
  element.style.width = `${width}px`;
  element.style.height = `${height}px`;
}

function paintAll(
  context: CanvasRenderingContext2D,
  layout: CrowdLayout,
  transform: Transform,
  size: { readonly width: number; readonly height: number },
  palette: Palette,
  selectedPod: SelectedPod,
): void {
  const state = useCluster.getState();
  const cells = state.crowd?.cells;
  const [x, y, zoom] = transform;
  const toScreen = (key: string) => {
    const box = boxOf(layout, key);
    return box && { x: box.x * zoom + x, y: box.y * zoom + y, width: box.width * zoom, height: box.height * zoom };
  };
  if (levelAt(zoom) !== "far") {
    for (const key of nodesWithin(layout, visibleBox(transform, size.width, size.height))) {
      const cell = cells?.get(key);
      const box = toScreen(key);
      if (cell && box) paintCard(context, cell, box, palette);
    }
  }
  const selected = selectedNode(state);
  const box = selected === undefined ? undefined : toScreen(selected);
  if (!box) return;
  context.strokeStyle = palette.accent;
  context.lineWidth = 3;
  context.strokeRect(box.x - 2.5, box.y - 2.5, box.width + 5, box.height + 5);
  const cell = levelAt(zoom) === "far" ? undefined : cells?.get(selected ?? "");
  const place = cell && selectedPod.placeOn(cell);
  if (cell === undefined || place === undefined) return;
  const dot = podBox(cell.pods.length, box, place);
  context.lineWidth = 2;
  context.strokeRect(dot.x, dot.y, dot.width, dot.height);
}
