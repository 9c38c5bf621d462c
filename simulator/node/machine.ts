import type { Pod } from "../api/schema/generated/types.ts";
import { cloneJson, type JsonObject } from "../base/json.ts";
import type { FileNode } from "./files/file-node.ts";
import type { NodeShape } from "./node-shape.ts";
import type { RuntimePod } from "./runtime.ts";

/** A static pod's manifest, as it lies in the kubelet's folder. */
export interface Manifest {
  readonly pod: Pod;
  /** Taken out of the folder for now: the kubelet stops the pod until it is back. */
  readonly held: boolean;
}

interface MachineState {
  readonly powered: boolean;
  readonly kubeletEnabled: boolean;
  readonly connected: boolean;
  readonly boots: number;
  readonly nextIp: number;
  readonly freeIps: readonly number[];
  readonly images: readonly string[];
  readonly manifests: readonly Manifest[];
  readonly pods: readonly RuntimePod[];
  readonly files?: FileNode;
  readonly isHeavy?: true;
}

/** A machine: what is true of it whether or not anybody in the cluster knows. All of it is data. */
export class Machine {
  readonly shape: NodeShape;
  powered = false;
  /** Whether the kubelet's service is switched on; it runs while the machine has power. */
  kubeletEnabled = true;
  /** Whether the network reaches the API server. */
  connected = true;
  boots = 0;
  manifests: readonly Manifest[];
  readonly pods = new Map<string, RuntimePod>();
  /** Full names of the images on its disk. */
  readonly images = new Set<string>();
  /** What was changed on its disk through hostPath volumes; undefined: nothing. */
  files: FileNode | undefined;
  /** Whether a pod ever wrote a file here: only then anybody looks at how much. */
  hasPodFiles = false;
  /** Whether volumes of a pod here ever showed objects of the API: only then they are brought up to date. */
  hasPins = false;
  /** Whether something was started here that takes much memory: only then anybody looks at what is left. */
  isHeavy = false;
  #nextIp = 2;
  #freeIps: number[] = [];
  readonly #firstIp: number;
  readonly #lastOffset: number;

  constructor(shape: NodeShape, manifests: readonly Pod[] = []) {
    this.shape = shape;
    this.manifests = manifests.map((pod) => ({ pod, held: false }));
    const [base = "", bits = "24"] = shape.podCidr.split("/");
    this.#firstIp = ipNumber(base);
    this.#lastOffset = 2 ** (32 - Number(bits)) - 2;
  }

  get name(): string {
    return this.shape.name;
  }

  /** An address of the node's pod range; those that came free are used again last, as the CNI's allocator does. */
  takeIp(): string | undefined {
    const offset = this.#nextIp <= this.#lastOffset ? this.#nextIp++ : this.#freeIps.shift();
    return offset === undefined ? undefined : ipText(this.#firstIp + offset);
  }

  /** Whether an address is one of the node's pod range. */
  ownsPodAddress(ip: string): boolean {
    const offset = ipNumber(ip) - this.#firstIp;
    return offset >= 0 && offset <= this.#lastOffset + 1;
  }

  giveIp(ip: string): void {
    this.#freeIps.push(ipNumber(ip) - this.#firstIp);
  }

  save(): JsonObject {
    const state: MachineState = {
      powered: this.powered,
      kubeletEnabled: this.kubeletEnabled,
      connected: this.connected,
      boots: this.boots,
      nextIp: this.#nextIp,
      freeIps: [...this.#freeIps],
      images: [...this.images],
      manifests: this.manifests,
      pods: [...this.pods.values()],
      ...(this.files !== undefined && { files: this.files }),
      ...(this.isHeavy && { isHeavy: true }),
    };
    return cloneJson(state) as unknown as JsonObject;
  }

  load(saved: JsonObject): void {
    const state = cloneJson(saved) as unknown as MachineState;
    this.powered = state.powered;
    this.kubeletEnabled = state.kubeletEnabled;
    this.connected = state.connected;
    this.boots = state.boots;
    this.manifests = state.manifests;
    this.#nextIp = state.nextIp;
    this.#freeIps = [...state.freeIps];
    this.files = state.files;
    this.isHeavy = state.isHeavy === true;
    this.images.clear();
    for (const image of state.images) this.images.add(image);
    this.pods.clear();
    for (const pod of state.pods) this.pods.set(pod.uid, restored(pod));
    this.hasPins = state.pods.some(({ pins }) => pins !== undefined);
    this.hasPodFiles = state.pods.some((pod) => pod.volumes ?? pod.containers.some(({ files }) => files));
  }
}

/** JSON drops what is undefined; objects made by hand have it. One shape for both keeps them fast. */
function restored(pod: RuntimePod): RuntimePod {
  return {
    ...pod,
    ip: pod.ip,
    containers: pod.containers.map((each) => ({
      ...each,
      process: each.process,
      memory: each.memory,
      previous: each.previous,
      image: each.image,
    })),
  };
}

function ipNumber(ip: string): number {
  return ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function ipText(value: number): string {
  return `${Math.floor(value / 2 ** 24)}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}
