import type { Cache } from "../../../api/client.ts";
import { timeOf } from "../../../api/meta/time.ts";
import { controllerOf, keyOf } from "../../../api/object.ts";
import { CRON_JOBS, type CronJob, JOBS, type Job } from "../../../api/refs.ts";
import type { Change } from "../../../api/store.ts";
import { equalJson, type JsonObject } from "../../../base/json.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../../controller-runtime/controller.ts";
import { controllerKey } from "../../../controllers/shared/ownership.ts";
import { msUntilNext, type Times } from "./controller-due.ts";
import { CronJobLook } from "./controller-look.ts";
import { nextAfter } from "./next.ts";
import { parseSchedule } from "./schedule.ts";
import { isTimeZone } from "./time-zone.ts";

/** Marks the key of a CronJob whose schedule was changed: it waits for the new one. No namespace begins so. */
const CHANGED = "changed:";

// Models pkg/controller/cronjob
export const cronJobController: Controller = {
  name: "cronjob-controller",
  watches: [
    watchRule(CRON_JOBS, ({ type, object, previous }) => [
      type === "MODIFIED" && isRescheduled(object, previous) ? `${CHANGED}${keyOf(object)}` : keyOf(object),
    ]),
    watchRule(JOBS, cronJobsOfJob),
  ],
  create: (context) => new CronJobReconciler(context),
};

function isRescheduled({ spec }: CronJob, previous: CronJob | undefined): boolean {
  return spec.schedule !== previous?.spec.schedule || spec.timeZone !== previous.spec.timeZone;
}

function cronJobsOfJob({ object, previous }: Change<Job>, cache: Cache): readonly string[] {
  const moved = previous !== undefined && controllerOf(previous)?.uid !== controllerOf(object)?.uid;
  const keys = [moved ? controllerKey(previous, CRON_JOBS, cache) : undefined, controllerKey(object, CRON_JOBS, cache)];
  return keys.filter((key) => key !== undefined);
}

class CronJobReconciler implements Reconciler {
  readonly #context: ComponentContext;
  /** When those are due whose schedule was changed, in virtual milliseconds. */
  readonly #changed = new Map<string, number>();

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  save(): JsonObject {
    return Object.fromEntries(this.#changed);
  }

  load(state: JsonObject): void {
    for (const [key, ms] of Object.entries(state)) this.#changed.set(key, ms as number);
  }

  reconcile(key: string): Outcome {
    if (!key.startsWith(CHANGED)) return this.#sync(key);
    const { nowMs } = this.#context;
    const plain = key.slice(CHANGED.length);
    const dueMs = this.#changed.get(plain);
    if (dueMs !== undefined && nowMs >= dueMs) {
      this.#changed.delete(plain);
      const outcome = this.#sync(plain);
      const { againAfterMs, failed } = outcome ?? {};
      if (failed !== undefined) this.#changed.set(plain, nowMs);
      else if (againAfterMs !== undefined) this.#changed.set(plain, nowMs + againAfterMs);
      return outcome;
    }
    const waitMs = this.#msUntilNext(plain);
    if (waitMs === undefined) return undefined;
    const soonest = Math.min(nowMs + waitMs, dueMs ?? nowMs + waitMs);
    this.#changed.set(plain, soonest);
    return { againAfterMs: soonest - nowMs };
  }

  // Models pkg/controller/cronjob updateCronJob
  /** Until the changed schedule comes first; undefined where it cannot be read. */
  #msUntilNext(key: string): number | undefined {
    const cronJob = this.#context.cache.get(CRON_JOBS, key);
    const schedule = cronJob && parseSchedule(cronJob.spec.schedule);
    if (cronJob === undefined || !schedule?.ok) return undefined;
    const zone = isTimeZone(cronJob.spec.timeZone ?? "") ? (cronJob.spec.timeZone ?? "") : "";
    const { epochMs, nowMs } = { epochMs: this.#epochMs, nowMs: this.#context.nowMs };
    return msUntilNext(timesOf(cronJob), epochMs + nowMs, (afterMs) => nextAfter(schedule.value, zone, afterMs));
  }

  /** Epoch milliseconds of virtual 0. */
  get #epochMs(): number {
    return timeOf(this.#context.formatTime(0)) ?? 0;
  }

  // Models pkg/controller/cronjob sync
  #sync(key: string): Outcome {
    const { cache, client, nowMs } = this.#context;
    const cronJob = cache.get(CRON_JOBS, key);
    if (cronJob === undefined) return undefined;
    const jobs = [...cache.byIndex(JOBS, "owner", cronJob.metadata.uid)].filter(
      (job) => controllerOf(job)?.uid === cronJob.metadata.uid,
    );
    const look = new CronJobLook(this.#context, cronJob, this.#epochMs + nowMs);
    look.takeNote(jobs);
    const failed = look.start(timesOf(cronJob));
    look.cleanUp(jobs);
    if (!equalJson(look.status, cronJob.status)) {
      const written = client.updateStatus(CRON_JOBS, { ...cronJob, status: look.status });
      if (!written.ok && written.error.code !== 404) return { failed: written.error };
    }
    if (failed !== undefined) return { failed };
    return look.againMs === undefined ? undefined : { againAfterMs: look.againMs };
  }
}

function timesOf({ metadata, spec, status }: CronJob): Times {
  const { startingDeadlineSeconds } = spec;
  return {
    createdMs: timeOf(metadata.creationTimestamp) ?? 0,
    lastScheduleMs: timeOf(status.lastScheduleTime),
    startingDeadlineMs: startingDeadlineSeconds === undefined ? undefined : startingDeadlineSeconds * 1000,
  };
}
