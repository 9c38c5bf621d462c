import { forbidden as forbiddenStatus } from "../../../api/errors.ts";
import type { Kind } from "../../../api/kind.ts";
import { type FieldError, invalid } from "../../../api/meta/field-error.ts";
import { formatMicroTime } from "../../../api/meta/time.ts";
import { CLOCKS, type ClockObject } from "../../../api/refs.ts";
import type { Draft } from "../../../base/json.ts";
import { nameColumn } from "../../columns.ts";

/** The name of the one Clock. */
export const CLOCK_NAME = "cluster";
/** Virtual seconds per wall second, at most. */
export const MAX_CLOCK_SPEED = 100_000;

/** How fast virtual time goes: our own kind, of which there is one object. */
export const clockKind: Kind<ClockObject> = {
  ref: CLOCKS,
  singular: "clock",
  namespaced: false,
  hasGeneration: true,
  types: {
    Clock: { apiVersion: "string", kind: "string", metadata: "ObjectMeta", spec: "ClockSpec", status: "ClockStatus" },
    ClockSpec: { speed: "double!", paused: "boolean!" },
    ClockStatus: { now: "microtime" },
  },
  defaults: defaultClock,
  prepareCreate: (object) => ({ ...object, status: {} }),
  prepareStatusUpdate: (object, old) => ({ ...object, spec: old.spec }),
  validate: validateClock,
  validateUpdate: validateClock,
  checkDelete: ({ metadata: { name } }) =>
    forbiddenStatus(CLOCKS, name, "the cluster's clock may not be deleted; set spec.paused to stop it"),
  view: (object, nowEpochMs) => ({ ...object, status: { now: formatMicroTime(nowEpochMs) } }),
  subresources: { status: true },
  columns: [
    nameColumn(),
    {
      name: "Speed",
      type: "number",
      description: "Virtual seconds per second.",
      priority: 0,
      cell: (object) => object.spec.speed,
    },
    {
      name: "Paused",
      type: "boolean",
      description: "Whether virtual time stands still.",
      priority: 0,
      cell: (object) => object.spec.paused,
    },
    {
      name: "Now",
      type: "string",
      description: "The virtual time.",
      priority: 0,
      cell: (object) => object.status.now ?? "",
    },
  ],
};

function defaultClock(object: Draft<ClockObject>): void {
  const spec: Partial<Draft<ClockObject>["spec"]> = object.spec ?? {};
  object.spec = { ...spec, speed: spec.speed ?? 1, paused: spec.paused ?? false };
}

function validateClock(object: ClockObject): readonly FieldError[] {
  const { name } = object.metadata;
  const { speed } = object.spec;
  const errors: FieldError[] = [];
  if (name !== CLOCK_NAME) errors.push(invalid("metadata.name", name, `must be '${CLOCK_NAME}': there is one clock`));
  if (!(speed > 0 && speed <= MAX_CLOCK_SPEED)) {
    errors.push(invalid("spec.speed", speed, `must be greater than 0 and at most ${MAX_CLOCK_SPEED}`));
  }
  return errors;
}
