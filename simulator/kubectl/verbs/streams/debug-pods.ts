import { applyStrategicMergePatch } from "../../../api/patch/strategic-merge.ts";
import type { JsonObject } from "../../../base/json.ts";
import { listOf, metadataOf, partOf, textOf } from "../../change/object.ts";
import { complaint } from "../../cli/command.ts";
import { type DebugStyle, isProfile, type Keeps, withContainer, withProfile } from "./debug-profiles.ts";

/** What a line of `kubectl debug` asks for. */
export interface DebugWish {
  readonly image: string;
  readonly container: string;
  readonly command: readonly string[];
  /** Whether the words after `--` are arguments, not a command. */
  readonly argumentsOnly: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly pullPolicy: string;
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly profile: string;
  readonly keeps: Keeps;
  /** A part of a container that is laid over the profile's, of `--custom`. */
  readonly custom?: JsonObject;
  readonly target: string;
  readonly copyTo: string;
  readonly setImages: Readonly<Record<string, string>>;
  readonly sameNode: boolean;
  /** Only where the line says so. */
  readonly shareProcesses?: boolean;
}

/** A pod to be made or changed, and the name of the container that debugs in it; empty where there is none. */
export interface DebugPlan {
  readonly pod: JsonObject;
  readonly container: string;
}

const LISTS = ["containers", "initContainers", "ephemeralContainers"];

/** Whether a pod has a container of that name, of whatever kind. */
export function hasContainer(pod: JsonObject, name: string): boolean {
  return LISTS.some((list) => listOf(pod, "spec", list).some((container) => container.name === name));
}

function runOf({ command, argumentsOnly }: DebugWish): JsonObject {
  if (command.length === 0) return {};
  return argumentsOnly ? { args: [...command] } : { command: [...command] };
}

function envOf({ env }: DebugWish): JsonObject {
  const pairs = Object.entries(env).map(([name, value]) => ({ name, value }));
  return pairs.length > 0 ? { env: pairs } : {};
}

function newContainer(wish: DebugWish, name: string): JsonObject {
  return {
    name,
    image: wish.image,
    ...runOf(wish),
    ...envOf(wish),
    ...(wish.pullPolicy !== "" && { imagePullPolicy: wish.pullPolicy }),
    ...(wish.stdin && { stdin: true }),
    ...(wish.tty && { tty: true }),
    terminationMessagePolicy: "File",
  };
}

/** The pod with the profile and, over it, the user's own. */
function shaped(wish: DebugWish, pod: JsonObject, name: string, style: DebugStyle): JsonObject {
  if (!isProfile(wish.profile)) throw complaint(`unknown profile: ${wish.profile}`);
  const result = withProfile(wish.profile, pod, name, style, wish.keeps);
  const { custom } = wish;
  if (custom === undefined) return result;
  const spec = withContainer(partOf(result, "spec"), name, (container) => {
    const patched = applyStrategicMergePatch("Container", container, { ...custom, name });
    if (!patched.ok) throw complaint(`error creating three way patch to add debug container: ${patched.error.message}`);
    return patched.value;
  });
  return { ...result, spec };
}

// Models kubectl pkg/cmd/debug generateDebugContainer
/** The pod with an ephemeral container more. */
export function withEphemeral(wish: DebugWish, pod: JsonObject, name: string): DebugPlan {
  const spec = partOf(pod, "spec");
  const added = {
    ...newContainer(wish, name),
    ...(wish.target !== "" && { targetContainerName: wish.target }),
  };
  const ephemeralContainers = [...listOf(spec, "ephemeralContainers"), added];
  const grown = { ...pod, spec: { ...spec, ephemeralContainers } };
  return { pod: shaped(wish, grown, name, "ephemeral"), container: name };
}

// Models kubectl pkg/cmd/debug generateNodeDebugPod
/** A pod on a node, with its file system at `/host`. */
export function nodePod(wish: DebugWish, nodeName: string, name: string): DebugPlan {
  const container = wish.container || "debugger";
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { "app.kubernetes.io/managed-by": "kubectl-debug" } },
    spec: {
      containers: [newContainer(wish, container)],
      nodeName,
      restartPolicy: "Never",
      tolerations: [{ operator: "Exists" }],
    },
  };
  return { pod: shaped(wish, pod, container, "node"), container };
}

// Models kubectl pkg/cmd/debug generatePodCopyWithDebugContainer
/** A copy of a pod, with a container more or one that is changed; `nameNew` gives a name to one that has none. */
export function podCopy(wish: DebugWish, pod: JsonObject, nameNew: () => string): DebugPlan {
  const { namespace, labels, annotations } = metadataOf(pod);
  const { ephemeralContainers: _gone, nodeName, ...rest } = partOf(pod, "spec");
  const containers = listOf(rest, "containers").map((container) => {
    const image = wish.setImages[textOf(container, "name")] ?? wish.setImages["*"];
    return image === undefined ? container : { ...container, image };
  });
  const spec: JsonObject = {
    ...rest,
    containers,
    ...(wish.shareProcesses !== undefined && { shareProcessNamespace: wish.shareProcesses }),
    ...(wish.sameNode && nodeName !== undefined && { nodeName }),
  };
  const metadata = { name: wish.copyTo, ...(namespace !== undefined && { namespace }) };
  const told = { ...metadata, ...(labels && { labels }), ...(annotations && { annotations }) };
  const copied: JsonObject = { apiVersion: "v1", kind: "Pod", metadata: told, spec };
  if (wish.container !== "" && hasContainer(copied, wish.container)) {
    const changed = withContainer(spec, wish.container, (container) => changedContainer(wish, container));
    return { pod: shaped(wish, { ...copied, spec: changed }, wish.container, "copy"), container: wish.container };
  }
  if (wish.image === "") {
    // Only images were to be changed.
    if (Object.keys(wish.setImages).length > 0) return { pod: copied, container: "" };
    throw complaint("you must specify image when creating new container");
  }
  const name = wish.container || nameNew();
  const grown = { ...spec, containers: [...containers, newContainer(wish, name)] };
  return { pod: shaped(wish, { ...copied, spec: grown }, name, "copy"), container: name };
}

function changedContainer(wish: DebugWish, container: JsonObject): JsonObject {
  const { stdin: _stdin, tty: _tty, ...rest } = container;
  const { args, ...others } = rest;
  const keepsArgs = args !== undefined && (wish.command.length === 0 || wish.argumentsOnly);
  return {
    ...others,
    ...(keepsArgs && { args }),
    ...runOf(wish),
    ...envOf(wish),
    ...(wish.image !== "" && { image: wish.image }),
    ...(wish.pullPolicy !== "" && { imagePullPolicy: wish.pullPolicy }),
    ...(wish.stdin && { stdin: true }),
    ...(wish.tty && { tty: true }),
  };
}

// Models kubectl pkg/cmd/debug displayWarning
/** Whether a pod's user may not make use of what the container is given. */
export function lacksRoot({ pod, container }: DebugPlan): boolean {
  const user = partOf(pod, "spec", "securityContext").runAsUser;
  if (user === undefined || user === 0) return false;
  const found = LISTS.flatMap((list) => listOf(pod, "spec", list)).find(({ name }) => name === container);
  const context = partOf(found, "securityContext");
  if (context.runAsUser === 0) return false;
  const added = partOf(context, "capabilities").add;
  return context.privileged === true || (Array.isArray(added) && added.length > 0);
}
