import type { SchedulerOptions } from "./configuration.ts";
import { Cycle } from "./cycle.ts";
import type { ClusterEvent, EventName, Hint, PluginHandle, Queued, Status } from "./framework.ts";
import type { PodInfo } from "./pod-info.ts";
import { mayHelp, Profile } from "./profile.ts";

/** One profile at work. */
export interface Working {
  readonly options: SchedulerOptions;
  readonly profile: Profile;
  readonly cycle: Cycle;
}

type Hints = readonly { readonly plugin: string; readonly hint: Hint }[];

/** The profiles of one scheduler: each pod names its own by `spec.schedulerName`. Models pkg/scheduler/profile Map. */
export class Profiles {
  readonly #byName: ReadonlyMap<string, Working>;
  readonly #first: Working;
  readonly #hints = new Map<EventName, Hints>();

  constructor(first: Working, others: readonly Working[]) {
    const all = [first, ...others];
    this.#first = first;
    this.#byName = new Map(all.map((working) => [working.options.schedulerName, working]));
    for (const { profile } of all) {
      for (const [event, hints] of profile.hints) {
        const known = this.#hints.get(event) ?? [];
        const own: Hints = all.length === 1 ? hints : hints.map((one) => this.#onlyOf(profile, one));
        this.#hints.set(event, [...known, ...own]);
      }
    }
  }

  #onlyOf(profile: Profile, { plugin, hint }: Hints[number]): Hints[number] {
    return { plugin, hint: (pod, event) => this.of(pod).profile === profile && hint(pod, event) };
  }

  /** Whether a pod that names this scheduler is one of ours. */
  has(schedulerName: string): boolean {
    return this.#byName.has(schedulerName);
  }

  of(pod: PodInfo): Working {
    return this.#byName.get(pod.schedulerName) ?? this.#first;
  }

  /** One queue serves all, so that all sort it alike. */
  compare(a: Queued, b: Queued): number {
    return this.#first.profile.compare(a, b);
  }

  /** Why the pod may not be queued. */
  gate(pod: PodInfo): Status | undefined {
    return this.of(pod).profile.gate(pod);
  }

  /** The plugins whose rejections an event may undo. */
  hintsFor(event: EventName): Hints | undefined {
    return this.#hints.get(event);
  }

  /** Whether the event may undo what one of these plugins rejected. */
  mayHelp(plugins: readonly string[], pod: PodInfo, event: ClusterEvent): boolean {
    return mayHelp(this.of(pod).profile, plugins, pod, event);
  }
}

/** Puts profiles to work: each with plugins of its own, all over the same nodes. There is one at least. */
export function workingProfiles(
  profiles: readonly SchedulerOptions[],
  handle: Omit<PluginHandle, "options">,
): Profiles {
  const [first, ...others] = profiles.map((options): Working => {
    const own = { ...handle, options };
    const profile = new Profile(options.plugins, own);
    return { options, profile, cycle: new Cycle(profile, own) };
  });
  if (first === undefined) throw new Error("a scheduler without a profile");
  return new Profiles(first, others);
}
