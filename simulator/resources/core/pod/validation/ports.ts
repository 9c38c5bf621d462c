import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
} from "../../../../api/meta/field-error.ts";
import type { IntOrString } from "../../../../api/meta/intstr.ts";
import { isPortName, isPortNumber } from "../../../../api/meta/validation.ts";
import type { Container, ContainerPort, PodSpec } from "../../../../api/schema/generated/types.ts";
import { check } from "./formats.ts";
import type { PodValidationOptions } from "./options.ts";

const PROTOCOLS = ["SCTP", "TCP", "UDP"];

function validatePortNumber(port: number, path: string): readonly FieldError[] {
  return isPortNumber(port).map((text) => invalid(path, port, text));
}

/** A probe's port: a number, or the name of one of the container's ports. */
export function validatePortNumberOrName(port: IntOrString, path: string): readonly FieldError[] {
  return typeof port === "number" ? validatePortNumber(port, path) : check(isPortName, port, path);
}

// Models pkg/apis/core/validation validateContainerPorts
export function validateContainerPorts(ports: readonly ContainerPort[], path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [at, port] of ports.entries()) {
    const here = index(path, at);
    if (port.name) {
      const wrong = check(isPortName, port.name, child(here, "name"));
      if (wrong.length > 0) errors.push(...wrong);
      else if (names.has(port.name)) errors.push(duplicate(child(here, "name"), port.name));
      else names.add(port.name);
    }
    if (!port.containerPort) errors.push(required(child(here, "containerPort")));
    else errors.push(...validatePortNumber(port.containerPort, child(here, "containerPort")));
    if (port.hostPort) errors.push(...validatePortNumber(port.hostPort, child(here, "hostPort")));
    if (!port.protocol) errors.push(required(child(here, "protocol")));
    else if (!PROTOCOLS.includes(port.protocol)) {
      errors.push(notSupported(child(here, "protocol"), port.protocol, PROTOCOLS));
    }
  }
  return errors;
}

/** No two containers of the list take the same port of the host. */
export function validateHostPortConflicts(containers: readonly Container[], path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const taken = new Set<string>();
  for (const [at, container] of containers.entries()) {
    for (const [portAt, port] of (container.ports ?? []).entries()) {
      if (!port.hostPort) continue;
      const text = `${port.protocol ?? ""}/${port.hostIP ?? ""}/${port.hostPort}`;
      const here = child(index(child(index(path, at), "ports"), portAt), "hostPort");
      if (taken.has(text)) errors.push(duplicate(here, text));
      else taken.add(text);
    }
  }
  return errors;
}

// Models pkg/apis/core/validation validateHostNetwork
/** In the host's network a container's port is the host's port. */
export function validateHostNetworkPorts(
  spec: PodSpec,
  path: string,
  options: PodValidationOptions,
): readonly FieldError[] {
  if (!spec.hostNetwork) return [];
  const errors: FieldError[] = [];
  for (const [at, container] of (spec.containers ?? []).entries()) {
    for (const [portAt, port] of (container.ports ?? []).entries()) {
      const hostPort = port.hostPort ?? 0;
      // In a template the host port may be left out: the pod's defaults set it.
      if (hostPort === port.containerPort || (hostPort === 0 && !options.resourceIsPod)) continue;
      const here = child(index(child(index(child(path, "containers"), at), "ports"), portAt), "hostPort");
      errors.push(invalid(here, hostPort, "must match `containerPort` when `hostNetwork` is true"));
    }
  }
  return errors;
}
