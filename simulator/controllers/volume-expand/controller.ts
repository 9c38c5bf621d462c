import { compareQuantities } from "../../api/meta/quantity.ts";
import { keyOf } from "../../api/object.ts";
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, type PersistentVolumeClaim } from "../../api/refs.ts";
import type { Change } from "../../api/store.ts";
import { type Controller, type Outcome, watchRule } from "../../controller-runtime/controller.ts";
import { requestOf, wantsMore } from "./growth.ts";

// Models pkg/controller/volume/expand
/** Says of claims that ask for more that somebody outside has to see to it. Keys are those of claims. */
export const volumeExpandController: Controller = {
  name: "persistentvolume-expander-controller",
  eventSource: "volume_expand",
  watches: [watchRule(PERSISTENT_VOLUME_CLAIMS, growing)],
  create: ({ cache, recordEvent }) => ({
    reconcile(key): Outcome {
      const claim = cache.get(PERSISTENT_VOLUME_CLAIMS, key);
      if (claim === undefined || !wantsMore(claim)) return undefined;
      if (cache.get(PERSISTENT_VOLUMES, claim.spec.volumeName ?? "") === undefined) return undefined;
      const message = "waiting for an external controller to expand this PVC";
      recordEvent(claim, { type: "Normal", reason: "ExternalExpanding", message });
      return undefined;
    },
  }),
};

/** Only a greater wish counts, and at the start what is left of old ones. */
function growing({ type, object, previous }: Change<PersistentVolumeClaim>): readonly string[] {
  if (type === "DELETED" || !wantsMore(object)) return [];
  if (previous !== undefined && compareQuantities(requestOf(object), requestOf(previous)) <= 0) return [];
  return [keyOf(object)];
}
