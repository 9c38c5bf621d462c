import { type Edge, MarkerType, type Node, type NodeProps, Position } from "@xyflow/react";
import { memo, useMemo } from "react";
import type { MachineDescription } from "../../session/session.ts";
import { Anchors } from "../Anchors.tsx";
import { Canvas } from "../Canvas.tsx";
import classes from "./Loops.module.css";
import { layoutMachine } from "./machine-layout.ts";
import { TransitionEdge } from "./TransitionEdge.tsx";

type StateNode = Node<{ label: string; initial: boolean; final: boolean; active: boolean }, "state">;

const StateBox = memo(function StateBox({ data }: NodeProps<StateNode>) {
  return (
    <div className={classes.state} data-active={data.active || undefined} data-final={data.final || undefined}>
      <Anchors from={Position.Bottom} to={Position.Top} />
      {data.initial && <span className={classes.initial} title="It begins here" />}
      {data.label}
      {data.active && <span className="sr-only"> (now)</span>}
    </div>
  );
});

type GroupNode = Node<{ label: string }, "around">;

const GroupBox = memo(function GroupBox({ data }: NodeProps<GroupNode>) {
  return (
    <div className={classes.group}>
      <span>{data.label}</span>
    </div>
  );
});

const nodeTypes = { state: StateBox, around: GroupBox, extent: () => null };
const edgeTypes = { transition: TransitionEdge };

/** A machine's states and transitions as a picture; the present state stands out. */
export function MachineDiagram({ machine, state }: { machine: MachineDescription; state: string }) {
  const placed = useMemo(() => layoutMachine(machine), [machine]);
  const nodes = useMemo(() => {
    const boxes: Node[] = placed.states.map(({ id, x, y, width, height, ...data }) => {
      const active = id === state;
      return { id, type: "state", position: { x, y }, width, height, data: { ...data, active } };
    });
    for (const { id, x, y, width, height, label } of placed.groups) {
      boxes.push({ id, type: "around", position: { x, y }, width, height, zIndex: -1, data: { label } });
    }
    // Lines may run outside of all states: this makes the view show them too.
    const { width, height } = placed;
    boxes.push({ id: "extent", type: "extent", position: { x: 0, y: 0 }, width, height, zIndex: -1, data: {} });
    return boxes;
  }, [placed, state]);
  const edges = useMemo(
    () =>
      placed.transitions.map(
        (item): Edge => ({
          id: item.id,
          source: item.from,
          target: item.to,
          type: "transition",
          data: { ...item },
          markerEnd: { type: MarkerType.ArrowClosed, width: 15, height: 15, color: "var(--line-strong)" },
        }),
      ),
    [placed],
  );
  return (
    <>
      {placed.anywhere.length > 0 && <p className={classes.anywhere}>In any state: {placed.anywhere.join("; ")}</p>}
      <div className={classes.canvas}>
        <Canvas
          key={machine.id}
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          focus={state}
          label={`States of ${machine.title}`}
        />
      </div>
    </>
  );
}
