import { parseDuration } from "../../../api/meta/duration.ts";
import { type FieldError, invalid } from "../../../api/meta/field-error.ts";
import type { NodeGroup } from "../../../api/refs.ts";

/** What the simulated kubelets have thresholds for. */
const SIGNALS: readonly string[] = ["memory.available", "nodefs.available", "pid.available"];
const AMOUNT = /^\d+(\.\d+)?(%|[KMGT]i?|k)?$/;
const PATH = "spec.shape.kubelet";

type Settings = NonNullable<NonNullable<NodeGroup["spec"]["shape"]>["kubelet"]>;

const isDuration = (text: string | undefined): boolean => text !== undefined && parseDuration(text).ok;

// Models pkg/kubelet/eviction helpers.go ParseThresholdConfig
/** What is wrong with a group's kubelet settings: with these no kubelet would start. */
export function kubeletErrors(settings: Settings): readonly FieldError[] {
  const { evictionHard = {}, evictionSoft = {}, evictionSoftGracePeriod = {} } = settings;
  const { evictionPressureTransitionPeriod: period, evictionMaxPodGracePeriod: graceSeconds = 0 } = settings;
  const errors: FieldError[] = [];
  for (const [field, values] of Object.entries({ evictionHard, evictionSoft })) {
    for (const [signal, value] of Object.entries(values)) {
      const path = `${PATH}.${field}[${signal}]`;
      if (!SIGNALS.includes(signal)) errors.push(invalid(path, signal, `must be one of ${SIGNALS.join(", ")}`));
      else if (!AMOUNT.test(value)) errors.push(invalid(path, value, "must be a quantity or a percentage"));
    }
  }
  for (const signal of Object.keys(evictionSoft)) {
    if (isDuration(evictionSoftGracePeriod[signal])) continue;
    const why = "grace period must be specified for the soft eviction threshold";
    errors.push(invalid(`${PATH}.evictionSoft[${signal}]`, signal, why));
  }
  if (period !== undefined && !isDuration(period)) {
    errors.push(invalid(`${PATH}.evictionPressureTransitionPeriod`, period, "must be a duration"));
  }
  if (graceSeconds < 0) {
    errors.push(invalid(`${PATH}.evictionMaxPodGracePeriod`, graceSeconds, "must be greater than or equal to 0"));
  }
  return errors;
}
