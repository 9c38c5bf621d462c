import { equalJson } from "../../base/json.ts";
import { fail, ok } from "../../base/result.ts";
import { forbidden, type Status } from "../errors.ts";
import type { WriteContext } from "../kind.ts";
import { compareQuantities, quantityOf } from "../meta/quantity.ts";
import { PODS, type Pod, RUNTIME_CLASSES, type RuntimeClass } from "../refs.ts";
import type { PodSpec, Toleration } from "../schema/generated/types.ts";
import type { AdmissionPlugin } from "./plugin.ts";

const MISMATCH = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";
const UNFOUNDED = "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead";

type Amounts = PodSpec["overhead"];

// Models plugin/pkg/admission/runtimeclass
/** A pod of a runtime class takes over what its class costs and where it can run. */
export const runtimeClass: AdmissionPlugin = {
  name: "RuntimeClass",
  resources: [PODS.id],
  verbs: ["create"],
  mutate: ({ object, context }) => {
    const pod = object as Pod;
    const name = pod.spec.runtimeClassName;
    if (name === undefined) return ok(pod);
    const found = context.find(RUNTIME_CLASSES, undefined, name);
    if (found === undefined) return fail(refused(pod, `pod rejected: RuntimeClass "${name}" not found`));
    const fixed = found.overhead?.podFixed;
    if (fixed !== undefined && pod.spec.overhead !== undefined && !equalAmounts(fixed, pod.spec.overhead)) {
      return fail(refused(pod, MISMATCH));
    }
    const spec = fixed === undefined ? pod.spec : { ...pod.spec, overhead: fixed };
    const placed = withScheduling(pod, spec, found.scheduling);
    return "kind" in placed ? fail(placed) : ok({ ...pod, spec: placed });
  },
  validate: ({ object, context }) => {
    const pod = object as Pod;
    const defined = overheadOf(pod, context);
    if (defined !== undefined) return equalAmounts(defined, pod.spec.overhead) ? undefined : refused(pod, MISMATCH);
    return pod.spec.overhead === undefined ? undefined : refused(pod, UNFOUNDED);
  },
};

function refused(pod: Pod, why: string): Status {
  return forbidden(PODS, pod.metadata.name, why);
}

function overheadOf({ spec: { runtimeClassName: name } }: Pod, context: WriteContext): Amounts {
  return name === undefined ? undefined : context.find(RUNTIME_CLASSES, undefined, name)?.overhead?.podFixed;
}

function equalAmounts(a: Amounts = {}, b: Amounts = {}): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => name in b && compareQuantities(quantityOf(a[name]), quantityOf(b[name])) === 0)
  );
}

/** The spec with the class's node selector and tolerations, or the conflict. */
function withScheduling(pod: Pod, spec: PodSpec, scheduling: RuntimeClass["scheduling"]): PodSpec | Status {
  if (scheduling === undefined) return spec;
  const { nodeSelector = {}, tolerations = [] } = scheduling;
  const own = spec.nodeSelector ?? {};
  for (const [key, value] of Object.entries(nodeSelector)) {
    const given = own[key];
    if (given === undefined || given === value) continue;
    const text = `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${given}`;
    return refused(pod, text);
  }
  const selector = { ...own, ...nodeSelector };
  const all = merged(spec.tolerations ?? [], tolerations);
  return {
    ...spec,
    ...(Object.keys(selector).length > 0 && { nodeSelector: selector }),
    ...(all.length > 0 && { tolerations: all }),
  };
}

/** Both lists, without what stands twice. */
function merged(own: readonly Toleration[], more: readonly Toleration[]): readonly Toleration[] {
  const kept: Toleration[] = [];
  for (const toleration of [...own, ...more]) {
    if (!kept.some((other) => equalJson(other, toleration))) kept.push(toleration);
  }
  return kept;
}
