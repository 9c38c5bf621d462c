import { createContext } from "react";

/** Where a view of the map puts its buttons: a place in the panel's head, so that they cover nothing. */
export const ToolsSlot = createContext<HTMLElement | null>(null);
