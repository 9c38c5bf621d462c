import type { KeyboardEvent } from "react";
import { arrows, nearest } from "./moves.ts";

/** An arrow key moves the focus to the nearest thing of the map that way. */
export function walk(event: KeyboardEvent, box: HTMLElement | null): void {
  const direction = arrows[event.key];
  if (!direction || !box || event.altKey || event.ctrlKey || event.metaKey) return;
  const items = [...box.querySelectorAll<HTMLElement>("[data-map-item]")];
  if (items.length === 0) return;
  event.preventDefault();
  const here = (event.target as HTMLElement).closest<HTMLElement>("[data-map-item]");
  if (!here) {
    items[0]?.focus();
    return;
  }
  const others = items.filter((item) => item !== here);
  const at = nearest(
    here.getBoundingClientRect(),
    others.map((item) => item.getBoundingClientRect()),
    direction,
  );
  if (at !== undefined) others[at]?.focus();
}
