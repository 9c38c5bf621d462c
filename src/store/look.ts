import type { Session } from "../session/session.ts";
import { useUi } from "./ui.ts";

// What the page looks at, for the session: of a large cluster only that is told object by object.

let nodes: readonly string[] = [];
let session: Session | undefined;

/** Nodes that the map draws with all their pods. */
export function lookAtNodes(seen: readonly string[]): void {
  if (seen.length === nodes.length && seen.every((key, at) => key === nodes[at])) return;
  nodes = seen;
  tell();
}

function tell(): void {
  const { selection } = useUi.getState();
  session?.look({ nodes, objects: selection ? [selection] : [] });
}

/** Tells a session where the page looks, from now on; returns a way to stop. */
export function tellLooks(to: Session): () => void {
  session = to;
  tell();
  return useUi.subscribe((now, before) => {
    if (now.selection !== before.selection) tell();
  });
}
