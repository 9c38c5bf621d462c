import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES } from "../../../api/refs.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { type Controller, type Outcome, watchRule } from "../../../controller-runtime/controller.ts";
import { VAC_PROTECTION, VOLUME_ATTRIBUTES_CLASSES } from "./kind.ts";

const named = (name: string | undefined) => (name ? [name] : []);

// Models pkg/controller/volume/vacprotection
/** Keeps deleted classes of volume attributes while a volume or a claim names them. Keys are names of classes. */
export const vacProtectionController: Controller = {
  name: "volumeattributesclass-protection-controller",
  watches: [
    watchRule(VOLUME_ATTRIBUTES_CLASSES, ({ type, object }) => (type === "DELETED" ? [] : [object.metadata.name])),
    watchRule(PERSISTENT_VOLUMES, ({ type, object, previous }) =>
      type === "ADDED" ? [] : named((previous ?? object).spec.volumeAttributesClassName),
    ),
    watchRule(PERSISTENT_VOLUME_CLAIMS, ({ type, object, previous }) =>
      type === "ADDED" ? [] : named((previous ?? object).spec.volumeAttributesClassName),
    ),
  ],
  create: (context) => ({ reconcile: (name) => reconcile(context, name) }),
};

function reconcile({ cache, client }: ComponentContext, name: string): Outcome {
  const found = cache.get(VOLUME_ATTRIBUTES_CLASSES, name);
  if (found === undefined) return undefined;
  const { metadata } = found;
  const { finalizers = [], deletionTimestamp } = metadata;
  if (deletionTimestamp === undefined || !finalizers.includes(VAC_PROTECTION)) return undefined;
  // Only a class that is to go is looked for: that is rare.
  for (const { spec } of cache.list(PERSISTENT_VOLUMES)) if (spec.volumeAttributesClassName === name) return undefined;
  for (const { spec, status } of cache.list(PERSISTENT_VOLUME_CLAIMS)) {
    if ([spec.volumeAttributesClassName, status.currentVolumeAttributesClassName].includes(name)) return undefined;
  }
  const others = finalizers.filter((one) => one !== VAC_PROTECTION);
  const freed = client.update(VOLUME_ATTRIBUTES_CLASSES, { ...found, metadata: { ...metadata, finalizers: others } });
  return freed.ok || freed.error.code === 404 ? undefined : { failed: freed.error };
}
