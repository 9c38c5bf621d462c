import { Popover } from "@mantine/core";
import { legend } from "../store/status.ts";
import controls from "../widgets/controls.module.css";
import { StatusGlyph } from "../widgets/StatusGlyph.tsx";
import classes from "./Legend.module.css";

/** What the shapes and colours mean. */
export function Legend() {
  return (
    <Popover position="bottom-end" shadow="md" width={290}>
      <Popover.Target>
        <button type="button" className={`${controls.icon} ${classes.opener}`} aria-label="Legend">
          <StatusGlyph tone="running" size={10} />
          <StatusGlyph tone="failing" size={10} />
          <StatusGlyph tone="pending" size={10} />
          <span>Legend</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <ul className={classes.list}>
          {legend.map(({ tone, word, meaning }) => (
            <li key={tone}>
              <StatusGlyph tone={tone} size={13} />
              <span className={classes.word} data-tone={tone}>
                {word}
              </span>
              <span className={classes.meaning}>{meaning}</span>
            </li>
          ))}
        </ul>
        <p className={classes.note}>
          A node beats once for every renewal of its Lease. When renewals stop, a ring shows how much of the Lease is
          left.
        </p>
      </Popover.Dropdown>
    </Popover>
  );
}
