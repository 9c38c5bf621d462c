import { fail, ok, type Result } from "../../base/result.ts";
import type { CompleteProfile } from "./defaults.ts";
import { EXTENSION_POINTS, type ExtensionPoint, type PluginEntry } from "./types.ts";

/** The plugins of a profile by extension point, in the order in which they are asked; scorers with their weights. */
export type Layout = { readonly [Point in ExtensionPoint]: readonly Required<PluginEntry>[] };

/** Whether a plugin, which must be known, takes part in an extension point. */
export type Implements = (plugin: string, point: ExtensionPoint) => boolean;

export interface KnownPlugins {
  has(plugin: string): boolean;
  readonly implements: Implements;
}

/** Names enabled at the point itself; each must exist, take part, and stand once. Models updatePluginList. */
function ownPlugins(profile: CompleteProfile, point: ExtensionPoint, known: KnownPlugins): Result<string[], string> {
  const names: string[] = [];
  for (const { name } of profile.plugins[point]?.enabled ?? []) {
    const type = EXTENSION_POINTS[point];
    if (!known.has(name)) return fail(`${type} "${name}" does not exist`);
    if (!known.implements(name, point)) return fail(`plugin "${name}" does not extend ${type} plugin`);
    if (names.includes(name)) return fail(`plugin "${name}" already registered as "${type}"`);
    names.push(name);
  }
  return ok(names);
}

/** Adds what is enabled for all points at once. Models expandMultiPointPlugins. */
function expand(
  profile: CompleteProfile,
  point: ExtensionPoint,
  own: readonly string[],
  known: KnownPlugins,
): Result<readonly string[], string> {
  const disabled = new Set((profile.plugins[point]?.disabled ?? []).map(({ name }) => name));
  if (disabled.has("*")) return ok(own);
  const type = EXTENSION_POINTS[point];
  const everywhere: string[] = [];
  const overridden = new Set<string>();
  for (const { name } of profile.plugins.multiPoint?.enabled ?? []) {
    if (!known.has(name)) return fail(`${type} "${name}" does not exist`);
    if (!known.implements(name, point) || disabled.has(name)) continue;
    if (own.includes(name)) overridden.add(name);
    else if (everywhere.includes(name)) return fail(`plugin "${name}" already registered as "${type}"`);
    else everywhere.push(name);
  }
  const [first, last] = [true, false].map((isFirst) => own.filter((name) => overridden.has(name) === isFirst));
  return ok([...(first ?? []), ...everywhere, ...(last ?? [])]);
}

/** The weight said at the score point counts before the one said for all points; 0 and nothing mean 1. */
function weightOf(profile: CompleteProfile, name: string): number {
  const entries = [...(profile.plugins.score?.enabled ?? []), ...(profile.plugins.multiPoint?.enabled ?? [])];
  return entries.find((entry) => entry.name === name)?.weight || 1;
}

/** math.MaxInt64, what a node's total may not exceed. */
const MAX_TOTAL_SCORE = 2n ** 63n - 1n;
const MAX_NODE_SCORE = 100n;

/** What a profile comes to: its plugins point by point, or why it can't be. Models framework runtime NewFramework. */
export function layoutOf(profile: CompleteProfile, known: KnownPlugins): Result<Layout, string> {
  const points = Object.keys(EXTENSION_POINTS) as ExtensionPoint[];
  const layout: Partial<Record<ExtensionPoint, readonly Required<PluginEntry>[]>> = {};
  const own = new Map<ExtensionPoint, readonly string[]>();
  for (const point of points) {
    const names = ownPlugins(profile, point, known);
    if (!names.ok) return names;
    own.set(point, names.value);
  }
  for (const point of points) {
    const names = expand(profile, point, own.get(point) ?? [], known);
    if (!names.ok) return names;
    layout[point] = names.value.map((name) => ({ name, weight: weightOf(profile, name) }));
  }
  const whole = layout as Layout;
  const of = `for profile with scheduler name "${profile.schedulerName ?? ""}"`;
  if (whole.queueSort.length !== 1) {
    return fail(`only one queue sort plugin required ${of}, but got ${whole.queueSort.length}`);
  }
  if (whole.bind.length === 0) return fail(`at least one bind plugin is needed ${of}`);
  const total = whole.score.reduce((sum, { weight }) => sum + BigInt(weight) * MAX_NODE_SCORE, 0n);
  if (total > MAX_TOTAL_SCORE) return fail("total score of Score plugins could overflow");
  return ok(whole);
}
