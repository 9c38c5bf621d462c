import { Handle, Position } from "@xyflow/react";
import type { CSSProperties } from "react";
import classes from "./Map.module.css";

interface Props {
  readonly from?: Position;
  readonly to?: Position;
  /** Where on its side the beginning stands, when not in the middle. */
  readonly style?: CSSProperties;
}

/** Where the lines of a graph begin and end: unseen, and nothing to drag. */
export function Anchors({ from = Position.Right, to = Position.Left, style = {} }: Props) {
  return (
    <>
      <Handle type="target" position={to} isConnectable={false} className={classes.anchor} />
      <Handle type="source" position={from} isConnectable={false} className={classes.anchor} style={style} />
    </>
  );
}
