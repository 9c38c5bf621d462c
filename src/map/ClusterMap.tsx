import type { Node, NodeProps } from "@xyflow/react";
import { memo, useMemo, useRef } from "react";
import { shallow } from "zustand/shallow";
import { useCluster } from "../store/cluster.ts";
import { useUi } from "../store/ui.ts";
import { Canvas } from "./Canvas.tsx";
import type { Room } from "./cluster-layout.ts";
import { CrowdMap } from "./crowd/CrowdMap.tsx";
import { MachineCard } from "./MachineCard.tsx";
import classes from "./Map.module.css";
import { useScene } from "./scene.ts";
import type { Seats } from "./seats.ts";
import { Tray } from "./Tray.tsx";

type ZoneNode = Node<{ name: string; nodes: number }, "zone">;
type MachineNode = Node<{ nodeKey: string; seats: Seats }, "machine">;
type TrayNode = Node<{ namespace: string }, "tray">;
type SmallNode = ZoneNode | MachineNode | TrayNode;

const Zone = memo(function Zone({ data }: NodeProps<ZoneNode>) {
  return (
    <div className={classes.zone}>
      <span className={classes.zoneName}>{data.name}</span>
    </div>
  );
});

const Machine = memo(function Machine({ data }: NodeProps<MachineNode>) {
  return <MachineCard nodeKey={data.nodeKey} seats={data.seats} />;
});

const WaitingTray = memo(function WaitingTray({ data }: NodeProps<TrayNode>) {
  return <Tray namespace={data.namespace} />;
});

const nodeTypes = { zone: Zone, machine: Machine, tray: WaitingTray };
const NO_EDGES: never[] = [];

/** The cluster as it stands in its zones: nodes, and the pods that they run. A large one is drawn by distance. */
export function ClusterMap({ room }: { room: Room }) {
  const crowded = useCluster((state) => state.crowd !== undefined);
  return crowded ? <CrowdMap room={room} /> : <SmallMap room={room} />;
}

function SmallMap({ room }: { room: Room }) {
  const namespace = useUi((state) => state.namespace);
  const { layout, seats } = useScene(room, namespace);
  const before = useRef<ReadonlyMap<string, SmallNode>>(new Map());
  const nodes = useMemo(() => {
    const all: SmallNode[] = [
      { id: "tray", type: "tray", position: layout.tray, ...sizeOf(layout.tray), data: { namespace } },
    ];
    for (const zone of layout.zones) {
      const data = { name: zone.name, nodes: zone.nodes };
      all.push({ id: `zone:${zone.name}`, type: "zone", position: zone, ...sizeOf(zone), zIndex: -1, data });
    }
    const zones = new Map(layout.zones.map((zone) => [zone.name, zone]));
    for (const [key, box] of layout.nodes) {
      const zone = zones.get(box.zone);
      const position = { x: box.x + (zone?.x ?? 0), y: box.y + (zone?.y ?? 0) };
      const data = { nodeKey: key, seats: seats.get(key) as Seats };
      all.push({ id: `node:${key}`, type: "machine", position, ...sizeOf(box), data });
    }
    const kept = all.map((node) => sameOf(before.current.get(node.id), node));
    before.current = new Map(kept.map((node) => [node.id, node]));
    return kept;
  }, [layout, seats, namespace]);
  return <Canvas nodes={nodes} edges={NO_EDGES} nodeTypes={nodeTypes} label="Map of the cluster" />;
}

/** The node of before where nothing of it has changed: a new one would be measured and drawn anew. */
function sameOf(before: SmallNode | undefined, now: SmallNode): SmallNode {
  const isSame =
    before !== undefined &&
    before.position.x === now.position.x &&
    before.position.y === now.position.y &&
    before.width === now.width &&
    before.height === now.height &&
    shallow(before.data, now.data);
  return isSame ? before : now;
}

function sizeOf(box: { width: number; height: number }) {
  return { width: box.width, height: box.height };
}
