import type { Pod } from "../api/refs.ts";
import type { ContainerPort, PodSpec } from "../api/schema/generated/types.ts";
import type { Problem } from "./worker.ts";

/** Kernel settings that a pod may change: those that are its own alone. Models pkg/kubelet/sysctl safe_sysctls.go */
const SAFE_SYSCTLS = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
]);

/** A setting's name with dots, as `sysctl` also takes it with slashes. */
export function sysctlName(name: string): string {
  const first = /[./]/.exec(name)?.[0];
  if (first !== "/") return name;
  return name.replace(/[./]/g, (mark) => (mark === "/" ? "." : "/"));
}

// Models pkg/kubelet/sysctl allowlist.go Admit
function sysctlProblem({ securityContext, hostNetwork, hostIPC }: PodSpec): Problem | undefined {
  for (const { name: written } of securityContext?.sysctls ?? []) {
    const name = sysctlName(written);
    const message = !SAFE_SYSCTLS.has(name)
      ? `forbidden sysctl: "${written}" not allowlisted`
      : name.startsWith("net.") && hostNetwork === true
        ? `forbidden sysctl: "${written}" not allowed with host net enabled`
        : name.startsWith("kernel.") && hostIPC === true
          ? `forbidden sysctl: "${written}" not allowed with host ipc enabled`
          : undefined;
    if (message !== undefined) return { reason: "SysctlForbidden", message };
  }
  return undefined;
}

// Models pkg/kubelet/lifecycle handlers.go and predicate.go rejectPodAdmissionBasedOnOSField
function osProblem({ os, nodeSelector }: PodSpec): Problem | undefined {
  const selected = nodeSelector?.["kubernetes.io/os"];
  if (selected !== undefined && selected !== "linux") {
    const message = "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label";
    return { reason: "PodOSSelectorNodeLabelDoesNotMatch", message };
  }
  if (os === undefined || os.name === "linux") return undefined;
  return { reason: "PodOSNotSupported", message: "Failed to admit pod as the OS field doesn't match node OS" };
}

const ANY_IP = "0.0.0.0";

function hostPorts({ containers, initContainers = [] }: PodSpec): readonly ContainerPort[] {
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === "Always");
  return [...containers, ...sidecars].flatMap(({ ports = [] }) => ports.filter(({ hostPort }) => hostPort));
}

function clash(a: ContainerPort, b: ContainerPort): boolean {
  if (a.hostPort !== b.hostPort || (a.protocol ?? "TCP") !== (b.protocol ?? "TCP")) return false;
  const [left, right] = [a.hostIP || ANY_IP, b.hostIP || ANY_IP];
  return left === right || left === ANY_IP || right === ANY_IP;
}

// Models pkg/scheduler/framework/plugins/nodeports Fits, as the kubelet asks it
function portProblem(spec: PodSpec, others: Iterable<PodSpec>): Problem | undefined {
  const wanted = hostPorts(spec);
  if (wanted.length === 0) return undefined;
  for (const other of others) {
    const isTaken = hostPorts(other).some((port) => wanted.some((want) => clash(want, port)));
    if (!isTaken) continue;
    const message = "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports";
    return { reason: "NodePorts", message };
  }
  return undefined;
}

/** What of a pod's own wishes this machine can't fulfil, beside resources. `others`: the active pods of the node. */
export function wishProblem({ spec }: Pod, others: Iterable<PodSpec>): Problem | undefined {
  return osProblem(spec) ?? sysctlProblem(spec) ?? portProblem(spec, others);
}
