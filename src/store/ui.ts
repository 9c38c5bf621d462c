import { create } from "zustand";
import { createJSONStorage, persist } from "zustand/middleware";
import type { Ref } from "./objects.ts";

export type MapView = "cluster" | "workloads" | "traffic" | "loops";
export type LeftTab = "editor" | "lessons";
/** The pages of a narrow screen. */
export type NarrowPage = "map" | "editor" | "lessons" | "inspector" | "events" | "terminal";
export type BottomTab = "events" | "terminal";
export type InspectorTab = "overview" | "why" | "describe" | "yaml" | "events" | "logs" | "owners";

/** What the person looks at; not the cluster. Lasts over a reload except for what is open in passing. */
export interface UiState {
  readonly view: MapView;
  readonly left: LeftTab;
  readonly leftOpen: boolean;
  readonly bottomOpen: boolean;
  readonly bottom: BottomTab;
  readonly narrowPage: NarrowPage;
  /** `""` means all. */
  readonly namespace: string;
  readonly selection: Ref | undefined;
  readonly inspectorTab: InspectorTab;
  readonly palette: "closed" | "all" | "objects";
  readonly helpOpen: boolean;
  /** The dialog that makes a new cluster. */
  readonly newClusterOpen: boolean;
  /** Counts up when the map shall go to what is selected. */
  readonly flights: number;
  readonly menu: { readonly ref: Ref; readonly x: number; readonly y: number } | undefined;
  readonly toast: Toast | undefined;
  /** What was done once, so that the next thing to try can move on. */
  readonly done: readonly string[];
  readonly lesson: string | undefined;
}

export interface Toast {
  readonly id: number;
  readonly tone: "info" | "error";
  readonly text: string;
}

const initial: UiState = {
  view: "cluster",
  left: "editor",
  leftOpen: true,
  bottomOpen: true,
  bottom: "events",
  narrowPage: "map",
  namespace: "",
  selection: undefined,
  inspectorTab: "overview",
  palette: "closed",
  helpOpen: false,
  newClusterOpen: false,
  flights: 0,
  menu: undefined,
  toast: undefined,
  done: [],
  lesson: undefined,
};

export const useUi = create<UiState>()(
  persist(() => initial, {
    name: "tabernetes-ui",
    storage: createJSONStorage(() => localStorage),
    partialize: ({ view, left, leftOpen, bottomOpen, bottom, namespace, inspectorTab, done, lesson }) => ({
      view,
      left,
      leftOpen,
      bottomOpen,
      bottom,
      namespace,
      inspectorTab,
      done,
      lesson,
    }),
  }),
);

export const setUi = useUi.setState;

export function select(selection: Ref | undefined): void {
  setUi({ selection, menu: undefined });
}

/** Shows an object in the inspector, on a narrow screen by turning to its page. */
export function inspect(selection: Ref, inspectorTab?: InspectorTab): void {
  setUi({ selection, menu: undefined, narrowPage: "inspector", ...(inspectorTab ? { inspectorTab } : {}) });
}

/** Shows an object, and where it stands on the map: for whoever looked for it. */
export function flyTo(selection: Ref): void {
  inspect(selection);
  setUi((state) => ({ flights: state.flights + 1 }));
}

/** Opens the list of what can be done to a thing, at a place of the window. */
export function openMenu(ref: Ref, x: number, y: number): void {
  setUi({ menu: { ref, x, y } });
}

export function markDone(what: string): void {
  setUi((state) => (state.done.includes(what) ? state : { done: [...state.done, what] }));
}

let toasts = 0;
/** A short message that goes away by itself; errors stay until closed. */
export function toast(tone: Toast["tone"], text: string): void {
  toasts += 1;
  setUi({ toast: { id: toasts, tone, text } });
}
