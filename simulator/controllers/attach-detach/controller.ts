import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Cache } from "../../api/client.ts";
import type { Status } from "../../api/errors.ts";
import { keyOf } from "../../api/object.ts";
import {
  NODES,
  type Node,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type PersistentVolume,
  type PersistentVolumeClaim,
  PODS,
  type Pod,
} from "../../api/refs.ts";
import type { Change } from "../../api/store.ts";
import { claimKeyOfVolume, claimKeysOfPod } from "../../api/volumes/claims.ts";
import { attachedName } from "../../api/volumes/csi.ts";
import { VOLUME_ATTACHMENTS, type VolumeAttachment } from "../../api/volumes/refs.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../controller-runtime/controller.ts";
import { isPodTerminal } from "../shared/pods.ts";
import { taintsOf } from "../shared/taints.ts";

/** For so long a volume stays attached to a machine that does not answer: it may still write to it. */
const MAX_WAIT_FOR_UNMOUNT_MS = 360_000;
const OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";
/** A driver that does nothing is complained about this often. */
const ATTACH_TIMEOUT_MS = 120_000;
/** Names of its own attachments (see attachmentName): those that others made it does not know, and leaves alone. */
const OWN_NAME = /^csi-[0-9a-f]{64}$/;

// Models pkg/controller/volume/attachdetach
/** Attaches volumes to the nodes of the pods that mount them, and detaches them when these are gone. Keys: volumes. */
export const attachDetachController: Controller = {
  name: "persistentvolume-attach-detach-controller",
  eventSource: "attachdetach-controller",
  watches: [
    watchRule(PODS, volumesOfChangedPod),
    watchRule(PERSISTENT_VOLUME_CLAIMS, ({ object }) => (object.spec.volumeName ? [object.spec.volumeName] : [])),
    watchRule(VOLUME_ATTACHMENTS, ({ object }) => volumeOfAttachment(object)),
    watchRule(NODES, (change, cache) => (isOtherLife(change) ? volumesAt(change.object, cache) : [])),
  ],
  create: (context) => new AttachDetach(context),
};

function volumesOfChangedPod({ type, object, previous }: Change<Pod>, cache: Cache): readonly string[] {
  if (!object.spec.nodeName) return [];
  const isNews = type !== "MODIFIED" || previous?.spec.nodeName !== object.spec.nodeName;
  if (!isNews && previous !== undefined && isPodTerminal(previous) === isPodTerminal(object)) return [];
  return (claimKeysOfPod(object) ?? []).flatMap(
    (key) => cache.get(PERSISTENT_VOLUME_CLAIMS, key)?.spec.volumeName ?? [],
  );
}

function volumeOfAttachment({ spec }: VolumeAttachment): readonly string[] {
  return spec.source.persistentVolumeName === undefined ? [] : [spec.source.persistentVolumeName];
}

function volumesAt({ metadata }: Node, cache: Cache): readonly string[] {
  return [...cache.byIndex(VOLUME_ATTACHMENTS, "node", metadata.name)].flatMap(volumeOfAttachment);
}

/** Whether a node came, went, or turned to ready or back, or its taints changed. */
function isOtherLife({ type, object, previous }: Change<Node>): boolean {
  if (type !== "MODIFIED" || previous === undefined) return true;
  return isReady(object) !== isReady(previous) || object.spec.taints !== previous.spec.taints;
}

function isReady({ status }: Node): boolean {
  return status.conditions?.find(({ type }) => type === "Ready")?.status === "True";
}

class AttachDetach implements Reconciler {
  readonly #context: ComponentContext;
  /** Attachment -> since when nobody wants it, in virtual milliseconds. */
  readonly #unwantedMs = new Map<string, number>();
  /** Attachments whose multi-attach error was told. */
  readonly #told = new Set<string>();

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  save(): JsonObject {
    return { unwantedMs: [...this.#unwantedMs], told: [...this.#told] };
  }

  load({ unwantedMs, told }: JsonObject): void {
    const saved = unwantedMs as unknown as readonly (readonly [string, number])[];
    for (const [name, ms] of saved) this.#unwantedMs.set(name, ms);
    for (const name of told as readonly string[]) this.#told.add(name);
  }

  reconcile(volumeName: string): Outcome {
    const { cache } = this.#context;
    const volume = cache.get(PERSISTENT_VOLUMES, volumeName);
    const all = [...cache.byIndex(VOLUME_ATTACHMENTS, "volume", volumeName)];
    const attachments = all.filter(({ metadata }) => OWN_NAME.test(metadata.name));
    const users = volume === undefined ? [] : this.#usersOf(volume);
    const waits: number[] = [];
    for (const attachment of attachments) {
      const isWanted = users.some(({ spec }) => spec.nodeName === attachment.spec.nodeName);
      const answer = isWanted ? this.#settle(attachment, volume, users) : this.#detach(attachment, volume);
      if (typeof answer === "object") return { failed: answer };
      if (answer !== undefined) waits.push(answer);
    }
    if (volume !== undefined && attachedName(volume) !== undefined) {
      const failed = this.#attach(volume, users, attachments);
      if (failed !== undefined) return { failed };
    }
    return waits.length === 0 ? undefined : { againAfterMs: Math.min(...waits) };
  }

  /** Pods with a node that mount the volume, and have not ended. */
  #usersOf(volume: PersistentVolume): readonly Pod[] {
    const { cache } = this.#context;
    const key = claimKeyOfVolume(volume);
    const claim: PersistentVolumeClaim | undefined = key ? cache.get(PERSISTENT_VOLUME_CLAIMS, key) : undefined;
    if (claim === undefined || claim.spec.volumeName !== volume.metadata.name) return [];
    return [...cache.byIndex(PODS, "claim", keyOf(claim))].filter((pod) => pod.spec.nodeName && !isPodTerminal(pod));
  }

  // Models reconciler attachDesiredVolumes
  #attach(
    volume: PersistentVolume,
    users: readonly Pod[],
    attachments: readonly VolumeAttachment[],
  ): Status | undefined {
    const { cache, client } = this.#context;
    const modes = volume.spec.accessModes ?? [];
    const isShared = modes.includes("ReadWriteMany") || modes.includes("ReadOnlyMany");
    const taken = attachments.map(({ spec }) => spec.nodeName);
    for (const nodeName of new Set(users.map(({ spec }) => spec.nodeName ?? ""))) {
      if (taken.includes(nodeName) || cache.get(NODES, nodeName) === undefined) continue;
      const name = attachmentName(volume, nodeName);
      const here = users.filter(({ spec }) => spec.nodeName === nodeName);
      if (taken.length > 0 && !isShared) {
        if (!this.#told.has(name)) this.#tellConflict(volume, here, users);
        this.#told.add(name);
        continue;
      }
      const created = client.create(VOLUME_ATTACHMENTS, {
        metadata: { name },
        spec: {
          attacher: volume.spec.csi?.driver ?? "",
          nodeName,
          source: { persistentVolumeName: volume.metadata.name },
        },
        status: { attached: false },
      });
      if (!created.ok && created.error.reason !== "AlreadyExists") return created.error;
      taken.push(nodeName);
      this.#told.delete(name);
    }
    return undefined;
  }

  // Models reconciler reportMultiAttachError
  #tellConflict({ metadata }: PersistentVolume, pods: readonly Pod[], users: readonly Pod[]): void {
    for (const pod of pods) {
      const others = users.filter((other) => other.spec.nodeName !== pod.spec.nodeName);
      const names = others
        .filter((other) => other.metadata.namespace === pod.metadata.namespace)
        .map((other) => other.metadata.name);
      const why =
        names.length > 0
          ? `Volume is already used by pod(s) ${names.join(", ")}`
          : "Volume is already exclusively attached to one node and can't be attached to another";
      const message = `Multi-Attach error for volume "${metadata.name}" ${why}`;
      this.#context.recordEvent(pod, { type: "Warning", reason: "FailedAttachVolume", message });
    }
  }

  /** Writes an attachment that is made into the node's status, and says so; milliseconds to wait for one that is not. */
  #settle(
    attachment: VolumeAttachment,
    volume: PersistentVolume | undefined,
    users: readonly Pod[],
  ): Status | number | undefined {
    const { cache, client, nowMs, parseMs, recordEvent } = this.#context;
    this.#unwantedMs.delete(attachment.metadata.name);
    const name = volume && attachedName(volume);
    const node = cache.get(NODES, attachment.spec.nodeName);
    if (volume === undefined || name === undefined || node === undefined) return undefined;
    const here = users.filter(({ spec }) => spec.nodeName === attachment.spec.nodeName);
    if (!attachment.status.attached) {
      const lateMs = nowMs - parseMs(attachment.metadata.creationTimestamp);
      if (lateMs < ATTACH_TIMEOUT_MS) return ATTACH_TIMEOUT_MS - lateMs;
      const { driver = "", volumeHandle = "" } = volume.spec.csi ?? {};
      const why = `timed out waiting for external-attacher of ${driver} CSI driver to attach volume ${volumeHandle}`;
      const message = `AttachVolume.Attach failed for volume "${volume.metadata.name}" : ${why}`;
      for (const pod of here) recordEvent(pod, { type: "Warning", reason: "FailedAttachVolume", message });
      return ATTACH_TIMEOUT_MS;
    }
    const { volumesAttached = [] } = node.status;
    if (attachment.metadata.deletionTimestamp !== undefined || volumesAttached.some((one) => one.name === name)) {
      return undefined;
    }
    const status = { ...node.status, volumesAttached: [...volumesAttached, { name, devicePath: "" }] };
    const written = client.updateStatus(NODES, { ...node, status });
    if (!written.ok) return written.error;
    const message = `AttachVolume.Attach succeeded for volume "${volume.metadata.name}" `;
    for (const pod of here) recordEvent(pod, { type: "Normal", reason: "SuccessfulAttachVolume", message });
    return undefined;
  }

  // Models reconciler reconcile: a node that answers has unmounted when its pod is gone; of another one nobody knows.
  /** Milliseconds until the attachment may go, or why that failed. */
  #detach(attachment: VolumeAttachment, volume: PersistentVolume | undefined): Status | number | undefined {
    const { cache, client, nowMs } = this.#context;
    const { name, deletionTimestamp } = attachment.metadata;
    if (deletionTimestamp !== undefined) return undefined;
    const node = cache.get(NODES, attachment.spec.nodeName);
    if (node !== undefined && !isReady(node) && !taintsOf(node).some(({ key }) => key === OUT_OF_SERVICE)) {
      const sinceMs = this.#unwantedMs.get(name) ?? nowMs;
      this.#unwantedMs.set(name, sinceMs);
      const leftMs = sinceMs + MAX_WAIT_FOR_UNMOUNT_MS - nowMs;
      if (leftMs > 0) return leftMs;
    }
    this.#unwantedMs.delete(name);
    const attached = volume && attachedName(volume);
    const volumesAttached = node?.status.volumesAttached?.filter((one) => one.name !== attached);
    if (node !== undefined && volumesAttached?.length !== node.status.volumesAttached?.length) {
      const { volumesAttached: _, ...rest } = node.status;
      const status = { ...rest, ...(volumesAttached?.length && { volumesAttached }) };
      const written = client.updateStatus(NODES, { ...node, status });
      if (!written.ok) return written.error;
    }
    const deleted = client.delete(VOLUME_ATTACHMENTS, name);
    return deleted.ok || deleted.error.code === 404 ? undefined : deleted.error;
  }
}

// Models pkg/volume/csi getAttachmentName
function attachmentName({ spec: { csi } }: PersistentVolume, nodeName: string): string {
  return `csi-${bytesToHex(sha256(utf8ToBytes(`${csi?.volumeHandle}${csi?.driver}${nodeName}`)))}`;
}
