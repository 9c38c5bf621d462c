import { examples } from "../deeds/examples.ts";
import { loadExample } from "../deeds/manifest.ts";
import { setClock } from "../deeds/requests.ts";
import { beginAnew } from "../deeds/restart.ts";
import { advance, send } from "../deeds/run.ts";
import { isSystemNamespace, type Node, type Pod, refId, splitKey } from "../store/objects.ts";
import type { Projection } from "../store/projection.ts";
import { nodeStatus, podStatus, type Tone } from "../store/status.ts";
import { summary } from "../store/summary.ts";
import { inspect, type MapView, setUi } from "../store/ui.ts";
import { speeds } from "../timeline/speeds.ts";

export interface Command {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  /** Set for an object: how it is. */
  readonly tone?: Tone;
  readonly run: () => void;
}

const VIEWS: readonly (readonly [MapView, string])[] = [
  ["cluster", "the cluster"],
  ["workloads", "workloads"],
  ["traffic", "traffic"],
  ["loops", "control loops"],
];

/** Commands that are always there. */
export const commands: readonly Command[] = [
  ...VIEWS.map(([view, name]) => ({
    id: `view-${view}`,
    title: `Show ${name}`,
    note: "map",
    run: () => setUi({ view, narrowPage: "map" }),
  })),
  { id: "pause", title: "Pause", note: "clock", run: () => void send(setClock({ paused: true })) },
  { id: "run", title: "Run", note: "clock", run: () => void send(setClock({ paused: false })) },
  ...speeds.map((speed) => ({
    id: `speed-${speed}`,
    title: `Speed ${speed}x`,
    note: "clock",
    run: () => void send(setClock({ speed, paused: false })),
  })),
  {
    id: "next",
    title: "Go to the next event worth seeing",
    note: "clock",
    run: () => void advance({ untilNextEvent: true }),
  },
  { id: "ahead-10", title: "Go 10 s ahead", note: "clock", run: () => void advance({ duration: "10s" }) },
  { id: "ahead-300", title: "Go 5 minutes ahead", note: "clock", run: () => void advance({ duration: "5m" }) },
  ...examples.map((example) => ({
    id: `example-${example.id}`,
    title: example.title,
    note: "open in the editor",
    run: () => loadExample(example.id),
  })),
  {
    id: "lessons",
    title: "Lessons",
    note: "panel",
    run: () => setUi({ left: "lessons", leftOpen: true, narrowPage: "lessons" }),
  },
  {
    id: "events",
    title: "Events",
    note: "panel",
    run: () => setUi({ bottom: "events", bottomOpen: true, narrowPage: "events" }),
  },
  {
    id: "terminal",
    title: "Terminal",
    note: "panel",
    run: () => setUi({ bottom: "terminal", bottomOpen: true, narrowPage: "terminal" }),
  },
  { id: "anew", title: "Begin anew: 3 workers", note: "cluster", run: () => void beginAnew() },
  { id: "anew-9", title: "Begin anew: 9 workers", note: "cluster", run: () => void beginAnew(9) },
  { id: "help", title: "Keys and words", note: "help", run: () => setUi({ helpOpen: true }) },
];

const LIMIT = 40;
/** Kinds in the order in which a person looks for them; the others come after, Events and Leases never. */
const ORDER = ["Node", "Deployment", "Service", "ReplicaSet", "Pod", "EndpointSlice", "Fault", "Namespace"];
const HIDDEN = new Set(["Event", "Lease", "Clock"]);

function toneOf(kind: string, object: Parameters<typeof summary>[1]): Tone {
  if (kind === "Pod") return podStatus(object as Pod).tone;
  if (kind === "Node") return nodeStatus(object as Node).tone;
  return summary(kind, object)?.tone ?? "completed";
}

/** Objects and commands that have all words of the query in them, the person's own before the system's. */
export function search(state: Projection, query: string, mode: "all" | "objects"): readonly Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const found = mode === "all" ? commands.filter((command) => fits(`${command.title} ${command.note}`)) : [];
  const own: Command[] = [];
  const system: Command[] = [];
  const kinds = Object.keys(state.kinds).filter((kind) => !HIDDEN.has(kind));
  kinds.sort((a, b) => ((ORDER.indexOf(a) + 99) % 99) - ((ORDER.indexOf(b) + 99) % 99));
  for (const kind of kinds) {
    for (const [key, object] of state.kinds[kind]?.items ?? []) {
      if (own.length >= LIMIT) break;
      if (!fits(`${kind} ${key}`)) continue;
      const [namespace, name] = splitKey(key);
      const ref = { kind, key };
      const note = namespace === "" ? kind : `${kind} in ${namespace}`;
      const row = { id: refId(ref), title: name, note, tone: toneOf(kind, object), run: () => inspect(ref) };
      (isSystemNamespace(namespace) ? system : own).push(row);
    }
  }
  const objects = [...own, ...system].slice(0, LIMIT);
  return words.length === 0 && mode === "all" ? [...found, ...objects] : [...objects, ...found];
}
