import { keyOf } from "../../api/object.ts";
import {
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type PersistentVolume,
  type PersistentVolumeClaim,
  STORAGE_CLASSES,
} from "../../api/refs.ts";
import {
  BIND_COMPLETED,
  PROVISIONED_BY,
  SELECTED_NODE,
  STORAGE_PROVISIONER,
  storageClassOf,
} from "../../api/volumes/annotations.ts";
import { claimReference } from "../../api/volumes/binding.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../controller-runtime/controller.ts";
import { localPath, networkDisk, type Order, type Provisioner } from "./provisioners.ts";

/** After this a claim that was refused is tried again. */
const RETRY_MS = 15_000;

const CLAIM = "claim:";
const VOLUME = "volume:";

// Models sig-storage-lib-external-provisioner controller
/** A provisioner as a controller: makes volumes for the claims that ask it, and deletes those that are released. */
function provisionerController(provisioner: Provisioner): Controller {
  return {
    name: `volume-provisioner-${provisioner.name}`,
    eventSource: provisioner.eventSource,
    watches: [
      watchRule(PERSISTENT_VOLUME_CLAIMS, ({ type, object }) =>
        type !== "DELETED" && isFor(object, provisioner) ? [CLAIM + keyOf(object)] : [],
      ),
      watchRule(PERSISTENT_VOLUMES, ({ type, object }) =>
        type !== "DELETED" && isOf(object, provisioner) ? [VOLUME + object.metadata.name] : [],
      ),
    ],
    create: (context) => new Provisioning(context, provisioner),
  };
}

export const localPathProvisioner = provisionerController(localPath);
export const networkDiskProvisioner = provisionerController(networkDisk);

function isFor({ metadata: { annotations }, spec }: PersistentVolumeClaim, { name }: Provisioner): boolean {
  if (annotations?.[STORAGE_PROVISIONER] !== name || spec.volumeName) return false;
  return annotations[BIND_COMPLETED] === undefined;
}

function isOf({ metadata, status }: PersistentVolume, { name }: Provisioner): boolean {
  return metadata.annotations?.[PROVISIONED_BY] === name && status.phase === "Released";
}

class Provisioning implements Reconciler {
  readonly #context: ComponentContext;
  readonly #provisioner: Provisioner;
  /** Key of what is worked on -> when that is done, in virtual milliseconds. */
  readonly #doneMs = new Map<string, number>();

  constructor(context: ComponentContext, provisioner: Provisioner) {
    this.#context = context;
    this.#provisioner = provisioner;
  }

  save(): JsonObject {
    return { doneMs: [...this.#doneMs] };
  }

  load({ doneMs }: JsonObject): void {
    for (const [key, ms] of doneMs as unknown as readonly (readonly [string, number])[]) this.#doneMs.set(key, ms);
  }

  reconcile(key: string): Outcome {
    const { cache } = this.#context;
    if (key.startsWith(CLAIM)) {
      const claim = cache.get(PERSISTENT_VOLUME_CLAIMS, key.slice(CLAIM.length));
      if (claim !== undefined && isFor(claim, this.#provisioner)) return this.#provision(key, claim);
    } else {
      const volume = cache.get(PERSISTENT_VOLUMES, key.slice(VOLUME.length));
      if (volume !== undefined && isOf(volume, this.#provisioner)) return this.#remove(key, volume);
    }
    this.#doneMs.delete(key);
    return undefined;
  }

  /** Milliseconds of work that are left on a key; it begins when it is first asked about. */
  #leftMs(key: string): { readonly ms: number; readonly isNew: boolean } {
    const { nowMs } = this.#context;
    const known = this.#doneMs.get(key);
    if (known === undefined) this.#doneMs.set(key, nowMs + this.#provisioner.workMs);
    const doneMs = known ?? nowMs + this.#provisioner.workMs;
    return { ms: Math.max(0, doneMs - nowMs), isNew: known === undefined };
  }

  #provision(key: string, claim: PersistentVolumeClaim): Outcome {
    const { cache, client, recordEvent } = this.#context;
    const className = storageClassOf(claim);
    const storageClass = cache.get(STORAGE_CLASSES, className);
    const nodeName = claim.metadata.annotations?.[SELECTED_NODE];
    if (storageClass === undefined || claim.metadata.deletionTimestamp !== undefined) return undefined;
    if (storageClass.volumeBindingMode === "WaitForFirstConsumer" && nodeName === undefined) return undefined;
    const order: Order = { claim, name: `pvc-${claim.metadata.uid}`, nodeName };
    if (cache.get(PERSISTENT_VOLUMES, order.name) !== undefined) return undefined;
    if (nodeName !== undefined && cache.get(NODES, nodeName) === undefined)
      return this.#reschedule(key, claim, nodeName);
    const { ms, isNew } = this.#leftMs(key);
    if (isNew) {
      const message = `External provisioner is provisioning volume for claim "${keyOf(claim)}"`;
      recordEvent(claim, { type: "Normal", reason: "Provisioning", message });
    }
    const why = this.#provisioner.refuse(order);
    if (why !== undefined) {
      this.#doneMs.delete(key);
      const message = `failed to provision volume with StorageClass "${className}": ${why}`;
      recordEvent(claim, { type: "Warning", reason: "ProvisioningFailed", message });
      return { againAfterMs: RETRY_MS };
    }
    if (ms > 0) return { againAfterMs: ms };
    this.#doneMs.delete(key);
    const { annotations, spec } = this.#provisioner.volume(order);
    const { finalizer, name: provisionedBy } = this.#provisioner;
    const created = client.create(PERSISTENT_VOLUMES, {
      metadata: {
        name: order.name,
        annotations: { ...annotations, [PROVISIONED_BY]: provisionedBy },
        ...(finalizer !== undefined && { finalizers: [finalizer] }),
      },
      spec: {
        capacity: { storage: claim.spec.resources?.requests?.storage ?? "0" },
        accessModes: claim.spec.accessModes,
        claimRef: claimReference(claim),
        persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? "Delete",
        storageClassName: className,
        ...(storageClass.mountOptions && { mountOptions: storageClass.mountOptions }),
        volumeMode: claim.spec.volumeMode ?? "Filesystem",
        ...spec,
      },
    });
    if (!created.ok && created.error.reason !== "AlreadyExists") return { failed: created.error };
    const message = `Successfully provisioned volume ${order.name}`;
    recordEvent(claim, { type: "Normal", reason: "ProvisioningSucceeded", message });
    return undefined;
  }

  // Models rescheduleProvisioning
  /** The node that was chosen is gone: the scheduler shall choose another. */
  #reschedule(key: string, claim: PersistentVolumeClaim, nodeName: string): Outcome {
    const { client, recordEvent } = this.#context;
    this.#doneMs.delete(key);
    recordEvent(claim, { type: "Warning", reason: "ProvisioningFailed", message: `node "${nodeName}" not found` });
    const { [SELECTED_NODE]: _, ...annotations } = claim.metadata.annotations ?? {};
    const updated = client.update(PERSISTENT_VOLUME_CLAIMS, { ...claim, metadata: { ...claim.metadata, annotations } });
    return updated.ok || updated.error.code === 404 ? undefined : { failed: updated.error };
  }

  /** Deletes what a released volume stands for, then the object; what shall be retained is let go when it is deleted. */
  #remove(key: string, volume: PersistentVolume): Outcome {
    const { metadata, spec } = volume;
    const isDeleted = metadata.deletionTimestamp !== undefined;
    if (spec.persistentVolumeReclaimPolicy !== "Delete") return isDeleted ? this.#letGo(volume) : undefined;
    const { ms } = this.#leftMs(key);
    if (ms > 0) return { againAfterMs: ms };
    if (isDeleted) return this.#letGo(volume);
    const deleted = this.#context.client.delete(PERSISTENT_VOLUMES, metadata.name);
    return deleted.ok || deleted.error.code === 404 ? undefined : { failed: deleted.error };
  }

  #letGo(volume: PersistentVolume): Outcome {
    const { metadata } = volume;
    const finalizers = metadata.finalizers?.filter((name) => name !== this.#provisioner.finalizer);
    if (finalizers?.length === metadata.finalizers?.length) return undefined;
    const updated = this.#context.client.update(PERSISTENT_VOLUMES, {
      ...volume,
      metadata: { ...metadata, finalizers },
    });
    return updated.ok || updated.error.code === 404 ? undefined : { failed: updated.error };
  }
}
