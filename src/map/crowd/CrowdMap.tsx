import type { Node, NodeProps } from "@xyflow/react";
import { List } from "lucide-react";
import { type KeyboardEvent, memo, useCallback, useEffect, useMemo, useState } from "react";
import { useCluster, useSlowly } from "../../store/cluster.ts";
import type { Pod, Ref } from "../../store/objects.ts";
import { kindView } from "../../store/projection.ts";
import { select, useUi } from "../../store/ui.ts";
import { IconButton } from "../../widgets/IconButton.tsx";
import { Canvas, type Flight } from "../Canvas.tsx";
import type { Room } from "../cluster-layout.ts";
import { MachineCard } from "../MachineCard.tsx";
import { Tray } from "../Tray.tsx";
import classes from "./CrowdMap.module.css";
import { MeasureBar } from "./MeasureBar.tsx";
import type { Measure } from "./measure.ts";
import { NodeList } from "./NodeList.tsx";
import { PaintedCards } from "./PaintedCards.tsx";
import { paintedPod, spotAt } from "./painted-pods.ts";
import { SpotName } from "./SpotName.tsx";
import { boxOf, type CrowdLayout, type CrowdZone, layoutCrowd, neighbour, SLOT } from "./slots.ts";
import { useOwnSeats } from "./use-own-seats.ts";
import { type Level, Watcher } from "./Watcher.tsx";
import { ZoneHeat } from "./ZoneHeat.tsx";

type ZoneNode = Node<{ zone: CrowdZone; measure: Measure }, "zone">;
type MachineNode = Node<{ nodeKey: string }, "machine">;

const Zone = memo(function Zone({ data }: NodeProps<ZoneNode>) {
  return <ZoneHeat zone={data.zone} measure={data.measure} />;
});

const Machine = memo(function Machine({ data }: NodeProps<MachineNode>) {
  return <MachineCard nodeKey={data.nodeKey} seats={useOwnSeats(data.nodeKey)} />;
});

const nodeTypes = { zone: Zone, machine: Machine };
const NO_EDGES: never[] = [];
/** So far out that the largest cluster fits a telephone. */
const MIN_ZOOM = 0.004;
/** The tray covers the upper edge, the choice of colours the lower one. */
const PADDING = { top: "50px", bottom: "52px", x: "10px" } as const;
/** On a telephone, what the colours mean takes a second line. */
const NARROW = 500;
const PADDING_NARROW = { ...PADDING, bottom: "78px" } as const;
const FLIGHT_ZOOM = 0.9;
const ARROWS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A large cluster: from far a heat map for each zone, nearer its nodes as painted cards, near as elements. */
export function CrowdMap({ room }: { room: Room }) {
  const layout = useCrowdLayout(room);
  const [measure, setMeasure] = useState<Measure>("health");
  const [near, setNear] = useState<readonly string[]>([]);
  const [level, setLevel] = useState<Level>("far");
  const [listed, setListed] = useState(false);
  const namespace = useUi((state) => state.namespace);
  const flight = useFlight(layout);
  const zones = useMemo(() => layout.zones.map((zone) => zoneNode(zone, measure)), [layout, measure]);
  const nodes = useMemo(() => [...zones, ...near.flatMap((key) => machineNode(layout, key))], [zones, near, layout]);
  const onPick = useCallback((x: number, y: number) => void pick(layout, { x, y }, level !== "far"), [layout, level]);
  return (
    <div className={classes.map} data-level={level}>
      <Canvas
        nodes={nodes}
        frame={zones}
        edges={NO_EDGES}
        nodeTypes={nodeTypes}
        label="Map of the cluster"
        minZoom={MIN_ZOOM}
        padding={room.width < NARROW ? PADDING_NARROW : PADDING}
        flight={flight}
        onPick={onPick}
        onKeyDown={(event) => walkCells(event, layout)}
      >
        <PaintedCards layout={layout} />
        <SpotName layout={layout} />
        <Watcher layout={layout} onNear={setNear} onLevel={setLevel} />
      </Canvas>
      <div className={classes.top}>
        <Tray namespace={namespace} />
        <span className={classes.listButton}>
          <IconButton label="List of nodes" pressed={listed} onClick={() => setListed(!listed)}>
            <List size={16} />
          </IconButton>
        </span>
      </div>
      {listed && <NodeList onClose={() => setListed(false)} />}
      {level === "far" && <MeasureBar measure={measure} onChange={setMeasure} />}
    </div>
  );
}

/** Selects what is painted at a point of the map: a pod, its node, or nothing. */
async function pick(layout: CrowdLayout, point: { readonly x: number; readonly y: number }, cards: boolean) {
  const cells = useCluster.getState().crowd?.cells;
  const spot = cells && spotAt(layout, cells, point, cards);
  const cell = spot && cells.get(spot.node);
  const pod = cell && spot.pod !== undefined ? await paintedPod(cell, spot.pod) : undefined;
  if (pod !== undefined) select({ kind: "Pod", key: pod });
  else select(spot && { kind: "Node", key: spot.node });
}

/** The layout follows the nodes that there are, a few times a second at most. */
function useCrowdLayout(room: Room): CrowdLayout {
  const { members } = useSlowly((state) => ({ members: state.crowd?.members ?? 0 }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the count of comings and goings stands for the cells' keys
  return useMemo(() => layoutCrowd(useCluster.getState().crowd?.cells.values() ?? [], room), [members, room]);
}

function zoneNode(zone: CrowdZone, measure: Measure): ZoneNode {
  const { x, y, width, height, name } = zone;
  return {
    id: `zone:${name}`,
    type: "zone",
    position: { x, y },
    width,
    height,
    zIndex: -1,
    data: { zone, measure },
  };
}

function machineNode(layout: CrowdLayout, key: string): readonly MachineNode[] {
  const box = boxOf(layout, key);
  if (!box) return [];
  const { x, y, width, height } = box;
  return [{ id: `node:${key}`, type: "machine", position: { x, y }, width, height, data: { nodeKey: key } }];
}

/** The node that a thing stands on. */
function useNodeOf(ref: Ref | undefined): string | undefined {
  return useCluster((state) => {
    if (ref?.kind === "Node") return ref.key;
    const pod: Pod | undefined = ref?.kind === "Pod" ? kindView(state, "Pod").items.get(ref.key) : undefined;
    return pod?.spec?.nodeName;
  });
}

/** Goes to what was searched for, as soon as it is known where it stands; once for each search. */
function useFlight(layout: CrowdLayout): Flight | undefined {
  const flights = useUi((state) => state.flights);
  const selection = useUi((state) => state.selection);
  const node = useNodeOf(selection);
  const [flown, setFlown] = useState(flights);
  const [flight, setFlight] = useState<Flight | undefined>(undefined);
  useEffect(() => {
    if (flights === flown || node === undefined) return;
    const box = boxOf(layout, node);
    if (!box) return;
    setFlown(flights);
    setFlight({ x: box.x + SLOT.width / 2, y: box.y + SLOT.height / 2, zoom: FLIGHT_ZOOM });
  }, [flights, flown, node, layout]);
  return flight;
}

/** Arrow keys go from node to node; without a selection to the first. */
function walkCells(event: KeyboardEvent, layout: CrowdLayout): void {
  const step = ARROWS[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const { selection } = useUi.getState();
  const here = selection?.kind === "Node" ? selection.key : undefined;
  const next = here === undefined ? layout.zones[0]?.members[0] : neighbour(layout, here, ...step);
  if (next !== undefined) select({ kind: "Node", key: next });
}
