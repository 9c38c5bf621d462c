import { badRequest } from "../api/errors.ts";
import { parseDuration } from "../api/meta/duration.ts";
import { CLOCKS } from "../api/refs.ts";
import type { SubresourceHandler } from "../api/subresource.ts";
import { isObject } from "../base/json.ts";
import { fail, ok } from "../base/result.ts";

/** What moves time by hand. */
export interface TimePort {
  readonly nowMs: number;
  step(): boolean;
  advanceTo(ms: number): void;
  advanceToNextEvent(limitMs: number): void;
}

/** One request moves time by no more than this; what it would take longer for is asked for again. */
const MAX_ADVANCE_MS = 24 * 3_600_000;
const MAX_STEPS = 100_000;
const NEXT_EVENT_LIMIT_MS = 10 * 60_000;

/**
 * POST clocks/cluster/advance with a ClockAdvance: `spec.events` (messages of the simulation), `spec.duration` (a Go
 * duration) or `spec.untilNextEvent` (until an Event is recorded).
 */
export function advanceHandler(time: TimePort): SubresourceHandler {
  return {
    resource: CLOCKS.id,
    name: "advance",
    kind: "ClockAdvance",
    POST: ({ body }) => {
      const spec = isObject(body?.spec) ? body.spec : {};
      if (spec.untilNextEvent === true) time.advanceToNextEvent(NEXT_EVENT_LIMIT_MS);
      else if (typeof spec.events === "number") {
        if (!Number.isInteger(spec.events) || spec.events < 1 || spec.events > MAX_STEPS) {
          return fail(badRequest(`spec.events: must be between 1 and ${MAX_STEPS}, inclusive`));
        }
        for (let count = 0; count < spec.events && time.step(); count++) {}
      } else {
        const duration = parseDuration(typeof spec.duration === "string" ? spec.duration : "");
        if (!duration.ok) return fail(badRequest(`spec.duration: ${duration.error}`));
        if (duration.value <= 0 || duration.value > MAX_ADVANCE_MS) {
          return fail(badRequest("spec.duration: must be greater than 0 and at most 24h"));
        }
        time.advanceTo(time.nowMs + Math.round(duration.value));
      }
      return ok({ code: 200, body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" } });
    },
  };
}
