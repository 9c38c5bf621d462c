import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
  tooLong,
} from "../../../../api/meta/field-error.ts";
import { byteLength } from "../../../../api/meta/go-text.ts";
import { isUserId } from "../../../../api/meta/validation.ts";
import type {
  AppArmorProfile,
  PodSpec,
  SeccompProfile,
  SecurityContext,
} from "../../../../api/schema/generated/types.ts";
import { validateLocalDescendingPath } from "./formats.ts";
import { internalForm } from "./internal-form.ts";
import { validateWindowsOptions } from "./windows.ts";

const PROFILE_TYPES = ["Localhost", "RuntimeDefault", "Unconfined"];
const PROC_MOUNTS = ["Default", "Unmasked"];
const GROUP_CHANGE_POLICIES = ["Always", "OnRootMismatch"];
const GROUPS_POLICIES = ["Merge", "Strict"];
const SELINUX_CHANGE_POLICIES = ["MountOption", "Recursive"];
const MAX_PROFILE_BYTES = 4095;

function validateId(id: number | undefined, path: string): readonly FieldError[] {
  return id === undefined ? [] : isUserId(id).map((text) => invalid(path, id, text));
}

function validateChoice(value: string | undefined, allowed: readonly string[], path: string): readonly FieldError[] {
  return value === undefined || allowed.includes(value) ? [] : [notSupported(path, value, allowed)];
}

// Models pkg/apis/core/validation validateSeccompProfileField
function validateSeccomp(profile: SeccompProfile | undefined, path: string): readonly FieldError[] {
  if (profile === undefined) return [];
  const { type, localhostProfile } = profile;
  const filePath = child(path, "localhostProfile");
  const errors: FieldError[] = [];
  if (!type) errors.push(required(child(path, "type"), "type is required when seccompProfile is set"));
  else errors.push(...validateChoice(type, PROFILE_TYPES, child(path, "type")));
  if (type !== "Localhost") {
    if (localhostProfile === undefined) return errors;
    const shown = internalForm("SeccompProfile", profile);
    return [...errors, invalid(filePath, shown, "can only be set when seccomp type is Localhost")];
  }
  if (localhostProfile === undefined) {
    return [...errors, required(filePath, "must be set when seccomp type is Localhost")];
  }
  return [...errors, ...validateLocalDescendingPath(localhostProfile, filePath)];
}

// Models pkg/apis/core/validation ValidateAppArmorProfileField
function validateAppArmor(profile: AppArmorProfile | undefined, path: string): readonly FieldError[] {
  if (profile === undefined) return [];
  const { type, localhostProfile: name } = profile;
  const namePath = child(path, "localhostProfile");
  if (!type) return [required(child(path, "type"), "type is required when appArmorProfile is set")];
  if (!PROFILE_TYPES.includes(type)) return [notSupported(child(path, "type"), type, PROFILE_TYPES)];
  if (type !== "Localhost") {
    return name === undefined ? [] : [invalid(namePath, name, "can only be set when AppArmor type is Localhost")];
  }
  if (!name) return [required(namePath, "must be set when AppArmor type is Localhost")];
  const errors: FieldError[] = [];
  if (name.trim() !== name) errors.push(invalid(namePath, name, "must not be padded with whitespace"));
  if (byteLength(name) > MAX_PROFILE_BYTES) errors.push(tooLong(namePath, MAX_PROFILE_BYTES));
  return errors;
}

// Models pkg/apis/core/validation ValidateSecurityContext
/** A container's own settings. `hostUsers`: the pod shares the node's user namespace. */
export function validateSecurityContext(
  context: SecurityContext | undefined,
  hostUsers: boolean,
  path: string,
): readonly FieldError[] {
  if (context === undefined) return [];
  const { procMount, privileged } = context;
  const mountPath = child(path, "procMount");
  const errors = [
    ...validateId(context.runAsUser, child(path, "runAsUser")),
    ...validateId(context.runAsGroup, child(path, "runAsGroup")),
    ...validateChoice(procMount, PROC_MOUNTS, mountPath),
  ];
  if (hostUsers && procMount === "Unmasked") {
    errors.push(invalid(mountPath, procMount, "`hostUsers` must be false to use `Unmasked`"));
  }
  errors.push(...validateSeccomp(context.seccompProfile, child(path, "seccompProfile")));
  if (context.allowPrivilegeEscalation === false) {
    const refuse = (what: string) =>
      invalid(
        path,
        internalForm("SecurityContext", context),
        `cannot set \`allowPrivilegeEscalation\` to false and ${what}`,
      );
    if (privileged) errors.push(refuse("`privileged` to true"));
    if (context.capabilities?.add?.includes("CAP_SYS_ADMIN")) errors.push(refuse("`capabilities.Add` CAP_SYS_ADMIN"));
  }
  return [
    ...errors,
    ...validateWindowsOptions(context.windowsOptions, child(path, "windowsOptions")),
    ...validateAppArmor(context.appArmorProfile, child(path, "appArmorProfile")),
  ];
}

// Models pkg/apis/core/validation validatePodSpecSecurityContext
export function validatePodSecurityContext(spec: PodSpec, path: string): readonly FieldError[] {
  const context = spec.securityContext;
  if (context === undefined) return [];
  const groups = (context.supplementalGroups ?? []).flatMap((group, at) =>
    validateId(group, index(child(path, "supplementalGroups"), at)),
  );
  return [
    ...validateId(context.fsGroup, child(path, "fsGroup")),
    ...validateId(context.runAsUser, child(path, "runAsUser")),
    ...validateId(context.runAsGroup, child(path, "runAsGroup")),
    ...groups,
    ...validateSysctls(spec, child(path, "sysctls")),
    ...validateChoice(context.fsGroupChangePolicy, GROUP_CHANGE_POLICIES, child(path, "fsGroupChangePolicy")),
    ...validateSeccomp(context.seccompProfile, child(path, "seccompProfile")),
    ...validateWindowsOptions(context.windowsOptions, child(path, "windowsOptions")),
    ...validateAppArmor(context.appArmorProfile, child(path, "appArmorProfile")),
    ...validateChoice(context.supplementalGroupsPolicy, GROUPS_POLICIES, child(path, "supplementalGroupsPolicy")),
    ...validateChoice(context.seLinuxChangePolicy, SELINUX_CHANGE_POLICIES, child(path, "seLinuxChangePolicy")),
  ];
}

const SYSCTL_SEGMENT = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const SYSCTL_PATTERN = `^(${SYSCTL_SEGMENT}[\\./])*${SYSCTL_SEGMENT}$`;
const SYSCTL = new RegExp(SYSCTL_PATTERN);
const MAX_SYSCTL_BYTES = 253;
const IPC_SYSCTLS: readonly string[] = ["kernel.sem"];
const IPC_PREFIXES: readonly string[] = ["kernel.shm", "kernel.msg", "fs.mqueue."];

function validateSysctls(spec: PodSpec, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [at, { name = "" }] of (spec.securityContext?.sysctls ?? []).entries()) {
    const here = child(index(path, at), "name");
    if (name === "") errors.push(required(here));
    else if (byteLength(name) > MAX_SYSCTL_BYTES || !SYSCTL.test(name)) {
      const text = `must have at most ${MAX_SYSCTL_BYTES} characters and match regex ${SYSCTL_PATTERN}`;
      errors.push(invalid(here, name, text));
    } else if (names.has(name)) errors.push(duplicate(here, name));
    names.add(name);
    const dotted = sysctlWithDots(name);
    const ipc = IPC_SYSCTLS.includes(dotted) || IPC_PREFIXES.some((prefix) => dotted.startsWith(prefix));
    if (spec.hostNetwork && dotted.startsWith("net.")) {
      errors.push(invalid(here, name, "may not be specified when 'hostNetwork' is true"));
    } else if (spec.hostIPC && ipc) {
      errors.push(invalid(here, name, "may not be specified when 'hostIPC' is true"));
    }
  }
  return errors;
}

// Models component-helpers node/util/sysctl NormalizeName
/** Where the first separator is a slash, slashes and dots have changed places. */
function sysctlWithDots(name: string): string {
  const first = /[./]/.exec(name)?.[0];
  return first === "/" ? name.replace(/[./]/g, (char) => (char === "/" ? "." : "/")) : name;
}
