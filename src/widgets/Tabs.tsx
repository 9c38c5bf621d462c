import { type KeyboardEvent, useRef } from "react";
import classes from "./controls.module.css";

interface Props<T extends string> {
  /** Names the group for screen readers, and prefixes the ids that `TabPanel` uses. */
  readonly id: string;
  readonly label: string;
  readonly tabs: readonly { readonly id: T; readonly label: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly look?: "tabs" | "segments";
}

/** A row of tabs: arrows move, the chosen one alone is in the tab order. */
export function Tabs<T extends string>({ id, label, tabs, value, onChange, look = "tabs" }: Props<T>) {
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const at = tabs.findIndex((tab) => tab.id === value);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    onChange(next.id);
    list.current?.querySelector<HTMLElement>(`#${id}-tab-${next.id}`)?.focus();
  };
  return (
    <div
      ref={list}
      role="tablist"
      aria-label={label}
      className={look === "tabs" ? classes.tabs : classes.segments}
      onKeyDown={move}
    >
      {tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          id={`${id}-tab-${tab.id}`}
          aria-selected={tab.id === value}
          aria-controls={tab.id === value ? `${id}-panel` : undefined}
          tabIndex={tab.id === value ? 0 : -1}
          className={look === "tabs" ? classes.tab : classes.segment}
          onClick={() => onChange(tab.id)}
        >
          {tab.label}
        </button>
      ))}
    </div>
  );
}

/** Attributes of the element that shows what the chosen tab stands for. */
export function tabPanel(id: string, value: string) {
  return { role: "tabpanel", id: `${id}-panel`, "aria-labelledby": `${id}-tab-${value}` } as const;
}
