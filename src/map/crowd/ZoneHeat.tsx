import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useMemo, useRef } from "react";
import type { NodeCell } from "../../session/crowd.ts";
import { useCluster, useSlowly } from "../../store/cluster.ts";
import { totals } from "../../store/totals.ts";
import classes from "./CrowdMap.module.css";
import type { Measure } from "./measure.ts";
import { PIXELS, paintHeat, readPalette } from "./paint.ts";
import { type CrowdZone, SLOT } from "./slots.ts";

/** Between two looks at what changed. */
const PAINT_EVERY_MS = 150;

/** A zone from far: one canvas, one cell a node; and its name with the sum of it. */
export function ZoneHeat({ zone, measure }: { zone: CrowdZone; measure: Measure }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useComputedColorScheme("light");
  const sum = useSlowly((state) => totals(cellsOf(zone, state.crowd?.cells)), `${zone.name} ${zone.members.length}`);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new scheme has other colours
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return;
    const palette = readPalette(element);
    const painted: (NodeCell | undefined)[] = [];
    context.clearRect(0, 0, element.width, element.height);
    const paint = () => {
      const cells = useCluster.getState().crowd?.cells;
      for (const [at, key] of zone.members.entries()) {
        const cell = cells?.get(key);
        if (cell === painted[at]) continue;
        painted[at] = cell;
        const place = { x: (at % zone.columns) * PIXELS, y: Math.floor(at / zone.columns) * PIXELS };
        paintHeat(context, cell, place, measure, palette);
      }
    };
    let timer: ReturnType<typeof setTimeout> | undefined;
    paint();
    const stop = useCluster.subscribe((now, before) => {
      if (now.crowd === before.crowd) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        paint();
      }, PAINT_EVERY_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [zone, measure, scheme]);
  const said = useMemo(() => {
    const count = (value: number, what: string) => `${value.toLocaleString("en")} ${what}`;
    const parts = [
      `${sum.nodesReady.toLocaleString("en")}/${count(sum.nodes, "nodes ready")}`,
      count(sum.pods, "pods"),
    ];
    if (sum.failing > 0) parts.push(count(sum.failing, "failing"));
    if (sum.pending > 0) parts.push(count(sum.pending, "pending"));
    return parts.join(" · ");
  }, [sum]);
  const step = SLOT.width + SLOT.gap;
  return (
    <div className={classes.zone} style={{ paddingTop: zone.top }}>
      <span className={classes.zoneName} style={{ height: zone.top, padding: `0 ${SLOT.gap}px` }}>
        <span className={classes.zoneTitle}>{zone.name}</span>
        <span className={classes.zoneSum}>
          <span>{`${sum.nodesReady.toLocaleString("en")}/${sum.nodes.toLocaleString("en")}`}</span>
          <span>{`· ${sum.pods.toLocaleString("en")} pods`}</span>
        </span>
      </span>
      <canvas
        ref={canvas}
        className={classes.heat}
        width={zone.columns * PIXELS}
        height={zone.rows * PIXELS}
        style={{
          width: zone.columns * step,
          height: zone.rows * (SLOT.height + SLOT.gap),
          marginLeft: SLOT.gap,
        }}
        role="img"
        aria-label={`Heat map of ${zone.name}: ${said}. The list of nodes has the same in words.`}
      />
    </div>
  );
}

function* cellsOf(zone: CrowdZone, cells: ReadonlyMap<string, NodeCell> | undefined): IterableIterator<NodeCell> {
  for (const key of zone.members) {
    const cell = cells?.get(key);
    if (cell) yield cell;
  }
}
