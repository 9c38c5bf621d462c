import { useShallow } from "zustand/react/shallow";
import { useCluster } from "../store/cluster.ts";
import { type Ref, splitKey } from "../store/objects.ts";
import { eventTime, kindView } from "../store/projection.ts";
import { ageMs, showAge } from "../store/time.ts";
import controls from "../widgets/controls.module.css";
import classes from "./Inspector.module.css";

/** What was told about one object, newest first. */
export function ObjectEvents({ selected }: { selected: Ref }) {
  const [namespace, name] = splitKey(selected.key);
  const events = useCluster(
    useShallow((state) => {
      const all = kindView(state, "Event").items;
      const keys = state.eventsAbout.get(`${selected.kind}/${namespace}/${name}`)?.keys ?? [];
      return [...keys].map((key) => all.get(key)).filter((event) => event !== undefined);
    }),
  );
  if (events.length === 0) {
    return <p className={controls.empty}>No events about it. Events are kept for an hour of virtual time.</p>;
  }
  const newest = events.toSorted((a, b) => eventTime(b).localeCompare(eventTime(a)));
  return (
    <ul>
      {newest.map((event) => (
        <li key={event.metadata.name} className={classes.event} data-warning={event.type === "Warning" || undefined}>
          <div className={classes.eventHead}>
            <span>
              {event.type === "Warning" && "▲ "}
              {event.reason}
              {(event.count ?? 1) > 1 && ` ×${event.count}`}
            </span>
            <Ago at={eventTime(event)} />
          </div>
          <p>{event.message}</p>
        </li>
      ))}
    </ul>
  );
}

function Ago({ at }: { at: string }) {
  const text = useCluster((state) => {
    const age = ageMs(at, state.clock);
    return age === undefined ? "" : `${showAge(age)} ago`;
  });
  return <span className="num">{text}</span>;
}
