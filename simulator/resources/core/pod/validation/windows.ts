import {
  child,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from "../../../../api/meta/field-error.ts";
import { byteLength } from "../../../../api/meta/go-text.ts";
import { isDns1123Subdomain } from "../../../../api/meta/validation.ts";
import type { PodSpec, WindowsSecurityContextOptions } from "../../../../api/schema/generated/types.ts";
import { containersWithPath } from "../containers.ts";

// Rules that depend on the operating system. Models pkg/apis/core/validation.

const SYSTEMS = ["linux", "windows"];
const MAX_SPEC_KIB = 64;
const MAX_DOMAIN_BYTES = 256;
const MAX_USER_BYTES = 104;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\x00-\x1f\x7f]/;
const NETBIOS_DOMAIN = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DNS_PART = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
const DNS_DOMAIN = new RegExp(`^${DNS_PART}(?:\\.${DNS_PART})*$`);
const FORBIDDEN_USER_CHARACTERS = /["/\\:;|=,+*?<>@[\]]/;

function validateUserName(name: string, path: string): readonly FieldError[] {
  const refuse = (text: string) => invalid(path, name, text);
  if (name === "") return [refuse("runAsUserName cannot be an empty string")];
  if (CONTROL.test(name)) return [refuse("runAsUserName cannot contain control characters")];
  const parts = name.split("\\");
  if (parts.length > 2) return [refuse("runAsUserName cannot contain more than one backslash")];
  const domain = parts.length === 2 ? (parts[0] ?? "") : undefined;
  const user = parts.at(-1) ?? "";
  const errors: FieldError[] = [];
  if (domain !== undefined && byteLength(domain) >= MAX_DOMAIN_BYTES) {
    errors.push(refuse(`runAsUserName's Domain length must be under ${MAX_DOMAIN_BYTES} characters`));
  }
  if (domain !== undefined && !NETBIOS_DOMAIN.test(domain) && !DNS_DOMAIN.test(domain)) {
    errors.push(refuse("runAsUserName's Domain doesn't match the NetBios nor the DNS format"));
  }
  if (user === "") errors.push(refuse("runAsUserName's User cannot be empty"));
  else if (byteLength(user) > MAX_USER_BYTES) {
    errors.push(refuse(`runAsUserName's User length must not be longer than ${MAX_USER_BYTES} characters`));
  }
  if (/^[. ]+$/.test(user)) errors.push(refuse("runAsUserName's User cannot contain only periods or spaces"));
  if (FORBIDDEN_USER_CHARACTERS.test(user)) {
    const characters = '"/\\:;|=,+*?<>@[]';
    errors.push(refuse(`runAsUserName's User cannot contain the following characters: ${characters}`));
  }
  return errors;
}

export function validateWindowsOptions(
  options: WindowsSecurityContextOptions | undefined,
  path: string,
): readonly FieldError[] {
  if (options === undefined) return [];
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options;
  const errors: FieldError[] = [];
  if (name !== undefined) {
    const namePath = child(path, "gmsaCredentialSpecName");
    errors.push(...isDns1123Subdomain(name).map((text) => invalid(namePath, name, text)));
  }
  if (spec !== undefined) {
    const specPath = child(path, "gmsaCredentialSpec");
    if (spec === "") errors.push(invalid(specPath, spec, "gmsaCredentialSpec cannot be an empty string"));
    else if (byteLength(spec) > MAX_SPEC_KIB * 1024) {
      errors.push(invalid(specPath, spec, `gmsaCredentialSpec size must be under ${MAX_SPEC_KIB} KiB`));
    }
  }
  if (user !== undefined) errors.push(...validateUserName(user, child(path, "runAsUserName")));
  return errors;
}

// Models pkg/apis/core/validation validateWindowsHostProcessPod
/** Host-process containers come all or none, and in the host's network. */
export function validateHostProcess(spec: PodSpec, path: string): readonly FieldError[] {
  const podValue = spec.securityContext?.windowsOptions?.hostProcess;
  const containers = containersWithPath(spec, path);
  const errors: FieldError[] = [];
  let hostProcesses = 0;
  for (const [container, containerPath] of containers) {
    const value = container.securityContext?.windowsOptions?.hostProcess;
    if (podValue !== undefined && value !== undefined && podValue !== value) {
      const text = `pod hostProcess value must be identical if both are specified, was ${podValue}`;
      errors.push(invalid(child(containerPath, "securityContext", "windowsOptions", "hostProcess"), value, text));
    }
    if (value ?? podValue) hostProcesses++;
  }
  if (hostProcesses === 0) return errors;
  if (hostProcesses !== containers.length) {
    const text = "If pod contains any hostProcess containers then all containers must be HostProcess containers";
    errors.push(invalid(path, "", text));
  }
  if (!spec.hostNetwork) {
    const text = "hostNetwork must be true if pod contains any hostProcess containers";
    errors.push(invalid(child(path, "hostNetwork"), false, text));
  }
  return errors;
}

const LINUX_POD_FIELDS = [
  "appArmorProfile",
  "seLinuxOptions",
  "seccompProfile",
  "fsGroup",
  "fsGroupChangePolicy",
  "sysctls",
  "runAsUser",
  "runAsGroup",
  "supplementalGroups",
  "supplementalGroupsPolicy",
  "seLinuxChangePolicy",
] as const;
const LINUX_CONTAINER_FIELDS = [
  "appArmorProfile",
  "seLinuxOptions",
  "seccompProfile",
  "capabilities",
  "readOnlyRootFilesystem",
  "privileged",
  "allowPrivilegeEscalation",
  "procMount",
  "runAsUser",
  "runAsGroup",
] as const;

// Models pkg/apis/core/validation validateOS, validateLinux and validateWindows
export function validateOs(spec: PodSpec, path: string): readonly FieldError[] {
  if (spec.os === undefined) return [];
  const { name } = spec.os;
  const here = child(path, "os");
  if (!name) return [required(child(here, "name"))];
  if (!SYSTEMS.includes(name)) return [notSupported(here, name, SYSTEMS)];
  return name === "linux" ? validateLinux(spec, path) : validateWindows(spec, path);
}

function validateLinux(spec: PodSpec, path: string): readonly FieldError[] {
  const refuse = (here: string) =>
    forbidden(child(here, "securityContext", "windowsOptions"), "windows options cannot be set for a linux pod");
  const containers = containersWithPath(spec, path).filter(([container]) => container.securityContext?.windowsOptions);
  return [
    ...(spec.securityContext?.windowsOptions ? [refuse(path)] : []),
    ...containers.map(([, containerPath]) => refuse(containerPath)),
  ];
}

function validateWindows(spec: PodSpec, path: string): readonly FieldError[] {
  const refuse = (here: string) => forbidden(here, "cannot be set for a windows pod");
  const errors: FieldError[] = [];
  const context = spec.securityContext;
  for (const field of LINUX_POD_FIELDS) {
    const value = context?.[field];
    const unset = value === undefined || (field === "sysctls" && (value as readonly unknown[]).length === 0);
    if (!unset) errors.push(refuse(child(path, "securityContext", field)));
  }
  if (spec.hostUsers !== undefined) errors.push(refuse(child(path, "hostUsers")));
  if (spec.hostPID) errors.push(refuse(child(path, "hostPID")));
  if (spec.hostIPC) errors.push(refuse(child(path, "hostIPC")));
  if (spec.shareProcessNamespace !== undefined) errors.push(refuse(child(path, "shareProcessNamespace")));
  for (const [container, containerPath] of containersWithPath(spec, path)) {
    const own = container.securityContext;
    const set = LINUX_CONTAINER_FIELDS.filter((field) => own?.[field] !== undefined);
    errors.push(...set.map((field) => refuse(child(containerPath, "securityContext", field))));
  }
  return errors;
}
