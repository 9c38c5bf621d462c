import {
  child,
  duplicate,
  type FieldError,
  forbidden,
  index,
  invalid,
  required,
} from "../../../../api/meta/field-error.ts";
import { byteLength } from "../../../../api/meta/go-text.ts";
import { quantityOf, signOf } from "../../../../api/meta/quantity.ts";
import type { ObjectMeta, Volume } from "../../../../api/schema/generated/types.ts";
import { validateDnsLabel } from "./formats.ts";
import type { Volumes } from "./mounts.ts";
import { validateClaimName, validateEphemeral } from "./volume-claims.ts";
import { FILE_SOURCES, validateHostPath, validateImageVolume } from "./volume-files.ts";
import { NETWORK_SOURCES } from "./volume-network.ts";
import { validateProjected } from "./volume-projected.ts";

export interface VolumesResult {
  readonly volumes: Volumes;
  readonly errors: readonly FieldError[];
}

// Models pkg/apis/core/validation ValidateVolumes
/** Checks the volumes of a pod and gives the valid ones. `meta`: the pod's, absent for a template. */
export function validateVolumes(list: readonly Volume[], meta: ObjectMeta | undefined, path: string): VolumesResult {
  const errors: FieldError[] = [];
  const volumes = new Map<string, Volume>();
  const createdClaims = new Set(
    meta?.name ? list.filter((volume) => volume.ephemeral).map((volume) => `${meta.name}-${volume.name}`) : [],
  );
  for (const [at, volume] of list.entries()) {
    const here = index(path, at);
    const name = volume.name ?? "";
    const own = [...validateSource(volume, meta, here)];
    if (name === "") own.push(required(child(here, "name")));
    else own.push(...validateDnsLabel(name, child(here, "name")));
    if (volumes.has(name)) own.push(duplicate(child(here, "name"), name));
    if (own.length === 0) volumes.set(name, volume);
    errors.push(...own);
    const claimName = volume.persistentVolumeClaim?.claimName;
    if (claimName !== undefined && createdClaims.has(claimName)) {
      const text = "must not reference a PVC that gets created for an ephemeral volume";
      errors.push(invalid(child(here, "persistentVolumeClaim", "claimName"), claimName, text));
    }
  }
  return { volumes, errors };
}

type SourceRule = (volume: Volume, path: string, meta: ObjectMeta | undefined) => readonly FieldError[];

/** A rule for one source, which is there when the rule is called. */
type Rule<Field extends keyof Volume> = (source: NonNullable<Volume[Field]>, path: string) => readonly FieldError[];

function rule<Field extends keyof Volume>(field: Field, validate: Rule<Field>): SourceRule {
  return (volume, path) => {
    const source = volume[field];
    return source === undefined ? [] : validate(source as NonNullable<Volume[Field]>, path);
  };
}

interface Source {
  readonly field: keyof Volume;
  /** How upstream names the field in errors, where it differs: inside the source, and when it is one too many. */
  readonly path?: string;
  readonly surplusPath?: string;
  readonly validate: SourceRule;
}

/** All sources in the order in which upstream looks for them: the first one given counts. */
const SOURCES: readonly Source[] = [
  { field: "emptyDir", validate: (volume, path) => validateEmptyDir(volume, path) },
  { field: "hostPath", validate: rule("hostPath", validateHostPath) },
  { field: "gitRepo", validate: rule("gitRepo", FILE_SOURCES.gitRepo) },
  {
    field: "gcePersistentDisk",
    path: "persistentDisk",
    validate: rule("gcePersistentDisk", NETWORK_SOURCES.gcePersistentDisk),
  },
  { field: "awsElasticBlockStore", validate: rule("awsElasticBlockStore", NETWORK_SOURCES.awsElasticBlockStore) },
  { field: "secret", validate: rule("secret", FILE_SOURCES.secret) },
  { field: "nfs", validate: rule("nfs", NETWORK_SOURCES.nfs) },
  { field: "iscsi", validate: rule("iscsi", NETWORK_SOURCES.iscsi) },
  { field: "glusterfs", validate: rule("glusterfs", NETWORK_SOURCES.glusterfs) },
  { field: "flocker", validate: rule("flocker", NETWORK_SOURCES.flocker) },
  { field: "persistentVolumeClaim", validate: rule("persistentVolumeClaim", validateClaimName) },
  { field: "rbd", validate: rule("rbd", NETWORK_SOURCES.rbd) },
  { field: "cinder", validate: rule("cinder", NETWORK_SOURCES.cinder) },
  { field: "cephfs", surplusPath: "cephFS", validate: rule("cephfs", NETWORK_SOURCES.cephfs) },
  { field: "quobyte", validate: rule("quobyte", NETWORK_SOURCES.quobyte) },
  { field: "downwardAPI", surplusPath: "downwarAPI", validate: rule("downwardAPI", FILE_SOURCES.downwardAPI) },
  { field: "fc", validate: rule("fc", NETWORK_SOURCES.fc) },
  { field: "flexVolume", validate: rule("flexVolume", NETWORK_SOURCES.flexVolume) },
  { field: "configMap", validate: rule("configMap", FILE_SOURCES.configMap) },
  { field: "azureFile", validate: rule("azureFile", NETWORK_SOURCES.azureFile) },
  { field: "vsphereVolume", validate: rule("vsphereVolume", NETWORK_SOURCES.vsphereVolume) },
  { field: "photonPersistentDisk", validate: rule("photonPersistentDisk", NETWORK_SOURCES.photonPersistentDisk) },
  { field: "portworxVolume", validate: rule("portworxVolume", NETWORK_SOURCES.portworxVolume) },
  { field: "azureDisk", validate: rule("azureDisk", NETWORK_SOURCES.azureDisk) },
  { field: "storageos", validate: rule("storageos", NETWORK_SOURCES.storageos) },
  { field: "projected", validate: rule("projected", validateProjected) },
  { field: "scaleIO", validate: rule("scaleIO", NETWORK_SOURCES.scaleIO) },
  { field: "csi", validate: rule("csi", NETWORK_SOURCES.csi) },
  { field: "ephemeral", validate: (volume, path, meta) => validateEphemeral(volume, path, meta) },
  {
    field: "image",
    validate: ({ image = {} }, path, meta) => validateImageVolume(image, path, meta !== undefined),
  },
];

// Models pkg/apis/core/validation validateVolumeSource
function validateSource(volume: Volume, meta: ObjectMeta | undefined, path: string): readonly FieldError[] {
  const given = SOURCES.filter(({ field }) => volume[field] !== undefined);
  if (given.length === 0) return [required(path, "must specify a volume type")];
  const errors = given.flatMap((source, at) =>
    at === 0
      ? source.validate(volume, child(path, source.path ?? source.field), meta)
      : [forbidden(child(path, source.surplusPath ?? source.field), "may not specify more than 1 volume type")],
  );
  const { iscsi, name } = volume;
  if (iscsi?.initiatorName !== undefined && byteLength(`${name}:${iscsi.targetPortal}`) > 64) {
    const text =
      "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.";
    errors.push(invalid(child(path, "name"), name, text));
  }
  return errors;
}

function validateEmptyDir({ emptyDir }: Volume, path: string): readonly FieldError[] {
  if (signOf(quantityOf(emptyDir?.sizeLimit)) >= 0) return [];
  return [forbidden(child(path, "sizeLimit"), "SizeLimit field must be a valid resource quantity")];
}
