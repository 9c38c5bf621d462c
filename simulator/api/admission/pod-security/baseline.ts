import { goQuote } from "../../meta/go-text.ts";
import type { Container, LifecycleHandler, PodSpec, Probe } from "../../schema/generated/types.ts";
import {
  badSettings,
  type Check,
  type CheckPod,
  containersOf,
  counted,
  exceptUserNamespaces,
  offenders,
  plural,
  quoted,
  sorted,
} from "./check.ts";

// Models pod-security-admission policy/check_*.go of the baseline profile, each of its versions up to v1.36.

const APPARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";

const appArmor: CheckPod = (spec, { annotations = {} }) => {
  const { setters, values } = badSettings(spec, ({ appArmorProfile }) => {
    if (appArmorProfile === undefined) return [];
    const { type = "" } = appArmorProfile;
    return type === "RuntimeDefault" || type === "Localhost" ? [] : [type];
  });
  const isAllowed = (value: string) => value === "" || value === "runtime/default" || value.startsWith("localhost/");
  const marks = Object.entries(annotations)
    .filter(([key, value]) => key.startsWith(APPARMOR_ANNOTATION) && !isAllowed(value))
    .map(([key, value]) => `${key}=${goQuote(value)}`)
    .sort();
  const who = marks.length > 0 ? [...setters, plural("annotation", marks.length)] : setters;
  if (who.length === 0) return undefined;
  const what = [...values, ...marks];
  const detail = `${who.join(" and ")} must not set AppArmor profile type to ${quoted(what)}`;
  return { reason: plural("forbidden AppArmor profile", what.length), detail };
};

const DEFAULT_CAPABILITIES: ReadonlySet<string> = new Set([
  ...["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP"],
  ...["SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
]);

const capabilities: CheckPod = (spec) => {
  const added = ({ securityContext }: Container) =>
    (securityContext?.capabilities?.add ?? []).filter((name) => !DEFAULT_CAPABILITIES.has(name));
  const bad = offenders(spec, (container) => added(container).length > 0);
  if (bad.length === 0) return undefined;
  const names = quoted(sorted(containersOf(spec).flatMap(added)));
  const detail = `${counted("container", bad)} must not include ${names} in securityContext.capabilities.add`;
  return { reason: "non-default capabilities", detail };
};

const hostNamespaces: CheckPod = (spec) => {
  const set = (["hostNetwork", "hostPID", "hostIPC"] as const).filter((field) => spec[field]);
  return set.length === 0
    ? undefined
    : { reason: "host namespaces", detail: set.map((field) => `${field}=true`).join(", ") };
};

const hostPathVolumes: CheckPod = ({ volumes = [] }) => {
  const bad = volumes.filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name);
  return bad.length === 0 ? undefined : { reason: "hostPath volumes", detail: counted("volume", bad) };
};

const hostPorts: CheckPod = (spec) => {
  const portsOf = ({ ports = [] }: Container) => ports.flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []));
  const bad = offenders(spec, (container) => portsOf(container).length > 0);
  if (bad.length === 0) return undefined;
  const ports = sorted(containersOf(spec).flatMap(portsOf));
  const use = bad.length === 1 ? "uses" : "use";
  return {
    reason: "hostPort",
    detail: `${counted("container", bad)} ${use} ${plural("hostPort", ports.length)} ${ports.join(", ")}`,
  };
};

const hostsOf = (action: Probe | LifecycleHandler | undefined): readonly string[] =>
  [action?.httpGet?.host ?? "", action?.tcpSocket?.host ?? ""].filter((host) => host !== "");

const probeHosts: CheckPod = (spec) => {
  const actions = ({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container) =>
    [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap(hostsOf);
  const bad = sorted(offenders(spec, (container) => actions(container).length > 0));
  if (bad.length === 0) return undefined;
  const hosts = counted("probe or lifecycle host", sorted(containersOf(spec).flatMap(actions)));
  const use = bad.length === 1 ? "uses" : "use";
  return { reason: "probe or lifecycle host", detail: `${counted("container", bad)} ${use} ${hosts}` };
};

const privileged: CheckPod = (spec) => {
  const bad = offenders(spec, ({ securityContext }) => securityContext?.privileged === true);
  if (bad.length === 0) return undefined;
  return { reason: "privileged", detail: `${counted("container", bad)} must not set securityContext.privileged=true` };
};

/** Of the restricted profile too, from v1.35 on. */
export const procMount: CheckPod = (spec) => {
  const typeOf = ({ securityContext }: Container) => securityContext?.procMount ?? "Default";
  const bad = offenders(spec, (container) => typeOf(container) !== "Default");
  if (bad.length === 0) return undefined;
  const types = sorted(
    containersOf(spec)
      .map(typeOf)
      .filter((type) => type !== "Default"),
  );
  const detail = `${counted("container", bad)} must not set securityContext.procMount to ${quoted(types)}`;
  return { reason: "procMount", detail };
};

const SELINUX_TYPES = ["", "container_t", "container_init_t", "container_kvm_t"];

function seLinux(types: readonly string[]): CheckPod {
  return (spec) => {
    const all = [spec.securityContext, ...containersOf(spec).map(({ securityContext }) => securityContext)];
    const options = all.flatMap((context) => context?.seLinuxOptions ?? []);
    const { setters } = badSettings(spec, ({ seLinuxOptions }) => {
      if (seLinuxOptions === undefined) return [];
      const { type = "", user = "", role = "" } = seLinuxOptions;
      return types.includes(type) && user === "" && role === "" ? [] : ["set"];
    });
    if (setters.length === 0) return undefined;
    const badTypes = sorted(options.map(({ type = "" }) => type).filter((type) => !types.includes(type)));
    const data = [
      ...(badTypes.length > 0 ? [counted("type", badTypes)] : []),
      ...(options.some(({ user }) => user) ? ["user may not be set"] : []),
      ...(options.some(({ role }) => role) ? ["role may not be set"] : []),
    ];
    const detail = `${setters.join(" and ")} set forbidden securityContext.seLinuxOptions: ${data.join("; ")}`;
    return { reason: "seLinuxOptions", detail };
  };
}

const SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/";

const seccompAnnotations: CheckPod = (spec, { annotations = {} }) => {
  const keys = [SECCOMP_POD, ...containersOf(spec).map(({ name }) => SECCOMP_CONTAINER + name)];
  const isAllowed = (value: string) =>
    value === "runtime/default" || value === "docker/default" || value.startsWith("localhost/");
  const bad = sorted(
    keys.flatMap((key) => {
      const value = annotations[key];
      return value === undefined || isAllowed(value) ? [] : [`${key}=${goQuote(value)}`];
    }),
  );
  if (bad.length === 0) return undefined;
  return { reason: "seccompProfile", detail: `forbidden ${plural("annotation", bad.length)} ${bad.join(", ")}` };
};

/** The bad types of seccomp profiles that a pod's parts set, and who sets them. */
export function badSeccomp(spec: PodSpec) {
  return badSettings(spec, ({ seccompProfile }) => {
    if (seccompProfile === undefined) return [];
    return seccompProfile.type === "RuntimeDefault" || seccompProfile.type === "Localhost" ? [] : [seccompProfile.type];
  });
}

/** Of the restricted profile too. */
export const seccompTypes: CheckPod = (spec) => {
  const { setters, values } = badSeccomp(spec);
  if (setters.length === 0) return undefined;
  const detail = `${setters.join(" and ")} must not set securityContext.seccompProfile.type to ${quoted(values)}`;
  return { reason: "seccompProfile", detail };
};

const SYSCTLS = [
  "kernel.shm_rmid_forced",
  ...["ip_local_port_range", "tcp_syncookies", "ping_group_range", "ip_unprivileged_port_start"].map(ipv4),
];
const SYSCTLS_27 = [...SYSCTLS, ipv4("ip_local_reserved_ports")];
const SYSCTLS_29 = [
  ...SYSCTLS_27,
  ...["tcp_keepalive_time", "tcp_fin_timeout", "tcp_keepalive_intvl", "tcp_keepalive_probes"].map(ipv4),
];
const SYSCTLS_32 = [...SYSCTLS_29, ...["tcp_rmem", "tcp_wmem"].map(ipv4)];

function ipv4(name: string): string {
  return `net.ipv4.${name}`;
}

function sysctls(allowed: readonly string[]): CheckPod {
  return ({ securityContext }) => {
    const names = (securityContext?.sysctls ?? []).map(({ name }) => name);
    const bad = names.filter((name) => !allowed.includes(name));
    return bad.length === 0 ? undefined : { reason: "forbidden sysctls", detail: bad.join(", ") };
  };
}

const hostProcess: CheckPod = (spec) => {
  const names = offenders(spec, ({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true);
  const isPodSet = spec.securityContext?.windowsOptions?.hostProcess === true;
  const who = [...(isPodSet ? ["pod"] : []), ...(names.length > 0 ? [counted("container", names)] : [])];
  if (who.length === 0) return undefined;
  const detail = `${who.join(" and ")} must not set securityContext.windowsOptions.hostProcess=true`;
  return { reason: "hostProcess", detail };
};

export const baselineChecks: readonly Check[] = [
  { id: "appArmorProfile", level: "baseline", since: [[0, appArmor]] },
  { id: "capabilities_baseline", level: "baseline", since: [[0, capabilities]] },
  { id: "hostNamespaces", level: "baseline", since: [[0, hostNamespaces]] },
  { id: "hostPathVolumes", level: "baseline", since: [[0, hostPathVolumes]] },
  { id: "hostPorts", level: "baseline", since: [[0, hostPorts]] },
  { id: "hostProbesAndHostLifecycle", level: "baseline", since: [[34, probeHosts]] },
  { id: "privileged", level: "baseline", since: [[0, privileged]] },
  {
    id: "procMount",
    level: "baseline",
    since: [
      [0, procMount],
      [35, exceptUserNamespaces(procMount)],
    ],
  },
  {
    id: "seLinuxOptions",
    level: "baseline",
    since: [
      [0, seLinux(SELINUX_TYPES)],
      [31, seLinux([...SELINUX_TYPES, "container_engine_t"])],
    ],
  },
  {
    id: "seccompProfile_baseline",
    level: "baseline",
    since: [
      [0, seccompAnnotations],
      [19, seccompTypes],
    ],
  },
  {
    id: "sysctls",
    level: "baseline",
    since: [
      [0, sysctls(SYSCTLS)],
      [27, sysctls(SYSCTLS_27)],
      [29, sysctls(SYSCTLS_29)],
      [32, sysctls(SYSCTLS_32)],
    ],
  },
  { id: "windowsHostProcess", level: "baseline", since: [[0, hostProcess]] },
];
