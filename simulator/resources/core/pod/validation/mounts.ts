import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  notFound,
  notSupported,
  required,
} from "../../../../api/meta/field-error.ts";
import type { Container, Volume, VolumeMount } from "../../../../api/schema/generated/types.ts";
import { validateLocalDescendingPath, validatePathNoBacksteps } from "./formats.ts";

/** The valid volumes of a pod by name. */
export type Volumes = ReadonlyMap<string, Volume>;

const PROPAGATIONS = ["Bidirectional", "HostToContainer", "None"];
const RECURSIVE_READ_ONLY = ["Disabled", "Enabled", "IfPossible"];

function validatePropagation(mode: string, container: Container, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (!PROPAGATIONS.includes(mode)) errors.push(notSupported(path, mode, PROPAGATIONS));
  if (mode === "Bidirectional" && !container.securityContext?.privileged) {
    errors.push(forbidden(path, "Bidirectional mount propagation is available only to privileged containers"));
  }
  return errors;
}

function validateRecursiveReadOnly(mount: VolumeMount, path: string): readonly FieldError[] {
  const mode = mount.recursiveReadOnly;
  if (mode === undefined || mode === "Disabled") return [];
  if (!RECURSIVE_READ_ONLY.includes(mode)) return [notSupported(path, mode, RECURSIVE_READ_ONLY)];
  const errors: FieldError[] = [];
  if (!mount.readOnly) errors.push(forbidden(path, "may only be specified when readOnly is true"));
  if (mount.mountPropagation !== undefined && mount.mountPropagation !== "None") {
    errors.push(forbidden(path, "may only be specified when mountPropagation is None or not specified"));
  }
  return errors;
}

// Models pkg/apis/core/validation ValidateVolumeMounts
export function validateVolumeMounts(container: Container, volumes: Volumes, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const devices = container.volumeDevices ?? [];
  const mountPaths = new Set<string>();
  for (const [at, mount] of (container.volumeMounts ?? []).entries()) {
    const here = index(path, at);
    const { name = "", mountPath = "", subPath, subPathExpr } = mount;
    if (name === "") errors.push(required(child(here, "name")));
    if (!volumes.has(name)) errors.push(notFound(child(here, "name"), name));
    if (mountPath === "") errors.push(required(child(here, "mountPath")));
    if (mountPaths.has(mountPath)) errors.push(invalid(child(here, "mountPath"), mountPath, "must be unique"));
    mountPaths.add(mountPath);
    if (devices.some((device) => device.name === name)) {
      errors.push(invalid(child(here, "name"), name, "must not already exist in volumeDevices"));
    }
    if (devices.some((device) => device.devicePath === mountPath)) {
      errors.push(invalid(child(here, "mountPath"), mountPath, "must not already exist as a path in volumeDevices"));
    }
    // From here on upstream names the list, not the mount.
    if (subPath) errors.push(...validateLocalDescendingPath(subPath, child(path, "subPath")));
    if (subPathExpr) {
      if (subPath) {
        const text = "subPathExpr and subPath are mutually exclusive";
        errors.push(invalid(child(here, "subPathExpr"), subPathExpr, text));
      }
      errors.push(...validateLocalDescendingPath(subPathExpr, child(path, "subPathExpr")));
    }
    if (mount.mountPropagation !== undefined) {
      errors.push(...validatePropagation(mount.mountPropagation, container, child(path, "mountPropagation")));
    }
    errors.push(...validateRecursiveReadOnly(mount, child(path, "recursiveReadOnly")));
  }
  return errors;
}

// Models pkg/apis/core/validation ValidateVolumeDevices
export function validateVolumeDevices(container: Container, volumes: Volumes, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const mounts = container.volumeMounts ?? [];
  const names = new Set<string>();
  const paths = new Set<string>();
  for (const [at, device] of (container.volumeDevices ?? []).entries()) {
    const here = index(path, at);
    const namePath = child(here, "name");
    const devicePath = child(here, "devicePath");
    const { name = "", devicePath: target = "" } = device;
    const volume = volumes.get(name);
    if (name === "") errors.push(required(namePath));
    if (names.has(name)) errors.push(invalid(namePath, name, "must be unique"));
    if (volume && !volume.persistentVolumeClaim && !volume.ephemeral) {
      const text = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
      errors.push(invalid(namePath, name, text));
    }
    if (!volume) errors.push(notFound(namePath, name));
    if (target === "") errors.push(required(devicePath));
    if (paths.has(target)) errors.push(invalid(devicePath, target, "must be unique"));
    if (validatePathNoBacksteps(target, devicePath).length > 0) {
      errors.push(invalid(devicePath, target, "can not contain backsteps ('..')"));
    } else {
      paths.add(target);
    }
    if (mounts.some((mount) => mount.name === name)) {
      errors.push(invalid(namePath, name, "must not already exist in volumeMounts"));
    }
    if (mounts.some((mount) => mount.mountPath === target)) {
      errors.push(invalid(devicePath, target, "must not already exist as a path in volumeMounts"));
    }
    if (name !== "") names.add(name);
  }
  return errors;
}
