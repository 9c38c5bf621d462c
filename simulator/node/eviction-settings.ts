import { parseDuration } from "../api/meta/duration.ts";
import { quantityOf, toBytes } from "../api/meta/quantity.ts";
import type { NodeGroup } from "../api/refs.ts";

/** What a kubelet's configuration says of evictions, in its own words (KubeletConfiguration). */
export type EvictionConfiguration = NonNullable<NonNullable<NodeGroup["spec"]["shape"]>["kubelet"]>;

export type Signal = "memory.available" | "nodefs.available" | "pid.available";

/** One line that must not be crossed. Models pkg/kubelet/eviction/api Threshold */
interface Threshold {
  readonly signal: Signal;
  /** As written: a quantity, or a share such as `10%`. */
  readonly value: string;
  /** A soft one is crossed for so long before a pod has to go; 0: a hard one. */
  readonly graceMs: number;
  readonly isSoft: boolean;
}

interface EvictionSettings {
  /** Hard ones first. */
  readonly thresholds: readonly Threshold[];
  /** How long a node says that it runs low after it last did. */
  readonly transitionMs: number;
  /** The most time that a pod has to end which goes for a soft threshold. */
  readonly maxPodGraceMs: number;
}

const SIGNALS: readonly Signal[] = ["memory.available", "nodefs.available", "pid.available"];
/** The kubelet's own evictionHard. */
const HARD = { "memory.available": "100Mi", "nodefs.available": "10%" };
const TRANSITION_MS = 300_000;

const known = new WeakMap<EvictionConfiguration, EvictionSettings>();

function thresholdsOf(values: { readonly [signal: string]: string }, graces?: { readonly [signal: string]: string }) {
  return SIGNALS.flatMap((signal): Threshold[] => {
    const value = values[signal];
    if (value === undefined) return [];
    return [{ signal, value, isSoft: graces !== undefined, graceMs: durationOf(graces?.[signal]) ?? 0 }];
  });
}

function durationOf(text: string | undefined): number | undefined {
  const read = text === undefined ? undefined : parseDuration(text);
  return read?.ok === true ? read.value : undefined;
}

// Models pkg/kubelet/eviction helpers.go ParseThresholdConfig
/** Thresholds and times by a kubelet's configuration; those that are given take the place of the kubelet's own. */
export function evictionSettings(configuration: EvictionConfiguration = NONE): EvictionSettings {
  let settings = known.get(configuration);
  if (settings === undefined) {
    const { evictionHard, evictionSoft = {}, evictionSoftGracePeriod = {} } = configuration;
    settings = {
      thresholds: [...thresholdsOf(evictionHard ?? HARD), ...thresholdsOf(evictionSoft, evictionSoftGracePeriod)],
      transitionMs: durationOf(configuration.evictionPressureTransitionPeriod) ?? TRANSITION_MS,
      maxPodGraceMs: (configuration.evictionMaxPodGracePeriod ?? 0) * 1000,
    };
    known.set(configuration, settings);
  }
  return settings;
}

const NONE: EvictionConfiguration = {};

/** A threshold's value for a machine that has so much of it. */
export function amountOf(value: string, capacity: number): number {
  const share = /^(\d+(?:\.\d+)?)%$/.exec(value)?.[1];
  return share === undefined ? toBytes(quantityOf(value)) : Math.ceil((capacity * Number(share)) / 100);
}
