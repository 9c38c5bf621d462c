import type { ILink, ILinkProvider, Terminal } from "@xterm/xterm";
import { useCluster } from "../store/cluster.ts";
import type { Ref } from "../store/objects.ts";
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
const WORD = /[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/g;

/** The object that a name in the output means, if it means one; one in the line's own namespace is taken first. */
function find(name: string, line: string): Ref | undefined {
  const { kinds } = useCluster.getState();
  const words = new Set(line.split(/\s+/));
  for (const kind of SEARCHED) {
    const items = kinds[kind]?.items;
    if (items === undefined) continue;
    if (items.has(name)) return { kind, key: name };
    const spaces = [...(kinds.Namespace?.items.keys() ?? [])].sort((a, b) => rank(b, words) - rank(a, words));
    for (const namespace of spaces) if (items.has(`${namespace}/${name}`)) return { kind, key: `${namespace}/${name}` };
  }
  return undefined;
}

function rank(namespace: string, words: ReadonlySet<string>): number {
  return words.has(namespace) ? 2 : namespace === "default" ? 1 : 0;
}

/** Names of the cluster's objects in a terminal's output lead to the inspector. */
export function objectLinks(terminal: Terminal): ILinkProvider {
  return {
    provideLinks(row, callback) {
      const text = terminal.buffer.active.getLine(row - 1)?.translateToString(true) ?? "";
      const links: ILink[] = [];
      for (const match of text.matchAll(WORD)) {
        const [name] = match;
        if (name.length < 3) continue;
        const ref = find(name, text);
        if (ref === undefined) continue;
        links.push({
          text: name,
          range: { start: { x: match.index + 1, y: row }, end: { x: match.index + name.length, y: row } },
          activate: () => inspect(ref),
        });
      }
      callback(links);
    },
  };
}
