import { CSI_DRIVER } from "../../api/volumes/csi.ts";
import { VOLUME_ATTACHMENTS, type VolumeAttachment } from "../../api/volumes/refs.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../controller-runtime/controller.ts";

/** What it takes to attach a network disk to a machine, and to detach it. */
const WORK_MS = 1_000;
const FINALIZER = `external-attacher/${CSI_DRIVER.replaceAll(".", "-")}`;

// Models kubernetes-csi/external-attacher
/** Attaches and detaches network disks as VolumeAttachments say. Keys are names of these. */
export const volumeAttacher: Controller = {
  name: `volume-attacher-${CSI_DRIVER}`,
  watches: [
    watchRule(VOLUME_ATTACHMENTS, ({ type, object }) =>
      type !== "DELETED" && object.spec.attacher === CSI_DRIVER ? [object.metadata.name] : [],
    ),
  ],
  create: (context) => new Attacher(context),
};

class Attacher implements Reconciler {
  readonly #context: ComponentContext;
  /** Attachment -> when the work on it is done, in virtual milliseconds. */
  readonly #doneMs = new Map<string, number>();

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  save(): JsonObject {
    return { doneMs: [...this.#doneMs] };
  }

  load({ doneMs }: JsonObject): void {
    for (const [name, ms] of doneMs as unknown as readonly (readonly [string, number])[]) this.#doneMs.set(name, ms);
  }

  reconcile(name: string): Outcome {
    const attachment = this.#context.cache.get(VOLUME_ATTACHMENTS, name);
    if (attachment === undefined) {
      this.#doneMs.delete(name);
      return undefined;
    }
    const isGoing = attachment.metadata.deletionTimestamp !== undefined;
    const isHeld = attachment.metadata.finalizers?.includes(FINALIZER) === true;
    if (!isGoing && attachment.status.attached && isHeld) return undefined;
    if (isGoing && !isHeld) return undefined;
    const leftMs = this.#leftMs(name);
    if (leftMs > 0) return { againAfterMs: leftMs };
    return isGoing ? this.#detached(attachment) : this.#attached(attachment, isHeld);
  }

  #leftMs(name: string): number {
    const { nowMs } = this.#context;
    const doneMs = this.#doneMs.get(name) ?? nowMs + WORK_MS;
    if (doneMs <= nowMs) this.#doneMs.delete(name);
    else this.#doneMs.set(name, doneMs);
    return doneMs - nowMs;
  }

  #attached(attachment: VolumeAttachment, isHeld: boolean): Outcome {
    const { client } = this.#context;
    let held = attachment;
    if (!isHeld) {
      const { metadata } = attachment;
      const finalizers = [...(metadata.finalizers ?? []), FINALIZER];
      const updated = client.update(VOLUME_ATTACHMENTS, { ...attachment, metadata: { ...metadata, finalizers } });
      if (!updated.ok) return { failed: updated.error };
      held = updated.value;
    }
    const written = client.updateStatus(VOLUME_ATTACHMENTS, { ...held, status: { attached: true } });
    return written.ok ? undefined : { failed: written.error };
  }

  #detached(attachment: VolumeAttachment): Outcome {
    const { metadata } = attachment;
    const finalizers = metadata.finalizers?.filter((name) => name !== FINALIZER);
    const updated = this.#context.client.update(VOLUME_ATTACHMENTS, {
      ...attachment,
      metadata: { ...metadata, finalizers },
    });
    return updated.ok || updated.error.code === 404 ? undefined : { failed: updated.error };
  }
}
