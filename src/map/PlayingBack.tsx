import { useCluster } from "../store/cluster.ts";
import { session } from "../store/connect.ts";
import controls from "../widgets/controls.module.css";
import classes from "./NextStep.module.css";

/** After a reload of a large cluster: what was done to it is played again, up to where it was left. */
export function PlayingBack() {
  const percent = useCluster(({ clock }) => Math.floor((clock.playedBack ?? 1) * 100));
  return (
    <div className={classes.strip}>
      <p className={classes.say}>
        The cluster plays back to where you left it: {percent} %. What you do meanwhile waits until it is there.
      </p>
      <progress className={classes.progress} max={100} value={percent} aria-label="Played back" />
      <button
        type="button"
        className={`${controls.button} ${classes.button}`}
        title="What came after this moment is lost"
        onClick={() => void session().goOnFromHere()}
      >
        Go on from here
      </button>
    </div>
  );
}
