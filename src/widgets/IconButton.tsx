import { Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./controls.module.css";

interface Props {
  readonly label: string;
  /** The key that does the same, shown in the tip. */
  readonly shortcut?: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly disabled?: boolean;
}

/** A button that is only a picture: its name is in the tip and for screen readers. */
export function IconButton({ label, shortcut, onClick, children, pressed, expanded, disabled }: Props) {
  const tip = shortcut ? (
    <>
      {label} <kbd className={classes.tipKey}>{shortcut}</kbd>
    </>
  ) : (
    label
  );
  return (
    <Tooltip label={tip} disabled={disabled ?? false}>
      <button
        type="button"
        className={classes.icon}
        aria-label={label}
        aria-pressed={pressed}
        aria-expanded={expanded}
        disabled={disabled}
        onClick={onClick}
      >
        {children}
      </button>
    </Tooltip>
  );
}
