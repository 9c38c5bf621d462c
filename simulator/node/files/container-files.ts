import type { Pod } from "../../api/refs.ts";
import type { Container, VolumeMount } from "../../api/schema/generated/types.ts";
import { commandLineOf, environmentOf, expandReferences } from "../environment.ts";
import { hostnameOf } from "../hostname.ts";
import { behaviourOf } from "../images/registry.ts";
import type { Machine } from "../machine.ts";
import type { Machines } from "../machines.ts";
import { containerSpecOf, podOfRuntime } from "../pod-spec-of.ts";
import type { RuntimeContainer, RuntimePod } from "../runtime.ts";
import { baseLayerOf } from "./base-layer.ts";
import { bytesOfText } from "./bytes.ts";
import { hostsFile, resolvFile } from "./etc-files.ts";
import { type FileNode, fileNode, folderNode } from "./file-node.ts";
import { identityOf } from "./identity.ts";
import { type Mount, MountedView } from "./mounted-view.ts";
import { followLinks, pathNames } from "./paths.ts";
import { cgroupFiles, deviceFiles, processFiles, type SystemFacts } from "./system-files.ts";
import { FileTree } from "./tree.ts";
import type { FileView } from "./view.ts";
import { keptTree, podTree, volumeTree } from "./volume-trees.ts";

const TERMINATION_LOG = "/dev/termination-log";

interface Scene {
  readonly machines: Machines;
  readonly machine: Machine;
  readonly runtime: RuntimePod;
  readonly container: RuntimeContainer;
  readonly pod: Pod;
  readonly spec: Container;
  readonly nowMs: number;
  readonly startedEpochMs: number;
}

/**
 * The file tree that a container's processes see now, as the user that they run as. Changes take effect in the records of the
 * machine. It is cheap to make and holds nothing: make one for each command, and one anew when time has moved.
 */
export function containerFiles(
  machines: Machines,
  machine: Machine,
  runtime: RuntimePod,
  container: RuntimeContainer,
): FileView {
  const now = machines.ports.nowMs();
  const epochMs = machines.ports.sources.startEpochMs + now;
  const scene = sceneOf(machines, machine, runtime, container);
  if (scene === undefined) {
    const root = rootMount(machine, container, { name: container.name }, now);
    return new MountedView([root], { uid: 0, gid: 0, groups: [0], epochMs });
  }
  return new MountedView(mountsOf(scene), { ...identityOf(scene.pod, scene.spec), epochMs });
}

function sceneOf(
  machines: Machines,
  machine: Machine,
  runtime: RuntimePod,
  container: RuntimeContainer,
): Scene | undefined {
  const { sources, nowMs } = machines.ports;
  const pod = podOfRuntime(sources, machine, runtime);
  const spec = pod === undefined ? undefined : containerSpecOf(pod, container.name);
  if (pod === undefined || spec === undefined) return undefined;
  const startedEpochMs = sources.startEpochMs + Math.max(0, container.startedMs);
  return { machines, machine, runtime, container, pod, spec, nowMs: nowMs(), startedEpochMs };
}

// Models pkg/volume/util/subpath SafeMakeDir, as pkg/kubelet kubelet_pods.go makeMounts calls it
/** Makes the folders that a container mounts parts of volumes from, where the volume does not have them. */
export function makeSubPaths(
  machines: Machines,
  machine: Machine,
  runtime: RuntimePod,
  container: RuntimeContainer,
  spec: Container,
): void {
  const parts = spec.volumeMounts?.filter(({ subPath, subPathExpr }) => subPath || subPathExpr) ?? [];
  const scene = parts.length === 0 ? undefined : sceneOf(machines, machine, runtime, container);
  for (const mount of scene === undefined ? [] : parts) {
    const made = scene && volumeMount(scene, mount, new FileTree(() => undefined));
    if (made !== undefined && !made.tree.readOnly && made.tree.find(made.root) === undefined)
      made.tree.change(made.root);
  }
}

/** The image's files, with what the container changed; and what its simple command, which the core reads, did so far. */
function rootMount(machine: Machine, container: RuntimeContainer, spec: Container, nowMs: number): Mount {
  const make = () => {
    machine.hasPodFiles = true;
    container.files ??= folderNode();
    return container.files;
  };
  const lower = () => withDeeds(baseLayerOf(spec), container, spec, nowMs);
  const isFixed = spec.securityContext?.readOnlyRootFilesystem === true;
  const tree = new FileTree(lower, () => container.files, make);
  return { path: [], tree, root: [], readOnly: isFixed };
}

function withDeeds(base: FileNode, container: RuntimeContainer, spec: Container, nowMs: number): FileNode {
  const { files } = behaviourOf(spec);
  if (files.length === 0 || container.startedMs < 0) return base;
  let changed: FileNode | undefined;
  const tree = new FileTree(
    () => base,
    () => changed,
    () => {
      changed = folderNode();
      return changed;
    },
  );
  for (const { path, atMs, exists } of files) {
    const names = pathNames(path);
    if (container.startedMs + atMs > nowMs || tree.find(names.slice(0, -1)) === undefined) continue;
    if (!exists) tree.remove(names);
    else if (tree.find(names) === undefined) tree.put(names, fileNode(""));
  }
  return merged(base, changed);
}

/** Two layers as one tree. Only for the few folders that the upper one names. */
function merged(lower: FileNode | undefined, upper: FileNode | undefined): FileNode {
  if (upper === undefined) return lower ?? folderNode();
  if (upper.kind !== "directory" || lower?.kind !== "directory" || upper.opaque === true) return upper;
  const children = { ...lower.children };
  for (const [slashName, child] of Object.entries(upper.children ?? {})) {
    if (child.kind === "gone") delete children[slashName];
    else children[slashName] = merged(children[slashName], child);
  }
  return { ...lower, children };
}

function mountsOf(scene: Scene): Mount[] {
  const { machine, container, spec, nowMs } = scene;
  const root = rootMount(machine, container, spec, nowMs);
  const mounts: Mount[] = [root, ...systemMounts(scene, () => mounts)];
  const volumeMounts = spec.volumeMounts ?? [];
  const isTaken = (path: string) => volumeMounts.some(({ mountPath }) => mountPath === path);
  mounts.push(...managedMounts(scene).filter((mount) => !isTaken(`/${mount.path.join("/")}`)));
  // Shorter paths first: what is mounted below another mount lies over it.
  const sorted = [...volumeMounts].sort((a, b) => pathNames(a.mountPath).length - pathNames(b.mountPath).length);
  for (const mount of sorted) {
    const made = volumeMount(scene, mount, root.tree);
    if (made !== undefined) mounts.push(made);
  }
  return mounts;
}

function file(scene: Scene, path: string, text: string): Mount {
  const { machine, runtime, startedEpochMs } = scene;
  const begin = () => fileNode(bytesOfText(text), { mtimeMs: startedEpochMs });
  return { path: pathNames(path), tree: podTree(machine, runtime, path, begin), root: [], readOnly: false };
}

/** The files that kubelet and runtime put into every container. */
function managedMounts(scene: Scene): Mount[] {
  const { pod, runtime, machine, container, spec, startedEpochMs } = scene;
  const ip = runtime.ip ?? pod.status.podIP ?? "";
  const message = keptTree(
    () => fileNode("", { mode: 0o666, mtimeMs: startedEpochMs }),
    () => container.message,
    (node) => {
      container.message = node;
    },
  );
  const path = pathNames(spec.terminationMessagePath ?? TERMINATION_LOG);
  return [
    file(scene, "/etc/hosts", hostsFile(pod, ip, machine)),
    file(scene, "/etc/hostname", `${hostnameOf(pod, machine)}\n`),
    file(scene, "/etc/resolv.conf", resolvFile(pod)),
    { path, tree: message, root: [], readOnly: false },
  ];
}

function systemMounts(scene: Scene, mounts: () => readonly Mount[]): Mount[] {
  const { machines, machine, runtime, container, pod, spec, nowMs, startedEpochMs } = scene;
  const facts: SystemFacts = {
    machine,
    container: spec,
    hostname: hostnameOf(pod, machine),
    environment: () => environmentOf(machines, machine, runtime, container),
    command: () => commandWords(scene),
    ...identityOf(pod, spec),
    sysctls: pod.spec.securityContext?.sysctls ?? [],
    nowMs,
    epochMs: startedEpochMs,
    mounts: () => mounts().map(({ path, readOnly }) => [`/${path.join("/")}`, readOnly ? "ro" : "rw"] as const),
  };
  const devices = podTree(machine, runtime, `/dev/${container.name}/${container.attempt}`, () => deviceFiles(facts));
  return [
    { path: ["proc"], tree: new FileTree(() => processFiles(facts)), root: [], readOnly: true },
    { path: ["sys"], tree: new FileTree(() => cgroupFiles(facts)), root: [], readOnly: true },
    { path: ["dev"], tree: devices, root: [], readOnly: false },
  ];
}

function commandWords({ machines, machine, runtime, container, spec }: Scene): readonly string[] {
  const { command, args } = commandLineOf(machines, machine, runtime, container);
  if (command.length > 0) return [...command, ...args];
  const image = (spec.image ?? "").split("/").at(-1)?.split(/[:@]/)[0] ?? "";
  return [image, ...args];
}

// Models pkg/kubelet kubelet_pods.go makeMounts
function volumeMount(scene: Scene, mount: VolumeMount, root: FileTree): Mount | undefined {
  const { machines, machine, runtime, container, pod } = scene;
  const volume = pod.spec.volumes?.find(({ name }) => name === mount.name);
  if (volume === undefined) return undefined;
  const part = subPathOf(scene, mount);
  // What is mounted in part was read when the container started, and is never updated.
  const pins = part === "" ? runtime.pins : (container.pins ?? runtime.pins);
  const { tree, root: base, version } = volumeTree({ machines, machine, runtime, pod, pins }, volume);
  const inner = part === "" ? [] : [...(version === undefined ? [] : [version]), ...pathNames(part)];
  const readOnly = mount.readOnly === true || volume.persistentVolumeClaim?.readOnly === true || tree.readOnly;
  return { path: followLinks(root, mount.mountPath), tree, root: [...base, ...inner], readOnly };
}

function subPathOf({ machines, machine, runtime, container }: Scene, { subPath, subPathExpr }: VolumeMount): string {
  if (!subPathExpr) return subPath ?? "";
  const environment = environmentOf(machines, machine, runtime, container);
  return expandReferences(subPathExpr, (name) => (Object.hasOwn(environment, name) ? environment[name] : undefined));
}
