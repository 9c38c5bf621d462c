import type { Pod, Service } from "../../api/refs.ts";
import type { JsonObject } from "../../base/json.ts";
import { readyCondition } from "./pods.ts";
import type { Look } from "./service-pods.ts";

export const LAST_CHANGE_TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";

// Models staging k8s.io/endpointslice util TriggerTimeTracker
/**
 * Finds what set off a change of endpoints: the earliest of the readiness changes not seen before. Times are RFC 3339
 * texts of whole seconds in UTC, which sort as they are.
 */
export class TriggerTimes {
  readonly #seen = new Map<string, Map<string, string>>();

  /** The time to show, or undefined when nothing new happened. To be called once for every look at the service. */
  next(key: string, service: Service, { pods, gone, all }: Look): string | undefined {
    const before = this.#seen.get(key);
    const seen = before ?? new Map<string, string>();
    this.#seen.set(key, seen);
    for (const name of all ? namesBeside(seen, pods) : gone) seen.delete(name);
    let earliest: string | undefined;
    for (const pod of pods) {
      const time = readyCondition(pod)?.lastTransitionTime;
      const { name } = pod.metadata;
      const last = seen.get(name);
      if (time === undefined || time === last) continue;
      seen.set(name, time);
      if (last !== undefined && time < last) continue;
      if (earliest === undefined || time < earliest) earliest = time;
    }
    return before === undefined ? service.metadata.creationTimestamp : earliest;
  }

  forget(key: string): void {
    this.#seen.delete(key);
  }

  save(): JsonObject {
    return Object.fromEntries([...this.#seen].map(([key, times]) => [key, Object.fromEntries(times)]));
  }

  load(state: JsonObject): void {
    for (const [key, times] of Object.entries(state)) {
      this.#seen.set(key, new Map(Object.entries(times as { [name: string]: string })));
    }
  }
}

function namesBeside(seen: ReadonlyMap<string, string>, pods: readonly Pod[]): readonly string[] {
  const names = new Set(pods.map(({ metadata }) => metadata.name));
  return [...seen.keys()].filter((name) => !names.has(name));
}
