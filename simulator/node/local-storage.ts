import { quantityOf, toBytes } from "../api/meta/quantity.ts";
import type { Agent } from "./agent.ts";
import type { FileNode } from "./files/file-node.ts";
import { parseImageName } from "./images/image-name.ts";
import { imageSizeBytes } from "./images/registry.ts";
import type { PodWorker } from "./worker.ts";

/** An image takes more on the disk than over the network. */
const UNPACKED = 2.4;

/** Bytes of the files in a tree. */
function treeBytes(node: FileNode | undefined): number {
  if (node === undefined) return 0;
  let sum = node.bytes?.length ?? 0;
  for (const child of Object.values(node.children ?? {})) sum += treeBytes(child);
  return sum;
}

/** Sizes by image, so that names are read once: every kubelet asks every 10 s. */
const sizes = new Map<string, number>();

function imageBytes(full: string): number {
  let size = sizes.get(full);
  if (size === undefined) {
    const name = parseImageName(full);
    size = name.ok ? Math.floor(imageSizeBytes(name.value.name) * UNPACKED) : 0;
    sizes.set(full, size);
  }
  return size;
}

/** What a machine's disk holds: images, and what pods wrote. The system itself has a disk of its own. */
export function usedDiskBytes(agent: Agent): number {
  let sum = 0;
  for (const image of agent.machine.images) sum += imageBytes(image);
  if (agent.machine.hasPodFiles) for (const worker of agent.workers.values()) sum += podDiskBytes(agent, worker);
  return sum;
}

/** What a pod's containers wrote, in their own files and in volumes that go with the pod. */
export function podDiskBytes(agent: Agent, worker: PodWorker): number {
  const runtime = agent.runtimeOf(worker);
  if (runtime === undefined) return 0;
  let sum = 0;
  for (const { files } of runtime.containers) sum += treeBytes(files);
  for (const files of Object.values(runtime.volumes ?? {})) sum += treeBytes(files);
  return sum;
}

// Models pkg/kubelet/eviction eviction_manager.go localStorageEviction
/** Why a pod is to go for what it wrote: an emptyDir's limit, the pod's, or a container's. */
export function localStorageProblem(agent: Agent, worker: PodWorker): string | undefined {
  const runtime = agent.runtimeOf(worker);
  const { pod } = worker;
  if (runtime === undefined || pod === undefined) return undefined;
  for (const { name, emptyDir } of pod.spec.volumes ?? []) {
    const limit = emptyDir?.sizeLimit;
    if (limit === undefined || toBytes(quantityOf(limit)) === 0) continue;
    if (treeBytes(runtime.volumes?.[name]) <= toBytes(quantityOf(limit))) continue;
    return `Usage of EmptyDir volume "${name}" exceeds the limit "${limit}". `;
  }
  const limitOf = (text: string | undefined) => (text === undefined ? undefined : toBytes(quantityOf(text)));
  const limits = pod.spec.containers.map(({ resources }) => resources?.limits?.["ephemeral-storage"]);
  const total = limits.reduce((sum, text) => sum + (limitOf(text) ?? 0), 0);
  if (total > 0 && limits.every((text) => text !== undefined) && podDiskBytes(agent, worker) > total) {
    const text = limits.length === 1 ? limits[0] : `${total}`;
    return `Pod ephemeral local storage usage exceeds the total limit of containers ${text}. `;
  }
  for (const { name, resources } of pod.spec.containers) {
    const text = resources?.limits?.["ephemeral-storage"];
    const files = runtime.containers.find((container) => container.name === name)?.files;
    if (text === undefined || treeBytes(files) <= toBytes(quantityOf(text))) continue;
    return `Container ${name} exceeded its local ephemeral storage limit "${text}". `;
  }
  return undefined;
}

// Models pkg/kubelet/images image_gc_manager.go DeleteUnusedImages
/** Removes the images that no pod of the machine uses. Returns whether there were any. */
export function reclaimImages({ machine, workers }: Agent): boolean {
  const used = new Set<string>();
  for (const { pod } of workers.values()) {
    for (const { image = "" } of [...(pod?.spec.containers ?? []), ...(pod?.spec.initContainers ?? [])]) {
      const name = parseImageName(image);
      if (name.ok) used.add(name.value.full);
    }
  }
  const unused = [...machine.images].filter((image) => !used.has(image));
  for (const image of unused) machine.images.delete(image);
  return unused.length > 0;
}
