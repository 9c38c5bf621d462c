import { formatQuantity, quantityOf } from "../../../api/meta/quantity.ts";
import type {
  DownwardAPIVolumeFile,
  EphemeralVolumeSource,
  ProjectedVolumeSource,
  Volume,
} from "../../../api/schema/generated/types.ts";
import type { Draft } from "../../../base/json.ts";
import { defaultDivisor, defaultPullPolicy, roundResourceLists } from "./container-defaults.ts";

const FILE_MODE = 0o644;
const HOUR_SECONDS = 3600;

// Models pkg/apis/core/v1 SetDefaults_Volume and the defaults of its sources
export function defaultVolume(volume: Draft<Volume>): void {
  if (Object.entries(volume).every(([field, value]) => field === "name" || value === undefined)) volume.emptyDir = {};
  if (volume.emptyDir?.sizeLimit !== undefined) {
    volume.emptyDir.sizeLimit = formatQuantity(quantityOf(volume.emptyDir.sizeLimit));
  }
  if (volume.hostPath) volume.hostPath.type ??= "";
  if (volume.secret) volume.secret.defaultMode ??= FILE_MODE;
  if (volume.configMap) volume.configMap.defaultMode ??= FILE_MODE;
  if (volume.downwardAPI) {
    volume.downwardAPI.defaultMode ??= FILE_MODE;
    defaultDownwardFiles(volume.downwardAPI.items);
  }
  if (volume.projected) defaultProjected(volume.projected);
  if (volume.ephemeral) defaultEphemeral(volume.ephemeral);
  if (volume.image) volume.image.pullPolicy ||= defaultPullPolicy(volume.image.reference ?? "");
  defaultNetworkVolume(volume);
}

function defaultDownwardFiles(files: Draft<DownwardAPIVolumeFile>[] | undefined): void {
  for (const file of files ?? []) {
    if (file.fieldRef) file.fieldRef.apiVersion ||= "v1";
    defaultDivisor(file.resourceFieldRef);
  }
}

function defaultProjected(projected: Draft<ProjectedVolumeSource>): void {
  projected.defaultMode ??= FILE_MODE;
  for (const source of projected.sources ?? []) {
    defaultDownwardFiles(source.downwardAPI?.items);
    if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= HOUR_SECONDS;
  }
}

function defaultEphemeral(ephemeral: Draft<EphemeralVolumeSource>): void {
  const template = ephemeral.volumeClaimTemplate;
  if (!template) return;
  template.metadata ??= {};
  template.spec ??= {};
  template.spec.volumeMode ??= "Filesystem";
  template.spec.resources ??= {};
  roundResourceLists(template.spec.resources);
}

function defaultNetworkVolume(volume: Draft<Volume>): void {
  if (volume.iscsi) volume.iscsi.iscsiInterface ||= "default";
  if (volume.rbd) {
    volume.rbd.pool ||= "rbd";
    volume.rbd.user ||= "admin";
    volume.rbd.keyring ||= "/etc/ceph/keyring";
  }
  if (volume.azureDisk) {
    volume.azureDisk.cachingMode ??= "ReadWrite";
    volume.azureDisk.kind ??= "Shared";
    volume.azureDisk.fsType ??= "ext4";
    volume.azureDisk.readOnly ??= false;
  }
  if (volume.scaleIO) {
    volume.scaleIO.storageMode ||= "ThinProvisioned";
    volume.scaleIO.fsType ||= "xfs";
  }
}
