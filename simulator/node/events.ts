import { formatDuration } from "../api/meta/duration.ts";
import type { Pod } from "../api/refs.ts";
import type { EventText } from "../controller-runtime/component.ts";
import type { Slot } from "./slots.ts";

// Texts of pkg/kubelet/events, pkg/kubelet/images and pkg/kubelet/kuberuntime, in v1.36's wording.

const normal = (slot: Slot, reason: string, message: string): EventText => ({
  type: "Normal",
  reason,
  message,
  fieldPath: slot.fieldPath,
});
const warning = (slot: Slot, reason: string, message: string): EventText => ({
  type: "Warning",
  reason,
  message,
  fieldPath: slot.fieldPath,
});

/** `2.345s`: to the millisecond, as the image manager truncates. */
const took = (ms: number): string => formatDuration(Math.trunc(ms));

export const created = (slot: Slot): EventText => normal(slot, "Created", "Container created");
export const started = (slot: Slot): EventText => normal(slot, "Started", "Container started");
export const stopping = (slot: Slot): EventText => normal(slot, "Killing", `Stopping container ${slot.container.name}`);
export const killing = (slot: Slot, probe: string, restarts: boolean): EventText =>
  normal(
    slot,
    "Killing",
    `Container ${slot.container.name} failed ${probe} probe${restarts ? ", will be restarted" : ""}`,
  );
export const resizeRestarts = (slot: Slot): EventText =>
  normal(slot, "Killing", `Container ${slot.container.name} resize requires restart`);
export const replacing = (slot: Slot): EventText =>
  normal(slot, "Killing", `Container ${slot.container.name} definition changed, will be restarted`);
export const hookFailed = (slot: Slot, hook: "PostStart" | "PreStop"): EventText =>
  warning(slot, `Failed${hook}Hook`, `${hook}Hook failed`);
export const killedByHook = (slot: Slot): EventText => normal(slot, "Killing", "FailedPostStartHook");
export const unhealthy = (slot: Slot, message: string): EventText => warning(slot, "Unhealthy", message);

export const pulling = (slot: Slot, image: string): EventText => normal(slot, "Pulling", `Pulling image "${image}"`);
export const pulled = (slot: Slot, image: string, ms: number, withWaitMs: number, bytes: number): EventText =>
  normal(
    slot,
    "Pulled",
    `Successfully pulled image "${image}" in ${took(ms)} (${took(withWaitMs)} including waiting). Image size: ${bytes} bytes.`,
  );
export const alreadyPresent = (slot: Slot, image: string): EventText => normal(slot, "Pulled", presentText(image));

/** One text for all events about an image. */
const presentTexts = new Map<string, string>();

function presentText(image: string): string {
  let text = presentTexts.get(image);
  if (text === undefined) {
    text = `Container image "${image}" already present on machine and can be accessed by the pod`;
    if (presentTexts.size >= 1024) presentTexts.clear();
    presentTexts.set(image, text);
  }
  return text;
}

export const pullFailed = (slot: Slot, image: string, error: string): EventText =>
  warning(slot, "Failed", `Failed to pull image "${image}": ${error}`);
export const pullBackOff = (slot: Slot, image: string): EventText =>
  normal(slot, "BackOff", `Back-off pulling image "${image}"`);
export const neverPull = (slot: Slot, image: string): EventText =>
  warning(slot, "ErrImageNeverPull", `Container image "${image}" is not present with pull policy of Never`);
export const inspectFailed = (slot: Slot, message: string): EventText => warning(slot, "InspectFailed", message);
export const failed = (slot: Slot, error: string): EventText => warning(slot, "Failed", `Error: ${error}`);

/** `web_default(uid)`: how a kubelet names a pod in its texts. */
export function podText(pod: Pod): string {
  return `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
}

export const restartBackOff = (slot: Slot, pod: Pod): EventText =>
  warning(slot, "BackOff", `Back-off restarting failed container ${slot.container.name} in pod ${podText(pod)}`);
