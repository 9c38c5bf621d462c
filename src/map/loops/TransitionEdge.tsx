import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import classes from "./Loops.module.css";
import type { PlacedTransition } from "./machine-layout.ts";

/** A transition along the way that the layout found for it, with its events beside it. */
export function TransitionEdge({ id, data, markerEnd }: EdgeProps) {
  const { path, label, labelAt } = data as unknown as PlacedTransition;
  return (
    <>
      <BaseEdge id={id} path={path} {...(markerEnd === undefined ? {} : { markerEnd })} />
      <EdgeLabelRenderer>
        <div
          className={classes.edgeLabel}
          style={{ transform: `translate(-50%, -50%) translate(${labelAt.x}px, ${labelAt.y}px)` }}
        >
          {label}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}
