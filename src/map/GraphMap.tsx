import { type Edge, type Node, type NodeProps, Position } from "@xyflow/react";
import { memo, type ReactNode, useMemo, useRef } from "react";
import { useAnyObject, useSlowly } from "../store/cluster.ts";
import { type Ref, refId, splitKey } from "../store/objects.ts";
import type { Projection } from "../store/projection.ts";
import { summary } from "../store/summary.ts";
import { useUi } from "../store/ui.ts";
import { StatusGlyph } from "../widgets/StatusGlyph.tsx";
import { Anchors } from "./Anchors.tsx";
import { Canvas } from "./Canvas.tsx";
import classes from "./GraphMap.module.css";
import { layoutGraph } from "./graph-layout.ts";
import { itemProps, useIsSelected } from "./item.ts";
import { PodTile } from "./PodTile.tsx";
import { type Graph, graphId } from "./relations.ts";
import { type Slots, seat } from "./slots.ts";

type CardNode = Node<{ kind: string; objectKey: string; narrow: boolean }, "card">;
type PodNode = Node<{ objectKey: string }, "pod">;
type MoreNode = Node<{ more: number; of: string }, "more">;

const Card = memo(function Card({ data }: NodeProps<CardNode>) {
  const ref = { kind: data.kind, key: data.objectKey };
  const object = useAnyObject(data.kind, data.objectKey);
  const selected = useIsSelected(refId(ref));
  const state = object ? summary(data.kind, object) : undefined;
  const [, name] = splitKey(data.objectKey);
  return (
    <>
      {data.narrow ? <Anchors from={Position.Bottom} style={TRUNK} /> : <Anchors />}
      <button
        type="button"
        {...itemProps(ref)}
        className={classes.card}
        data-selected={selected || undefined}
        title={`${data.kind} ${data.objectKey}`}
      >
        <span className={classes.kind}>{data.kind} </span>
        <span className={classes.name}>{name}</span>
        <span className={classes.line} data-tone={state?.tone}>
          {state && <StatusGlyph tone={state.tone} size={9} />}
          <span className="clip">{state?.line}</span>
        </span>
      </button>
    </>
  );
});

const PodCard = memo(function PodCard({ data }: NodeProps<PodNode>) {
  return (
    <>
      <Anchors />
      <PodTile podKey={data.objectKey} detail="tile" />
    </>
  );
});

const More = memo(function More({ data }: NodeProps<MoreNode>) {
  return (
    <>
      <Anchors />
      <div className={classes.more}>
        and {data.more.toLocaleString("en")} more {data.of}
      </div>
    </>
  );
});

/** On a narrow screen lines hang from the left of a card, as in a tree of files. */
const TRUNK = { left: 14 };

const nodeTypes = { card: Card, pod: PodCard, more: More };

interface Props {
  readonly graph: (state: Projection, namespace: string) => Graph;
  /** Objects of these kinds make the graph; a change in any draws it anew. */
  readonly kinds: readonly string[];
  readonly label: string;
  readonly empty: ReactNode;
  /** Draws from top to bottom, for a screen that is higher than wide. */
  readonly narrow: boolean;
}

/** Things and what they lead to, as a picture from left to right. */
export function GraphMap({ graph, kinds, label, empty, narrow }: Props) {
  const namespace = useUi((state) => state.namespace);
  const scene = useGraph(graph, kinds, namespace, narrow);
  if (scene.nodes.length === 0) return <>{empty}</>;
  return <Canvas nodes={scene.nodes} edges={scene.edges} nodeTypes={nodeTypes} label={label} />;
}

function useGraph(build: Props["graph"], kinds: readonly string[], namespace: string, narrow: boolean) {
  // One text for the whole shape: state changes of the things do not lay the graph out anew.
  const { shape } = useSlowly(
    (state) => ({ shape: JSON.stringify(relevant(build(state, namespace), kinds)) }),
    namespace,
  );
  const memory = useRef<ReadonlyMap<string, Slots>>(new Map());
  return useMemo(() => {
    const parsed = JSON.parse(shape) as Graph;
    const { order, slots } = seats(parsed, memory.current);
    memory.current = slots;
    const places = layoutGraph(parsed, order, narrow);
    return { nodes: toNodes(parsed, places, narrow), edges: toEdges(parsed, narrow) };
  }, [shape, narrow]);
}

function relevant(graph: Graph, kinds: readonly string[]): Graph {
  const nodes = graph.nodes.filter((node) => kinds.includes(node.ref.kind));
  const ids = new Set(nodes.map(graphId));
  return { nodes, edges: graph.edges.filter((edge) => ids.has(edge.from) && ids.has(edge.to)) };
}

/** The seat of every pod under its parent, kept while it lives. */
function seats(graph: Graph, before: ReadonlyMap<string, Slots>) {
  const isPod = new Set(graph.nodes.filter((node) => node.rank === 2).map(graphId));
  const parents = new Map<string, Set<string>>();
  const seen = new Set<string>();
  for (const edge of graph.edges) {
    if (!isPod.has(edge.to) || seen.has(edge.to)) continue;
    seen.add(edge.to);
    const set = parents.get(edge.from) ?? new Set<string>();
    parents.set(edge.from, set.add(edge.to));
  }
  const slots = new Map<string, Slots>();
  const order = new Map<string, number>();
  for (const [parent, children] of parents) {
    const now = seat(before.get(parent) ?? [], children);
    slots.set(parent, now);
    for (const [at, id] of now.entries()) if (id !== undefined) order.set(id, at);
  }
  return { order, slots };
}

function toNodes(graph: Graph, places: ReturnType<typeof layoutGraph>, narrow: boolean): Node[] {
  const nodes: Node[] = [];
  for (const item of graph.nodes) {
    const id = graphId(item);
    const box = places.get(id);
    if (!box) continue;
    const { width, height } = box;
    const shared = { id, position: { x: box.x, y: box.y }, width, height };
    nodes.push({ ...shared, ...typed(item.ref, item.more, narrow) });
  }
  return nodes;
}

function typed(ref: Ref, more: number | undefined, narrow: boolean) {
  if (more !== undefined)
    return { type: "more", data: { more, of: ref.kind === "Pod" || ref.key !== "" ? "pods" : `${ref.kind}s` } };
  if (ref.kind === "Pod") return { type: "pod", data: { objectKey: ref.key } };
  return { type: "card", data: { kind: ref.kind, objectKey: ref.key, narrow } };
}

function toEdges(graph: Graph, narrow: boolean): Edge[] {
  return graph.edges.map((edge) => ({
    id: `${edge.from}->${edge.to}`,
    source: edge.from,
    target: edge.to,
    type: narrow ? "smoothstep" : "default",
    className: edge.open ? "open" : "closed",
  }));
}
