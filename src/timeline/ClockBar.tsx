import { Pause, Play, SkipForward, StepForward } from "lucide-react";
import { memo } from "react";
import { setClock } from "../deeds/requests.ts";
import { advance, send } from "../deeds/run.ts";
import { useCluster } from "../store/cluster.ts";
import { showAge, showClock } from "../store/time.ts";
import controls from "../widgets/controls.module.css";
import { IconButton } from "../widgets/IconButton.tsx";
import classes from "./ClockBar.module.css";
import { offered } from "./speeds.ts";

/** Time, always visible and always the person's own. */
export function ClockBar() {
  return (
    <fieldset className={classes.bar}>
      <legend className="sr-only">Clock</legend>
      <PauseButton />
      <IconButton label="Step one event" shortcut="." onClick={() => void advance({ events: 1 })}>
        <StepForward size={16} />
      </IconButton>
      <Speed />
      <Now />
      <IconButton
        label="Go to the next event worth seeing"
        shortcut="n"
        onClick={() => void advance({ untilNextEvent: true })}
      >
        <SkipForward size={16} />
      </IconButton>
      <Next />
    </fieldset>
  );
}

const PauseButton = memo(function PauseButton() {
  const paused = useCluster((state) => state.clock.paused);
  return (
    <IconButton
      label={paused ? "Run" : "Pause"}
      shortcut="Space"
      pressed={paused}
      onClick={() => void send(setClock({ paused: !paused }))}
    >
      {paused ? <Play size={16} /> : <Pause size={16} />}
    </IconButton>
  );
});

const Speed = memo(function Speed() {
  const speed = useCluster((state) => state.clock.speed);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset in a fieldset would say "Clock" twice
    <div className={controls.segments} role="group" aria-label="Speed">
      {offered(speed).map((value) => (
        <button
          key={value}
          type="button"
          className={`${controls.segment} ${classes.speed}`}
          aria-pressed={speed === value}
          onClick={() => void send(setClock({ speed: value, paused: false }))}
        >
          {value}x
        </button>
      ))}
    </div>
  );
});

function Now() {
  const text = useCluster((state) => showClock(state.clock.nowMs));
  const paused = useCluster((state) => state.clock.paused);
  return (
    <time className={classes.now} data-paused={paused || undefined} title="Virtual time since the cluster began">
      {text}
    </time>
  );
}

function Next() {
  const what = useCluster((state) => state.clock.next?.what);
  const inText = useCluster((state) => {
    const { next, nowMs, speed } = state.clock;
    if (!next) return "";
    const left = Math.max(0, next.atMs - nowMs);
    // Faster than a person can read, a number would only flicker.
    return speed > 10 && left < speed * 500 ? "" : showAge(left);
  });
  return (
    <span className={classes.next} title={what}>
      {what && (
        <>
          <span className={classes.nextLabel}>next:</span> <span className="clip">{what}</span>{" "}
          <span className={`num ${classes.nextIn}`}>{inText}</span>
        </>
      )}
    </span>
  );
}
