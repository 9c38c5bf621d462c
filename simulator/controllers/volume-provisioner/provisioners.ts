import type { PersistentVolumeClaim } from "../../api/refs.ts";
import type { ObjectMeta, PersistentVolumeSpec } from "../../api/schema/generated/types.ts";
import { CSI_DRIVER } from "../../api/volumes/csi.ts";

/** What a provisioner is asked for. */
export interface Order {
  readonly claim: PersistentVolumeClaim;
  /** The name that the volume gets. */
  readonly name: string;
  /** The node that the scheduler chose; undefined where the class does not wait for a pod. */
  readonly nodeName: string | undefined;
}

/** One that makes volumes, outside of Kubernetes: what each of its volumes is. */
export interface Provisioner {
  /** As storage classes name it. */
  readonly name: string;
  /** How its events name it. */
  readonly eventSource: string;
  /** How long a volume takes to be made, and to be deleted. */
  readonly workMs: number;
  /** Kept on volumes until it has deleted what they stand for. */
  readonly finalizer?: string;
  /** Why it can't make such a volume, or undefined. */
  refuse(order: Order): string | undefined;
  volume(order: Order): { readonly annotations?: ObjectMeta["annotations"]; readonly spec: PersistentVolumeSpec };
}

// Models rancher/local-path-provisioner, as kind installs it
/** Folders of the node that the pod goes to. */
export const localPath: Provisioner = {
  name: "rancher.io/local-path",
  eventSource: "rancher.io/local-path_local-path-provisioner",
  workMs: 3_000,
  refuse: ({ claim, nodeName }) => {
    if (claim.spec.selector) return "claim.Spec.Selector is not supported";
    if (claim.spec.accessModes?.some((mode) => mode !== "ReadWriteOnce" && mode !== "ReadWriteOncePod")) {
      return "NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes";
    }
    return nodeName === undefined ? "configuration error, no node was specified" : undefined;
  },
  volume: ({ claim: { metadata }, name, nodeName = "" }) => ({
    annotations: { "local.path.provisioner/selected-node": nodeName },
    spec: {
      hostPath: {
        path: `/var/local-path-provisioner/${name}_${metadata.namespace}_${metadata.name}`,
        type: "DirectoryOrCreate",
      },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [nodeName] }] },
          ],
        },
      },
    },
  }),
};

/** Disks in a network that any node can reach, one node at a time. Models kubernetes-csi/external-provisioner. */
export const networkDisk: Provisioner = {
  name: CSI_DRIVER,
  eventSource: `${CSI_DRIVER}_csi-provisioner`,
  workMs: 1_500,
  finalizer: "external-provisioner.volume.kubernetes.io/finalizer",
  refuse: ({ claim }) => (claim.spec.selector ? "claim Selector is not supported" : undefined),
  volume: ({ claim, name }) => ({
    annotations: {
      "volume.kubernetes.io/provisioner-deletion-secret-name": "",
      "volume.kubernetes.io/provisioner-deletion-secret-namespace": "",
    },
    spec: {
      csi: {
        driver: CSI_DRIVER,
        volumeHandle: `vol-${name.slice("pvc-".length)}`,
        ...(claim.spec.volumeMode !== "Block" && { fsType: "ext4" }),
      },
    },
  }),
};
