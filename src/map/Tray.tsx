import { useShallow } from "zustand/react/shallow";
import { useCluster } from "../store/cluster.ts";
import { splitKey } from "../store/objects.ts";
import { PodTile } from "./PodTile.tsx";
import classes from "./Tray.module.css";

const SHOWN_AS_CHIPS = 3;
const SHOWN = 60;
/** Scanning stops here: beyond it the number is what matters, and it is exact without a namespace filter. */
const SCAN = 5000;

/** Pods that no node has taken yet. It has its place on the map even when empty, so that it never pushes anything. */
export function Tray({ namespace }: { namespace: string }) {
  const waiting = useCluster(
    useShallow((state) => {
      const found: string[] = [];
      let scanned = 0;
      for (const key of state.podsByNode.get("")?.keys ?? []) {
        scanned += 1;
        if (scanned > SCAN || found.length >= SHOWN) break;
        if (namespace === "" || splitKey(key)[0] === namespace) found.push(key);
      }
      return found;
    }),
  );
  const total = useCluster((state) => state.crowd?.waiting ?? state.podsByNode.get("")?.keys.size ?? 0);
  const hidden = waiting.length < SHOWN ? 0 : total - SHOWN;
  // Of very many, the page may know a few only.
  const few = waiting.length <= SHOWN_AS_CHIPS && (total <= SHOWN_AS_CHIPS || namespace !== "");
  const detail = few ? "chip" : "dot";
  return (
    <section className={classes.tray} aria-label="Pods waiting for a node">
      <h2 className={classes.label}>
        Waiting for a node
        {total > 0 && <span className={classes.count}>{total.toLocaleString("en")}</span>}
      </h2>
      {waiting.length === 0 ? (
        <span className={classes.none}>none</span>
      ) : (
        <div className={classes.pods} data-detail={detail}>
          {waiting.map((key) => (
            <PodTile key={key} podKey={key} detail={detail} />
          ))}
          {hidden > 0 && <span className={classes.more}>and {hidden.toLocaleString("en")} more</span>}
        </div>
      )}
    </section>
  );
}
