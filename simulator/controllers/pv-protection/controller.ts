import { PERSISTENT_VOLUMES } from "../../api/refs.ts";
import { PV_PROTECTION } from "../../api/volumes/annotations.ts";
import { type Controller, type Outcome, watchRule } from "../../controller-runtime/controller.ts";

// Models pkg/controller/volume/pvprotection
/** Keeps deleted volumes while they are bound. Keys are names of volumes. */
export const pvProtectionController: Controller = {
  name: "persistentvolume-protection-controller",
  watches: [watchRule(PERSISTENT_VOLUMES, ({ type, object }) => (type === "DELETED" ? [] : [object.metadata.name]))],
  create: ({ cache, client }) => ({
    reconcile(name): Outcome {
      const volume = cache.get(PERSISTENT_VOLUMES, name);
      if (volume === undefined) return undefined;
      const { metadata, status } = volume;
      const { finalizers = [], deletionTimestamp } = metadata;
      const isHeld = finalizers.includes(PV_PROTECTION);
      const shallBeHeld = deletionTimestamp === undefined || (isHeld && status.phase === "Bound");
      if (isHeld === shallBeHeld) return undefined;
      const others = finalizers.filter((one) => one !== PV_PROTECTION);
      const next = shallBeHeld ? [...finalizers, PV_PROTECTION] : others;
      const updated = client.update(PERSISTENT_VOLUMES, { ...volume, metadata: { ...metadata, finalizers: next } });
      return updated.ok || updated.error.code === 404 ? undefined : { failed: updated.error };
    },
  }),
};
