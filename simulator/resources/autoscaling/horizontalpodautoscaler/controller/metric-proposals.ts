import { EVERYTHING, type Selector, selectorFromLabelSelector } from "../../../../api/meta/labels.ts";
import { formatQuantity, quantityOf, quantityOfMilli, toMilliCpu } from "../../../../api/meta/quantity.ts";
import type {
  LabelSelector,
  V2MetricSpec,
  V2MetricStatus,
  V2MetricTarget,
} from "../../../../api/schema/generated/types.ts";
import { fail, ok, type Result } from "../../../../base/result.ts";
import type { MetricsSource } from "../metrics-source.ts";
import {
  averageReplicas,
  type Proposal,
  type Situation,
  sharedReplicas,
  totalReplicas,
  utilizationReplicas,
} from "./replica-calculator.ts";

// Models pkg/controller/podautoscaler horizontal.go computeReplicasForMetric and what it calls

/** What an autoscaler looks at for one metric. */
export interface MetricQuestion extends Situation {
  readonly source: MetricsSource;
  readonly namespace: string;
  readonly selector: Selector;
  readonly statusReplicas: number;
}

/** How many replicas one metric asks for, by what name, and what the status says of it. */
export interface MetricProposal {
  readonly replicas: number;
  readonly metric: string;
  readonly status: V2MetricStatus;
}

/** Why a metric asks for nothing: the reason and text of the condition, and what it is wrapped in further out. */
export interface MetricFailure {
  readonly reason: string;
  readonly message: string;
  readonly wrapped: string;
}

export type MetricAnswer = Result<MetricProposal, MetricFailure>;

const quantity = (milli: number): string => formatQuantity(quantityOfMilli(milli));
const milliOf = (text: string | undefined): number => toMilliCpu(quantityOf(text));

/** What a metric asks for. */
export function proposalOf(spec: V2MetricSpec, question: MetricQuestion): MetricAnswer {
  switch (spec.type) {
    case "Resource":
      return spec.resource ? ofResource(spec.resource, "", question) : unknownType(spec.type);
    case "ContainerResource":
      return spec.containerResource
        ? ofResource(spec.containerResource, spec.containerResource.container, question)
        : unknownType(spec.type);
    case "Pods":
      return spec.pods ? ofPods(spec.pods, question) : unknownType(spec.type);
    case "Object":
      return spec.object ? ofObject(spec.object, question) : unknownType(spec.type);
    case "External":
      return spec.external ? ofExternal(spec.external, question) : unknownType(spec.type);
    default:
      return unknownType(spec.type);
  }
}

function unknownType(type: string): MetricAnswer {
  const message = `unknown metric source type "${type}"`;
  return fail({ reason: "InvalidMetricSourceType", message, wrapped: message });
}

type ResourceSource = { readonly name: string; readonly target: V2MetricTarget };

function ofResource({ name, target }: ResourceSource, container: string, question: MetricQuestion): MetricAnswer {
  const { source, namespace, selector } = question;
  const isRaw = target.averageValue !== undefined;
  const metrics = source.resource(name, namespace, selector, container);
  const proposal = !metrics.ok
    ? fail(`unable to get metrics for resource ${name}: ${metrics.error}`)
    : isRaw
      ? averageReplicas(question, metrics.value, milliOf(target.averageValue), name)
      : utilizationReplicas(question, metrics.value, target.averageUtilization ?? 0, name, container);
  if (!proposal.ok) {
    const message = `failed to get ${name} ${isRaw ? "usage" : "utilization"}: ${proposal.error}`;
    const what = container === "" ? "resource" : "container resource";
    const reason = container === "" ? "FailedGetResourceMetric" : "FailedGetContainerResourceMetric";
    return fail({ reason, message, wrapped: `failed to get ${name} ${what} metric value: ${message}` });
  }
  const { replicas, milli, percent } = proposal.value;
  const current = { averageValue: quantity(milli), ...(percent !== undefined && { averageUtilization: percent }) };
  const text = `${name} ${container === "" ? "" : "container "}resource`;
  const metric = isRaw ? text : `${text} utilization (percentage of request)`;
  const status: V2MetricStatus =
    container === ""
      ? { type: "Resource", resource: { name, current } }
      : { type: "ContainerResource", containerResource: { name, container, current } };
  return ok({ replicas, metric, status });
}

function failed(kind: string, said: string, wrapped = said): MetricAnswer {
  const reason = `FailedGet${kind[0]?.toUpperCase()}${kind.slice(1)}Metric`;
  return fail({ reason, message: said, wrapped: `failed to get ${kind} metric value: ${wrapped}` });
}

function ofPods({ metric, target }: NonNullable<V2MetricSpec["pods"]>, question: MetricQuestion): MetricAnswer {
  const { source, namespace, selector } = question;
  const metrics = source.pods(metric.name, namespace, selector, selectorOf(metric.selector));
  if (!metrics.ok) return failed("pods", `unable to get metric ${metric.name}: ${metrics.error}`);
  const proposal = averageReplicas(question, metrics.value, milliOf(target.averageValue), "");
  if (!proposal.ok) return failed("pods", proposal.error);
  const current = { averageValue: quantity(proposal.value.milli) };
  const status = { type: "Pods", pods: { metric, current } };
  return ok({ replicas: proposal.value.replicas, metric: `pods metric ${metric.name}`, status });
}

function ofObject(spec: NonNullable<V2MetricSpec["object"]>, question: MetricQuestion): MetricAnswer {
  const { metric, target, describedObject } = spec;
  const { source, namespace } = question;
  const value = source.object(metric.name, namespace, describedObject, selectorOf(metric.selector));
  const about = `${describedObject.kind} ${namespace}/${describedObject.name}`;
  const proposal = value.ok
    ? share(question, value.value, target)
    : fail(`unable to get metric ${metric.name}: ${about}: ${value.error}`);
  if (!proposal.ok) return failed("object", proposal.error);
  const { replicas, current } = proposal.value;
  const name =
    target.type === "AverageValue" ? `external metric ${metric.name}` : `${describedObject.kind} metric ${metric.name}`;
  return ok({ replicas, metric: name, status: { type: "Object", object: { describedObject, metric, current } } });
}

function ofExternal(spec: NonNullable<V2MetricSpec["external"]>, question: MetricQuestion): MetricAnswer {
  const { metric, target } = spec;
  const { source, namespace } = question;
  const values = source.external(metric.name, namespace, selectorOf(metric.selector));
  if (!values.ok) {
    const about = `${namespace}/${metric.name}/${goSelector(metric.selector)}`;
    const text = `unable to get external metric ${about}: ${values.error}`;
    const kind =
      target.averageValue === undefined ? `external metric ${metric.name}` : `${metric.name} external metric`;
    return failed("external", text, `failed to get ${kind}: ${text}`);
  }
  const proposal = share(
    question,
    values.value.reduce((sum, each) => sum + each, 0),
    target,
  );
  if (!proposal.ok)
    return failed("external", proposal.error, `failed to get external metric ${metric.name}: ${proposal.error}`);
  const { replicas, current } = proposal.value;
  const name = `external metric ${metric.name}(${goSelector(metric.selector)})`;
  return ok({ replicas, metric: name, status: { type: "External", external: { metric, current } } });
}

/** One value of the whole: against a value for the whole, or for each pod. */
function share(question: MetricQuestion, milli: number, target: V2MetricTarget) {
  if (target.averageValue !== undefined) {
    const { replicas, milli: average } = sharedReplicas(
      question,
      question.statusReplicas,
      milli,
      milliOf(target.averageValue),
    );
    return ok({ replicas, current: { averageValue: quantity(average) } });
  }
  const total: Result<Proposal, string> = totalReplicas(question, milli, milliOf(target.value));
  return total.ok ? ok({ replicas: total.value.replicas, current: { value: quantity(milli) } }) : total;
}

function selectorOf(selector: LabelSelector | undefined): Selector {
  const parsed = selectorFromLabelSelector(selector ?? {});
  return parsed.ok ? parsed.value : EVERYTHING;
}

/** A label selector as Go's %+v prints a pointer to one; nil where there is none. */
function goSelector(selector: LabelSelector | undefined): string {
  if (selector === undefined) return "nil";
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}: ${value},`);
  const terms = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) => `{${key} ${operator} [${values.join(" ")}]}`,
  );
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join("")}},MatchExpressions:[]LabelSelectorRequirement{${terms.join(",")}},}`;
}
