import { parseQuantity, type Quantity, quantityOf, signOf, toFloat } from "../../api/meta/quantity.ts";
import type {
  Container,
  ContainerPort,
  ContainerState,
  ContainerStatus,
  EnvVar,
  Pod,
  Probe,
  ResourceFieldSelector,
  ResourceRequirements,
} from "../../api/schema/generated/types.ts";
import { boolText, dateText, goList, orNone } from "./parts.ts";
import type { TextSink } from "./text.ts";

/** What containers are told of with: how they are, and the pod that variables take values from. */
export interface ContainersOf {
  readonly containers: readonly Container[];
  readonly statuses?: readonly ContainerStatus[] | undefined;
  readonly pod?: Pod;
  /** Before the titles of a pod template. */
  readonly space?: string;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

// Models kubectl pkg/describe describeContainers
export function writeContainers(out: TextSink, label: string, of: ContainersOf): void {
  const { containers, statuses = [], pod, space = "" } = of;
  out.write(0, `${space}${label}:${containers.length === 0 ? " <none>" : ""}\n`);
  for (const container of containers) {
    const status = statuses.find(({ name }) => name === container.name);
    writeBasics(out, container, status, space);
    writeCommand(out, "Command", container.command);
    writeCommand(out, "Args", container.args);
    if (status !== undefined) writeState(out, status);
    writeResources(out, container.resources, 2);
    const { livenessProbe, readinessProbe, startupProbe } = container;
    if (livenessProbe !== undefined) out.write(2, `Liveness:\t${probeText(livenessProbe)}\n`);
    if (readinessProbe !== undefined) out.write(2, `Readiness:\t${probeText(readinessProbe)}\n`);
    if (startupProbe !== undefined) out.write(2, `Startup:\t${probeText(startupProbe)}\n`);
    writeEnvironmentSources(out, container);
    writeEnvironment(out, container, pod);
    writeMounts(out, container);
  }
}

function writeBasics(out: TextSink, container: Container, status: ContainerStatus | undefined, space: string): void {
  const { name, image = "", ports = [], securityContext } = container;
  out.write(1, `${space === "" ? "" : " "}${name}:\n`);
  if (status !== undefined) out.write(2, `Container ID:\t${status.containerID ?? ""}\n`);
  out.write(2, `Image:\t${image}\n`);
  if (status !== undefined) out.write(2, `Image ID:\t${status.imageID ?? ""}\n`);
  writePorts(out, "Port", ports, ({ containerPort }) => containerPort);
  writePorts(out, "Host Port", ports, ({ hostPort }) => hostPort ?? 0);
  const profile = securityContext?.seccompProfile;
  if (profile === undefined) return;
  out.write(2, `SeccompProfile:\t${profile.type}\n`);
  if (profile.type === "Localhost") out.write(3, `LocalhostProfile:\t${profile.localhostProfile ?? ""}\n`);
}

function writePorts(
  out: TextSink,
  label: string,
  ports: readonly ContainerPort[],
  numberOf: (port: ContainerPort) => number,
): void {
  const text = ports
    .map((port) => `${numberOf(port)}/${port.protocol ?? ""}${port.name ? ` (${port.name})` : ""}`)
    .join(", ");
  out.write(2, text.includes(",") ? `${label}s:\t${text}\n` : `${label}:\t${orNone(text)}\n`);
}

function writeCommand(out: TextSink, label: string, words: readonly string[] = []): void {
  if (words.length === 0) return;
  out.write(2, `${label}:\n`);
  for (const line of words.flatMap((word) => word.split("\n"))) out.write(3, `${line}\n`);
}

/** Limits and requests. */
export function writeResources(out: TextSink, resources: ResourceRequirements | undefined, level: number): void {
  for (const [label, list = {}] of [
    ["Limits", resources?.limits],
    ["Requests", resources?.requests],
  ] as const) {
    const names = Object.keys(list).sort();
    if (names.length > 0) out.write(level, `${label}:\n`);
    for (const name of names) out.write(level + 1, `${name}:\t${list[name]}\n`);
  }
}

function writeState(out: TextSink, { state = {}, lastState = {}, ready, restartCount }: ContainerStatus): void {
  writeOneState(out, "State", state);
  if (lastState.terminated !== undefined) writeOneState(out, "Last State", lastState);
  out.write(2, `Ready:\t${boolText(ready)}\n`);
  out.write(2, `Restart Count:\t${restartCount ?? 0}\n`);
}

function writeOneState(out: TextSink, label: string, { running, waiting, terminated }: ContainerState): void {
  if (running !== undefined) {
    out.write(2, `${label}:\tRunning\n`);
    out.write(3, `Started:\t${dateText(running.startedAt)}\n`);
  } else if (waiting === undefined && terminated !== undefined) {
    const { reason, message, exitCode, signal = 0, startedAt, finishedAt } = terminated;
    out.write(2, `${label}:\tTerminated\n`);
    if (reason) out.write(3, `Reason:\t${reason}\n`);
    if (message) out.write(3, `Message:\t${message}\n`);
    out.write(3, `Exit Code:\t${exitCode ?? 0}\n`);
    if (signal > 0) out.write(3, `Signal:\t${signal}\n`);
    out.write(3, `Started:\t${dateText(startedAt)}\n`);
    out.write(3, `Finished:\t${dateText(finishedAt)}\n`);
  } else {
    out.write(2, `${label}:\tWaiting\n`);
    if (waiting?.reason) out.write(3, `Reason:\t${waiting.reason}\n`);
  }
}

/** A probe in one line. Models kubectl pkg/describe DescribeProbe. */
export function probeText(probe: Probe): string {
  const { initialDelaySeconds = 0, timeoutSeconds = 0, periodSeconds = 0 } = probe;
  const times = `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s`;
  const attributes = `${times} #success=${probe.successThreshold ?? 0} #failure=${probe.failureThreshold ?? 0}`;
  const { exec, httpGet, tcpSocket, grpc } = probe;
  if (exec !== undefined) return `exec ${goList(exec.command)} ${attributes}`;
  if (httpGet !== undefined) {
    const { scheme = "", host = "", port, path = "" } = httpGet;
    const place = String(port) === "" ? host : `${host.includes(":") ? `[${host}]` : host}:${port}`;
    const escaped = encodeURI(path).replaceAll("?", "%3F").replaceAll("#", "%23");
    const from = escaped === "" || escaped.startsWith("/") ? escaped : `/${escaped}`;
    return `http-get ${scheme.toLowerCase()}://${place}${from} ${attributes}`;
  }
  if (tcpSocket !== undefined) return `tcp-socket ${tcpSocket.host ?? ""}:${tcpSocket.port} ${attributes}`;
  if (grpc !== undefined) return `grpc <pod>:${grpc.port} ${grpc.service ?? ""} ${attributes}`;
  return `unknown ${attributes}`;
}

function writeEnvironmentSources(out: TextSink, { envFrom = [] }: Container): void {
  if (envFrom.length === 0) return;
  out.write(2, "Environment Variables from:\n");
  for (const { configMapRef, secretRef, prefix } of envFrom) {
    const source = configMapRef ?? secretRef;
    const from = configMapRef !== undefined ? "ConfigMap" : secretRef !== undefined ? "Secret" : "";
    const how = prefix ? `${from} with prefix '${prefix}'` : from;
    out.write(3, `${source?.name ?? ""}\t${how}\tOptional: ${source?.optional === true}\n`);
  }
}

function writeEnvironment(out: TextSink, container: Container, pod: Pod | undefined): void {
  const { env = [] } = container;
  out.write(2, `Environment:${env.length === 0 ? "\t<none>" : ""}\n`);
  for (const variable of env) {
    const { name, value = "", valueFrom } = variable;
    if (valueFrom === undefined) {
      value.split("\n").forEach((line, index) => {
        out.write(3, index === 0 ? `${name}:\t${line}\n` : `\t${line}\n`);
      });
    } else writeSourced(out, variable, container, pod);
  }
}

function writeSourced(out: TextSink, { name, valueFrom }: EnvVar, container: Container, pod: Pod | undefined): void {
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = valueFrom ?? {};
  if (fieldRef !== undefined) {
    const value = pod === undefined ? "" : fieldOf(pod, fieldRef.fieldPath);
    out.write(3, `${name}:\t${value} (${fieldRef.apiVersion ?? ""}:${fieldRef.fieldPath})\n`);
  } else if (resourceFieldRef !== undefined) {
    const { resource } = resourceFieldRef;
    const value = resourceOf(resourceFieldRef, container);
    const isOpen = value === "0" && (resource === "limits.cpu" || resource === "limits.memory");
    out.write(3, `${name}:\t${isOpen ? "node allocatable" : value} (${resource})\n`);
  } else if (secretKeyRef !== undefined) {
    const where = `<set to the key '${secretKeyRef.key}' in secret '${secretKeyRef.name ?? ""}'>`;
    out.write(3, `${name}:\t${where}\tOptional: ${secretKeyRef.optional === true}\n`);
  } else if (configMapKeyRef !== undefined) {
    const where = `<set to the key '${configMapKeyRef.key}' of config map '${configMapKeyRef.name ?? ""}'>`;
    out.write(3, `${name}:\t${where}\tOptional: ${configMapKeyRef.optional === true}\n`);
  }
}

// Models kubectl pkg/util/fieldpath ExtractFieldPathAsString: only of metadata
function fieldOf({ metadata = {} }: Pod, path: string): string {
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (keyed !== null) return metadata[keyed[1] as "labels" | "annotations"]?.[keyed[2] ?? ""] ?? "";
  const map = (pairs: { readonly [key: string]: string } = {}) =>
    Object.keys(pairs)
      .sort()
      .map((key) => `${key}=${JSON.stringify(pairs[key])}`)
      .join("\n");
  const values: { readonly [path: string]: string | undefined } = {
    "metadata.name": metadata.name,
    "metadata.namespace": metadata.namespace,
    "metadata.uid": metadata.uid,
    "metadata.labels": map(metadata.labels),
    "metadata.annotations": map(metadata.annotations),
  };
  return values[path] ?? "";
}

// Models kubectl pkg/util/resource ExtractContainerResourceValue
function resourceOf({ resource, divisor }: ResourceFieldSelector, { resources }: Container): string {
  const [list = "", ...rest] = resource.split(".");
  const name = rest.join(".");
  const all = list === "limits" ? resources?.limits : list === "requests" ? resources?.requests : undefined;
  const parsed = parseQuantity(divisor ?? "1");
  const unit: Quantity = parsed.ok && signOf(parsed.value) !== 0 ? parsed.value : quantityOf("1");
  // Sums of binary fractions of a unit must not round up by their last bit.
  return String(Math.ceil(Number((toFloat(quantityOf(all?.[name])) / toFloat(unit)).toFixed(9))));
}

function writeMounts(out: TextSink, { volumeMounts = [], volumeDevices = [] }: Container): void {
  const none = volumeMounts.length === 0 ? "\t<none>" : "";
  out.write(2, `Mounts:${none}\n`);
  for (const mount of [...volumeMounts].sort((a, b) => byText(a.mountPath, b.mountPath))) {
    const flags = [
      mount.readOnly === true ? "ro" : "rw",
      ...(mount.subPath ? [`path=${JSON.stringify(mount.subPath)}`] : []),
    ];
    out.write(3, `${mount.mountPath} from ${mount.name} (${flags.join(",")})\n`);
  }
  if (volumeDevices.length === 0) return;
  out.write(2, `Devices:${none}\n`);
  for (const device of [...volumeDevices].sort((a, b) => byText(a.devicePath, b.devicePath))) {
    out.write(3, `${device.devicePath} from ${device.name}\n`);
  }
}
