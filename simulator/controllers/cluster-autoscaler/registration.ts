import type { Cache } from "../../api/client.ts";
import { NODE_GROUP_LABEL, NODES, type Node, type NodeGroup } from "../../api/refs.ts";
import type { JsonObject } from "../../base/json.ts";

/** The flags max-node-provision-time and max-node-startup-time: as long a machine counts as on its way. */
const PROVISION_MS = 900_000;

/** What became of a group's machines. */
export interface Readiness {
  /** Nodes that are to come still: new ones, and those that are not ready for the first time. */
  readonly upcoming: number;
  /** Machines that should have had a node long ago. */
  readonly unregistered: number;
}

export function isReady({ status }: Node): boolean {
  return status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true;
}

// Models cluster-autoscaler clusterstate GetUpcomingNodes and unregistered nodes
/** Keeps count of the machines that each group has asked for and that are not there. */
export class Registration {
  /** Since when a group has fewer nodes than machines, by name; virtual milliseconds. */
  readonly #shortSince = new Map<string, number>();
  /** Nodes that were there once, with their group. */
  readonly #seen = new Map<string, string>();

  save(): JsonObject {
    return { shortSince: [...this.#shortSince], seen: [...this.#seen] };
  }

  load({ shortSince, seen }: JsonObject): void {
    for (const [group, sinceMs] of shortSince as [string, number][]) this.#shortSince.set(group, sinceMs);
    for (const [name, group] of seen as [string, string][]) this.#seen.set(name, group);
  }

  /** Looks at the nodes as they are now. */
  update(groups: readonly NodeGroup[], nodes: readonly Node[], nowMs: number): void {
    const counts = new Map<string, number>();
    for (const { metadata } of nodes) {
      const group = metadata.labels?.[NODE_GROUP_LABEL];
      if (group === undefined) continue;
      counts.set(group, (counts.get(group) ?? 0) + 1);
      this.#seen.set(metadata.name, group);
    }
    for (const { metadata, spec } of groups) {
      const isShort = (counts.get(metadata.name) ?? 0) < spec.desiredSize;
      if (!isShort) this.#shortSince.delete(metadata.name);
      else if (!this.#shortSince.has(metadata.name)) this.#shortSince.set(metadata.name, nowMs);
    }
  }

  /** A group has asked for more: they have all the time that there is. */
  grown(group: string, nowMs: number): void {
    this.#shortSince.set(group, nowMs);
  }

  /** A node that was given back is not missed. */
  forget(node: string): void {
    this.#seen.delete(node);
  }

  /** `leaving`: nodes of the group that are being given back. */
  of(
    { metadata, spec }: NodeGroup,
    nodes: readonly Node[],
    leaving: number,
    ageMs: (node: Node) => number,
    nowMs: number,
  ): Readiness {
    const own = nodes.filter((node) => node.metadata.labels?.[NODE_GROUP_LABEL] === metadata.name);
    const started = own.filter((node) => isReady(node) || ageMs(node) >= PROVISION_MS).length;
    // Of a group that takes its time more is to be expected.
    const patienceMs = Math.max(PROVISION_MS, 2_000 * (spec.startupSeconds ?? 0));
    const isLate = nowMs - (this.#shortSince.get(metadata.name) ?? nowMs) >= patienceMs;
    const unregistered = isLate ? Math.max(0, spec.desiredSize - own.length - leaving) : 0;
    return { upcoming: spec.desiredSize - started - leaving - unregistered, unregistered };
  }

  /** Names of nodes of a group that were there and are not any more. */
  lost(group: string, cache: Cache): readonly string[] {
    return [...this.#seen].flatMap(([name, of]) =>
      of === group && cache.get(NODES, name) === undefined ? [name] : [],
    );
  }
}
