import type { JsonObject } from "../../../base/json.ts";
import { listOf, metadataOf, partOf } from "../../change/object.ts";

/** How something is debugged: in an ephemeral container, in a copy of the pod, or on its node. */
export type DebugStyle = "ephemeral" | "copy" | "node";

/** What of a pod its copy keeps; without it, it goes. */
export interface Keeps {
  readonly labels: boolean;
  readonly annotations: boolean;
  readonly livenessProbe: boolean;
  readonly readinessProbe: boolean;
  readonly startupProbe: boolean;
  readonly initContainers: boolean;
}

/** What a profile makes of a security context, and what it gives a pod on a node. */
interface Profile {
  readonly secure: (context: JsonObject, style: DebugStyle) => JsonObject | undefined;
  readonly hostNamespaces?: true;
  readonly hostRoot?: true;
  /** Copies lose their labels, and nothing else is changed. */
  readonly leavesCopies?: true;
}

const RESTRICTED: JsonObject = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};

function withCapabilities(context: JsonObject, ...more: readonly string[]): JsonObject {
  const capabilities = partOf(context, "capabilities");
  const add = Array.isArray(capabilities.add) ? capabilities.add : [];
  return { ...context, capabilities: { ...capabilities, add: [...add, ...more] } };
}

// Models kubectl pkg/cmd/debug profiles.go
const PROFILES: { readonly [name: string]: Profile } = {
  general: {
    secure: (context, style) => (style === "node" ? undefined : withCapabilities(context, "SYS_PTRACE")),
    hostNamespaces: true,
    hostRoot: true,
  },
  baseline: { secure: () => undefined },
  restricted: { secure: () => RESTRICTED },
  legacy: { secure: (context) => context, hostNamespaces: true, hostRoot: true, leavesCopies: true },
  netadmin: { secure: (context) => withCapabilities(context, "NET_ADMIN", "NET_RAW"), hostNamespaces: true },
  sysadmin: { secure: (context) => ({ ...context, privileged: true }), hostNamespaces: true, hostRoot: true },
};

/** The containers that a name may be found among, the first first. */
const LISTS = ["initContainers", "containers", "ephemeralContainers"];

export function isProfile(name: string): boolean {
  return Object.hasOwn(PROFILES, name);
}

/** The spec with one container changed. */
export function withContainer(
  spec: JsonObject,
  name: string,
  change: (container: JsonObject) => JsonObject,
): JsonObject {
  const list = LISTS.find((each) => listOf(spec, each).some((container) => container.name === name));
  if (list === undefined) return spec;
  return {
    ...spec,
    [list]: listOf(spec, list).map((container) => (container.name === name ? change(container) : container)),
  };
}

function without(object: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** The pod, with what a profile gives to the container that debugs in it. */
export function withProfile(
  profile: string,
  pod: JsonObject,
  name: string,
  style: DebugStyle,
  keeps: Keeps,
): JsonObject {
  const { secure, hostNamespaces, hostRoot, leavesCopies } = PROFILES[profile] ?? { secure: () => undefined };
  if (leavesCopies && style === "copy") return { ...pod, metadata: without(metadataOf(pod), "labels") };
  const kept = style === "copy" ? withKept(pod, keeps) : pod;
  let spec = withContainer(partOf(kept, "spec"), name, (container) => {
    const securityContext = secure(partOf(container, "securityContext"), style) ?? {};
    const isSecured = Object.keys(securityContext).length > 0;
    return { ...without(container, "securityContext"), ...(isSecured && { securityContext }) };
  });
  if (style === "copy" && spec.shareProcessNamespace === undefined) spec = { ...spec, shareProcessNamespace: true };
  if (style === "node" && hostNamespaces) spec = { ...spec, hostIPC: true, hostNetwork: true, hostPID: true };
  if (style === "node" && hostRoot) spec = withHostRoot(spec, name);
  return { ...kept, spec };
}

function withHostRoot(spec: JsonObject, name: string): JsonObject {
  const mounted = withContainer(spec, name, (container) => ({
    ...container,
    volumeMounts: [...listOf(container, "volumeMounts"), { mountPath: "/host", name: "host-root" }],
  }));
  return { ...mounted, volumes: [...listOf(spec, "volumes"), { name: "host-root", hostPath: { path: "/" } }] };
}

function withKept(pod: JsonObject, keeps: Keeps): JsonObject {
  const spec = partOf(pod, "spec");
  const probes = (["livenessProbe", "readinessProbe", "startupProbe"] as const).filter((probe) => !keeps[probe]);
  const texts = (["labels", "annotations"] as const).filter((field) => !keeps[field]);
  return {
    ...pod,
    metadata: without(metadataOf(pod), ...texts),
    spec: {
      ...without(spec, ...(keeps.initContainers ? [] : ["initContainers"])),
      containers: listOf(spec, "containers").map((container) => without(container, ...probes)),
    },
  };
}
