import { X } from "lucide-react";
import { useState } from "react";
import type { NodeCell, Tone } from "../../session/crowd.ts";
import { useSlowly } from "../../store/cluster.ts";
import type { CrowdView, Projection } from "../../store/projection.ts";
import { showBytes, showCpu } from "../../store/quantity.ts";
import { flyTo } from "../../store/ui.ts";
import controls from "../../widgets/controls.module.css";
import { IconButton } from "../../widgets/IconButton.tsx";
import { StatusGlyph } from "../../widgets/StatusGlyph.tsx";
import classes from "./CrowdMap.module.css";
import { healthOf } from "./measure.ts";

const SHOWN = 100;
const ORDER = ["unknown", "failing", "not-ready", "terminating", "pending", "running", "completed"] as const;

const collator = new Intl.Collator("en", { numeric: true });
/** Names in order; sorted again only when nodes came or went. */
let names: (Pick<CrowdView, "cells" | "members"> & { readonly keys: readonly string[] }) | undefined;

function namesOf({ cells, members }: CrowdView): readonly string[] {
  if (names?.cells !== cells || names.members !== members) {
    names = { cells, members, keys: [...cells.keys()].sort(collator.compare) };
  }
  return names.keys;
}

/** The first of the nodes that match, those in trouble before the others. */
function listed({ crowd }: Projection, query: string): { readonly rows: string; readonly total: number } {
  const found = new Map<Tone, NodeCell[]>(ORDER.map((tone) => [tone, []]));
  let total = 0;
  for (const key of crowd ? namesOf(crowd) : []) {
    const cell = crowd?.cells.get(key);
    if (!cell) continue;
    const health = healthOf(cell);
    if (!`${key} ${cell.zone} ${health}`.includes(query)) continue;
    found.get(health)?.push(cell);
    total += 1;
  }
  // One text for all rows, so that they can be compared cheaply.
  return { rows: JSON.stringify([...found.values()].flat().slice(0, SHOWN)), total };
}

/** The nodes as a list: the same as the map in words. A press goes there. */
export function NodeList({ onClose }: { onClose: () => void }) {
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLowerCase();
  const { rows, total } = useSlowly((state) => listed(state, wanted), wanted);
  const cells = JSON.parse(rows) as readonly NodeCell[];
  return (
    <section className={classes.list} aria-label="List of nodes">
      <div className={classes.listHead}>
        <input
          className={controls.field}
          placeholder="Name, zone or state"
          aria-label="Filter nodes"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        <IconButton label="Close the list" onClick={onClose}>
          <X size={16} />
        </IconButton>
      </div>
      <ul>
        {cells.map((cell) => (
          <li key={cell.key}>
            <button type="button" className={classes.row} onClick={() => flyTo({ kind: "Node", key: cell.key })}>
              <StatusGlyph tone={healthOf(cell)} size={10} />
              <span className={classes.rowName}>{cell.key}</span>
              <span className={classes.rowNote}>{wordsFor(cell)}</span>
            </button>
          </li>
        ))}
      </ul>
      {total > cells.length && (
        <p className={classes.more}>and {(total - cells.length).toLocaleString("en")} more: filter to see them</p>
      )}
      {total === 0 && <p className={classes.more}>No node matches.</p>}
    </section>
  );
}

function wordsFor(cell: NodeCell): string {
  const state = cell.tone === "running" ? "Ready" : "NotReady";
  const pods = `${cell.pods.length}/${cell.podsOf} pods`;
  const use = `${showCpu(cell.cpu)}/${showCpu(cell.cpuOf)} CPU, ${showBytes(cell.memory)}/${showBytes(cell.memoryOf)}`;
  return [cell.zone, state, cell.cordoned ? "cordoned" : "", pods, use].filter(Boolean).join(" · ");
}
