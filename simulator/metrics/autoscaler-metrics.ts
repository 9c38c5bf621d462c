import { matchesLabels, type Selector, selectorFromLabelSelector } from "../api/meta/labels.ts";
import { quantityOf, toMilliCpu } from "../api/meta/quantity.ts";
import { METRIC_VALUES, type MetricValue, PODS } from "../api/refs.ts";
import type { V2CrossVersionObjectReference } from "../api/schema/generated/types.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Machines } from "../node/machines.ts";
import type {
  MetricsSource,
  PodMetric,
  PodMetrics,
} from "../resources/autoscaling/horizontalpodautoscaler/metrics-source.ts";
import type { ResourceMetrics } from "./resource-metrics.ts";

const NO_API = "the server could not find the requested resource (get pods.metrics.k8s.io)";
const NO_ANSWER = "the server is currently unable to handle the request (get pods.metrics.k8s.io)";
const RESOURCES = "resource metrics API";
const CUSTOM = "custom metrics API";
const EXTERNAL = "external metrics API";

const unfetched = (api: string, why: string): string => `unable to fetch metrics from ${api}: ${why}`;
const nothing = (api: string): string => `no metrics returned from ${api}`;

// Models pkg/controller/podautoscaler/metrics client.go
/** The metrics APIs as autoscalers read them: the metrics server, and the values that MetricValue objects set. */
export class AutoscalerMetrics implements MetricsSource {
  readonly #machines: Machines;
  /** Undefined: no metrics server is installed. */
  readonly #server: ResourceMetrics | undefined;

  constructor(machines: Machines, server: ResourceMetrics | undefined) {
    this.#machines = machines;
    this.#server = server;
  }

  get #cache() {
    return this.#machines.ports.sources.cache;
  }

  resource(name: string, namespace: string, selector: Selector, container: string): Result<PodMetrics, string> {
    const server = this.#server;
    if (server === undefined) return fail(unfetched(RESOURCES, NO_API));
    if (!server.isUp) return fail(unfetched(RESOURCES, NO_ANSWER));
    const metrics = new Map<string, PodMetric>();
    let found = 0;
    for (const { pod, containers } of server.uses(namespace)) {
      if (!matchesLabels(selector, pod.metadata.labels)) continue;
      found++;
      const counted = container === "" ? containers : containers.filter((each) => each.name === container);
      if (counted.length === 0) {
        return fail(`container ${container} not present in metrics for pod ${namespace}/${pod.metadata.name}`);
      }
      if (name !== "cpu" && name !== "memory") continue;
      const milli = counted.reduce((sum, { use }) => sum + (name === "cpu" ? use.milliCpu : use.memoryBytes * 1000), 0);
      metrics.set(pod.metadata.name, { milli, atMs: server.roundMs, windowMs: server.windowMs });
    }
    return found === 0 ? fail(nothing(RESOURCES)) : ok(metrics);
  }

  pods(metric: string, namespace: string, selector: Selector, metricSelector: Selector): Result<PodMetrics, string> {
    const metrics = new Map<string, PodMetric>();
    const atMs = this.#machines.ports.nowMs();
    for (const { spec } of this.#values(metric, namespace, metricSelector)) {
      const about = spec.pods === undefined ? undefined : selectorFromLabelSelector(spec.pods);
      if (about?.ok !== true) continue;
      for (const { metadata } of this.#cache.byIndex(PODS, "namespace", namespace)) {
        if (!matchesLabels(selector, metadata.labels) || !matchesLabels(about.value, metadata.labels)) continue;
        metrics.set(metadata.name, { milli: milliOf(spec.value), atMs, windowMs: 60_000 });
      }
    }
    return metrics.size === 0 ? fail(nothing(CUSTOM)) : ok(metrics);
  }

  object(
    metric: string,
    namespace: string,
    about: V2CrossVersionObjectReference,
    metricSelector: Selector,
  ): Result<number, string> {
    for (const { spec } of this.#values(metric, namespace, metricSelector)) {
      const described = spec.describedObject;
      if (described?.kind === about.kind && described.name === about.name) return ok(milliOf(spec.value));
    }
    const path = `${about.kind.toLowerCase()}s/${about.name}/${metric}`;
    return fail(unfetched(CUSTOM, `the server could not find the metric ${metric} for ${path}`));
  }

  external(metric: string, namespace: string, metricSelector: Selector): Result<readonly number[], string> {
    const values = this.#values(metric, namespace, metricSelector)
      .filter(({ spec }) => spec.describedObject === undefined && spec.pods === undefined)
      .map(({ spec }) => milliOf(spec.value));
    return values.length === 0 ? fail(nothing(EXTERNAL)) : ok(values);
  }

  #values(metric: string, namespace: string, selector: Selector): readonly MetricValue[] {
    return [...this.#cache.byIndex(METRIC_VALUES, "namespace", namespace)].filter(
      ({ spec }) => spec.metric.name === metric && matchesLabels(selector, spec.metric.labels),
    );
  }
}

const milliOf = (value: string): number => toMilliCpu(quantityOf(value));
