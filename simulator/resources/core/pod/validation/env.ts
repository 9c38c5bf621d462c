import { child, type FieldError, index, invalid, notFound, required } from "../../../../api/meta/field-error.ts";
import { isConfigMapKey, isRelaxedEnvVarName, nameIsDnsSubdomain } from "../../../../api/meta/validation.ts";
import type {
  ConfigMapKeySelector,
  EnvFromSource,
  EnvVar,
  FileKeySelector,
  PodSpec,
} from "../../../../api/schema/generated/types.ts";
import { containersWithPath } from "../containers.ts";
import { ENV_FIELDS, validateObjectFieldSelector, validateResourceFieldSelector } from "./downward-api.ts";
import { check, validateDnsLabel, validatePathNoBacksteps } from "./formats.ts";

// Models pkg/apis/core/validation ValidateEnv
export function validateEnv(variables: readonly EnvVar[], path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [at, variable] of variables.entries()) {
    const here = index(path, at);
    if (!variable.name) errors.push(required(child(here, "name")));
    else errors.push(...check(isRelaxedEnvVarName, variable.name, child(here, "name")));
    errors.push(...validateValueFrom(variable, child(here, "valueFrom")));
  }
  return errors;
}

function validateValueFrom(variable: EnvVar, path: string): readonly FieldError[] {
  const source = variable.valueFrom;
  if (source === undefined) return [];
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source;
  const errors: FieldError[] = [];
  if (fieldRef) errors.push(...validateObjectFieldSelector(fieldRef, ENV_FIELDS, child(path, "fieldRef")));
  if (resourceFieldRef) {
    errors.push(...validateResourceFieldSelector(resourceFieldRef, child(path, "resourceFieldRef"), false));
  }
  if (configMapKeyRef) errors.push(...validateKeySelector(configMapKeyRef, child(path, "configMapKeyRef")));
  if (secretKeyRef) errors.push(...validateKeySelector(secretKeyRef, child(path, "secretKeyRef")));
  if (fileKeyRef) errors.push(...validateFileKeySelector(fileKeyRef, child(path, "fileKeyRef")));
  const given = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(Boolean).length;
  if (given === 0) {
    const names = "`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`";
    errors.push(invalid(path, "", `must specify one of: ${names}`));
  } else if (variable.value) {
    errors.push(invalid(path, "", "may not be specified when `value` is not empty"));
  } else if (given > 1) {
    errors.push(invalid(path, "", "may not have more than one field specified at a time"));
  }
  return errors;
}

/** One entry of a ConfigMap or Secret. */
function validateKeySelector(selector: ConfigMapKeySelector, path: string): readonly FieldError[] {
  const name = selector.name ?? "";
  return [
    ...nameIsDnsSubdomain(name, false).map((text) => invalid(child(path, "name"), name, text)),
    ...(selector.key ? check(isConfigMapKey, selector.key, child(path, "key")) : [required(child(path, "key"))]),
  ];
}

function validateFileKeySelector(selector: FileKeySelector, path: string): readonly FieldError[] {
  const { key, volumeName } = selector;
  const keyPath = child(path, "key");
  const volumePath = child(path, "volumeName");
  return [
    ...(key ? check(isRelaxedEnvVarName, key, keyPath) : [required(keyPath)]),
    ...(volumeName ? validateDnsLabel(volumeName, volumePath) : [required(volumePath)]),
    ...(selector.path ? validatePathNoBacksteps(selector.path, child(path, "path")) : [required(child(path, "path"))]),
  ];
}

// Models pkg/apis/core/validation ValidateEnvFrom
export function validateEnvFrom(sources: readonly EnvFromSource[], path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [at, source] of sources.entries()) {
    const here = index(path, at);
    if (source.prefix) errors.push(...check(isRelaxedEnvVarName, source.prefix, child(here, "prefix")));
    const { configMapRef, secretRef } = source;
    if (configMapRef) errors.push(...validateEnvSourceName(configMapRef.name, child(here, "configMapRef", "name")));
    if (secretRef) errors.push(...validateEnvSourceName(secretRef.name, child(here, "secretRef", "name")));
    if (!configMapRef && !secretRef) {
      errors.push(invalid(path, "", "must specify one of: `configMapRef` or `secretRef`"));
    } else if (configMapRef && secretRef) {
      errors.push(invalid(path, "", "may not have more than one field specified at a time"));
    }
  }
  return errors;
}

function validateEnvSourceName(name: string | undefined, path: string): readonly FieldError[] {
  if (!name) return [required(path)];
  return nameIsDnsSubdomain(name, true).map((text) => invalid(path, name, text));
}

// Models pkg/apis/core/validation validateFileKeyRefVolumes
/** Variables out of files: the file lies in an emptyDir of the pod. */
export function validateFileKeyVolumes(spec: PodSpec, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [container, containerPath] of containersWithPath(spec, path)) {
    for (const [at, variable] of (container.env ?? []).entries()) {
      const name = variable.valueFrom?.fileKeyRef?.volumeName;
      if (name === undefined) continue;
      const here = child(index(child(containerPath, "env"), at), "valueFrom", "fileKeyRef", "volumeName");
      const volume = spec.volumes?.findLast((candidate) => candidate.name === name);
      if (!volume) errors.push(notFound(here, name));
      else if (!volume.emptyDir) errors.push(invalid(here, name, "referenced volume must be of type emptyDir"));
    }
  }
  return errors;
}
