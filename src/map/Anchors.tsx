import { Handle, Position } from "@xyflow/react";
import classes from "./Map.module.css";

/** Where the lines of a graph begin and end: unseen, and nothing to drag. */
export function Anchors({ vertical = false }: { vertical?: boolean }) {
  return (
    <>
      <Handle
        type="target"
        position={vertical ? Position.Top : Position.Left}
        isConnectable={false}
        className={classes.anchor}
      />
      <Handle
        type="source"
        position={vertical ? Position.Bottom : Position.Right}
        isConnectable={false}
        className={classes.anchor}
      />
    </>
  );
}
