import {
  child,
  duplicate,
  type FieldError,
  forbidden,
  index,
  invalid,
  notFound,
  notSupported,
  required,
} from "../../../../api/meta/field-error.ts";
import type { Container, EphemeralContainer, PodSpec } from "../../../../api/schema/generated/types.ts";
import { isSidecar } from "../containers.ts";
import { validateEnv, validateEnvFrom } from "./env.ts";
import { validateDnsLabel } from "./formats.ts";
import { internalFields } from "./internal-form.ts";
import { type Volumes, validateVolumeDevices, validateVolumeMounts } from "./mounts.ts";
import { validateContainerPorts, validateHostPortConflicts } from "./ports.ts";
import { validateLifecycle, validateProbes } from "./probes.ts";
import { validateContainerResources } from "./resources.ts";
import { validateContainerRestartPolicy } from "./restart-policy.ts";
import { validateSecurityContext } from "./security.ts";

/** What the containers of one pod have in common. */
export interface ContainerContext {
  readonly spec: PodSpec;
  readonly volumes: Volumes;
  readonly claimNames: ReadonlySet<string>;
}

const PULL_POLICIES = ["Always", "IfNotPresent", "Never"];
const MESSAGE_POLICIES = ["File", "FallbackToLogsOnError"];
const RESIZE_RESOURCES = ["cpu", "memory"];
const RESIZE_POLICIES = ["NotRequired", "RestartContainer"];

function validateChoice(value: string | undefined, allowed: readonly string[], path: string): readonly FieldError[] {
  if (!value) return [required(path)];
  return allowed.includes(value) ? [] : [notSupported(path, value, allowed)];
}

function validateResizePolicy(container: Container, podRestartPolicy: string, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [at, { resourceName, restartPolicy }] of (container.resizePolicy ?? []).entries()) {
    if (seen.has(resourceName)) errors.push(duplicate(index(path, at), resourceName));
    seen.add(resourceName);
    errors.push(...validateChoice(resourceName, RESIZE_RESOURCES, path));
    errors.push(...validateChoice(restartPolicy, RESIZE_POLICIES, path));
    if (podRestartPolicy === "Never" && restartPolicy !== "NotRequired") {
      const text = "must be 'NotRequired' when pod `restartPolicy` is 'Never'";
      errors.push(invalid(path, restartPolicy, text));
    }
  }
  return errors;
}

// Models pkg/apis/core/validation validateContainerCommon
function validateCommon(container: Container, context: ContainerContext, path: string): readonly FieldError[] {
  const { spec, volumes, claimNames } = context;
  const namePath = child(path, "name");
  return [
    ...(container.name ? validateDnsLabel(container.name, namePath) : [required(namePath)]),
    ...(container.image ? [] : [required(child(path, "image"))]),
    ...validateChoice(container.terminationMessagePolicy, MESSAGE_POLICIES, child(path, "terminationMessagePolicy")),
    ...validateContainerPorts(container.ports ?? [], child(path, "ports")),
    ...validateEnv(container.env ?? [], child(path, "env")),
    ...validateEnvFrom(container.envFrom ?? [], child(path, "envFrom")),
    ...validateVolumeMounts(container, volumes, child(path, "volumeMounts")),
    ...validateVolumeDevices(container, volumes, child(path, "volumeDevices")),
    ...validateChoice(container.imagePullPolicy, PULL_POLICIES, child(path, "imagePullPolicy")),
    ...validateContainerResources(container.resources ?? {}, claimNames, child(path, "resources")),
    ...validateResizePolicy(container, spec.restartPolicy ?? "", child(path, "resizePolicy")),
    ...validateSecurityContext(container.securityContext, spec.hostUsers !== false, child(path, "securityContext")),
  ];
}

// Models pkg/apis/core/validation validateContainers
export function validateContainers(context: ContainerContext, path: string): readonly FieldError[] {
  const { spec } = context;
  const containers = spec.containers ?? [];
  if (containers.length === 0) return [required(path)];
  const errors: FieldError[] = [];
  const names = new Set<string>();
  const grace = spec.terminationGracePeriodSeconds;
  for (const [at, container] of containers.entries()) {
    const here = index(path, at);
    errors.push(...validateCommon(container, context, here));
    const name = container.name ?? "";
    if (names.has(name)) errors.push(duplicate(child(here, "name"), name));
    names.add(name);
    if (container.lifecycle) {
      errors.push(...validateLifecycle(container.lifecycle, grace, spec.os, child(here, "lifecycle")));
    }
    errors.push(...validateProbes(container, grace, here), ...validateContainerRestartPolicy(container, here));
  }
  return [...errors, ...validateHostPortConflicts(containers, path)];
}

const RUNNING_FIELDS = ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] as const;

// Models pkg/apis/core/validation validateInitContainers
export function validateInitContainers(context: ContainerContext, path: string): readonly FieldError[] {
  const { spec } = context;
  const errors: FieldError[] = [];
  const names = new Set((spec.containers ?? []).map((container) => container.name ?? ""));
  const grace = spec.terminationGracePeriodSeconds;
  for (const [at, container] of (spec.initContainers ?? []).entries()) {
    const here = index(path, at);
    const sidecar = isSidecar(container);
    errors.push(...validateCommon(container, context, here), ...validateContainerRestartPolicy(container, here));
    const name = container.name ?? "";
    if (names.has(name)) errors.push(duplicate(child(here, "name"), name));
    else if (name !== "") names.add(name);
    // Init containers run one by one: each has the ports for itself.
    errors.push(...validateHostPortConflicts([container], path));
    if (sidecar) {
      const { lifecycle } = container;
      if (lifecycle) errors.push(...validateLifecycle(lifecycle, grace, spec.os, child(here, "lifecycle")));
      errors.push(...validateProbes(container, grace, here));
    } else {
      const set = RUNNING_FIELDS.filter((field) => container[field] !== undefined);
      const text = "may not be set for init containers without restartPolicy=Always";
      errors.push(...set.map((field) => forbidden(child(here, field), text)));
      errors.push(...validateInitResizePolicy(container, child(here, "resizePolicy")));
    }
  }
  return errors;
}

function validateInitResizePolicy(container: Container, path: string): readonly FieldError[] {
  const text = "must not be set to 'RestartContainer' for non-sidecar initContainers";
  return (container.resizePolicy ?? []).flatMap(({ restartPolicy }, at) =>
    restartPolicy === "RestartContainer" ? [invalid(child(index(path, at), "restartPolicy"), restartPolicy, text)] : [],
  );
}

/** What a container for debugging may not have: a service stands on none of these. */
const NOT_EPHEMERAL: ReadonlySet<string> = new Set([
  "Lifecycle",
  "LivenessProbe",
  "Ports",
  "ReadinessProbe",
  "ResizePolicy",
  "Resources",
  "RestartPolicy",
  "RestartPolicyRules",
  "StartupProbe",
]);

// Models pkg/apis/core/validation validateEphemeralContainers
export function validateEphemeralContainers(context: ContainerContext, path: string): readonly FieldError[] {
  const { spec } = context;
  const errors: FieldError[] = [];
  const others = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name ?? ""));
  const names = new Set(others);
  for (const [at, container] of (spec.ephemeralContainers ?? []).entries()) {
    const here = index(path, at);
    const name = container.name ?? "";
    const target = container.targetContainerName;
    errors.push(...validateCommon(container as Container, context, here), ...validateImageSpaces(container, here));
    if (names.has(name)) errors.push(duplicate(child(here, "name"), name));
    names.add(name);
    if (target && !others.has(target)) errors.push(notFound(child(here, "targetContainerName"), target));
    for (const [field, jsonName, set] of internalFields("Container", container)) {
      if (!set || !NOT_EPHEMERAL.has(field)) continue;
      errors.push(forbidden(child(here, jsonName), "cannot be set for an Ephemeral Container"));
    }
    errors.push(...validateEphemeralMounts(container, child(here, "volumeMounts")));
  }
  return errors;
}

function validateEphemeralMounts(container: EphemeralContainer, path: string): readonly FieldError[] {
  return (container.volumeMounts ?? []).flatMap((mount, at) =>
    (["subPath", "subPathExpr"] as const)
      .filter((field) => mount[field])
      .map((field) => forbidden(child(index(path, at), field), "cannot be set for an Ephemeral Container")),
  );
}

/** In pods, not in templates, an image's name has no spaces around it. */
export function validateImageSpaces(container: Container | EphemeralContainer, path: string): readonly FieldError[] {
  const image = container.image ?? "";
  if (image === image.trim()) return [];
  return [invalid(child(path, "image"), image, "must not have leading or trailing whitespace")];
}
