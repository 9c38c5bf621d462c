import type { ILink, ILinkProvider, Terminal } from "@xterm/xterm";
import { useCluster } from "../store/cluster.ts";
import type { Ref } from "../store/objects.ts";
import { caughtUp } from "../store/pace.ts";
import { inspect } from "../store/ui.ts";

const SEARCHED = [
  "Pod",
  "Deployment",
  "Service",
  "ReplicaSet",
  "StatefulSet",
  "DaemonSet",
  "Job",
  "CronJob",
  "Node",
  "ConfigMap",
  "Secret",
  "PersistentVolumeClaim",
  "Ingress",
  "Namespace",
];
/** What nobody means by a name in an output. */
const NEVER = ["Event", "Lease", "Fault", "Clock"];
/** A name, with the kind before it where the output tells it: `pod/web`, `deployment.apps/web`. */
const WORD = /(?:\b([a-z]+)(?:\.[a-z0-9.]+)?\/)?\b([a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)/g;
/** A word of one letter means nothing by itself. */
const SHORTEST = 2;

/** The kinds to look through: that which the output names, then those that are meant most often, then all others. */
function kindsFor(named: string | undefined): readonly string[] {
  const { kinds } = useCluster.getState();
  const rest = Object.keys(kinds).filter((kind) => !SEARCHED.includes(kind) && !NEVER.includes(kind));
  const all = [...SEARCHED, ...rest];
  const isNamed = (kind: string) => {
    const lower = kind.toLowerCase();
    return named === lower || named === `${lower}s` || named === `${lower}es` || named === lower.replace(/y$/, "ies");
  };
  const meant = named === undefined ? [] : all.filter(isNamed);
  return meant.length > 0 ? meant : all;
}

/** The object that a name in the output means, if it means one; one in the line's own namespace is taken first. */
function find(name: string, named: string | undefined, words: ReadonlySet<string>): Ref | undefined {
  const { kinds } = useCluster.getState();
  const spaces = [...(kinds.Namespace?.items.keys() ?? [])].sort((a, b) => rank(b, words) - rank(a, words));
  for (const kind of kindsFor(named)) {
    const items = kinds[kind]?.items;
    if (items === undefined) continue;
    if (items.has(name)) return { kind, key: name };
    for (const namespace of spaces) if (items.has(`${namespace}/${name}`)) return { kind, key: `${namespace}/${name}` };
  }
  return undefined;
}

function rank(namespace: string, words: ReadonlySet<string>): number {
  return words.has(namespace) ? 2 : namespace === "default" ? 1 : 0;
}

/** A line as it was printed, which the terminal may have broken over several rows. */
interface Line {
  readonly text: string;
  /** Its first row; rows count from 1. */
  readonly row: number;
}

function lineAt({ buffer: { active } }: Terminal, row: number): Line {
  let first = row;
  while (first > 1 && active.getLine(first - 1)?.isWrapped) first--;
  let text = "";
  for (let at = first; at === first || active.getLine(at - 1)?.isWrapped; at++) {
    const isLast = !active.getLine(at)?.isWrapped;
    text += active.getLine(at - 1)?.translateToString(isLast) ?? "";
  }
  return { text, row: first };
}

function linksAt(terminal: Terminal, row: number): ILink[] {
  const { text, row: first } = lineAt(terminal, row);
  const place = (at: number) => ({ x: (at % terminal.cols) + 1, y: first + Math.floor(at / terminal.cols) });
  const links: ILink[] = [];
  const words = new Set(text.split(/\s+/));
  for (const match of text.matchAll(WORD)) {
    const [whole, kind, name = ""] = match;
    if (name.length < SHORTEST) continue;
    const ref = find(name, kind, words);
    if (ref === undefined) continue;
    const start = match.index + whole.length - name.length;
    links.push({
      text: name,
      range: { start: place(start), end: place(start + name.length - 1) },
      activate: () => inspect(ref),
    });
  }
  return links;
}

/** Names of the cluster's objects in a terminal's output lead to the inspector. */
export function objectLinks(terminal: Terminal): ILinkProvider {
  return {
    // What was made by the command before is not known yet, maybe; the terminal asks once a row.
    provideLinks: (row, callback) => void caughtUp().then(() => callback(linksAt(terminal, row))),
  };
}
