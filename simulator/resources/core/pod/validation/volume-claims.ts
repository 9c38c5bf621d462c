import {
  child,
  type FieldError,
  forbidden,
  invalid,
  key,
  notSupported,
  required,
} from "../../../../api/meta/field-error.ts";
import { goQuote } from "../../../../api/meta/go-text.ts";
import { validateLabelSelector, validateLabels } from "../../../../api/meta/label-validation.ts";
import { validateAnnotations } from "../../../../api/meta/object-meta.ts";
import { formatQuantity, quantityOf, signOf } from "../../../../api/meta/quantity.ts";
import { nameIsDnsSubdomain } from "../../../../api/meta/validation.ts";
import type {
  ObjectMeta,
  PersistentVolumeClaimSpec,
  PersistentVolumeClaimVolumeSource,
  Volume,
} from "../../../../api/schema/generated/types.ts";
import { validateAccessModes } from "../../access-modes.ts";
import { validateDataSources } from "../../persistentvolumeclaim/data-sources.ts";

const VOLUME_MODES = ["Block", "Filesystem"];

export function validateClaimName(source: PersistentVolumeClaimVolumeSource, path: string): readonly FieldError[] {
  return source.claimName ? [] : [required(child(path, "claimName"))];
}

// Models pkg/apis/core/validation validateEphemeralVolumeSource
/** A volume whose claim is made with the pod, and named after both. `path` is the source's, `volume.ephemeral` is set. */
export function validateEphemeral(volume: Volume, path: string, meta: ObjectMeta | undefined): readonly FieldError[] {
  const template = volume.ephemeral?.volumeClaimTemplate;
  const here = child(path, "volumeClaimTemplate");
  const errors: FieldError[] = [];
  if (!template) errors.push(required(here));
  else {
    errors.push(...validateTemplateMeta(template.metadata ?? {}, child(here, "metadata")));
    errors.push(...validateClaimSpec(template.spec ?? {}, child(here, "spec")));
  }
  if (!meta?.name || !volume.name) return errors;
  const claimName = `${meta.name}-${volume.name}`;
  const namePath = child(path.slice(0, path.lastIndexOf(".")), "name");
  const wrong = nameIsDnsSubdomain(claimName, false);
  return [...errors, ...wrong.map((text) => invalid(namePath, volume.name, `PVC name ${goQuote(claimName)}: ${text}`))];
}

/** Of a claim template's metadata only labels and annotations count. */
function validateTemplateMeta(meta: ObjectMeta, path: string): readonly FieldError[] {
  const { labels, annotations, ...others } = meta;
  const surplus = Object.entries(others).filter(([, value]) => value !== undefined);
  return [
    ...validateAnnotations(annotations, child(path, "annotations")),
    ...validateLabels(labels, child(path, "labels")),
    ...surplus.map(([field]) => forbidden(child(path, field), "cannot be set")),
  ];
}

// Models pkg/apis/core/validation ValidatePersistentVolumeClaimSpec
/** Problems of a claim, or of a template for one; `path`: the spec's. */
export function validateClaimSpec(spec: PersistentVolumeClaimSpec, path: string): readonly FieldError[] {
  const { accessModes = [], storageClassName, volumeMode } = spec;
  const modesPath = child(path, "accessModes");
  const errors: FieldError[] = [];
  if (accessModes.length === 0) errors.push(required(modesPath, "at least 1 access mode is required"));
  errors.push(...validateLabelSelector(spec.selector, child(path, "selector")));
  errors.push(...validateAccessModes(accessModes, modesPath));
  const storage = spec.resources?.requests?.storage;
  const storagePath = key(child(path, "resources"), "storage");
  if (storage === undefined) errors.push(required(storagePath));
  else if (signOf(quantityOf(storage)) <= 0) {
    errors.push(invalid(storagePath, formatQuantity(quantityOf(storage)), "must be greater than zero"));
  }
  if (storageClassName) {
    const wrong = nameIsDnsSubdomain(storageClassName, false);
    errors.push(...wrong.map((text) => invalid(child(path, "storageClassName"), storageClassName, text)));
  }
  if (volumeMode !== undefined && !VOLUME_MODES.includes(volumeMode)) {
    errors.push(notSupported(child(path, "volumeMode"), volumeMode, VOLUME_MODES));
  }
  errors.push(...validateDataSources(spec, path));
  const attributes = spec.volumeAttributesClassName;
  if (!attributes) return errors;
  const wrong = nameIsDnsSubdomain(attributes, false);
  return [...errors, ...wrong.map((text) => invalid(child(path, "volumeAttributesClassName"), attributes, text))];
}
