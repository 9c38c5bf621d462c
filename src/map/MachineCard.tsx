import { Ellipsis, Zap } from "lucide-react";
import { memo } from "react";
import { useShallow } from "zustand/react/shallow";
import { faultsOn } from "../deeds/actions.ts";
import { useCluster, useObject, useSlowly } from "../store/cluster.ts";
import { type Node, nameOf, refId } from "../store/objects.ts";
import { kindView, type Projection } from "../store/projection.ts";
import { podRequests, quantity, showBytes, showCpu } from "../store/quantity.ts";
import { isControlPlane, nodeStatus } from "../store/status.ts";
import { openMenu } from "../store/ui.ts";
import type { Detail } from "./detail.ts";
import { Heartbeat } from "./Heartbeat.tsx";
import { itemProps, useIsSelected } from "./item.ts";
import classes from "./MachineCard.module.css";
import { PodTile } from "./PodTile.tsx";
import type { Block, Seats } from "./seats.ts";

/** A node of the cluster as a card: who it is, how it is, and the pods that it runs. */
export const MachineCard = memo(function MachineCard({ nodeKey, seats }: { nodeKey: string; seats: Seats }) {
  const node = useObject("Node", nodeKey);
  const ref = { kind: "Node", key: nodeKey };
  const selected = useIsSelected(refId(ref));
  if (!node) return null;
  const status = nodeStatus(node);
  const { onContextMenu } = itemProps(ref);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same menu is on the card's buttons, by mouse and by key
    <div
      className={classes.card}
      data-tone={status.tone}
      data-selected={selected || undefined}
      onContextMenu={onContextMenu}
    >
      <div className={classes.head}>
        <button type="button" {...itemProps(ref)} className={classes.title}>
          <Heartbeat nodeKey={nodeKey} tone={status.tone} />
          <span className="sr-only">Node </span>
          <span className={classes.name}>{nodeKey}</span>
          <Badges node={node} />
          <span className={classes.word}>{status.word}</span>
          <span className="sr-only">{`, ${seats.count} pods`}</span>
        </button>
        <button
          type="button"
          className={classes.more}
          aria-label={`Actions for node ${nodeKey}`}
          onClick={(event) => {
            event.stopPropagation();
            const box = event.currentTarget.getBoundingClientRect();
            openMenu(ref, box.left, box.bottom + 2);
          }}
        >
          <Ellipsis size={15} />
        </button>
      </div>
      <Use nodeKey={nodeKey} />
      <PodBlock block={seats.user} height={seats.userHeight} />
      {seats.userHeight > 0 && seats.system.places.length > 0 && <hr className={classes.divider} />}
      <PodBlock block={seats.system} />
    </div>
  );
});

function PodBlock({ block, height }: { block: Block; height?: number }) {
  return (
    <div className={classes.pods} data-detail={block.detail} style={{ minHeight: height }}>
      {block.places.map((key, place) =>
        key === undefined ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: an empty seat is its place
          <span key={`free-${place}`} />
        ) : (
          <Seat key={key} podKey={key} detail={block.detail} leaving={block.leaving.has(key)} />
        ),
      )}
    </div>
  );
}

/** A pod's place, which most changes of the others leave as it is. A dot stands for itself. */
const Seat = memo(function Seat(pod: { podKey: string; detail: Detail; leaving: boolean }) {
  if (pod.detail === "dot") return <PodTile {...pod} />;
  return (
    <span className={classes.seat}>
      <PodTile {...pod} />
    </span>
  );
});

interface Badge {
  readonly text: string;
  readonly title: string;
  readonly tone: "quiet" | "warn" | "bad";
  /** Drawn as a bolt: there is no room for the text. */
  readonly bolt?: boolean;
}

function badgesOf(node: Node, faults: readonly string[]): readonly Badge[] {
  const badges: Badge[] = faults.map((type) => ({
    text: type,
    title: `Fault: ${type}`,
    tone: "bad",
    bolt: true,
  }));
  if (node.spec?.unschedulable) {
    badges.push({ text: "cordoned", title: "spec.unschedulable: no new pods come here", tone: "warn" });
  }
  for (const pressure of nodeStatus(node).pressures) badges.push({ text: pressure, title: pressure, tone: "bad" });
  const byKey = new Map<string, string[]>();
  for (const taint of node.spec?.taints ?? []) {
    if (taint.key === "node.kubernetes.io/unschedulable") continue;
    byKey.set(taint.key, [...(byKey.get(taint.key) ?? []), taint.effect]);
  }
  for (const [key, effects] of byKey) {
    const quiet = key.startsWith("node-role.kubernetes.io/");
    const text = quiet ? effects.join("+") : key.slice(key.lastIndexOf("/") + 1);
    if (!quiet || badges.length === 0)
      badges.push({ text, title: `Taint ${key}: ${effects.join(", ")}`, tone: quiet ? "quiet" : "warn" });
  }
  if (isControlPlane(node) && byKey.size === 0) {
    badges.push({ text: "control plane", title: "Runs the control plane", tone: "quiet" });
  }
  return badges;
}

function Badges({ node }: { node: Node }) {
  const ref = { kind: "Node", key: nameOf(node) };
  const faults = useCluster(useShallow((state) => faultsOn(state, ref).map((item) => item.spec.type)));
  const badges = badgesOf(node, faults);
  return (
    <span className={classes.badges}>
      {badges.map((badge) => (
        <span key={badge.text} className={classes.badge} data-tone={badge.tone} title={badge.title}>
          {badge.bolt ? <Zap size={12} aria-label={badge.title} /> : badge.text}
        </span>
      ))}
    </span>
  );
}

/** What its pods ask for, against what it can give. */
function usage(state: Projection, nodeKey: string) {
  const pods = kindView(state, "Pod").items;
  let cpu = 0;
  let memory = 0;
  for (const key of state.podsByNode.get(nodeKey)?.keys ?? []) {
    const pod = pods.get(key);
    if (!pod || pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed") continue;
    const asked = podRequests(pod);
    cpu += asked.cpu;
    memory += asked.memory;
  }
  const allocatable = kindView(state, "Node").items.get(nodeKey)?.status?.allocatable;
  return { cpu, memory, cpuOf: quantity(allocatable?.cpu), memoryOf: quantity(allocatable?.memory) };
}

function Use({ nodeKey }: { nodeKey: string }) {
  const use = useSlowly((state) => usage(state, nodeKey), nodeKey);
  return (
    <div className={classes.use}>
      <Meter name="CPU requested" short="cpu" part={use.cpu} whole={use.cpuOf} show={showCpu} />
      <Meter name="Memory requested" short="mem" part={use.memory} whole={use.memoryOf} show={showBytes} />
    </div>
  );
}

interface MeterProps {
  readonly name: string;
  readonly short: string;
  readonly part: number;
  readonly whole: number;
  readonly show: (value: number) => string;
}

function Meter({ name, short, part, whole, show }: MeterProps) {
  const share = whole > 0 ? Math.min(1, part / whole) : 0;
  return (
    <span className={classes.meter} title={`${name}: ${show(part)} of ${show(whole)}`}>
      <span className={classes.meterText}>
        {short} <span className="num">{show(part)}</span>
        <span className={classes.of}>/{show(whole)}</span>
      </span>
      <span className={classes.bar}>
        <span style={{ transform: `scaleX(${share})` }} />
      </span>
    </span>
  );
}
