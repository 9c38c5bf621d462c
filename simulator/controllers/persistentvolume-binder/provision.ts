import { notFound, type Status } from "../../api/errors.ts";
import { PERSISTENT_VOLUME_CLAIMS, type PersistentVolumeClaim, STORAGE_CLASSES } from "../../api/refs.ts";
import {
  OLD_STORAGE_PROVISIONER,
  STORAGE_PROVISIONER,
  storageClassOf,
  withAnnotation,
} from "../../api/volumes/annotations.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";

/** Provisioners that were once part of Kubernetes, and who does their work now. Models csi-translation-lib. */
const MIGRATED: Readonly<Record<string, string>> = {
  "kubernetes.io/aws-ebs": "ebs.csi.aws.com",
  "kubernetes.io/azure-disk": "disk.csi.azure.com",
  "kubernetes.io/azure-file": "file.csi.azure.com",
  "kubernetes.io/cinder": "cinder.csi.openstack.org",
  "kubernetes.io/gce-pd": "pd.csi.storage.gke.io",
  "kubernetes.io/portworx-volume": "pxd.portworx.com",
  "kubernetes.io/vsphere-volume": "csi.vsphere.vmware.com",
};
const MIGRATED_TO = "pv.kubernetes.io/migrated-to";

// Models pkg/controller/volume/persistentvolume provisionClaim
/** Asks the class's provisioner for a volume: by an annotation, since none of them is part of Kubernetes. */
export function provision(context: ComponentContext, claim: PersistentVolumeClaim): Status | undefined {
  const className = storageClassOf(claim);
  const storageClass = context.cache.get(STORAGE_CLASSES, className);
  const refuse = (message: string): undefined => {
    context.recordEvent(claim, { type: "Warning", reason: "ProvisioningFailed", message });
  };
  if (storageClass === undefined) {
    return refuse(notFound({ group: "storage.k8s.io", plural: "storageclass" }, className).message);
  }
  const { provisioner } = storageClass;
  const migrated = MIGRATED[provisioner];
  if (migrated === undefined && provisioner.startsWith("kubernetes.io/")) {
    return refuse(`no volume plugin matched name: ${provisioner}`);
  }
  const asked = migrated ?? provisioner;
  let next = claim;
  const annotate = (name: string, value: string) => {
    if (next.metadata.annotations?.[name] !== value) next = withAnnotation(next, name, value);
  };
  annotate(OLD_STORAGE_PROVISIONER, provisioner);
  annotate(STORAGE_PROVISIONER, provisioner);
  if (migrated !== undefined) annotate(MIGRATED_TO, migrated);
  if (next !== claim) {
    const updated = context.client.update(PERSISTENT_VOLUME_CLAIMS, next);
    if (!updated.ok) return updated.error;
    next = updated.value;
  }
  context.recordEvent(next, {
    type: "Normal",
    reason: "ExternalProvisioning",
    message: `Waiting for a volume to be created either by the external provisioner '${asked}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
  });
  return undefined;
}
