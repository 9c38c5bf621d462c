import { defineRegistry } from "../base/registry.ts";
import type { Controller } from "../controller-runtime/controller.ts";
import { admissionPolicyStatusController } from "../resources/admissionregistration/validatingadmissionpolicy/controller.ts";
import { daemonSetController } from "../resources/apps/daemonset/controller.ts";
import { deploymentController } from "../resources/apps/deployment/controller.ts";
import { replicaSetController } from "../resources/apps/replicaset/controller.ts";
import { statefulSetController } from "../resources/apps/statefulset/controller.ts";
import { cronJobController } from "../resources/batch/cronjob/controller.ts";
import { jobController } from "../resources/batch/job/controller.ts";
import { endpointsController } from "../resources/core/endpoints/controller.ts";
import { replicationControllerController } from "../resources/core/replicationcontroller/controller.ts";
import { endpointSliceController } from "../resources/discovery/endpointslice/controller.ts";
import { endpointSliceMirroringController } from "../resources/discovery/endpointslice/mirroring-controller.ts";
import { ipAddressController } from "../resources/networking/ipaddress/controller.ts";
import { disruptionController } from "../resources/policy/poddisruptionbudget/controller.ts";
import { vacProtectionController } from "../resources/storage/volumeattributesclass/controller.ts";
import { volumeAttacher } from "./attach-detach/attacher.ts";
import { attachDetachController } from "./attach-detach/controller.ts";
import { certificateApprover } from "./certificates/approver.ts";
import { certificateCleaner } from "./certificates/cleaner.ts";
import { certificateSigner } from "./certificates/signer.ts";
import { clusterAutoscaler } from "./cluster-autoscaler/controller.ts";
import { clusterRoleAggregationController } from "./clusterrole-aggregation/controller.ts";
import { ephemeralVolumeController } from "./ephemeral-volume/controller.ts";
import { flowSchemaController } from "./flow-schema/controller.ts";
import { garbageCollector } from "./garbage-collector/controller.ts";
import { namespaceController } from "./namespace/controller.ts";
import { nodeLifecycleController } from "./node-lifecycle/controller.ts";
import { persistentVolumeBinder } from "./persistentvolume-binder/controller.ts";
import { podGarbageCollector } from "./pod-garbage-collector/controller.ts";
import { pvProtectionController } from "./pv-protection/controller.ts";
import { pvcProtectionController } from "./pvc-protection/controller.ts";
import { resourceQuotaController } from "./resource-quota/controller.ts";
import { rootCaCertificatePublisher } from "./root-ca-certificate/controller.ts";
import { serviceAccountController } from "./service-account/controller.ts";
import { serviceCidrController } from "./service-cidr/controller.ts";
import { taintEvictionController } from "./taint-eviction/controller.ts";
import { nodeTtlController } from "./ttl/controller.ts";
import { ttlAfterFinishedController } from "./ttl-after-finished/controller.ts";
import { volumeExpandController } from "./volume-expand/controller.ts";
import { volumeResizer } from "./volume-expand/resizer.ts";
import { localPathProvisioner, networkDiskProvisioner } from "./volume-provisioner/controller.ts";

/** The controllers of the controller manager, in the order they start. */
export const controllers = defineRegistry<Controller>(
  "controller",
  [
    serviceAccountController,
    rootCaCertificatePublisher,
    endpointsController,
    endpointSliceController,
    endpointSliceMirroringController,
    podGarbageCollector,
    namespaceController,
    garbageCollector,
    deploymentController,
    replicaSetController,
    statefulSetController,
    daemonSetController,
    jobController,
    nodeTtlController,
    nodeLifecycleController,
    taintEvictionController,
    persistentVolumeBinder,
    pvcProtectionController,
    pvProtectionController,
    ephemeralVolumeController,
    volumeExpandController,
    localPathProvisioner,
    networkDiskProvisioner,
    volumeResizer,
    attachDetachController,
    volumeAttacher,
    clusterRoleAggregationController,
    resourceQuotaController,
    cronJobController,
    ttlAfterFinishedController,
    replicationControllerController,
    disruptionController,
    serviceCidrController,
    ipAddressController,
    flowSchemaController,
    admissionPolicyStatusController,
    vacProtectionController,
    clusterAutoscaler,
    certificateApprover,
    certificateSigner,
    certificateCleaner,
  ],
  ({ name }) => name,
);
