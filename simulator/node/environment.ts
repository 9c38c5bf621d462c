import type { Pod } from "../api/refs.ts";
import type { Container, EnvVar } from "../api/schema/generated/types.ts";
import { setOwn } from "../base/json.ts";
import { fieldValue, resourceValue } from "./downward.ts";
import { bytesOfBase64, textOfBytes } from "./files/bytes.ts";
import { imageConfigOf } from "./files/image-family.ts";
import { containerPins, type Pins } from "./files/pins.ts";
import { hostnameOf } from "./hostname.ts";
import type { Machine } from "./machine.ts";
import type { Machines } from "./machines.ts";
import { containerSpecOf, podOfRuntime } from "./pod-spec-of.ts";
import type { RuntimeContainer, RuntimePod } from "./runtime.ts";
import { serviceVariables } from "./service-links.ts";

type Variables = Record<string, string>;

// Models third_party/forked/golang/expansion Expand
/** Puts in the values of `$(NAME)`; `$$` stands for `$`, and a name that is not known stays as it is. */
export function expandReferences(text: string, lookUp: (name: string) => string | undefined): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) =>
    name === undefined ? "$" : (lookUp(name) ?? whole),
  );
}

/** Text of a secret's value, which is base64 of UTF-8 as a rule. */
export const secretText = (encoded: string): string => textOfBytes(bytesOfBase64(encoded));

// Models pkg/kubelet kubelet_pods.go makeEnvironmentVariables, the envFrom part
function addWhole(variables: Variables, { envFrom }: Container, pins: Pins | undefined): void {
  for (const { prefix = "", configMapRef, secretRef } of envFrom ?? []) {
    const map = configMapRef?.name === undefined ? undefined : pins?.configMaps?.[configMapRef.name];
    for (const [key, value] of Object.entries(map?.data ?? {})) setOwn(variables, prefix + key, value);
    const secret = secretRef?.name === undefined ? undefined : pins?.secrets?.[secretRef.name];
    for (const [key, value] of Object.entries(secret?.data ?? {})) setOwn(variables, prefix + key, secretText(value));
  }
}

interface Sources {
  readonly machines: Machines;
  readonly machine: Machine;
  readonly runtime: RuntimePod;
  readonly pod: Pod;
  readonly spec: Container;
  readonly pins: Pins | undefined;
}

/** What a variable is when it comes from elsewhere; undefined when it is left out. */
function sourceValue({ name, valueFrom }: EnvVar, sources: Sources): string | undefined {
  const { pod, spec, pins, runtime, machine, machines } = sources;
  const { cache } = machines.ports.sources;
  if (valueFrom?.fieldRef !== undefined) {
    const metadata = pins?.metadata ?? pod.metadata;
    return fieldValue(valueFrom.fieldRef.fieldPath, { pod, metadata, runtime, machine }) ?? "";
  }
  if (valueFrom?.resourceFieldRef !== undefined) {
    const named = valueFrom.resourceFieldRef.containerName;
    const container = named ? containerSpecOf(pod, named) : spec;
    return container === undefined ? "" : resourceValue(valueFrom.resourceFieldRef, cache, pod, container);
  }
  if (valueFrom?.fileKeyRef !== undefined) return pins?.files?.[name];
  const map = valueFrom?.configMapKeyRef;
  if (map !== undefined) return pins?.configMaps?.[map.name ?? ""]?.data?.[map.key];
  const secret = valueFrom?.secretKeyRef;
  if (secret === undefined) return valueFrom === undefined ? "" : undefined;
  const value = pins?.secrets?.[secret.name ?? ""]?.data?.[secret.key];
  return value === undefined ? undefined : secretText(value);
}

function addOwn(variables: Variables, services: ReadonlyMap<string, string>, sources: Sources): void {
  const lookUp = (name: string) => (Object.hasOwn(variables, name) ? variables[name] : services.get(name));
  for (const variable of sources.spec.env ?? []) {
    const value = variable.value ? expandReferences(variable.value, lookUp) : sourceValue(variable, sources);
    if (value !== undefined) setOwn(variables, variable.name, value);
  }
}

interface Asked {
  readonly pod: Pod;
  readonly spec: Container;
  /** What the pod asks for, and the links to services. */
  readonly asked: Variables;
  readonly services: ReadonlyMap<string, string>;
}

function askedOf(
  machines: Machines,
  machine: Machine,
  runtime: RuntimePod,
  container: Pick<RuntimeContainer, "name" | "startedMs" | "pins">,
): Asked | undefined {
  const { sources } = machines.ports;
  const pod = podOfRuntime(sources, machine, runtime);
  const spec = pod === undefined ? undefined : containerSpecOf(pod, container.name);
  if (pod === undefined || spec === undefined) return undefined;
  const madeMs = container.startedMs >= 0 ? container.startedMs : machines.ports.nowMs();
  const wantsLinks = pod.spec.enableServiceLinks !== false;
  const madeEpochMs = sources.startEpochMs + madeMs;
  const services = serviceVariables(sources.cache, runtime.namespace, wantsLinks, madeEpochMs);
  const pins = container.pins ?? containerPins({ cache: sources.cache, nowMs: madeMs }, pod, spec);
  const asked: Variables = {};
  addWhole(asked, spec, pins);
  addOwn(asked, services, { machines, machine, runtime, pod, spec, pins });
  return { pod, spec, asked, services };
}

/** What variables a container that is about to be made would have: what its pod asks for, and the links to services. */
export function plannedVariable(
  machines: Machines,
  machine: Machine,
  runtime: RuntimePod,
  pod: Pod,
  { name }: Container,
  files: Pins["files"],
): (name: string) => string | undefined {
  const nowMs = machines.ports.nowMs();
  const spec = containerSpecOf(pod, name);
  const read = spec && containerPins({ cache: machines.ports.sources.cache, nowMs }, pod, spec);
  const pins = files === undefined ? read : { atMs: nowMs, ...read, files };
  const made = askedOf(machines, machine, runtime, { name, startedMs: -1, pins });
  return (variable) =>
    made !== undefined && Object.hasOwn(made.asked, variable) ? made.asked[variable] : made?.services.get(variable);
}

// Models pkg/kubelet kubelet_pods.go makeEnvironmentVariables, and what containerd and runc add
/**
 * The environment that a container's process starts with, as text: what its image sets, its host name, what its pod asks
 * for, the links to services, and a home. It is made anew from what was noted when the container started.
 */
export function environmentOf(
  machines: Machines,
  machine: Machine,
  runtime: RuntimePod,
  container: RuntimeContainer,
): Variables {
  const made = askedOf(machines, machine, runtime, container);
  if (made === undefined) return {};
  const { pod, spec, asked, services } = made;
  const image = imageConfigOf(spec);
  const all: Variables = { ...image.env, HOSTNAME: hostnameOf(pod, machine), ...(spec.tty && { TERM: "xterm" }) };
  for (const [name, value] of Object.entries(asked)) setOwn(all, name, value);
  for (const [name, value] of services) if (!Object.hasOwn(asked, name)) setOwn(all, name, value);
  if (!Object.hasOwn(all, "HOME")) all.HOME = homeOf(pod, spec);
  return all;
}

/** The home of the user that a container runs as; of one that its image does not know, the root folder. */
function homeOf(pod: Pod, spec: Container): string {
  const image = imageConfigOf(spec);
  const uid = spec.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser ?? image.uid;
  if (uid === image.uid) return image.home;
  return uid === 0 ? "/root" : "/";
}

// Models pkg/kubelet/container helpers.go ExpandContainerCommand and ExpandContainerArgs
/**
 * The command and arguments that a container gives, with references to variables that its pod asks for (those of the image
 * do not count) put in.
 */
export function commandLineOf(
  machines: Machines,
  machine: Machine,
  runtime: RuntimePod,
  container: RuntimeContainer,
): { readonly command: readonly string[]; readonly args: readonly string[] } {
  const made = askedOf(machines, machine, runtime, container);
  if (made === undefined) return { command: [], args: [] };
  const { spec, asked, services } = made;
  const lookUp = (name: string) => (Object.hasOwn(asked, name) ? asked[name] : services.get(name));
  const expand = (words: readonly string[] = []) => words.map((word) => expandReferences(word, lookUp));
  return { command: expand(spec.command), args: expand(spec.args) };
}
