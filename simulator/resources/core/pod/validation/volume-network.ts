import {
  child,
  type FieldError,
  invalid,
  key,
  notSupported,
  required,
  tooLong,
} from "../../../../api/meta/field-error.ts";
import { byteLength } from "../../../../api/meta/go-text.ts";
import { inclusiveRangeError, isDns1123Subdomain, nameIsDnsSubdomain } from "../../../../api/meta/validation.ts";
import type { Volume } from "../../../../api/schema/generated/types.ts";
import { validateDnsLabel } from "./formats.ts";

// Volumes on disks and servers elsewhere. Models pkg/apis/core/validation.

type Source<Field extends keyof Volume> = NonNullable<Volume[Field]>;

/** An error for each field that is not set. */
function validateSet(source: object, fields: readonly string[], path: string): readonly FieldError[] {
  const values = source as Readonly<Record<string, unknown>>;
  return fields
    .filter((field) => {
      const value = values[field];
      return value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
    })
    .map((field) => required(child(path, field)));
}

const requiring =
  (...fields: readonly string[]) =>
  (source: object, path: string) =>
    validateSet(source, fields, path);

function validateSecretRef(ref: { readonly name?: string } | undefined, path: string): readonly FieldError[] {
  return ref === undefined || ref.name ? [] : [required(child(path, "secretRef", "name"))];
}

function validatePartition(partition: number | undefined, path: string): readonly FieldError[] {
  const value = partition ?? 0;
  return value < 0 || value > 255 ? [invalid(child(path, "partition"), value, inclusiveRangeError(1, 255))] : [];
}

const ISCSI_NAMES: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};

function validateIscsiName(name: string, path: string): readonly FieldError[] {
  const pattern = ISCSI_NAMES[name.slice(0, 3)];
  if (!pattern) return [invalid(path, name, "must be valid format starting with iqn, eui, or naa")];
  return pattern.test(name) ? [] : [invalid(path, name, "must be valid format")];
}

function validateIscsi(source: Source<"iscsi">, path: string): readonly FieldError[] {
  const { iqn, lun = 0, initiatorName } = source;
  const errors = [...validateSet(source, ["targetPortal", "iqn"], path)];
  if (iqn) errors.push(...validateIscsiName(iqn, child(path, "iqn")));
  if (lun < 0 || lun > 255) errors.push(invalid(child(path, "lun"), lun, inclusiveRangeError(0, 255)));
  if ((source.chapAuthDiscovery || source.chapAuthSession) && !source.secretRef) {
    errors.push(required(child(path, "secretRef")));
  }
  if (initiatorName !== undefined) errors.push(...validateIscsiName(initiatorName, child(path, "initiatorname")));
  return errors;
}

function validateFibreChannel(source: Source<"fc">, path: string): readonly FieldError[] {
  const { targetWWNs = [], wwids = [], lun } = source;
  const errors: FieldError[] = [];
  const namesPath = child(path, "targetWWNs");
  if (targetWWNs.length === 0 && wwids.length === 0) {
    errors.push(required(namesPath, "must specify either targetWWNs or wwids, but not both"));
  }
  if (targetWWNs.length === 0) return errors;
  if (wwids.length > 0) {
    errors.push(invalid(namesPath, targetWWNs, "targetWWNs and wwids can not be specified simultaneously"));
  }
  const lunPath = child(path, "lun");
  if (lun === undefined) errors.push(required(lunPath, "lun is required if targetWWNs is specified"));
  else if (lun < 0 || lun > 255) errors.push(invalid(lunPath, lun, inclusiveRangeError(0, 255)));
  return errors;
}

function validateNfs(source: Source<"nfs">, path: string): readonly FieldError[] {
  const errors = [...validateSet(source, ["server", "path"], path)];
  const exported = source.path ?? "";
  if (!exported.startsWith("/")) errors.push(invalid(child(path, "path"), exported, "must be an absolute path"));
  return errors;
}

const HOST_PORT = /^(\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/;

function validateQuobyte(source: Source<"quobyte">, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const pairs = "must be a host:port pair or multiple pairs separated by commas";
  const registryPath = child(path, "registry");
  if (!source.registry) errors.push(required(registryPath, pairs));
  else if (byteLength(source.tenant ?? "") >= 65) {
    errors.push(required(child(path, "tenant"), "must be a UUID and may not exceed a length of 64 characters"));
  } else {
    const wrong = source.registry.split(",").filter((pair) => !HOST_PORT.test(pair));
    errors.push(...wrong.map(() => invalid(registryPath, source.registry, pairs)));
  }
  return [...errors, ...validateSet(source, ["volume"], path)];
}

function validateFlocker(source: Source<"flocker">, path: string): readonly FieldError[] {
  const { datasetName = "", datasetUUID = "" } = source;
  const errors: FieldError[] = [];
  if (!datasetName && !datasetUUID) errors.push(required(path, "one of datasetName and datasetUUID is required"));
  if (datasetName && datasetUUID) {
    errors.push(invalid(path, "resource", "datasetName and datasetUUID can not be specified simultaneously"));
  }
  if (datasetName.includes("/")) errors.push(invalid(child(path, "datasetName"), datasetName, "must not contain '/'"));
  return errors;
}

function validateFlex(source: Source<"flexVolume">, path: string): readonly FieldError[] {
  const errors = [...validateSet(source, ["driver"], path)];
  for (const option of Object.keys(source.options ?? {})) {
    const domain = `.${(option.split("/")[0] ?? "").toLowerCase()}`;
    if (!domain.endsWith(".kubernetes.io") && !domain.endsWith(".k8s.io")) continue;
    const text = "kubernetes.io and k8s.io namespaces are reserved";
    errors.push(invalid(key(child(path, "options"), option), option, text));
  }
  return errors;
}

const AZURE_CACHING_MODES = ["None", "ReadOnly", "ReadWrite"];
const AZURE_DISK_KINDS = ["Dedicated", "Managed", "Shared"];
const AZURE_MANAGED_URI =
  "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}";
const AZURE_BLOB_URI = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd";

function validateAzureDisk(source: Source<"azureDisk">, path: string): readonly FieldError[] {
  const { cachingMode, kind, diskURI = "" } = source;
  const errors = [...validateSet(source, ["diskName", "diskURI"], path)];
  if (cachingMode !== undefined && !AZURE_CACHING_MODES.includes(cachingMode)) {
    errors.push(notSupported(child(path, "cachingMode"), cachingMode, AZURE_CACHING_MODES));
  }
  if (kind === undefined) return errors;
  if (!AZURE_DISK_KINDS.includes(kind)) errors.push(notSupported(child(path, "kind"), kind, AZURE_DISK_KINDS));
  const uriPath = child(path, "diskURI");
  if (kind === "Managed" && !diskURI.startsWith("/subscriptions/")) {
    errors.push(notSupported(uriPath, diskURI, [AZURE_MANAGED_URI]));
  }
  if (kind !== "Managed" && !diskURI.startsWith("https://")) {
    errors.push(notSupported(uriPath, diskURI, [AZURE_BLOB_URI]));
  }
  return errors;
}

function validateStorageOs(source: Source<"storageos">, path: string): readonly FieldError[] {
  const { volumeName, volumeNamespace } = source;
  const namePath = child(path, "volumeName");
  return [
    ...(volumeName ? validateDnsLabel(volumeName, namePath) : [required(namePath)]),
    ...(volumeNamespace ? validateDnsLabel(volumeNamespace, child(path, "volumeNamespace")) : []),
    ...validateSecretRef(source.secretRef, path),
  ];
}

const MAX_CSI_DRIVER_BYTES = 63;

// Models pkg/apis/core/validation ValidateCSIDriverName
export function validateCsiDriverName(name: string, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (name === "") errors.push(required(path));
  if (byteLength(name) > MAX_CSI_DRIVER_BYTES) errors.push(tooLong(path, MAX_CSI_DRIVER_BYTES));
  return [...errors, ...isDns1123Subdomain(name.toLowerCase()).map((text) => invalid(path, name, text))];
}

function validateCsi(source: Source<"csi">, path: string): readonly FieldError[] {
  const errors = [...validateCsiDriverName(source.driver ?? "", child(path, "driver"))];
  const secret = source.nodePublishSecretRef;
  if (secret === undefined) return errors;
  if (!secret.name) return [...errors, required(child(path, "nodePublishSecretRef", "name"))];
  const wrong = nameIsDnsSubdomain(secret.name, false);
  return [...errors, ...wrong.map((text) => invalid(child(path, "name"), secret.name, text))];
}

export const NETWORK_SOURCES = {
  gcePersistentDisk: (source: Source<"gcePersistentDisk">, path: string) => [
    ...validateSet(source, ["pdName"], path),
    ...validatePartition(source.partition, path),
  ],
  awsElasticBlockStore: (source: Source<"awsElasticBlockStore">, path: string) => [
    ...validateSet(source, ["volumeID"], path),
    ...validatePartition(source.partition, path),
  ],
  nfs: validateNfs,
  iscsi: validateIscsi,
  glusterfs: requiring("endpoints", "path"),
  flocker: validateFlocker,
  rbd: requiring("monitors", "image"),
  cinder: (source: Source<"cinder">, path: string) => [
    ...validateSet(source, ["volumeID"], path),
    ...validateSecretRef(source.secretRef, path),
  ],
  cephfs: requiring("monitors"),
  quobyte: validateQuobyte,
  fc: validateFibreChannel,
  flexVolume: validateFlex,
  azureFile: requiring("secretName", "shareName"),
  vsphereVolume: requiring("volumePath"),
  photonPersistentDisk: requiring("pdID"),
  portworxVolume: requiring("volumeID"),
  azureDisk: validateAzureDisk,
  storageos: validateStorageOs,
  scaleIO: requiring("gateway", "system", "volumeName"),
  csi: validateCsi,
};
