import type { FileTree } from "./tree.ts";

/** More links than this on one way are a circle. */
const MOST_STEPS = 256;

/** Names of a path's parts. */
export function pathNames(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}

/** The names of a path in a tree with its links followed: `/var/run/secrets` is below `/run` in most images. */
export function followLinks(tree: FileTree, path: string): string[] {
  const rest = pathNames(path);
  let here: string[] = [];
  for (let steps = 0; rest.length > 0 && steps < MOST_STEPS; steps++) {
    const name = rest.shift() ?? "";
    const node = tree.find([...here, name]);
    if (node?.kind !== "link") {
      here = name === ".." ? here.slice(0, -1) : [...here, name];
      continue;
    }
    if (node.target?.startsWith("/")) here = [];
    rest.unshift(...pathNames(node.target ?? ""));
  }
  return here;
}
