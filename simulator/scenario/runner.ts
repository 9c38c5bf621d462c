import { assert } from "../base/assert.ts";
import { canonicalJson, isObject, type JsonObject } from "../base/json.ts";
import { LiveActor, type SavedActor } from "../machine/actor.ts";
import { Clock } from "../time/clock.ts";
import { type Facts, judge, momentsOf, queriesOf, rememberedIn } from "./check.ts";
import { type Cluster, Feed, type News } from "./feed.ts";
import { scenarioMachine } from "./scenario.machine.ts";
import type { Check, Query, Scenario } from "./schema.ts";

export interface StepView {
  readonly id: string;
  readonly state: "done" | "current" | "later";
  /** For the current step: what the cluster does not show yet, in sentences. */
  readonly missing: readonly string[];
}

export interface ScenarioView {
  readonly name: string;
  /** `opening` before the first look, `blind` while the API server does not answer. */
  readonly state: "opening" | "working" | "blind" | "finished";
  readonly steps: readonly StepView[];
}

/** A run as JSON, to be taken up again later. */
export interface SavedRun {
  readonly scenario: string;
  readonly actor: SavedActor;
  /** Moment (see `momentKey`) to the uids that were there. */
  readonly moments: { readonly [moment: string]: readonly string[] };
  /** Remembered checks that have held, by their place among the scenario's. */
  readonly held: readonly number[];
}

/**
 * Follows a learner through a scenario: each look reads what the API shows, ticks off the steps whose checks hold, and
 * tells what is missing. Given the same looks it says the same.
 */
export class ScenarioRunner {
  readonly scenario: Scenario;
  readonly #feed: Feed;
  readonly #actor: LiveActor<typeof scenarioMachine>;
  readonly #queries: ReadonlyMap<string, Query>;
  readonly #objects = new Map<string, Map<string, JsonObject>>();
  readonly #moments = new Map<string, ReadonlySet<string>>();
  readonly #remembered: readonly (Check & { readonly since: string })[];
  readonly #held = new Set<Check>();
  readonly #facts: Facts;
  #missing: readonly string[] = [];
  #looking: Promise<ScenarioView> | undefined;

  constructor(scenario: Scenario, cluster: Cluster, saved?: SavedRun) {
    this.scenario = scenario;
    this.#feed = new Feed(cluster);
    const checks = scenario.steps.map(({ check }) => check);
    this.#queries = new Map(checks.flatMap(queriesOf).map((query) => [queryKey(query), query]));
    for (const key of this.#queries.keys()) this.#objects.set(key, new Map());
    this.#remembered = checks.flatMap(rememberedIn);
    this.#facts = {
      objects: (query) => this.#objects.get(queryKey(query)) ?? new Map(),
      before: (query, step) => this.#moments.get(momentKey(query, step)) ?? new Set(),
      hasHeld: (check) => this.#held.has(check),
    };
    this.#actor = this.#newActor(saved?.actor);
    if (saved !== undefined) this.#load(saved);
  }

  /** How it stands since the last look. */
  get view(): ScenarioView {
    const { step } = this.#actor.context;
    return {
      name: this.scenario.name,
      state: this.#actor.state as ScenarioView["state"],
      steps: this.scenario.steps.map(({ id }, index) => ({
        id,
        state: index < step ? "done" : index === step ? "current" : "later",
        missing: index === step ? this.#missing : [],
      })),
    };
  }

  /** Looks at the cluster. A look that is asked for during another one is that one. */
  look(): Promise<ScenarioView> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Begins anew: all steps are to be done again. */
  restart(): void {
    this.#actor.send({ type: "RESTART" });
  }

  save(): SavedRun {
    const moments = [...this.#moments].map(([key, uids]) => [key, [...uids]] as const);
    const held = [...this.#remembered.keys()].filter((index) => this.#held.has(this.#rememberedAt(index)));
    return { scenario: this.scenario.name, actor: this.#actor.save(), moments: Object.fromEntries(moments), held };
  }

  #rememberedAt(index: number): Check {
    const check = this.#remembered[index];
    assert(check !== undefined, `scenario ${this.scenario.name} remembers no check ${index}`);
    return check;
  }

  /** The chart knows no time: its clock stands still. */
  #newActor(saved: SavedActor | undefined): LiveActor<typeof scenarioMachine> {
    const options = {
      machine: scenarioMachine,
      id: `scenario/${this.scenario.name}`,
      clock: new Clock(),
      onTransition: ({ actions }: { readonly actions: readonly string[] }) => {
        for (const action of actions) {
          if (action === "keepMoment") this.#keepMoment();
          if (action === "forget") this.#forget();
        }
      },
    };
    if (saved !== undefined) return LiveActor.restore({ ...options, saved, timers: "rearm" });
    const actor = new LiveActor({ ...options, input: { steps: this.scenario.steps.length } });
    actor.start();
    return actor;
  }

  #load({ scenario, moments, held }: SavedRun): void {
    assert(scenario === this.scenario.name, `a run of ${scenario} given to ${this.scenario.name}`);
    for (const [key, uids] of Object.entries(moments)) this.#moments.set(key, new Set(uids));
    for (const index of held) this.#held.add(this.#rememberedAt(index));
  }

  async #look(): Promise<ScenarioView> {
    const news = new Map<string, News>();
    for (const [key, query] of this.#queries) {
      const found = await this.#feed.look(key, query);
      if (found !== undefined) news.set(key, found);
    }
    const complete = news.size === this.#queries.size;
    this.#take(news);
    if (!complete) {
      this.#actor.send({ type: "API_DOWN" });
      this.#missing = ["The API server does not answer."];
      return this.view;
    }
    this.#actor.send({ type: "API_UP" });
    this.#actor.send({ type: "LOOKED" });
    this.#tick();
    return this.view;
  }

  /** Takes in what happened, in the order of its revisions: a check may have held in between. */
  #take(news: ReadonlyMap<string, News>): void {
    const later: { readonly key: string; readonly gone: boolean; readonly object: JsonObject }[] = [];
    for (const [key, { reset, events }] of news) {
      if (reset) this.#objects.get(key)?.clear();
      for (const event of events) {
        if (reset) this.#put(key, event.gone, event.object);
        else later.push({ key, ...event });
      }
    }
    this.#remember();
    later.sort((a, b) => revisionOf(a.object) - revisionOf(b.object));
    for (const { key, gone, object } of later) {
      this.#put(key, gone, object);
      this.#remember();
    }
  }

  #put(key: string, gone: boolean, object: JsonObject): void {
    const uid = isObject(object.metadata) ? String(object.metadata.uid) : "";
    if (gone) this.#objects.get(key)?.delete(uid);
    else this.#objects.get(key)?.set(uid, object);
  }

  /** Notes which remembered checks hold now, among those whose step has begun. */
  #remember(): void {
    for (const check of this.#remembered) {
      if (this.#held.has(check) || !this.#hasBegun(check.since)) continue;
      if (judge(check, this.#facts).holds) this.#held.add(check);
    }
  }

  #hasBegun(step: string): boolean {
    if (this.#actor.state === "opening") return false;
    return this.scenario.steps.findIndex(({ id }) => id === step) <= this.#actor.context.step;
  }

  /** Ticks off what is done: the current step, and at once the next one if that is done too. */
  #tick(): void {
    for (;;) {
      const step = this.scenario.steps[this.#actor.context.step];
      if (step === undefined) break;
      this.#remember();
      const { holds, missing } = judge(step.check, this.#facts);
      this.#missing = missing;
      if (!holds) return;
      this.#actor.send({ type: "STEP_DONE" });
    }
    this.#missing = [];
  }

  /** Keeps what is there as the current step begins, for the checks that will ask. */
  #keepMoment(): void {
    const id = this.scenario.steps[this.#actor.context.step]?.id;
    for (const { query, step } of this.scenario.steps.flatMap(({ check }) => momentsOf(check))) {
      if (step === id) this.#moments.set(momentKey(query, step), new Set(this.#facts.objects(query).keys()));
    }
  }

  #forget(): void {
    this.#moments.clear();
    this.#held.clear();
    this.#missing = [];
  }
}

function queryKey(query: Query): string {
  return canonicalJson(query);
}

function momentKey(query: Query, step: string): string {
  return `${step} ${queryKey(query)}`;
}

function revisionOf(object: JsonObject): number {
  return isObject(object.metadata) ? Number(object.metadata.resourceVersion ?? 0) : 0;
}
