import type { KeyboardEvent, MouseEvent } from "react";
import { type Ref, refId } from "../store/objects.ts";
import { openMenu, select, useUi } from "../store/ui.ts";

/** Whether a thing is the one selected; renders again only when that changes. */
export function useIsSelected(id: string): boolean {
  return useUi((state) => state.selection !== undefined && refId(state.selection) === id);
}

/** What makes an element a thing of the map: it can be pointed at, selected, walked to with arrows, and acted on. */
export function itemProps(ref: Ref) {
  return {
    "data-map-item": refId(ref),
    onClick: (event: MouseEvent) => {
      event.stopPropagation();
      select(ref);
    },
    onContextMenu: (event: MouseEvent) => {
      event.preventDefault();
      event.stopPropagation();
      select(ref);
      openMenu(ref, event.clientX, event.clientY);
    },
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      const isMenuKey = event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
      if (event.key !== "Enter" && !isMenuKey) return;
      event.preventDefault();
      event.stopPropagation();
      select(ref);
      const box = event.currentTarget.getBoundingClientRect();
      openMenu(ref, box.left + Math.min(box.width, 120), box.bottom + 2);
    },
  };
}
