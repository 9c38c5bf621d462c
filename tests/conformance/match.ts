import { align, type Near } from "./align.ts";
import type { History, Occurrence, Step } from "./history.ts";

const GENERATED = /-<\d+>/g;

/**
 * Which of several alike pods is deleted, or lands on which node, is chance. Gives ours the names of the recorded ones
 * that went the same way, in each family of generated names.
 */
export function renamedAlike(recorded: History, simulated: History, near: Near): History {
  const renames = new Map<string, string>();
  const families = new Map<string, string[]>();
  for (const key of simulated.objects.keys()) {
    if (!/<\d+>$/.test(key)) continue;
    const family = key.replace(GENERATED, "");
    families.set(family, [...(families.get(family) ?? []), key]);
  }
  for (const [family, ours] of families) {
    const theirs = [...recorded.objects.keys()].filter(
      (key) => /<\d+>$/.test(key) && key.replace(GENERATED, "") === family,
    );
    for (const [from, to] of assign(theirs, ours, { recorded, simulated, near })) renames.set(nameOf(from), nameOf(to));
  }
  return rename(simulated, renames);
}

interface Sides {
  readonly recorded: History;
  readonly simulated: History;
  readonly near: Near;
}

function nameOf(key: string): string {
  return key.slice(key.indexOf(" ") + 1);
}

/** Pairs ours with theirs, the most alike first; what is left over takes the names that are left over. */
function assign(theirs: readonly string[], ours: readonly string[], sides: Sides): Map<string, string> {
  const pairs: { readonly from: string; readonly to: string; readonly cost: number }[] = [];
  for (const to of theirs) {
    for (const from of ours) {
      pairs.push({ from, to, cost: unlike(to, from, sides) + (from === to ? -0.001 : 0) });
    }
  }
  pairs.sort((a, b) => a.cost - b.cost);
  const renames = new Map<string, string>();
  const taken = new Set<string>();
  for (const { from, to } of pairs) {
    if (renames.has(from) || taken.has(to)) continue;
    renames.set(from, to);
    taken.add(to);
  }
  let extra = theirs.length;
  for (const from of ours) {
    if (!renames.has(from)) renames.set(from, from.replace(/<\d+>$/, `<extra ${++extra}>`));
  }
  return renames;
}

/** How unlike two objects' fates are: steps without a counterpart, then distance in time. */
function unlike(theirs: string, ours: string, { recorded, simulated, near }: Sides): number {
  const anonymous = (steps: readonly Step[] | undefined) => (steps ?? []).map(withoutNames);
  const left = anonymous(recorded.objects.get(theirs));
  const right = anonymous(simulated.objects.get(ours));
  const { blocks, complete } = align(left, right, near);
  const done = blocks.at(-1);
  const rest = complete ? 0 : left.length - (done?.recorded[1] ?? 0) + right.length - (done?.simulated[1] ?? 0);
  const born = Math.abs((left[0]?.t ?? 0) - (right[0]?.t ?? 0));
  return rest + born / 100 - blocks.length / 1000;
}

function withoutNames({ t, changes }: Step): Step {
  const plain = (text: unknown) => (typeof text === "string" ? text.replace(GENERATED, "-<?>") : text);
  return {
    t,
    changes: new Map(
      [...changes].map(([path, [old, now]]) => [plain(path), [plain(old), plain(now)]]),
    ) as Step["changes"],
  };
}

function rename({ objects, events }: History, renames: ReadonlyMap<string, string>): History {
  const renamed = (text: string) => text.replace(/[a-z0-9.<>-]*<\d+>/g, (name) => renames.get(name) ?? name);
  const value = <T>(leaf: T) => (typeof leaf === "string" ? renamed(leaf) : leaf);
  const step = ({ t, changes }: Step): Step => ({
    t,
    changes: new Map(
      [...changes].map(([path, [old, now]]) => [renamed(path), [value(old), value(now)]]),
    ) as Step["changes"],
  });
  const occurrence = (each: Occurrence): Occurrence => ({ ...each, text: renamed(each.text) });
  return {
    objects: new Map([...objects].map(([key, steps]) => [renamed(key), steps.map(step)])),
    events: new Map([...events].map(([key, list]) => [renamed(key), list.map(occurrence)])),
  };
}
