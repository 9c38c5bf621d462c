import type { PodInfo } from "./pod-info.ts";

const NOBODY: readonly PodInfo[] = [];

/** Waiting pods by the node that preemption made room on for them. Models backend/queue nominator. */
export class Nominations {
  readonly #byNode = new Map<string, Map<string, PodInfo>>();
  readonly #nodeOf = new Map<string, string>();

  get isEmpty(): boolean {
    return this.#byNode.size === 0;
  }

  to(nodeName: string): Iterable<PodInfo> {
    if (this.#byNode.size === 0) return NOBODY;
    return this.#byNode.get(nodeName)?.values() ?? NOBODY;
  }

  /** Notes what the pod's status says. */
  set(info: PodInfo): void {
    const nodeName = info.pod.status.nominatedNodeName;
    this.remove(info.key);
    if (!nodeName) return;
    const pods = this.#byNode.get(nodeName) ?? new Map<string, PodInfo>();
    this.#byNode.set(nodeName, pods.set(info.key, info));
    this.#nodeOf.set(info.key, nodeName);
  }

  /** Whether there was a nomination. */
  remove(podKey: string): boolean {
    const nodeName = this.#nodeOf.get(podKey);
    if (nodeName === undefined) return false;
    this.#nodeOf.delete(podKey);
    const pods = this.#byNode.get(nodeName);
    pods?.delete(podKey);
    if (pods?.size === 0) this.#byNode.delete(nodeName);
    return true;
  }
}
