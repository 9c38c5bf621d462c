import { internalError, type Status } from "../../api/errors.ts";
import { joinKey, keyOf } from "../../api/object.ts";
import { PERSISTENT_VOLUME_CLAIMS, PODS, type Pod } from "../../api/refs.ts";
import type { Volume } from "../../api/schema/generated/types.ts";
import { ephemeralClaimName, foreignClaim } from "../../api/volumes/claims.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { type Controller, type Outcome, watchRule } from "../../controller-runtime/controller.ts";
import { controllerReference } from "../shared/pod-template.ts";

const hasEphemeral = ({ spec }: Pod): boolean => spec.volumes?.some(({ ephemeral }) => ephemeral) === true;

// Models pkg/controller/volume/ephemeral
/** Makes the claims of volumes that live as long as their pod. Keys are those of pods. */
export const ephemeralVolumeController: Controller = {
  name: "ephemeral-volume-controller",
  eventSource: "ephemeral_volume",
  watches: [
    watchRule(PODS, ({ type, object }) => (type === "ADDED" && hasEphemeral(object) ? [keyOf(object)] : [])),
    // A claim that somebody deleted is made anew, while its pod is there.
    watchRule(PERSISTENT_VOLUME_CLAIMS, ({ type, object }) => {
      if (type !== "DELETED") return [];
      const owners = object.metadata.ownerReferences?.filter(({ kind, controller }) => controller && kind === "Pod");
      return owners?.map(({ name }) => joinKey(object.metadata.namespace, name)) ?? [];
    }),
  ],
  create: (context) => ({
    reconcile(key): Outcome {
      const pod = context.cache.get(PODS, key);
      if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return undefined;
      for (const volume of pod.spec.volumes ?? []) {
        const failed = volume.ephemeral && createClaim(context, pod, volume);
        if (failed) return { failed };
      }
      return undefined;
    },
  }),
};

// Models handleVolume
function createClaim({ cache, client, recordEvent }: ComponentContext, pod: Pod, volume: Volume): Status | undefined {
  const name = ephemeralClaimName(pod, volume);
  const { namespace } = pod.metadata;
  const warn = (message: string) => {
    recordEvent(pod, {
      type: "Warning",
      reason: "FailedBinding",
      message: `ephemeral volume ${volume.name}: ${message}`,
    });
  };
  const known = cache.get(PERSISTENT_VOLUME_CLAIMS, joinKey(namespace, name));
  if (known !== undefined) {
    const why = foreignClaim(pod, known);
    if (why === undefined) return undefined;
    warn(why);
    return internalError(why);
  }
  const { metadata, spec } = volume.ephemeral?.volumeClaimTemplate ?? { spec: {} };
  const { labels, annotations } = metadata ?? {};
  const created = client.create(PERSISTENT_VOLUME_CLAIMS, {
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ownerReferences: [controllerReference(pod)],
    },
    spec,
  });
  if (created.ok) return undefined;
  warn(`create PVC: ${created.error.message}`);
  return created.error;
}
