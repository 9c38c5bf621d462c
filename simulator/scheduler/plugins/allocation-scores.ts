import type { ScoringStrategy, ShapePoint } from "../configuration.ts";
import { MAX_NODE_SCORE } from "../framework.ts";

/** The score of one resource, 0..100; a capacity of 0 is never asked. */
type ResourceScore = (requested: number, capacity: number) => number;

// Models plugins/noderesources least_allocated
function leastAllocated(requested: number, capacity: number): number {
  return requested > capacity ? 0 : Math.trunc(((capacity - requested) * MAX_NODE_SCORE) / capacity);
}

// Models plugins/noderesources most_allocated: what asks for little may exceed the capacity by the defaults counted in.
function mostAllocated(requested: number, capacity: number): number {
  return Math.trunc((Math.min(requested, capacity) * MAX_NODE_SCORE) / capacity);
}

const SCORE_PER_SHAPE_POINT = 10;

/** A line through the points, level beyond both ends. Models plugins/helper BuildBrokenLinearFunction. */
export function brokenLine(shape: readonly ShapePoint[], at: number): number {
  for (const [index, point] of shape.entries()) {
    if (at > point.utilization) continue;
    const before = shape[index - 1];
    if (before === undefined) return point.score;
    const rise = (point.score - before.score) * (at - before.utilization);
    return before.score + Math.trunc(rise / (point.utilization - before.utilization));
  }
  return shape.at(-1)?.score ?? 0;
}

// Models plugins/noderesources requested_to_capacity_ratio
function ratio(shape: readonly ShapePoint[]): ResourceScore {
  const scaled = shape.map(({ utilization, score }) => ({ utilization, score: score * SCORE_PER_SHAPE_POINT }));
  return (requested, capacity) => {
    const utilization = requested > capacity ? 100 : Math.trunc((requested * 100) / capacity);
    return brokenLine(scaled, utilization);
  };
}

/** The weighted mean over resources. `requested` and `capacity` are in the order of the strategy's resources. */
export type AllocationScore = (requested: Float64Array, capacity: Float64Array) => number;

export function allocationScore(strategy: ScoringStrategy): AllocationScore {
  const weights = strategy.resources.map(({ weight }) => weight);
  const isRatio = strategy.type === "RequestedToCapacityRatio";
  const score = isRatio
    ? ratio(strategy.shape ?? [])
    : strategy.type === "MostAllocated"
      ? mostAllocated
      : leastAllocated;
  return (requested, capacity) => {
    let sum = 0;
    let weightSum = 0;
    for (let index = 0; index < weights.length; index++) {
      const available = capacity[index] ?? 0;
      if (available === 0) continue;
      const one = score(requested[index] ?? 0, available);
      // Only the ratio leaves out resources that score nothing.
      if (isRatio && one <= 0) continue;
      const weight = weights[index] ?? 0;
      sum += one * weight;
      weightSum += weight;
    }
    if (weightSum === 0) return 0;
    return isRatio ? Math.round(sum / weightSum) : Math.trunc(sum / weightSum);
  };
}

/** 100 for equal shares of all resources, less the more they differ. Models balancedResourceScorer's deviation. */
export function balance(requested: Float64Array, capacity: Float64Array): number {
  let count = 0;
  let sum = 0;
  let last = 0;
  let difference = 0;
  for (let index = 0; index < requested.length; index++) {
    if (capacity[index] === 0) continue;
    const fraction = share(requested, capacity, index);
    sum += fraction;
    difference = fraction - last;
    last = fraction;
    count++;
  }
  if (count < 2) return MAX_NODE_SCORE;
  // Two resources, as by default: upstream takes half the difference, which rounds otherwise than the root.
  const deviation = count === 2 ? Math.abs(difference / 2) : deviationFrom(sum / count, count, requested, capacity);
  return Math.trunc((1 - deviation) * MAX_NODE_SCORE);
}

function deviationFrom(mean: number, count: number, requested: Float64Array, capacity: Float64Array): number {
  let squares = 0;
  for (let index = 0; index < requested.length; index++) {
    if (capacity[index] !== 0) squares += (share(requested, capacity, index) - mean) ** 2;
  }
  return Math.sqrt(squares / count);
}

function share(requested: Float64Array, capacity: Float64Array, index: number): number {
  return Math.min((requested[index] as number) / (capacity[index] as number), 1);
}
