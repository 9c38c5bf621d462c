import { child, type FieldError, forbidden, index } from "../../../../api/meta/field-error.ts";
import { validateNonNegative } from "../../../../api/meta/object-meta.ts";
import type { Pod } from "../../../../api/refs.ts";
import { validatePodAnnotations, validateProfilesAgree } from "./annotations.ts";
import { validateImageSpaces } from "./containers.ts";
import { POD_OPTIONS } from "./options.ts";
import { validatePodSpec } from "./pod-spec.ts";

// Models pkg/apis/core/validation validatePodMetadataAndSpec
/** Problems that a pod may never have, new or changed; names, labels and the like are checked by the server. */
export function validatePodAlways(pod: Pod): readonly FieldError[] {
  const { metadata, spec } = pod;
  const containers = ["containers", "initContainers"] as const;
  return [
    ...validatePodAnnotations(metadata.annotations, spec, "metadata.annotations"),
    ...validatePodSpec(spec, metadata, "spec", POD_OPTIONS),
    ...validateTokensHaveAccount(pod),
    ...validateNonNegative(spec.terminationGracePeriodSeconds ?? 0, "spec.terminationGracePeriodSeconds"),
    ...containers.flatMap((field) =>
      (spec[field] ?? []).flatMap((container, at) => validateImageSpaces(container, index(child("spec", field), at))),
    ),
  ];
}

/** A token is a service account's. */
function validateTokensHaveAccount({ spec }: Pod): readonly FieldError[] {
  if (spec.serviceAccountName) return [];
  return (spec.volumes ?? []).flatMap((volume, volumeAt) =>
    (volume.projected?.sources ?? []).flatMap((source, at) => {
      if (!source.serviceAccountToken) return [];
      const sources = child(index("spec.volumes", volumeAt), "projected", "sources");
      const here = child(index(sources, at), "serviceAccountToken");
      return [forbidden(here, "must not be specified when serviceAccountName is not set")];
    }),
  );
}

// Models pkg/apis/core/validation ValidatePodCreate
export function validatePod(pod: Pod): readonly FieldError[] {
  const { metadata, spec } = pod;
  const errors = [...validatePodAlways(pod)];
  if (spec.ephemeralContainers?.length) {
    errors.push(forbidden("spec.ephemeralContainers", "cannot be set on create"));
  }
  if (spec.nodeName && spec.schedulingGates?.length) {
    errors.push(forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared"));
  }
  return [...errors, ...validateProfilesAgree(metadata, spec, "spec")];
}
