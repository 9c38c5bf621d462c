import { actionsFor } from "../deeds/actions.ts";
import { setText } from "../deeds/manifest.ts";
import { setClock } from "../deeds/requests.ts";
import { advance, send } from "../deeds/run.ts";
import { useCluster } from "../store/cluster.ts";
import { controllerOf, keyOf, type Ref, refId, splitKey } from "../store/objects.ts";
import { inspect, openMenu, select, setUi, useUi } from "../store/ui.ts";
import { stepSpeed } from "../timeline/speeds.ts";

type Deed = (event: KeyboardEvent) => void;

function changeSpeed(step: 1 | -1): void {
  void send(setClock({ speed: stepSpeed(useCluster.getState().clock.speed, step) }));
}

function withSelection(deed: (selection: Ref) => void): Deed {
  return () => {
    const { selection } = useUi.getState();
    if (selection) deed(selection);
  };
}

function toOwner(selection: Ref): void {
  const object = useCluster.getState().kinds[selection.kind]?.items.get(selection.key);
  const owner = object && controllerOf(object);
  if (!owner) return;
  const [namespace] = splitKey(selection.key);
  inspect({ kind: owner.kind, key: owner.kind === "Node" ? owner.name : keyOf(namespace, owner.name) });
}

function askToDelete(selection: Ref): void {
  const action = actionsFor(useCluster.getState(), selection).find((item) => item.id === "delete");
  if (action && window.confirm(`Delete ${selection.kind} ${selection.key}?`)) action.run();
}

function menuOnSelection(selection: Ref): void {
  const item = document.querySelector(`[data-map-item="${CSS.escape(refId(selection))}"]`);
  const box = item?.getBoundingClientRect();
  openMenu(selection, box?.left ?? innerWidth / 2, box?.bottom ?? innerHeight / 3);
}

function back(): void {
  const { selection } = useUi.getState();
  if (selection) select(undefined);
  else setUi({ narrowPage: "map" });
}

const deeds: Readonly<Record<string, Deed>> = {
  " ": () => void send(setClock({ paused: !useCluster.getState().clock.paused })),
  ".": () => void advance({ events: 1 }),
  "<": () => changeSpeed(-1),
  ">": () => changeSpeed(1),
  n: () => void advance({ untilNextEvent: true }),
  "/": () => setUi({ palette: "objects" }),
  ":": () => setUi({ palette: "all" }),
  "?": () => setUi({ helpOpen: true }),
  d: withSelection((selection) => inspect(selection, "describe")),
  v: withSelection((selection) => inspect(selection, "events")),
  y: withSelection((selection) => inspect(selection, "yaml")),
  w: withSelection((selection) => inspect(selection, "why")),
  l: withSelection((selection) => inspect(selection, selection.kind === "Pod" ? "logs" : "overview")),
  e: withSelection((selection) => void openInEditor(selection)),
  o: withSelection(toOwner),
  Enter: withSelection(menuOnSelection),
  Escape: back,
  "1": () => setUi({ view: "cluster" }),
  "2": () => setUi({ view: "workloads" }),
  "3": () => setUi({ view: "traffic" }),
  "4": () => setUi({ view: "loops" }),
};

async function openInEditor(selection: Ref): Promise<void> {
  const object = useCluster.getState().kinds[selection.kind]?.items.get(selection.key);
  if (!object) return;
  // The printer of YAML loads when first used.
  const { toYaml } = await import("../inspector/YamlView.tsx");
  setText(toYaml(object));
}

function toggleTerminal(): void {
  const { bottom, bottomOpen, narrowPage } = useUi.getState();
  const isShown = bottom === "terminal" && bottomOpen;
  setUi({ bottom: "terminal", bottomOpen: !isShown, narrowPage: narrowPage === "terminal" ? "map" : "terminal" });
}

/** Keys belong to whoever is being typed into, to open menus and dialogs, and to buttons that `Enter` and `Space` press. */
function isTaken(event: KeyboardEvent): boolean {
  const { palette, helpOpen, newClusterOpen, menu } = useUi.getState();
  if (palette !== "closed" || helpOpen || newClusterOpen || menu) return true;
  const target = event.target as HTMLElement;
  if (target.closest("input, textarea, select, [contenteditable=true], [role=menu], [role=dialog]")) return true;
  const pressable = target.closest("button, a, [role=tab]") !== null;
  if (event.key === "Enter") return pressable;
  // On the map Space pauses even when a tile has the focus: Enter acts on tiles.
  return event.key === " " && pressable && target.closest("[data-map-item]") === null;
}

/** Listens to the page's keys (PAGE.md); returns a way to stop. */
export function listenToKeys(): () => void {
  const listen = (event: KeyboardEvent) => {
    const withControl = event.ctrlKey || event.metaKey;
    if (withControl && event.key.toLowerCase() === "k") {
      event.preventDefault();
      setUi((state) => ({ palette: state.palette === "closed" ? "all" : "closed" }));
      return;
    }
    if (withControl && event.key === "`") {
      event.preventDefault();
      toggleTerminal();
      return;
    }
    if (event.defaultPrevented || isTaken(event)) return;
    const { selection } = useUi.getState();
    if (withControl && event.key.toLowerCase() === "d" && selection) {
      event.preventDefault();
      askToDelete(selection);
      return;
    }
    if (withControl || event.altKey) return;
    const deed = deeds[event.key];
    if (!deed) return;
    event.preventDefault();
    deed(event);
  };
  window.addEventListener("keydown", listen);
  return () => window.removeEventListener("keydown", listen);
}
