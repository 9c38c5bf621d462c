import { compareQuantities, quantityOf } from "../../api/meta/quantity.ts";
import { keyOf } from "../../api/object.ts";
import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from "../../api/refs.ts";
import { CSI_DRIVER } from "../../api/volumes/csi.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../controller-runtime/controller.ts";
import { requestOf, wantsMore, withResizeCondition } from "./growth.ts";

/** What making a disk larger takes. */
const RESIZE_MS = 2_000;

// Models kubernetes-csi/external-resizer
/** Makes network disks larger; their file systems grow on the node. Keys are those of claims. */
export const volumeResizer: Controller = {
  name: `volume-resizer-${CSI_DRIVER}`,
  eventSource: `external-resizer ${CSI_DRIVER}`,
  watches: [
    watchRule(PERSISTENT_VOLUME_CLAIMS, ({ type, object }) =>
      type !== "DELETED" && wantsMore(object) ? [keyOf(object)] : [],
    ),
  ],
  create: (context) => new Resizer(context),
};

class Resizer implements Reconciler {
  readonly #context: ComponentContext;
  /** Claim -> when its disk is larger, in virtual milliseconds. */
  readonly #doneMs = new Map<string, number>();

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  save(): JsonObject {
    return { doneMs: [...this.#doneMs] };
  }

  load({ doneMs }: JsonObject): void {
    for (const [key, ms] of doneMs as unknown as readonly (readonly [string, number])[]) this.#doneMs.set(key, ms);
  }

  reconcile(key: string): Outcome {
    const { cache, nowMs } = this.#context;
    const claim = cache.get(PERSISTENT_VOLUME_CLAIMS, key);
    const volume = claim && cache.get(PERSISTENT_VOLUMES, claim.spec.volumeName ?? "");
    if (claim === undefined || volume?.spec.csi?.driver !== CSI_DRIVER || !wantsMore(claim)) {
      this.#doneMs.delete(key);
      return undefined;
    }
    // The disk is large enough: it is the node's turn.
    const size = quantityOf(volume.spec.capacity?.storage);
    if (compareQuantities(requestOf(claim), size) <= 0) return this.#handToNode(claim, volume);
    const known = this.#doneMs.get(key);
    if (known === undefined) return this.#begin(key, claim, volume);
    if (nowMs < known) return { againAfterMs: known - nowMs };
    this.#doneMs.delete(key);
    const storage = claim.spec.resources?.requests?.storage ?? "0";
    const spec = { ...volume.spec, capacity: { ...volume.spec.capacity, storage } };
    const grown = this.#context.client.update(PERSISTENT_VOLUMES, { ...volume, spec });
    return grown.ok ? this.#handToNode(claim, grown.value) : { failed: grown.error };
  }

  #begin(key: string, claim: PersistentVolumeClaim, volume: PersistentVolume): Outcome {
    const { client, now, nowMs, recordEvent } = this.#context;
    const storage = claim.spec.resources?.requests?.storage ?? "0";
    const status = {
      ...withResizeCondition(claim, { type: "Resizing", status: "True", lastTransitionTime: now }),
      allocatedResources: { ...claim.status.allocatedResources, storage },
      allocatedResourceStatuses: { ...claim.status.allocatedResourceStatuses, storage: "ControllerResizeInProgress" },
    };
    const written = client.updateStatus(PERSISTENT_VOLUME_CLAIMS, { ...claim, status });
    if (!written.ok) return { failed: written.error };
    this.#doneMs.set(key, nowMs + RESIZE_MS);
    const message = `External resizer is resizing volume ${volume.metadata.name}`;
    recordEvent(claim, { type: "Normal", reason: "Resizing", message });
    return { againAfterMs: RESIZE_MS };
  }

  #handToNode(claim: PersistentVolumeClaim, volume: PersistentVolume): Outcome {
    const { client, now, recordEvent } = this.#context;
    if (claim.status.allocatedResourceStatuses?.storage === "NodeResizePending") return undefined;
    const isBlock = volume.spec.volumeMode === "Block";
    const { storage: _, ...statuses } = claim.status.allocatedResourceStatuses ?? {};
    const message = "Waiting for user to (re-)start a pod to finish file system resize of volume on node.";
    const pending = { type: "FileSystemResizePending", status: "True", lastTransitionTime: now, message };
    const { allocatedResourceStatuses: __, ...rest } = withResizeCondition(claim, isBlock ? undefined : pending);
    const status = isBlock
      ? {
          ...rest,
          capacity: { ...rest.capacity, ...volume.spec.capacity },
          ...(Object.keys(statuses).length > 0 && { allocatedResourceStatuses: statuses }),
        }
      : { ...rest, allocatedResourceStatuses: { ...statuses, storage: "NodeResizePending" } };
    const written = client.updateStatus(PERSISTENT_VOLUME_CLAIMS, { ...claim, status });
    if (!written.ok) return { failed: written.error };
    recordEvent(
      claim,
      isBlock
        ? { type: "Normal", reason: "VolumeResizeSuccessful", message: "Resize volume succeeded" }
        : {
            type: "Normal",
            reason: "FileSystemResizeRequired",
            message: "Require file system resize of volume on node",
          },
    );
    return undefined;
  }
}
