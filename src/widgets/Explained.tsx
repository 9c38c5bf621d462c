import { Popover } from "@mantine/core";
import classes from "./Explained.module.css";
import { findTerms } from "./find-terms.ts";

/** A text in which words that a newcomer may not know are underlined, once each, and explain themselves. */
export function Explained({ text }: { text: string }) {
  return findTerms(text).map(({ text: part, meaning }, at) =>
    meaning === undefined ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other name
      <Popover key={at} width={280} position="bottom" shadow="md" withArrow>
        <Popover.Target>
          <button type="button" className={classes.term}>
            {part}
          </button>
        </Popover.Target>
        <Popover.Dropdown className={classes.meaning}>{meaning}</Popover.Dropdown>
      </Popover>
    ),
  );
}
