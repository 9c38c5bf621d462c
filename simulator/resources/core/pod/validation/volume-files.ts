import { child, type FieldError, index, invalid, notSupported, required } from "../../../../api/meta/field-error.ts";
import type {
  ConfigMapVolumeSource,
  DownwardAPIVolumeFile,
  DownwardAPIVolumeSource,
  GitRepoVolumeSource,
  HostPathVolumeSource,
  ImageVolumeSource,
  KeyToPath,
  SecretVolumeSource,
} from "../../../../api/schema/generated/types.ts";
import { VOLUME_FIELDS, validateObjectFieldSelector, validateResourceFieldSelector } from "./downward-api.ts";
import {
  validateFileMode,
  validateLocalDescendingPath,
  validateLocalNonReservedPath,
  validatePathNoBacksteps,
} from "./formats.ts";

// Volumes whose files the node makes itself. Models pkg/apis/core/validation.

const HOST_PATH_TYPES = [
  "",
  "BlockDevice",
  "CharDevice",
  "Directory",
  "DirectoryOrCreate",
  "File",
  "FileOrCreate",
  "Socket",
];
const PULL_POLICIES = ["Always", "IfNotPresent", "Never"];

export function validateHostPath(source: HostPathVolumeSource, path: string): readonly FieldError[] {
  if (!source.path) return [required(child(path, "path"))];
  const errors = [...validatePathNoBacksteps(source.path, child(path, "path"))];
  const { type } = source;
  if (type !== undefined && !HOST_PATH_TYPES.includes(type)) {
    errors.push(notSupported(child(path, "type"), type, HOST_PATH_TYPES));
  }
  return errors;
}

/** In a template the image may be left out, to be set by what makes the pod. */
export function validateImageVolume(source: ImageVolumeSource, path: string, isPod: boolean): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (isPod && !source.reference) errors.push(required(child(path, "reference")));
  const policy = source.pullPolicy;
  if (!policy) errors.push(required(child(path, "pullPolicy")));
  else if (!PULL_POLICIES.includes(policy)) errors.push(notSupported(child(path, "pullPolicy"), policy, PULL_POLICIES));
  return errors;
}

/** One key of a ConfigMap or Secret, and the file it becomes. */
export function validateKeyToPath(item: KeyToPath, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (!item.key) errors.push(required(child(path, "key")));
  if (!item.path) errors.push(required(child(path, "path")));
  return [
    ...errors,
    ...validateLocalNonReservedPath(item.path ?? "", child(path, "path")),
    ...validateFileMode(item.mode, child(path, "mode")),
  ];
}

function validateItems(items: readonly KeyToPath[] | undefined, path: string): readonly FieldError[] {
  return (items ?? []).flatMap((item, at) => validateKeyToPath(item, index(path, at)));
}

function validateSecret(source: SecretVolumeSource, path: string): readonly FieldError[] {
  return [
    ...(source.secretName ? [] : [required(child(path, "secretName"))]),
    ...validateFileMode(source.defaultMode, child(path, "defaultMode")),
    ...validateItems(source.items, child(path, "items")),
  ];
}

function validateConfigMap(source: ConfigMapVolumeSource, path: string): readonly FieldError[] {
  return [
    ...(source.name ? [] : [required(child(path, "name"))]),
    ...validateFileMode(source.defaultMode, child(path, "defaultMode")),
    ...validateItems(source.items, child(path, "items")),
  ];
}

function validateGitRepo(source: GitRepoVolumeSource, path: string): readonly FieldError[] {
  return [
    ...(source.repository ? [] : [required(child(path, "repository"))]),
    ...validateLocalDescendingPath(source.directory ?? "", child(path, "directory")),
  ];
}

/** A file that shows a field of the pod. Upstream gives all files of a volume the volume's path. */
export function validateDownwardFile(file: DownwardAPIVolumeFile, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (!file.path) errors.push(required(child(path, "path")));
  errors.push(...validateLocalNonReservedPath(file.path ?? "", child(path, "path")));
  const { fieldRef, resourceFieldRef } = file;
  if (fieldRef) {
    errors.push(...validateObjectFieldSelector(fieldRef, VOLUME_FIELDS, child(path, "fieldRef")));
    if (resourceFieldRef) {
      errors.push(invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously"));
    }
  } else if (resourceFieldRef) {
    errors.push(...validateResourceFieldSelector(resourceFieldRef, child(path, "resourceFieldRef"), true));
  } else {
    errors.push(required(path, "one of fieldRef and resourceFieldRef is required"));
  }
  return [...errors, ...validateFileMode(file.mode, child(path, "mode"))];
}

function validateDownwardApi(source: DownwardAPIVolumeSource, path: string): readonly FieldError[] {
  return [
    ...validateFileMode(source.defaultMode, child(path, "defaultMode")),
    ...(source.items ?? []).flatMap((file) => validateDownwardFile(file, path)),
  ];
}

export const FILE_SOURCES = {
  secret: validateSecret,
  configMap: validateConfigMap,
  gitRepo: validateGitRepo,
  downwardAPI: validateDownwardApi,
};
