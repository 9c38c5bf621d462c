import { ChevronDown, ChevronUp, Search } from "lucide-react";
import { type ReactNode, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useCluster } from "../store/cluster.ts";
import { keyOf } from "../store/objects.ts";
import { eventTime, type LogLine } from "../store/projection.ts";
import { showClock, virtualMs } from "../store/time.ts";
import { inspect, setUi, useUi } from "../store/ui.ts";
import controls from "../widgets/controls.module.css";
import { IconButton } from "../widgets/IconButton.tsx";
import { StatusGlyph } from "../widgets/StatusGlyph.tsx";
import classes from "./EventLog.module.css";

const SHOWN = 200;

/** What the cluster tells about itself: its Events, newest last, as they come. */
export function EventLog({ collapsible = true, tabs }: { collapsible?: boolean; tabs?: ReactNode }) {
  const open = useUi((state) => state.bottomOpen) || !collapsible;
  const [query, setQuery] = useState("");
  const [warnings, setWarnings] = useState(false);
  return (
    <section className={controls.panel} aria-label="Events">
      <div className={controls.head}>
        {tabs ?? <h2 className={classes.title}>Events</h2>}
        <span className={controls.spacer} />
        {open && (
          <>
            <label className={classes.check}>
              <input type="checkbox" checked={warnings} onChange={(event) => setWarnings(event.target.checked)} />
              Warnings only
            </label>
            <label className={classes.filter}>
              <Search size={13} aria-hidden="true" />
              <input
                id="event-filter"
                className={controls.field}
                placeholder="Filter"
                aria-label="Filter events"
                value={query}
                onChange={(event) => setQuery(event.target.value)}
              />
            </label>
          </>
        )}
        {collapsible && (
          <IconButton
            label={open ? "Hide the events" : "Show the events"}
            expanded={open}
            onClick={() => setUi({ bottomOpen: !open })}
          >
            {open ? <ChevronDown size={16} /> : <ChevronUp size={16} />}
          </IconButton>
        )}
      </div>
      {open && <Lines query={query} warnings={warnings} />}
    </section>
  );
}

function matches(line: LogLine, query: string, namespace: string, warnings: boolean): boolean {
  const { event } = line;
  if (warnings && event.type !== "Warning") return false;
  const about = event.involvedObject;
  if (namespace !== "" && about.namespace !== undefined && about.namespace !== namespace) return false;
  if (query === "") return true;
  return `${event.type} ${event.reason} ${about.kind}/${about.name} ${event.message}`.toLowerCase().includes(query);
}

function Lines({ query, warnings }: { query: string; warnings: boolean }) {
  const log = useDeferredValue(useCluster((state) => state.log));
  const namespace = useUi((state) => state.namespace);
  const shown = useMemo(() => {
    const wanted = query.trim().toLowerCase();
    return log.filter((line) => matches(line, wanted, namespace, warnings)).slice(-SHOWN);
  }, [log, query, namespace, warnings]);
  const box = useRef<HTMLElement>(null);
  const following = useRef(true);
  const last = shown.at(-1)?.seq;
  // Follows the newest line unless the person has scrolled up to read.
  useEffect(() => {
    const element = box.current;
    if (element && following.current && last !== undefined) element.scrollTop = element.scrollHeight;
  }, [last]);
  if (shown.length === 0) {
    return (
      <p className={controls.empty}>
        {log.length === 0
          ? "No events yet. Apply something, or delete a pod, and the cluster tells here what it does."
          : "No event matches. Clear the filter to see all."}
      </p>
    );
  }
  return (
    <section
      ref={box}
      className={controls.body}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable to be scrolled by keys
      tabIndex={0}
      aria-label="List of events"
      onScroll={(event) => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        following.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      <table className={classes.table}>
        <colgroup>
          <col className={classes.timeColumn} />
          <col className={classes.reasonColumn} />
          <col className={classes.objectColumn} />
          <col />
        </colgroup>
        <thead className="sr-only">
          <tr>
            <th>Time</th>
            <th>Reason</th>
            <th>Object</th>
            <th>Message</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((line) => (
            <Line key={line.seq} line={line} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Line({ line: { event } }: { line: LogLine }) {
  const clock = useCluster.getState().clock;
  const at = virtualMs(eventTime(event), clock);
  const about = event.involvedObject;
  const count = event.series?.count ?? event.count ?? 1;
  const kind = about.kind ?? "";
  const name = about.name ?? "";
  return (
    <tr data-warning={event.type === "Warning" || undefined}>
      <td className={classes.time}>{at === undefined ? "" : showClock(Math.max(0, at))}</td>
      <td className={classes.reason}>
        {event.type === "Warning" && (
          <span className={classes.warning}>
            <StatusGlyph tone="failing" size={10} />
            <span className="sr-only">Warning</span>
          </span>
        )}
        {event.reason}
      </td>
      <td className={classes.object}>
        <button
          type="button"
          className={controls.link}
          onClick={() => inspect({ kind, key: kind === "Node" ? name : keyOf(about.namespace, name) })}
        >
          <span className={classes.kind}>{kind.toLowerCase()}/</span>
          {name}
        </button>
      </td>
      <td className={classes.message}>
        {event.message}
        {count > 1 && <span className={classes.count}> ×{count}</span>}
      </td>
    </tr>
  );
}
