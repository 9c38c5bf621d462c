import type { Event } from "../../../simulator/api/refs.ts";
import { EVENTS } from "../../../simulator/api/refs.ts";
import { Simulation } from "../../../simulator/simulation.ts";

interface Named {
  readonly metadata: { readonly name: string };
}

const BASES: { readonly [kind: string]: string } = {
  Pod: "/api/v1/namespaces/default/pods",
  PersistentVolumeClaim: "/api/v1/namespaces/default/persistentvolumeclaims",
  PersistentVolume: "/api/v1/persistentvolumes",
  StorageClass: "/apis/storage.k8s.io/v1/storageclasses",
  VolumeAttachment: "/apis/storage.k8s.io/v1/volumeattachments",
  StatefulSet: "/apis/apps/v1/namespaces/default/statefulsets",
  Node: "/api/v1/nodes",
  Fault: "/apis/simulation.tabernetes.dev/v1alpha1/faults",
};

/** A whole cluster with storage classes, and what happens to its volumes as lines. */
export class VolumeCluster {
  readonly simulation: Simulation;
  readonly lines: string[] = [];
  #startMs = 0;

  constructor(storageClasses = true) {
    this.simulation = Simulation.start({ seed: 5, workers: 2, storageClasses });
    this.simulation.advanceTo(60_000);
    this.#startMs = this.simulation.nowMs;
    this.simulation.onCommit(({ type, object }) => this.#note(type, object as never));
  }

  #note(type: string, object: Named & { readonly kind: string; readonly status?: { readonly phase?: string } }): void {
    const at = ((this.simulation.nowMs - this.#startMs) / 1000).toFixed(1);
    if (object.kind === "Event" && type !== "DELETED") {
      const { reason, message, involvedObject } = object as unknown as Event;
      if (/^(Pod|PersistentVolume|StatefulSet)/.test(involvedObject?.kind ?? "")) {
        this.lines.push(`${at} ${reason} ${involvedObject?.kind}/${involvedObject?.name}: ${message}`);
      }
    } else if (/^(PersistentVolume|VolumeAttachment)/.test(object.kind)) {
      this.lines.push(`${at} ${type} ${object.kind}/${object.metadata.name} ${object.status?.phase ?? ""}`.trimEnd());
    }
  }

  run(seconds: number): void {
    this.simulation.advanceTo(this.simulation.nowMs + seconds * 1000);
  }

  create(kind: string, metadata: object, rest: object): void {
    const answer = this.simulation.request({
      method: "POST",
      path: BASES[kind] ?? "",
      body: { kind, metadata, ...rest } as never,
    });
    if (answer.code !== 201) throw new Error(JSON.stringify(answer.body));
  }

  claim(name: string, spec: object = {}): void {
    const resources = { requests: { storage: "1Gi" } };
    this.create("PersistentVolumeClaim", { name }, { spec: { accessModes: ["ReadWriteOnce"], resources, ...spec } });
  }

  /** A pod that mounts a claim. */
  pod(name: string, claimName: string, spec: object = {}): void {
    const volumes = [{ name: "data", persistentVolumeClaim: { claimName } }];
    const containers = [{ name: "c", image: "nginx", volumeMounts: [{ name: "data", mountPath: "/data" }] }];
    this.create("Pod", { name }, { spec: { containers, volumes, terminationGracePeriodSeconds: 0, ...spec } });
  }

  patch(kind: string, name: string, body: object) {
    return this.simulation.request({
      method: "PATCH",
      path: `${BASES[kind]}/${name}`,
      contentType: "application/merge-patch+json",
      body: body as never,
    });
  }

  remove(kind: string, name: string, body: object = {}): void {
    const answer = this.simulation.request({ method: "DELETE", path: `${BASES[kind]}/${name}`, body: body as never });
    if (answer.code >= 300) throw new Error(JSON.stringify(answer.body));
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look at all kinds of objects
  get(kind: string, name: string): any {
    const answer = this.simulation.request({ method: "GET", path: `${BASES[kind]}/${name}` });
    return answer.code === 200 ? answer.body : undefined;
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  list(kind: string): any[] {
    return (this.simulation.request({ method: "GET", path: BASES[kind] ?? "" }).body as { items: [] }).items;
  }

  /** `reason: message` of an object's events, in order. */
  events(kind: string, name: string): string[] {
    const found = [...this.simulation.store.of(EVENTS).values()].filter(
      ({ involvedObject }) => involvedObject?.kind === kind && involvedObject.name === name,
    );
    return found.map(({ reason, message }) => `${reason}: ${message}`);
  }
}
