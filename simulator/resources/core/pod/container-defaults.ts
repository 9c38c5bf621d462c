import { formatQuantity, type Quantity, quantityOf, quantityOfMilli, toMilliCpu } from "../../../api/meta/quantity.ts";
import type {
  Container,
  EphemeralContainer,
  HTTPGetAction,
  Probe,
  ResourceFieldSelector,
  ResourceRequirements,
} from "../../../api/schema/generated/types.ts";
import type { Draft } from "../../../base/json.ts";
import { imageTag } from "./image-name.ts";

const MILLI_SCALE = -3;

/** An amount in its canonical text; nothing finer than a thousandth. */
function roundAmount(text: string): string {
  const amount: Quantity = quantityOf(text);
  const { scale, format } = amount;
  return formatQuantity(scale < MILLI_SCALE ? quantityOfMilli(toMilliCpu(amount), format) : amount);
}

// Models pkg/apis/core/v1 SetDefaults_ResourceList
export function roundResources(list: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(list).map(([name, text]) => [name, roundAmount(text)]));
}

export function roundResourceLists(resources: Draft<ResourceRequirements>): void {
  if (resources.limits) resources.limits = roundResources(resources.limits);
  if (resources.requests) resources.requests = roundResources(resources.requests);
}

/** The divisor is no pointer upstream: unset it is zero, and shown so. */
export function defaultDivisor(selector: Draft<ResourceFieldSelector> | undefined): void {
  if (selector) selector.divisor = formatQuantity(quantityOf(selector.divisor));
}

/** By tag: an image that may change under its name is pulled every time. */
export function defaultPullPolicy(image: string): string {
  return imageTag(image) === "latest" ? "Always" : "IfNotPresent";
}

// Models pkg/apis/core/v1 SetDefaults_Container and the defaults of its parts
export function defaultContainer(container: Draft<Container> | Draft<EphemeralContainer>): void {
  container.imagePullPolicy ||= defaultPullPolicy(container.image ?? "");
  container.terminationMessagePath ||= "/dev/termination-log";
  container.terminationMessagePolicy ||= "File";
  container.resources ??= {};
  roundResourceLists(container.resources);
  for (const port of container.ports ?? []) port.protocol ||= "TCP";
  for (const variable of container.env ?? []) {
    const { fieldRef, resourceFieldRef, fileKeyRef } = variable.valueFrom ?? {};
    if (fieldRef) fieldRef.apiVersion ||= "v1";
    defaultDivisor(resourceFieldRef);
    if (fileKeyRef) fileKeyRef.optional ??= false;
  }
  defaultProbe(container.livenessProbe);
  defaultProbe(container.readinessProbe);
  defaultProbe(container.startupProbe);
  defaultHttpGet(container.lifecycle?.postStart?.httpGet);
  defaultHttpGet(container.lifecycle?.preStop?.httpGet);
}

function defaultProbe(probe: Draft<Probe> | undefined): void {
  if (!probe) return;
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  defaultHttpGet(probe.httpGet);
  if (probe.grpc) probe.grpc.service ??= "";
}

function defaultHttpGet(action: Draft<HTTPGetAction> | undefined): void {
  if (!action) return;
  action.path ||= "/";
  action.scheme ||= "HTTP";
}
