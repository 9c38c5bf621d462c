import { useCluster } from "../store/cluster.ts";
import { showAge, virtualMs } from "../store/time.ts";
import classes from "./Why.module.css";

/** From this speed on figures change too fast to be read: a bar says as much. */
const TOO_FAST = 50;

/** Time left until a timestamp, on the cluster's clock. It stands still when that does. */
export function Countdown({ since, until }: { since: string | undefined; until: string }) {
  const left = useCluster(({ clock }) => {
    const untilMs = virtualMs(until, clock);
    if (untilMs === undefined) return undefined;
    const leftMs = untilMs - clock.nowMs;
    if (leftMs <= 0) return "due";
    if (clock.speed >= TOO_FAST && !clock.paused) return showAge(Math.ceil(leftMs / 10_000) * 10_000);
    return leftMs < 120_000 ? `${Math.ceil(leftMs / 1000)} s` : showAge(leftMs);
  });
  const share = useCluster(({ clock }) => {
    const [fromMs, untilMs] = [virtualMs(since, clock), virtualMs(until, clock)];
    if (fromMs === undefined || untilMs === undefined || untilMs <= fromMs) return undefined;
    const passed = (clock.nowMs - fromMs) / (untilMs - fromMs);
    return Math.round(Math.min(1, Math.max(0, passed)) * 200) / 200;
  });
  return (
    <>
      <span className={`${classes.left} num`} role="timer">
        {left}
      </span>
      {share !== undefined && (
        <span className={classes.bar} aria-hidden="true">
          <span style={{ transform: `scaleX(${1 - share})` }} />
        </span>
      )}
    </>
  );
}
