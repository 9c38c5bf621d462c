import type { Cache } from "../api/client.ts";
import { goQuote } from "../api/meta/go-text.ts";
import { parseQuantity, type Quantity, quantityOf, signOf, toFloat } from "../api/meta/quantity.ts";
import { NODES, type Pod } from "../api/refs.ts";
import type { Container, ObjectMeta, ResourceFieldSelector } from "../api/schema/generated/types.ts";
import type { Machine } from "./machine.ts";
import type { RuntimePod } from "./runtime.ts";

// Models pkg/fieldpath FormatMap
/** Labels or annotations as a file shows them: `key="value"` lines, sorted. */
export function formatMap(map: { readonly [key: string]: string } = {}): string {
  const keys = Object.keys(map).sort();
  return keys.map((key) => `${key}=${goQuote(map[key] ?? "")}`).join("\n");
}

export interface FieldSource {
  readonly pod: Pod;
  /** The pod's metadata as the container is to see it. */
  readonly metadata: ObjectMeta;
  readonly runtime: RuntimePod;
  readonly machine: Machine;
}

// Models pkg/kubelet kubelet_pods.go podFieldSelectorRuntimeValue and pkg/fieldpath ExtractFieldPathAsString
/** The value of a field for the downward API; undefined for a path that there is not. */
export function fieldValue(fieldPath: string, { pod, metadata, runtime, machine }: FieldSource): string | undefined {
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath);
  if (keyed !== null) {
    const map = keyed[1] === "labels" ? metadata.labels : metadata.annotations;
    return map?.[keyed[2] ?? ""] ?? "";
  }
  const ip = pod.spec.hostNetwork === true ? machine.shape.address : (runtime.ip ?? pod.status.podIP ?? "");
  const values: { readonly [path: string]: string | undefined } = {
    "metadata.name": pod.metadata.name,
    "metadata.namespace": pod.metadata.namespace,
    "metadata.uid": pod.metadata.uid,
    "metadata.labels": formatMap(metadata.labels),
    "metadata.annotations": formatMap(metadata.annotations),
    "spec.nodeName": pod.spec.nodeName ?? machine.name,
    "spec.serviceAccountName": pod.spec.serviceAccountName ?? "",
    "status.hostIP": machine.shape.address,
    "status.hostIPs": machine.shape.address,
    "status.podIP": ip,
    "status.podIPs": ip,
  };
  return Object.hasOwn(values, fieldPath) ? values[fieldPath] : undefined;
}

function inDivisors(amount: Quantity, divisor: string | undefined): string {
  const parsed = parseQuantity(divisor ?? "1");
  const unit = parsed.ok && signOf(parsed.value) !== 0 ? toFloat(parsed.value) : 1;
  // Sums of binary fractions of a unit must not round up by their last bit.
  return String(Math.ceil(Number((toFloat(amount) / unit).toFixed(9))));
}

// Models pkg/api/v1/resource ExtractContainerResourceValue and pkg/kubelet kubelet_resources.go defaultPodLimitsForDownwardAPI
/** A container's request or limit in whole divisors, rounded up. A limit that is not set is what the node can give. */
export function resourceValue(
  { resource, divisor }: ResourceFieldSelector,
  cache: Cache,
  pod: Pod,
  container: Container,
): string {
  const [list = "", ...rest] = resource.split(".");
  const name = rest.join(".");
  const own = (list === "limits" ? container.resources?.limits : container.resources?.requests)?.[name];
  if (list !== "limits" || (own !== undefined && signOf(quantityOf(own)) !== 0)) {
    return inDivisors(quantityOf(own), divisor);
  }
  if (name !== "cpu" && name !== "memory" && name !== "ephemeral-storage") return inDivisors(quantityOf(own), divisor);
  const allocatable = cache.get(NODES, pod.spec.nodeName ?? "")?.status.allocatable;
  return inDivisors(quantityOf(pod.spec.resources?.limits?.[name] ?? allocatable?.[name]), divisor);
}
