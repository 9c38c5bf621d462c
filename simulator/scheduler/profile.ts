import type { Layout } from "./component-config/layout.ts";
import type { ExtensionPoint } from "./component-config/types.ts";
import {
  type ClusterEvent,
  type EventName,
  type Hint,
  type Plugin,
  type PluginDefinition,
  type PluginHandle,
  type Queued,
  SKIP,
  type Status,
  WAIT,
} from "./framework.ts";
import type { PodInfo } from "./pod-info.ts";

type With<Point extends keyof Plugin> = Plugin & Required<Pick<Plugin, Point>>;

export interface Scorer {
  readonly plugin: With<"score">;
  readonly weight: number;
}

/** The plugins of one scheduler by extension point. Models framework runtime frameworkImpl. */
export class Profile {
  readonly preEnqueue: readonly With<"preEnqueue">[];
  readonly preFilters: readonly With<"preFilter">[];
  readonly filters: readonly With<"filter">[];
  readonly postFilters: readonly With<"postFilter">[];
  readonly scorers: readonly Scorer[];
  /** Event -> the plugins whose rejections it may undo. */
  readonly hints: ReadonlyMap<EventName, readonly { readonly plugin: string; readonly hint: Hint }[]>;
  readonly #reserves: readonly Plugin[];
  readonly #permits: readonly Plugin[];
  readonly #preBinds: readonly Plugin[];
  readonly #binds: readonly Plugin[];
  readonly #postBinds: readonly Plugin[];
  readonly #sort: (a: Queued, b: Queued) => number;

  constructor(definitions: readonly PluginDefinition[], handle: PluginHandle) {
    const { layout } = handle.options;
    const used = definitions.filter(({ name }) => layout === undefined || isUsed(layout, name));
    const made = new Map(used.map(({ name, create }) => [name, create(handle)]));
    const weights = new Map((layout?.score ?? used).map(({ name, weight }) => [name, weight]));
    const at = (point: ExtensionPoint): readonly Plugin[] =>
      layout === undefined ? [...made.values()] : layout[point].flatMap(({ name }) => made.get(name) ?? []);
    const having = <Method extends keyof Plugin>(point: ExtensionPoint, method: Method) =>
      at(point).filter((plugin): plugin is With<Method> => plugin[method] !== undefined);
    this.preEnqueue = having("preEnqueue", "preEnqueue");
    const filters = having("filter", "filter");
    // A filter needs what it prepared: where a configuration leaves out only the preparation, upstream fails every pod.
    const prepared = filters.filter((plugin): plugin is With<"filter" | "preFilter"> => plugin.preFilter !== undefined);
    this.preFilters = [...new Set([...having("preFilter", "preFilter"), ...prepared])];
    this.filters = filters;
    this.postFilters = having("postFilter", "postFilter");
    this.scorers = having("score", "score").map((plugin) => ({ plugin, weight: weights.get(plugin.name) ?? 1 }));
    this.#reserves = at("reserve");
    this.#permits = at("permit");
    this.#preBinds = at("preBind");
    this.#binds = at("bind");
    this.#postBinds = at("postBind");
    const sort = having("queueSort", "compare")[0];
    this.#sort = sort ? (a, b) => sort.compare(a, b) : (a, b) => a.timestampMs - b.timestampMs;
    this.hints = hintsOf([...made.values()]);
  }

  compare(a: Queued, b: Queued): number {
    return this.#sort(a, b);
  }

  /** Why the pod may not be queued. */
  gate(pod: PodInfo): Status | undefined {
    for (const plugin of this.preEnqueue) {
      const status = plugin.preEnqueue(pod);
      if (status !== undefined) return status;
    }
    return undefined;
  }

  /** Reserve, Permit, PreBind and Bind; on failure what was reserved is given back. WAIT: go on with `goOn`. */
  bind(pod: PodInfo, nodeName: string): typeof WAIT | Status | undefined {
    for (const plugin of this.#reserves) {
      const status = plugin.reserve?.(pod, nodeName);
      if (status !== undefined) return this.#settle(pod, nodeName, status);
    }
    for (const plugin of this.#permits) {
      const status = plugin.permit?.(pod, nodeName);
      if (status !== undefined) return this.#settle(pod, nodeName, status);
    }
    return this.#preBindAndBind(pod, nodeName, false);
  }

  /** Goes on with a binding that had to wait. */
  goOn(pod: PodInfo, nodeName: string): typeof WAIT | Status | undefined {
    return this.#preBindAndBind(pod, nodeName, true);
  }

  /** Gives back what was reserved for a pod that does not come. */
  unreserve(pod: PodInfo, nodeName: string): void {
    for (const plugin of [...this.#reserves].reverse()) plugin.unreserve?.(pod, nodeName);
  }

  #preBindAndBind(pod: PodInfo, nodeName: string, isAgain: boolean): typeof WAIT | Status | undefined {
    let mustWait = false;
    for (const plugin of this.#preBinds) {
      const status = plugin.preBind?.(pod, nodeName, isAgain);
      if (status === WAIT) mustWait = true;
      else if (status !== undefined) return this.#settle(pod, nodeName, status);
    }
    return mustWait ? WAIT : this.#settle(pod, nodeName, this.#bind(pod, nodeName));
  }

  #bind(pod: PodInfo, nodeName: string): Status | undefined {
    for (const plugin of this.#binds) {
      const status = plugin.bind === undefined ? SKIP : plugin.bind(pod, nodeName);
      if (status !== SKIP) return status;
    }
    return undefined;
  }

  #settle(pod: PodInfo, nodeName: string, status: Status | undefined): Status | undefined {
    if (status === undefined) for (const plugin of this.#postBinds) plugin.postBind?.(pod, nodeName);
    else this.unreserve(pod, nodeName);
    return status;
  }
}

function isUsed(layout: Layout, plugin: string): boolean {
  return Object.values(layout).some((entries) => entries.some(({ name }) => name === plugin));
}

const ALWAYS: Hint = () => true;

function hintsOf(plugins: readonly Plugin[]) {
  const hints = new Map<EventName, { plugin: string; hint: Hint }[]>();
  for (const { name, events } of plugins) {
    for (const [event, hint] of Object.entries(events ?? {}) as [EventName, Hint | true][]) {
      const list = hints.get(event) ?? [];
      list.push({ plugin: name, hint: hint === true ? ALWAYS : hint });
      hints.set(event, list);
    }
  }
  return hints;
}

/** Whether the event may undo what one of these plugins rejected. */
export function mayHelp(profile: Profile, pluginNames: readonly string[], pod: PodInfo, event: ClusterEvent): boolean {
  for (const { plugin, hint } of profile.hints.get(event.name) ?? []) {
    if (pluginNames.includes(plugin) && hint(pod, event)) return true;
  }
  return false;
}
