import { child, index } from "../../../api/meta/field-error.ts";
import type { ContainerPort, PodSpec } from "../../../api/schema/generated/types.ts";
import { containersWithPath } from "./containers.ts";

interface PlacedPort {
  readonly path: string;
  readonly port: ContainerPort;
}

/** A port as Go's `%+v` prints it. */
function printed({ name = "", hostPort = 0, containerPort = 0, protocol = "", hostIP = "" }: ContainerPort): string {
  return `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
}

/** How two definitions of one container port get in each other's way, if they do. */
function clash(port: ContainerPort, other: ContainerPort): string | undefined {
  const { hostIP = "", hostPort = 0 } = port;
  const { hostIP: otherIp = "", hostPort: otherPort = 0 } = other;
  if (hostIP === otherIp && hostPort === otherPort) return "duplicate";
  if (hostPort === 0 || otherPort === 0) return "overlapping";
  if (hostPort === otherPort && (hostIP === "") !== (otherIp === "")) return "dangerously ambiguous";
  return undefined;
}

// Models pkg/api/pod warningsForPodSpecAndMeta, its part on ports
/** Warnings about ports of a pod's containers; `path` is the spec's. */
export function portWarnings(spec: PodSpec, path: string): readonly string[] {
  const warnings: string[] = [];
  const placed = new Map<string, PlacedPort[]>();
  for (const [container, containerPath] of containersWithPath(spec, path)) {
    for (const [at, port] of (container.ports ?? []).entries()) {
      const here = index(child(containerPath, "ports"), at);
      if (port.hostIP && !port.hostPort) warnings.push(`${here}: hostIP set without hostPort: ${printed(port)}`);
      const id = `${port.containerPort}/${port.protocol ?? ""}`;
      const others = placed.get(id) ?? [];
      for (const other of others) {
        const how = clash(port, other.port);
        if (how) warnings.push(`${here}: ${how} port definition with ${other.path}`);
      }
      placed.set(id, [...others, { path: here, port }]);
    }
  }
  return warnings;
}
