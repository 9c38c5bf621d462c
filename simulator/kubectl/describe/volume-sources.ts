import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { goList } from "./parts.ts";

/** What is told of one kind of volume: its name in words, and its fields. */
export interface SourceWords {
  readonly type: string;
  /** Label, field, and what stands for a field that is not set. `false`: no colon after the label. */
  readonly fields: readonly (readonly [label: string, field: string, unset: string, colon?: false])[];
}

const READ_ONLY = ["ReadOnly", "readOnly", "false"] as const;
const FS_TYPE = ["FSType", "fsType", ""] as const;
const SECRET_REF = ["SecretRef", "secretRef", "nil"] as const;
const VOLUME_ID = ["VolumeID", "volumeID", ""] as const;

/** Sources of volumes by their field, in the order in which kubectl looks for them. Models kubectl pkg/describe describeVolumes. */
export const VOLUME_SOURCES: { readonly [field: string]: SourceWords } = {
  hostPath: {
    type: "HostPath (bare host directory volume)",
    fields: [
      ["Path", "path", ""],
      ["HostPathType", "type", "<none>"],
    ],
  },
  emptyDir: {
    type: "EmptyDir (a temporary directory that shares a pod's lifetime)",
    fields: [
      ["Medium", "medium", ""],
      ["SizeLimit", "sizeLimit", "<unset>"],
    ],
  },
  gcePersistentDisk: {
    type: "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)",
    fields: [["PDName", "pdName", ""], FS_TYPE, ["Partition", "partition", "0"], READ_ONLY],
  },
  awsElasticBlockStore: {
    type: "AWSElasticBlockStore (a Persistent Disk resource in AWS)",
    fields: [VOLUME_ID, FS_TYPE, ["Partition", "partition", "0"], READ_ONLY],
  },
  gitRepo: {
    type: "GitRepo (a volume that is pulled from git when the pod is created)",
    fields: [
      ["Repository", "repository", ""],
      ["Revision", "revision", ""],
    ],
  },
  secret: {
    type: "Secret (a volume populated by a Secret)",
    fields: [
      ["SecretName", "secretName", ""],
      ["Optional", "optional", "false"],
    ],
  },
  configMap: {
    type: "ConfigMap (a volume populated by a ConfigMap)",
    fields: [
      ["Name", "name", ""],
      ["Optional", "optional", "false"],
    ],
  },
  nfs: {
    type: "NFS (an NFS mount that lasts the lifetime of a pod)",
    fields: [["Server", "server", ""], ["Path", "path", ""], READ_ONLY],
  },
  iscsi: {
    type: "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
    fields: [
      ["TargetPortal", "targetPortal", ""],
      ["IQN", "iqn", ""],
      ["Lun", "lun", "0"],
      ["ISCSIInterface", "iscsiInterface", "", false],
      FS_TYPE,
      READ_ONLY,
      ["Portals", "portals", "[]"],
      ["DiscoveryCHAPAuth", "chapAuthDiscovery", "false"],
      ["SessionCHAPAuth", "chapAuthSession", "false"],
      SECRET_REF,
      ["InitiatorName", "initiatorName", "<none>"],
    ],
  },
  glusterfs: {
    type: "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
    fields: [["EndpointsName", "endpoints", ""], ["Path", "path", ""], READ_ONLY],
  },
  persistentVolumeClaim: {
    type: "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
    fields: [["ClaimName", "claimName", ""], READ_ONLY],
  },
  rbd: {
    type: "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
    fields: [
      ["CephMonitors", "monitors", "[]"],
      ["RBDImage", "image", ""],
      FS_TYPE,
      ["RBDPool", "pool", ""],
      ["RadosUser", "user", ""],
      ["Keyring", "keyring", ""],
      SECRET_REF,
      READ_ONLY,
    ],
  },
  quobyte: {
    type: "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
    fields: [["Registry", "registry", ""], ["Volume", "volume", ""], READ_ONLY],
  },
  azureDisk: {
    type: "AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)",
    fields: [
      ["DiskName", "diskName", ""],
      ["DiskURI", "diskURI", ""],
      ["Kind: ", "kind", "", false],
      FS_TYPE,
      ["CachingMode", "cachingMode", ""],
      READ_ONLY,
    ],
  },
  vsphereVolume: {
    type: "vSphereVolume (a Persistent Disk resource in vSphere)",
    fields: [["VolumePath", "volumePath", ""], FS_TYPE, ["StoragePolicyName", "storagePolicyName", ""]],
  },
  cinder: {
    type: "Cinder (a Persistent Disk resource in OpenStack)",
    fields: [VOLUME_ID, FS_TYPE, READ_ONLY, SECRET_REF],
  },
  photonPersistentDisk: {
    type: "PhotonPersistentDisk (a Persistent Disk resource in photon platform)",
    fields: [["PdID", "pdID", ""], FS_TYPE],
  },
  portworxVolume: { type: "PortworxVolume (a Portworx Volume resource)", fields: [VOLUME_ID] },
  scaleIO: {
    type: "ScaleIO (a persistent volume backed by a block device in ScaleIO)",
    fields: [
      ["Gateway", "gateway", ""],
      ["System", "system", ""],
      ["Protection Domain", "protectionDomain", ""],
      ["Storage Pool", "storagePool", ""],
      ["Storage Mode", "storageMode", ""],
      ["VolumeName", "volumeName", ""],
      FS_TYPE,
      READ_ONLY,
    ],
  },
  cephfs: {
    type: "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
    fields: [
      ["Monitors", "monitors", "[]"],
      ["Path", "path", ""],
      ["User", "user", ""],
      ["SecretFile", "secretFile", ""],
      SECRET_REF,
      READ_ONLY,
    ],
  },
  storageos: {
    type: "StorageOS (a StorageOS Persistent Disk resource)",
    fields: [["VolumeName", "volumeName", ""], ["VolumeNamespace", "volumeNamespace", ""], FS_TYPE, READ_ONLY],
  },
  fc: {
    type: "FC (a Fibre Channel disk)",
    fields: [["TargetWWNs", "targetWWNs", ""], ["LUN", "lun", "<none>"], FS_TYPE, READ_ONLY],
  },
  azureFile: {
    type: "AzureFile (an Azure File Service mount on the host and bind mount to the pod)",
    fields: [["SecretName", "secretName", ""], ["ShareName", "shareName", ""], READ_ONLY],
  },
  flexVolume: {
    type: "FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)",
    fields: [["Driver", "driver", ""], FS_TYPE, SECRET_REF, READ_ONLY, ["Options", "options", "map[]"]],
  },
  flocker: {
    type: "Flocker (a Flocker volume mounted by the Flocker agent)",
    fields: [
      ["DatasetName", "datasetName", ""],
      ["DatasetUUID", "datasetUUID", ""],
    ],
  },
  csi: {
    type: "CSI (a Container Storage Interface (CSI) volume source)",
    fields: [["Driver", "driver", ""], FS_TYPE, READ_ONLY],
  },
  image: {
    type: "Image (a container image or OCI artifact)",
    fields: [
      ["Reference", "reference", ""],
      ["PullPolicy", "pullPolicy", ""],
    ],
  },
};

/** Those of persistent volumes, where they are told of otherwise, and the ones that only these have. */
export const PERSISTENT_SOURCES: { readonly [field: string]: SourceWords } = {
  ...VOLUME_SOURCES,
  glusterfs: {
    type: "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
    fields: [
      ["EndpointsName", "endpoints", ""],
      ["EndpointsNamespace", "endpointsNamespace", "<unset>"],
      ["Path", "path", ""],
      READ_ONLY,
    ],
  },
  local: {
    type: "LocalVolume (a persistent volume backed by local storage on a node)",
    fields: [["Path", "path", ""]],
  },
  azureFile: {
    type: "AzureFile (an Azure File Service mount on the host and bind mount to the pod)",
    fields: [
      ["SecretName", "secretName", ""],
      ["SecretNamespace", "secretNamespace", ""],
      ["ShareName", "shareName", ""],
      READ_ONLY,
    ],
  },
  csi: {
    type: "CSI (a Container Storage Interface (CSI) volume source)",
    fields: [["Driver", "driver", ""], FS_TYPE, ["VolumeHandle", "volumeHandle", ""], READ_ONLY],
  },
};

/** A field's value as Go's `%v` prints it. */
export function sourceValue(field: string, value: JsonValue | undefined, unset: string): string {
  if (value === undefined || value === null) return unset;
  if (Array.isArray(value)) return field === "targetWWNs" ? value.join(", ") : goList(value);
  if (!isObject(value)) return String(value);
  return field === "secretRef" ? referenceText(value) : mapText(value);
}

function referenceText({ name = "", namespace }: JsonObject): string {
  return namespace === undefined
    ? `&LocalObjectReference{Name:${String(name)},}`
    : `&SecretReference{Name:${String(name)},Namespace:${String(namespace)},}`;
}

function mapText(map: JsonObject): string {
  const pairs = Object.keys(map)
    .sort()
    .map((key) => `${key}:${String(map[key])}`);
  return `map[${pairs.join(" ")}]`;
}
