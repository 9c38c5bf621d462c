import type { ScaleFields } from "../../api/kind.ts";
import { formatSelector, selectorFromLabelSelector } from "../../api/meta/labels.ts";
import type { KubeObject } from "../../api/object.ts";
import type { LabelSelector } from "../../api/schema/generated/types.ts";

type Scalable = KubeObject & {
  readonly spec: { readonly replicas?: number; readonly selector?: LabelSelector };
  readonly status: { readonly replicas?: number };
};

/** The scale subresource of a workload with `spec.replicas` and a label selector. */
export function workloadScale<T extends Scalable>(): ScaleFields<T> {
  return {
    replicas: (object) => object.spec.replicas ?? 0,
    statusReplicas: (object) => object.status.replicas ?? 0,
    selector: (object) => {
      const selector = selectorFromLabelSelector(object.spec.selector);
      return selector.ok ? formatSelector(selector.value) : "";
    },
    withReplicas: (object, replicas) => ({ ...object, spec: { ...object.spec, replicas } }),
  };
}
