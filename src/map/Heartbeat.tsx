import { memo } from "react";
import { useCluster } from "../store/cluster.ts";
import { kindView, type Projection } from "../store/projection.ts";
import type { Tone } from "../store/status.ts";
import { ageMs, showAge } from "../store/time.ts";
import { StatusGlyph } from "../widgets/StatusGlyph.tsx";
import classes from "./Heartbeat.module.css";

/** A healthy kubelet renews its Lease every 10 s; a little more is not silence yet. */
const QUIET_MS = 12_000;
const RING = 2 * Math.PI * 9;

function leaseOf(state: Projection, nodeKey: string) {
  return kindView(state, "Lease").items.get(`kube-node-lease/${nodeKey}`);
}

/** A node's pulse: one beat for every renewal of its Lease, and a ring that shrinks while renewals are missing. */
export const Heartbeat = memo(function Heartbeat({ nodeKey, tone }: { nodeKey: string; tone: Tone }) {
  const renewed = useCluster((state) => leaseOf(state, nodeKey)?.spec?.renewTime);
  const silence = useCluster((state) => {
    const lease = leaseOf(state, nodeKey);
    const age = ageMs(lease?.spec?.renewTime, state.clock) ?? 0;
    return age < QUIET_MS ? 0 : Math.floor(age / 1000);
  });
  const duration = useCluster((state) => leaseOf(state, nodeKey)?.spec?.leaseDurationSeconds ?? 40);
  // At high speed every renewal would be a flicker: one beat for about a third of a second of wall time.
  const beat = useCluster((state) => {
    const age = ageMs(leaseOf(state, nodeKey)?.spec?.renewTime, state.clock) ?? 0;
    return Math.floor((state.clock.nowMs - age) / Math.max(1000, state.clock.speed * 350));
  });
  const left = Math.max(0, 1 - silence / duration);
  const note = silence === 0 ? "Heartbeats arrive" : `No heartbeat for ${showAge(silence * 1000)}`;
  return (
    <span className={classes.pulse} title={note}>
      {silence === 0 && renewed !== undefined && <span key={beat} className={classes.beat} />}
      {silence > 0 && (
        <svg className={classes.ring} viewBox="0 0 22 22" aria-hidden="true">
          <circle cx="11" cy="11" r="9" className={classes.track} />
          <circle cx="11" cy="11" r="9" className={classes.left} strokeDasharray={`${left * RING} ${RING}`} />
        </svg>
      )}
      <StatusGlyph tone={tone} size={11} />
      {silence > 0 && tone === "running" && <span className={classes.silence}>silent {showAge(silence * 1000)}</span>}
    </span>
  );
});
