import { controllerOf, nameOf, type Pod } from "../store/objects.ts";

/** A pod's name in two parts, so that a tight place may clip the first and still tell pods apart by the second. */
export interface PodName {
  readonly base: string;
  readonly suffix: string;
}

/** `web-7d9c5b8f6-x2k4p` → `web` and `x2k4p`: the hash of its template says nothing to a person. */
export function podName(pod: Pod): PodName {
  const name = nameOf(pod);
  const owner = controllerOf(pod);
  const node = pod.spec?.nodeName;
  if (owner?.kind === "Node" && node && name.endsWith(`-${node}`)) {
    return { base: name.slice(0, -node.length - 1), suffix: "" };
  }
  if (!owner || !pod.metadata?.generateName) return splitOwned(name, owner?.name);
  const hash = pod.metadata.labels?.["pod-template-hash"];
  const stem = pod.metadata.generateName.replace(/-$/, "");
  const base = hash && stem.endsWith(`-${hash}`) ? stem.slice(0, -hash.length - 1) : stem;
  return { base, suffix: name.slice(pod.metadata.generateName.length) };
}

function splitOwned(name: string, owner: string | undefined): PodName {
  if (owner === undefined || !name.startsWith(`${owner}-`)) return { base: name, suffix: "" };
  return { base: owner.replace(/-[bcdfghjklmnpqrstvwxz2456789]{8,10}$/, ""), suffix: name.slice(owner.length + 1) };
}
