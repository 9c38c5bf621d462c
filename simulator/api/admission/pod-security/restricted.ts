import type { Container, Volume } from "../../schema/generated/types.ts";
import { badSeccomp, procMount, seccompTypes } from "./baseline.ts";
import {
  type Check,
  type CheckPod,
  containersOf,
  counted,
  exceptUserNamespaces,
  exceptWindows,
  offenders,
  quoted,
  sorted,
} from "./check.ts";

// Models pod-security-admission policy/check_*.go of the restricted profile, each of its versions up to v1.36.

const privilegeEscalation: CheckPod = (spec) => {
  const bad = offenders(spec, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
  if (bad.length === 0) return undefined;
  const detail = `${counted("container", bad)} must set securityContext.allowPrivilegeEscalation=false`;
  return { reason: "allowPrivilegeEscalation != false", detail };
};

const capabilities: CheckPod = (spec) => {
  const missing = offenders(spec, ({ securityContext }) => !securityContext?.capabilities?.drop?.includes("ALL"));
  const added = ({ securityContext }: Container) =>
    (securityContext?.capabilities?.add ?? []).filter((name) => name !== "NET_BIND_SERVICE");
  const adding = offenders(spec, (container) => added(container).length > 0);
  const details: string[] = [];
  if (missing.length > 0) {
    details.push(`${counted("container", missing)} must set securityContext.capabilities.drop=["ALL"]`);
  }
  if (adding.length > 0) {
    const names = quoted(sorted(containersOf(spec).flatMap(added)));
    details.push(`${counted("container", adding)} must not include ${names} in securityContext.capabilities.add`);
  }
  return details.length === 0 ? undefined : { reason: "unrestricted capabilities", detail: details.join("; ") };
};

const FREE_VOLUMES: readonly (keyof Volume)[] = [
  ...(["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image"] as const),
  ...(["persistentVolumeClaim", "projected", "secret"] as const),
];
const RESTRICTED_VOLUMES: readonly (keyof Volume)[] = [
  ...(["hostPath", "gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "nfs", "iscsi", "glusterfs"] as const),
  ...(["rbd", "flexVolume", "cinder", "cephfs", "flocker", "fc", "azureFile", "vsphereVolume", "quobyte"] as const),
  ...(["azureDisk", "photonPersistentDisk", "portworxVolume", "scaleIO", "storageos"] as const),
];

const volumeTypes: CheckPod = ({ volumes = [] }) => {
  const bad = volumes.filter((volume) => !FREE_VOLUMES.some((field) => volume[field] !== undefined));
  if (bad.length === 0) return undefined;
  const types = sorted(
    bad.map((volume) => RESTRICTED_VOLUMES.find((field) => volume[field] !== undefined) ?? "unknown"),
  );
  const names = bad.map(({ name }) => name);
  const use = names.length === 1 ? "uses" : "use";
  const detail = `${counted("volume", names)} ${use} ${counted("restricted volume type", types)}`;
  return { reason: "restricted volume types", detail };
};

const nonRoot: CheckPod = (spec) => {
  const ofPod = spec.securityContext?.runAsNonRoot;
  const wrong = offenders(spec, ({ securityContext }) => securityContext?.runAsNonRoot === false);
  const who = [...(ofPod === false ? ["pod"] : []), ...(wrong.length > 0 ? [counted("container", wrong)] : [])];
  const reason = "runAsNonRoot != true";
  if (who.length > 0) return { reason, detail: `${who.join(" and ")} must not set securityContext.runAsNonRoot=false` };
  const silent = ofPod ? [] : offenders(spec, ({ securityContext }) => securityContext?.runAsNonRoot === undefined);
  if (silent.length === 0) return undefined;
  return { reason, detail: `pod or ${counted("container", silent)} must set securityContext.runAsNonRoot=true` };
};

const nonZeroUser: CheckPod = (spec) => {
  const wrong = offenders(spec, ({ securityContext }) => securityContext?.runAsUser === 0);
  const isPodSet = spec.securityContext?.runAsUser === 0;
  const who = [...(isPodSet ? ["pod"] : []), ...(wrong.length > 0 ? [counted("container", wrong)] : [])];
  return who.length === 0
    ? undefined
    : { reason: "runAsUser=0", detail: `${who.join(" and ")} must not set runAsUser=0` };
};

const seccomp: CheckPod = (spec, metadata) => {
  const wrong = seccompTypes(spec, metadata);
  if (wrong !== undefined) return wrong;
  const isPodSet = spec.securityContext?.seccompProfile !== undefined && badSeccomp(spec).setters.length === 0;
  const silent = isPodSet
    ? []
    : offenders(spec, ({ securityContext }) => securityContext?.seccompProfile === undefined);
  if (silent.length === 0) return undefined;
  const who = `pod or ${counted("container", silent)}`;
  const detail = `${who} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`;
  return { reason: "seccompProfile", detail };
};

export const restrictedChecks: readonly Check[] = [
  {
    id: "allowPrivilegeEscalation",
    level: "restricted",
    since: [
      [8, privilegeEscalation],
      [25, exceptWindows(privilegeEscalation)],
    ],
  },
  {
    id: "capabilities_restricted",
    level: "restricted",
    since: [
      [22, capabilities],
      [25, exceptWindows(capabilities)],
    ],
    overrides: "capabilities_baseline",
  },
  { id: "procMount_restricted", level: "restricted", since: [[35, procMount]], overrides: "procMount" },
  { id: "restrictedVolumes", level: "restricted", since: [[0, volumeTypes]], overrides: "hostPathVolumes" },
  {
    id: "runAsNonRoot",
    level: "restricted",
    since: [
      [0, nonRoot],
      [35, exceptUserNamespaces(nonRoot)],
    ],
  },
  {
    id: "runAsUser",
    level: "restricted",
    since: [
      [23, nonZeroUser],
      [35, exceptUserNamespaces(nonZeroUser)],
    ],
  },
  {
    id: "seccompProfile_restricted",
    level: "restricted",
    since: [
      [19, seccomp],
      [25, exceptWindows(seccomp)],
    ],
    overrides: "seccompProfile_baseline",
  },
];
