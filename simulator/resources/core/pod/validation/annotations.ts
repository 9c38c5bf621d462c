import { child, type FieldError, forbidden, invalid, key } from "../../../../api/meta/field-error.ts";
import { goQuote } from "../../../../api/meta/go-text.ts";
import type { ObjectMeta, PodSpec, SeccompProfile } from "../../../../api/schema/generated/types.ts";
import { containersWithPath } from "../containers.ts";
import { validateLocalDescendingPath } from "./formats.ts";

// Annotations of pods that the API server knows. Models pkg/apis/core/validation ValidatePodSpecificAnnotations.

type Annotations = Readonly<Record<string, string>>;

export const MIRROR_POD_ANNOTATION = "kubernetes.io/config.mirror";
export const DELETION_COST_ANNOTATION = "controller.kubernetes.io/pod-deletion-cost";
export const SECCOMP_POD_ANNOTATION = "seccomp.security.alpha.kubernetes.io/pod";
export const SECCOMP_CONTAINER_PREFIX = "container.seccomp.security.alpha.kubernetes.io/";
export const APP_ARMOR_PREFIX = "container.apparmor.security.beta.kubernetes.io/";
const LOCALHOST_PREFIX = "localhost/";

/** A 32-bit integer without plus sign or leading zeros. */
function isDeletionCost(text: string): boolean {
  return /^(0|-?[1-9]\d*|-0)$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31;
}

export function validatePodAnnotations(
  annotations: Annotations | undefined,
  spec: PodSpec,
  path: string,
): readonly FieldError[] {
  if (annotations === undefined) return [];
  const errors: FieldError[] = [];
  const mirror = annotations[MIRROR_POD_ANNOTATION];
  if (mirror !== undefined && !spec.nodeName) {
    const text = "must set spec.nodeName if mirror pod annotation is set";
    errors.push(invalid(key(path, MIRROR_POD_ANNOTATION), mirror, text));
  }
  const cost = annotations[DELETION_COST_ANNOTATION];
  if (cost !== undefined && !isDeletionCost(cost)) {
    errors.push(invalid(key(path, DELETION_COST_ANNOTATION), cost, "must be a 32bit integer"));
  }
  for (const [name, value] of Object.entries(annotations)) {
    if (name === SECCOMP_POD_ANNOTATION || name.startsWith(SECCOMP_CONTAINER_PREFIX)) {
      errors.push(...validateSeccompAnnotation(value, child(path, name)));
    } else if (name.startsWith(APP_ARMOR_PREFIX)) {
      errors.push(...validateAppArmorAnnotation(name, value, spec, key(path, name)));
    }
  }
  return errors;
}

function validateSeccompAnnotation(profile: string, path: string): readonly FieldError[] {
  if (["runtime/default", "docker/default", "unconfined"].includes(profile)) return [];
  if (!profile.startsWith(LOCALHOST_PREFIX)) return [invalid(path, profile, "must be a valid seccomp profile")];
  return validateLocalDescendingPath(profile.slice(LOCALHOST_PREFIX.length), path);
}

function validateAppArmorAnnotation(name: string, profile: string, spec: PodSpec, path: string): readonly FieldError[] {
  const containerName = name.slice(APP_ARMOR_PREFIX.length);
  const errors: FieldError[] = [];
  if (!containersWithPath(spec, "").some(([container]) => container.name === containerName)) {
    errors.push(invalid(path, containerName, "container not found"));
  }
  if (!["", "runtime/default", "unconfined"].includes(profile) && !profile.startsWith(LOCALHOST_PREFIX)) {
    errors.push(invalid(path, profile, `invalid AppArmor profile name: ${goQuote(profile)}`));
  }
  return errors;
}

// Models pkg/apis/core/validation ValidatePodSpecificAnnotationUpdates
export function validateAnnotationChange(
  annotations: Annotations = {},
  old: Annotations = {},
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (name: string, what: string) => {
    if (name.startsWith(APP_ARMOR_PREFIX))
      errors.push(forbidden(key(path, name), `may not ${what} AppArmor annotations`));
    if (name === MIRROR_POD_ANNOTATION)
      errors.push(forbidden(key(path, name), `may not ${what} mirror pod annotation`));
  };
  for (const [name, value] of Object.entries(old)) if (annotations[name] !== value) refuse(name, "remove or update");
  for (const name of Object.keys(annotations)) if (old[name] === undefined) refuse(name, "add");
  return errors;
}

type Profile = SeccompProfile;

/** Whether an old annotation says the same as the field that replaced it. */
function disagreement(
  annotation: string,
  profile: Profile,
  aliases: readonly string[],
): "type" | "localhostProfile" | undefined {
  switch (profile.type) {
    case "Unconfined":
      return annotation === "unconfined" ? undefined : "type";
    case "RuntimeDefault":
      return aliases.includes(annotation) ? undefined : "type";
    case "Localhost":
      if (!annotation.startsWith(LOCALHOST_PREFIX)) return "type";
      return annotation.slice(LOCALHOST_PREFIX.length) === profile.localhostProfile ? undefined : "localhostProfile";
    default:
      return undefined;
  }
}

// Models pkg/apis/core/validation validateSeccompAnnotationsAndFields and its sibling for AppArmor
/** Profiles given both in fields and in annotations must be the same. */
export function validateProfilesAgree(meta: ObjectMeta, spec: PodSpec, path: string): readonly FieldError[] {
  const annotations = meta.annotations;
  if (annotations === undefined) return [];
  const errors: FieldError[] = [];
  const compare = (
    name: string,
    profile: Profile | undefined,
    here: string,
    aliases: readonly string[],
    what: string,
  ) => {
    const annotation = annotations[name];
    if (annotation === undefined || profile === undefined) return;
    const field = disagreement(annotation, profile, aliases);
    if (!field) return;
    const part = field === "type" ? "type" : "profile";
    errors.push(forbidden(child(here, field), `${what} ${part} in annotation and field must match`));
  };
  const seccompAliases = ["runtime/default", "docker/default"];
  const pod = spec.securityContext;
  const podPath = child(path, "securityContext", "seccompProfile");
  compare(SECCOMP_POD_ANNOTATION, pod?.seccompProfile, podPath, seccompAliases, "seccomp");
  for (const [container, containerPath] of containersWithPath(spec, path)) {
    const own = container.securityContext;
    const here = child(containerPath, "securityContext", "seccompProfile");
    const name = container.name ?? "";
    compare(`${SECCOMP_CONTAINER_PREFIX}${name}`, own?.seccompProfile, here, seccompAliases, "seccomp");
  }
  if (spec.os?.name === "windows") return errors;
  for (const [container, containerPath] of containersWithPath(spec, path)) {
    const profile = container.securityContext?.appArmorProfile ?? pod?.appArmorProfile;
    const here = child(containerPath, "securityContext", "appArmorProfile");
    compare(`${APP_ARMOR_PREFIX}${container.name ?? ""}`, profile, here, ["runtime/default"], "apparmor");
  }
  return errors;
}
