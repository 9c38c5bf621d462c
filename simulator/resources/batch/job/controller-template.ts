import type { Incoming } from "../../../api/object.ts";
import type { Job, Pod } from "../../../api/refs.ts";
import type { Container, PodTemplateSpec } from "../../../api/schema/generated/types.ts";
import { controllerReference, podFromTemplate } from "../../../controllers/shared/pod-template.ts";
import {
  FAILURE_COUNT,
  failureCount,
  IGNORED_COUNT,
  INDEX_KEY,
  ignoredCount,
  TRACKING_FINALIZER,
} from "./controller-pods.ts";
import { matchFailurePolicy } from "./controller-policies.ts";

const INDEX_ENV = "JOB_COMPLETION_INDEX";
const MAX_GENERATED_NAME_LENGTH = 58;

// Models pkg/controller/job addCompletionIndexEnvVariables
/** The template of a job's pods; containers of an indexed job are told their index. */
export function indexedTemplate({ spec }: Job): PodTemplateSpec {
  const template = spec.template ?? {};
  if (spec.completionMode !== "Indexed" || template.spec === undefined) return template;
  const { containers, initContainers } = template.spec;
  return {
    ...template,
    spec: {
      ...template.spec,
      ...(initContainers && { initContainers: initContainers.map(withIndexVariable) }),
      containers: containers.map(withIndexVariable),
    },
  };
}

function withIndexVariable(container: Container): Container {
  const { env = [] } = container;
  if (env.some(({ name }) => name === INDEX_ENV)) return container;
  const fieldRef = { apiVersion: "v1", fieldPath: `metadata.labels['${INDEX_KEY}']` };
  return { ...container, env: [...env, { name: INDEX_ENV, valueFrom: { fieldRef } }] };
}

/** A pod as the job makes it; `delayed` are the failed pods whose counts their successors take over. */
export function podOf(
  job: Job,
  template: PodTemplateSpec,
  index: number | undefined,
  delayed: ReadonlyMap<number, Pod>,
): Incoming<Pod> {
  const plain = podFromTemplate(template, job, [controllerReference(job)]);
  const finalizers = template.metadata?.finalizers ?? [];
  const tracked = finalizers.includes(TRACKING_FINALIZER) ? finalizers : [...finalizers, TRACKING_FINALIZER];
  if (index === undefined) return { ...plain, metadata: { ...plain.metadata, finalizers: tracked } };
  const { name } = job.metadata;
  const failures = job.spec.backoffLimitPerIndex === undefined ? {} : failureCounts(job, delayed.get(index));
  return {
    ...plain,
    metadata: {
      ...plain.metadata,
      generateName: generatedName(name, `-${index}-`),
      labels: { ...plain.metadata.labels, [INDEX_KEY]: String(index) },
      annotations: { ...plain.metadata.annotations, [INDEX_KEY]: String(index), ...failures },
      finalizers: tracked,
    },
    spec: { ...plain.spec, hostname: `${name}-${index}` },
  };
}

// Models pkg/controller/job podGenerateNameWithIndex
function generatedName(job: string, suffix: string): string {
  return `${job.slice(0, MAX_GENERATED_NAME_LENGTH - suffix.length)}${suffix}`;
}

// Models pkg/controller/job addIndexFailureCountAnnotation
function failureCounts(job: Job, replaced: Pod | undefined): { readonly [key: string]: string } {
  if (replaced === undefined) return { [FAILURE_COUNT]: "0" };
  const counts = matchFailurePolicy(job, replaced).counts;
  const failures = failureCount(replaced) + (counts ? 1 : 0);
  const ignored = ignoredCount(replaced) + (counts ? 0 : 1);
  return { [FAILURE_COUNT]: String(failures), ...(ignored > 0 && { [IGNORED_COUNT]: String(ignored) }) };
}
