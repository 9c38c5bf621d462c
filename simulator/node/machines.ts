import type { Pod } from "../api/schema/generated/types.ts";
import { assert, present } from "../base/assert.ts";
import { cloneJson, type JsonObject, type JsonValue } from "../base/json.ts";
import type { FileNode } from "./files/file-node.ts";
import { Machine } from "./machine.ts";
import type { NodeShape } from "./node-shape.ts";
import { type ErrandEnd, kubeletProcess, type MachinePorts } from "./ports.ts";
import { killContainer, type RuntimeContainer, type RuntimePod, stateOf } from "./runtime.ts";

/** The container of the service proxy, as kubeadm names it: it is told apart by its name. */
export const PROXY = "kube-proxy";

/**
 * Told when something happens to a machine that its kubelet would notice: a uid of a pod, or undefined for manifests; and
 * when one of its own commands has ended in that pod.
 */
export type MachineListener = (podUid: string | undefined, end?: ErrandEnd) => void;

/**
 * All machines of the cluster, and the only door for those who break them. They do not know the API: what happens to
 * objects is up to kubelets and controllers.
 */
export class Machines {
  readonly #ports: MachinePorts;
  readonly #machines = new Map<string, Machine>();
  readonly #byAddress = new Map<string, Machine>();
  /** By the first three numbers of their pods' addresses: each machine has a /24, or less. */
  readonly #byPodPrefix = new Map<string, Machine>();
  readonly #listeners = new Map<string, MachineListener>();
  /** Process -> machines that run it. */
  readonly #processes = new Map<string, Set<string>>();

  /** Contents of volumes that outlive pods and are on no machine's disk, by their persistent volume's uid or address. */
  readonly volumes = new Map<string, FileNode>();

  constructor(ports: MachinePorts) {
    this.#ports = ports;
  }

  /** The ways out of the machines: time, processes and the network. */
  get ports(): MachinePorts {
    return this.#ports;
  }

  get all(): IterableIterator<Machine> {
    return this.#machines.values();
  }

  get size(): number {
    return this.#machines.size;
  }

  get(name: string): Machine | undefined {
    return this.#machines.get(name);
  }

  /** The machine with an address in the machines' network. */
  withAddress(ip: string): Machine | undefined {
    return this.#byAddress.get(ip);
  }

  /** The machine whose pods may have an address. */
  ofPodAddress(ip: string): Machine | undefined {
    const near = this.#byPodPrefix.get(podPrefix(ip));
    return near?.ownsPodAddress(ip) === true ? near : undefined;
  }

  /** Sets up a machine without power. */
  add(shape: NodeShape, manifests: readonly Pod[] = []): Machine {
    assert(!this.#machines.has(shape.name), `machine ${shape.name} is there already`);
    const machine = new Machine(shape, manifests);
    this.#machines.set(shape.name, machine);
    this.#byAddress.set(shape.address, machine);
    this.#byPodPrefix.set(podPrefix(shape.podCidr), machine);
    return machine;
  }

  /** Takes a machine away for good. */
  remove(name: string): void {
    this.power(name, false);
    const machine = this.#machines.get(name);
    if (machine === undefined) return;
    this.#machines.delete(name);
    this.#byAddress.delete(machine.shape.address);
    this.#byPodPrefix.delete(podPrefix(machine.shape.podCidr));
  }

  /** The kubelet's ear, while it runs; replaced when it starts anew. Returns the end of it. */
  listen(name: string, listener: MachineListener): () => void {
    this.#listeners.set(name, listener);
    return () => {
      if (this.#listeners.get(name) === listener) this.#listeners.delete(name);
    };
  }

  /** Cuts or gives power. Without it all processes end at once, unseen; disk and manifests stay. */
  power(name: string, on: boolean): boolean {
    const machine = this.#machines.get(name);
    if (machine === undefined || machine.powered === on) return machine !== undefined;
    machine.powered = on;
    if (on) {
      machine.boots++;
      if (machine.kubeletEnabled) this.#run(machine, kubeletProcess(name));
      return true;
    }
    if (machine.kubeletEnabled) this.#end(machine, kubeletProcess(name));
    for (const pod of machine.pods.values()) {
      if (pod.ip !== undefined && pod.ip !== machine.shape.address) machine.giveIp(pod.ip);
      pod.sandbox = false;
      pod.ip = undefined;
      for (const container of pod.containers) this.#lose(machine, container);
    }
    return true;
  }

  /** Starts or stops the kubelet's service. Containers go on without it. */
  kubelet(name: string, running: boolean): boolean {
    const machine = this.#machines.get(name);
    if (machine === undefined || machine.kubeletEnabled === running) return machine !== undefined;
    machine.kubeletEnabled = running;
    if (!machine.powered) return true;
    if (running) this.#run(machine, kubeletProcess(name));
    else this.#end(machine, kubeletProcess(name));
    return true;
  }

  /** Cuts or mends the way to the API server. */
  network(name: string, connected: boolean): boolean {
    const machine = this.#machines.get(name);
    if (machine === undefined) return false;
    if (!connected) this.#ports.proxy?.(machine, "stops");
    machine.connected = connected;
    return true;
  }

  /**
   * Kills the process of a container with SIGKILL from outside: exit code 137. Without a container's name the pod's
   * first running one. Returns the container's name, or undefined when nothing was there to kill.
   */
  crashContainer(name: string, namespace: string, podName: string, container?: string): string | undefined {
    const machine = this.#machines.get(name);
    const nowMs = this.#ports.nowMs();
    for (const pod of machine?.pods.values() ?? []) {
      if (pod.name !== podName || pod.namespace !== namespace) continue;
      const victim = pod.containers.find(
        (each) => stateOf(each, nowMs) === "running" && (container ?? each.name) === each.name,
      );
      if (machine === undefined || victim === undefined) continue;
      killContainer(victim, 137, nowMs);
      this.processEnded(machine, victim);
      this.#listeners.get(name)?.(pod.uid);
      return victim.name;
    }
    return undefined;
  }

  /** Something about a pod on a machine has changed that its kubelet would notice, such as the end of a process. */
  changed(name: string, podUid: string, end?: ErrandEnd): void {
    this.#listeners.get(name)?.(podUid, end);
  }

  /** Takes a static pod's manifest out of the kubelet's folder, or puts it back. `process` as in `kube-scheduler`. */
  holdManifest(name: string, process: string, held: boolean): boolean {
    const machine = this.#machines.get(name);
    const manifest = machine?.manifests.find((each) => each.pod.metadata?.name === process);
    if (machine === undefined || manifest === undefined) return false;
    machine.manifests = machine.manifests.map((each) => (each === manifest ? { ...each, held } : each));
    this.#listeners.get(name)?.(undefined);
    return true;
  }

  /** Names of the machines that have a static pod's manifest, held back or not. */
  withManifest(process: string): string[] {
    const having = [...this.#machines.values()].filter(({ manifests }) =>
      manifests.some(({ pod }) => pod.metadata?.name === process),
    );
    return having.map(({ name }) => name);
  }

  /** A kubelet started this container's process. */
  processStarted(machine: Machine, container: RuntimeContainer): void {
    if (container.name === PROXY) this.#ports.proxy?.(machine, "starts");
    if (container.process !== undefined) this.#run(machine, container.process);
  }

  /** A container's process ended. */
  processEnded(machine: Machine, container: RuntimeContainer): void {
    if (container.name === PROXY) this.#ports.proxy?.(machine, "stops");
    if (container.process !== undefined) this.#end(machine, container.process);
  }

  /** A container's main process is told to stop, at a virtual time that may be to come. */
  tellToStop(machine: Machine, runtime: RuntimePod, container: RuntimeContainer, atMs: number): void {
    const { shells, nowMs } = this.ports;
    if (container.processes !== undefined) {
      shells?.signalMain({ machine, runtime, container }, "TERM", Math.max(0, atMs - nowMs()));
    }
  }

  /** Removes what is left of a pod. */
  removePod(machine: Machine, pod: RuntimePod): void {
    for (const container of pod.containers) this.processEnded(machine, container);
    if (pod.ip !== undefined && pod.ip !== machine.shape.address) machine.giveIp(pod.ip);
    machine.pods.delete(pod.uid);
  }

  save(): JsonObject {
    return {
      machines: [...this.#machines.values()].map((machine) => ({
        shape: machine.shape as unknown as JsonObject,
        state: machine.save(),
      })),
      processes: [...this.#processes].map(([process, names]) => [process, [...names]]),
      volumes: cloneJson([...this.volumes]) as unknown as JsonValue,
    };
  }

  /** Puts everything as it was, without starting or stopping anything: the host restores its processes itself. */
  load(state: JsonObject): void {
    this.#machines.clear();
    this.#byAddress.clear();
    this.#byPodPrefix.clear();
    this.#processes.clear();
    this.volumes.clear();
    for (const saved of state.machines as { shape: JsonObject; state: JsonObject }[]) {
      const machine = this.add(saved.shape as unknown as NodeShape);
      machine.load(saved.state);
    }
    for (const [process, names] of state.processes as [string, string[]][]) {
      this.#processes.set(process, new Set(names));
    }
    for (const [key, files] of cloneJson(state.volumes) as unknown as [string, FileNode][])
      this.volumes.set(key, files);
  }

  #lose(machine: Machine, container: RuntimeContainer): void {
    this.processEnded(machine, container);
    container.lost = true;
    delete container.processes;
    container.previous = undefined;
  }

  #run(machine: Machine, process: string): void {
    const names = this.#processes.get(process) ?? new Set<string>();
    this.#processes.set(process, names);
    if (names.has(machine.name)) return;
    names.add(machine.name);
    if (names.size === 1) this.#ports.processes.start(process);
  }

  #end(machine: Machine, process: string): void {
    const names = this.#processes.get(process);
    if (process === kubeletProcess(machine.name)) this.#listeners.delete(machine.name);
    if (names === undefined || !names.delete(machine.name)) return;
    if (names.size > 0) return;
    this.#processes.delete(process);
    this.#ports.processes.stop(process);
  }
}

const podPrefix = (address: string): string => address.slice(0, address.lastIndexOf("."));

/** The machine of that name; a broken invariant when there is none. */
export function machineOf(machines: Machines, name: string): Machine {
  return present(machines.get(name), `no machine ${name}`);
}
