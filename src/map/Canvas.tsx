import {
  Background,
  BackgroundVariant,
  type Edge,
  type EdgeTypes,
  type Node,
  type NodeTypes,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from "@xyflow/react";
import { Maximize, Minus, Plus } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { select } from "../store/ui.ts";
import { IconButton } from "../widgets/IconButton.tsx";
import classes from "./Map.module.css";
import { ToolsSlot } from "./tools.ts";
import { walk } from "./walk.ts";

interface Props {
  readonly nodes: Node[];
  readonly edges: Edge[];
  readonly nodeTypes: NodeTypes;
  readonly edgeTypes?: EdgeTypes;
  readonly label: string;
  /** Id of the thing to look at where all of it would be too small to read. */
  readonly focus?: string;
  /** What is kept in view: all nodes unless given. */
  readonly frame?: readonly Node[];
  readonly minZoom?: number;
  /** What covers the picture's upper and lower edge. */
  readonly padding?: Padding;
  /** Where to go: each new object goes there once. In map pixels. */
  readonly flight?: Flight | undefined;
  /** A click beside all things, in map pixels; without it, it ends the selection. */
  readonly onPick?: (x: number, y: number) => void;
  /** What the arrow keys do, where there are no elements to walk to. */
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  /** Drawn with the picture. */
  readonly children?: ReactNode;
}

type Padding = { readonly [side in "top" | "bottom" | "x"]: `${number}px` };

export interface Flight {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** A picture that can be moved and zoomed, and walked through with the arrow keys. All views of the map use it. */
export function Canvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Inner {...props} />
    </ReactFlowProvider>
  );
}

const MIN_ZOOM = 0.05;
const FIT = { maxZoom: 1 } as const;
const PADDING: Padding = { top: "14px", bottom: "14px", x: "14px" };
const MOVE_MS = 200;
const FLIGHT_MS = 450;

function Inner(props: Props) {
  const {
    nodes,
    edges,
    nodeTypes,
    edgeTypes,
    label,
    focus,
    frame,
    minZoom = MIN_ZOOM,
    padding = PADDING,
    flight,
    onPick,
  } = props;
  const flow = useReactFlow();
  const slot = useContext(ToolsSlot);
  const box = useRef<HTMLElement>(null);
  const [zoom, setZoom] = useState(1);
  const touched = useRef(false);
  useKeepInView(box, frame ?? nodes, touched, focus, minZoom, padding);
  useEffect(() => {
    if (!flight) return;
    touched.current = true;
    void flow.setCenter(flight.x, flight.y, { zoom: flight.zoom, duration: stillness() ? 0 : FLIGHT_MS });
  }, [flow, flight]);
  const fit = () => {
    touched.current = false;
    void flow.fitView({ ...FIT, minZoom, padding, duration: MOVE_MS, ...(frame && { nodes: [...frame] }) });
  };
  return (
    <section
      ref={box}
      className={classes.canvas}
      aria-label={label}
      tabIndex={props.onKeyDown ? 0 : undefined}
      data-far={zoom < 0.5 || undefined}
      onKeyDown={props.onKeyDown ?? ((event) => walk(event, box.current))}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        {...(edgeTypes ? { edgeTypes } : {})}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        panActivationKeyCode={null}
        zoomOnDoubleClick={false}
        minZoom={minZoom}
        maxZoom={1.75}
        onlyRenderVisibleElements={nodes.length > 60}
        proOptions={{ hideAttribution: false }}
        onPaneClick={(event) => {
          const { x, y } = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
          if (onPick) onPick(x, y);
          else select(undefined);
        }}
        onMoveStart={(event) => {
          if (event) touched.current = true;
        }}
        onMoveEnd={(_, viewport) => setZoom(viewport.zoom)}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.2} color="var(--map-dot)" />
        {props.children}
      </ReactFlow>
      {slot &&
        createPortal(
          <div className={classes.zoom}>
            <IconButton label="Zoom in" onClick={() => void flow.zoomIn({ duration: MOVE_MS })}>
              <Plus size={15} />
            </IconButton>
            <IconButton label="Zoom out" onClick={() => void flow.zoomOut({ duration: MOVE_MS })}>
              <Minus size={15} />
            </IconButton>
            <IconButton label="Show all" shortcut="0" onClick={fit}>
              <Maximize size={14} />
            </IconButton>
          </div>,
          slot,
        )}
    </section>
  );
}

function stillness(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Below this zoom, text can't be read. */
const READABLE = 0.62;

/** While the person has not moved the picture, it stays in view as things come and go and panels change size. */
function useKeepInView(
  box: React.RefObject<HTMLElement | null>,
  nodes: readonly Node[],
  touched: { current: boolean },
  focus: string | undefined,
  minZoom: number,
  padding: Padding,
) {
  const flow = useReactFlow();
  const first = useRef(true);
  const extent = nodes
    .map((node) => `${node.position.x + (node.width ?? 0)},${node.position.y + (node.height ?? 0)}`)
    .join(" ");
  useEffect(() => {
    if (extent === "") return;
    const show = (duration: number) => {
      if (touched.current) return;
      void flow.fitView({ ...FIT, minZoom, padding, duration });
      const target = focus === undefined ? undefined : flow.getNode(focus);
      const element = box.current;
      if (!target || !element) return;
      const bounds = flow.getNodesBounds(flow.getNodes());
      const fitted = Math.min(element.clientWidth / bounds.width, element.clientHeight / bounds.height);
      if (fitted > READABLE) return;
      const { x, y } = target.position;
      void flow.setCenter(x + (target.width ?? 0) / 2, y + (target.height ?? 0) / 2, { zoom: 0.85, duration });
    };
    const duration = first.current ? 0 : MOVE_MS;
    first.current = false;
    const frame = requestAnimationFrame(() => show(duration));
    const observer = new ResizeObserver(() => show(0));
    if (box.current) observer.observe(box.current);
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
    };
  }, [flow, box, extent, touched, focus, minZoom, padding]);
}
