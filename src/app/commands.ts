import { examples } from "../deeds/examples.ts";
import { loadExample } from "../deeds/manifest.ts";
import { setClock } from "../deeds/requests.ts";
import { advance, send } from "../deeds/run.ts";
import type { ObjectChange } from "../session/session.ts";
import {
  isSystemNamespace,
  type KubeObject,
  type Node,
  type Pod,
  type Ref,
  refId,
  splitKey,
} from "../store/objects.ts";
import type { Projection } from "../store/projection.ts";
import { nodeStatus, podStatus, type Tone } from "../store/status.ts";
import { summary } from "../store/summary.ts";
import { flyTo, type MapView, setUi } from "../store/ui.ts";
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
  {
    id: "anew",
    title: "New cluster: begin anew with 3 to 5,000 nodes",
    note: "cluster",
    run: () => setUi({ newClusterOpen: true }),
  },
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

/**
 * Objects and commands that have all words of the query in them, the person's own before the system's. `beyond`: what
 * the session found that the page was not told of.
 */
export function search(
  state: Projection,
  query: string,
  mode: "all" | "objects",
  beyond: readonly ObjectChange[] = [],
): readonly Command[] {
  const words = wordsOf(query);
  const fits = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const found = mode === "all" ? commands.filter((command) => fits(`${command.title} ${command.note}`)) : [];
  const own = new Map<string, Command>();
  const system = new Map<string, Command>();
  const add = (kind: string, key: string, object: KubeObject) => {
    const row = rowFor({ kind, key }, object);
    (isSystemNamespace(splitKey(key)[0]) ? system : own).set(row.id, row);
  };
  const kinds = Object.keys(state.kinds).filter((kind) => !HIDDEN.has(kind));
  kinds.sort((a, b) => ((ORDER.indexOf(a) + 99) % 99) - ((ORDER.indexOf(b) + 99) % 99));
  for (const { kind, key, object } of beyond)
    if (object && fits(`${kind} ${key}`)) add(kind, key, object as KubeObject);
  for (const kind of kinds) {
    for (const [key, object] of state.kinds[kind]?.items ?? []) {
      if (own.size >= LIMIT) break;
      if (fits(`${kind} ${key}`)) add(kind, key, object);
    }
  }
  const objects = [...own.values(), ...system.values()].slice(0, LIMIT);
  return words.length === 0 && mode === "all" ? [...found, ...objects] : [...objects, ...found];
}

export function wordsOf(query: string): readonly string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean);
}

function rowFor(ref: Ref, object: KubeObject): Command {
  const [namespace, name] = splitKey(ref.key);
  const note = namespace === "" ? ref.kind : `${ref.kind} in ${namespace}`;
  return { id: refId(ref), title: name, note, tone: toneOf(ref.kind, object), run: () => flyTo(ref) };
}
