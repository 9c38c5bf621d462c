import type { Container, PodSpec } from "../api/schema/generated/types.ts";

export type SlotKind = "init" | "sidecar" | "main" | "ephemeral";

/** A container's place in its pod: what it is there for, and how events name it. */
export interface Slot {
  readonly container: Container;
  readonly kind: SlotKind;
  /** `spec.containers{web}`. */
  readonly fieldPath: string;
}

const mains = new WeakMap<Container, Slot>();
const inits = new WeakMap<Container, Slot>();
const ephemerals = new WeakMap<Container, Slot>();

function slotOf(places: WeakMap<Container, Slot>, container: Container, kind: SlotKind, field: string): Slot {
  let slot = places.get(container);
  if (slot === undefined) {
    slot = { container, kind, fieldPath: `spec.${field}{${container.name}}` };
    places.set(container, slot);
  }
  return slot;
}

/** Of specs that have nothing but containers, by those: pods of one template share them. */
const plain = new WeakMap<readonly Container[], readonly Slot[]>();

/** A pod's containers in the order in which a kubelet starts them: init ones and sidecars, main ones, ephemeral ones. */
export function slotsOf(spec: PodSpec): readonly Slot[] {
  const { containers, initContainers, ephemeralContainers } = spec;
  const isPlain = initContainers === undefined && ephemeralContainers === undefined;
  const known = isPlain ? plain.get(containers) : undefined;
  if (known !== undefined) return known;
  const slots = newSlots(spec);
  if (isPlain) plain.set(containers, slots);
  return slots;
}

function newSlots(spec: PodSpec): readonly Slot[] {
  const slots: Slot[] = [];
  for (const container of spec.initContainers ?? []) {
    const kind = container.restartPolicy === "Always" ? "sidecar" : "init";
    slots.push(slotOf(inits, container, kind, "initContainers"));
  }
  for (const container of spec.containers) slots.push(slotOf(mains, container, "main", "containers"));
  for (const container of spec.ephemeralContainers ?? []) {
    slots.push(slotOf(ephemerals, container, "ephemeral", "ephemeralContainers"));
  }
  return slots;
}

// Models pkg/api/v1/pod ContainerShouldRestart
/** Whether a container that ended with this code is to be started again. */
export function restartsAfter(slot: Slot, spec: PodSpec, exitCode: number): boolean {
  if (slot.kind === "ephemeral") return false;
  const { container } = slot;
  for (const rule of container.restartPolicyRules ?? []) {
    const values = rule.exitCodes?.values ?? [];
    const isNamed = values.includes(exitCode);
    if (rule.exitCodes?.operator === "NotIn" ? !isNamed : isNamed) return rule.action === "Restart";
  }
  const policy = container.restartPolicy ?? spec.restartPolicy ?? "Always";
  if (policy === "Never") return false;
  // An init container that has done its work is done.
  return exitCode !== 0 || (policy === "Always" && slot.kind !== "init");
}
