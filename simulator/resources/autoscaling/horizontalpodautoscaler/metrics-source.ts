import type { Selector } from "../../../api/meta/labels.ts";
import type { V2CrossVersionObjectReference } from "../../../api/schema/generated/types.ts";
import type { Result } from "../../../base/result.ts";

/** What one pod took, in thousandths (of a processor, of a byte), over the `windowMs` before `atMs`. */
export interface PodMetric {
  readonly milli: number;
  readonly atMs: number;
  readonly windowMs: number;
}

/** By pod name. */
export type PodMetrics = ReadonlyMap<string, PodMetric>;

/** Where an autoscaler reads metrics: the three metrics APIs. Errors are the texts of upstream's clients. */
// Models pkg/controller/podautoscaler/metrics client.go
export interface MetricsSource {
  /** `container` empty: the whole pod. */
  resource(name: string, namespace: string, selector: Selector, container: string): Result<PodMetrics, string>;
  pods(metric: string, namespace: string, selector: Selector, metricSelector: Selector): Result<PodMetrics, string>;
  object(
    metric: string,
    namespace: string,
    about: V2CrossVersionObjectReference,
    metricSelector: Selector,
  ): Result<number, string>;
  external(metric: string, namespace: string, metricSelector: Selector): Result<readonly number[], string>;
}
