import { anyKind, type Kind } from "../api/kind.ts";
import { defineRegistry, type Registry } from "../base/registry.ts";
import { mutatingAdmissionPolicyKind } from "./admissionregistration/mutatingadmissionpolicy/kind.ts";
import { mutatingAdmissionPolicyBindingKind } from "./admissionregistration/mutatingadmissionpolicybinding/kind.ts";
import { mutatingWebhookConfigurationKind } from "./admissionregistration/mutatingwebhookconfiguration/kind.ts";
import { validatingAdmissionPolicyKind } from "./admissionregistration/validatingadmissionpolicy/kind.ts";
import { validatingAdmissionPolicyBindingKind } from "./admissionregistration/validatingadmissionpolicybinding/kind.ts";
import { validatingWebhookConfigurationKind } from "./admissionregistration/validatingwebhookconfiguration/kind.ts";
import { customResourceDefinitionKind } from "./apiextensions/customresourcedefinition/kind.ts";
import { apiServiceKind } from "./apiregistration/apiservice/kind.ts";
import { controllerRevisionKind } from "./apps/controllerrevision/kind.ts";
import { daemonSetKind } from "./apps/daemonset/kind.ts";
import { deploymentKind } from "./apps/deployment/kind.ts";
import { replicaSetKind } from "./apps/replicaset/kind.ts";
import { statefulSetKind } from "./apps/statefulset/kind.ts";
import { selfSubjectReviewKind } from "./authentication/selfsubjectreview/kind.ts";
import { tokenReviewKind } from "./authentication/tokenreview/kind.ts";
import { localSubjectAccessReviewKind } from "./authorization/localsubjectaccessreview/kind.ts";
import { selfSubjectAccessReviewKind } from "./authorization/selfsubjectaccessreview/kind.ts";
import { selfSubjectRulesReviewKind } from "./authorization/selfsubjectrulesreview/kind.ts";
import { subjectAccessReviewKind } from "./authorization/subjectaccessreview/kind.ts";
import { horizontalPodAutoscalerKind } from "./autoscaling/horizontalpodautoscaler/kind.ts";
import { cronJobKind } from "./batch/cronjob/kind.ts";
import { jobKind } from "./batch/job/kind.ts";
import { certificateSigningRequestKind } from "./certificates/certificatesigningrequest/kind.ts";
import { leaseKind } from "./coordination/lease/kind.ts";
import { bindingKind } from "./core/binding/kind.ts";
import { componentStatusKind } from "./core/componentstatus/kind.ts";
import { configMapKind } from "./core/configmap/kind.ts";
import { endpointsKind } from "./core/endpoints/kind.ts";
import { eventKind } from "./core/event/kind.ts";
import { limitRangeKind } from "./core/limitrange/kind.ts";
import { namespaceKind } from "./core/namespace/kind.ts";
import { nodeKind } from "./core/node/kind.ts";
import { persistentVolumeKind } from "./core/persistentvolume/kind.ts";
import { persistentVolumeClaimKind } from "./core/persistentvolumeclaim/kind.ts";
import { podKind } from "./core/pod/kind.ts";
import { podTemplateKind } from "./core/podtemplate/kind.ts";
import { replicationControllerKind } from "./core/replicationcontroller/kind.ts";
import { resourceQuotaKind } from "./core/resourcequota/kind.ts";
import { secretKind } from "./core/secret/kind.ts";
import { serviceKind } from "./core/service/kind.ts";
import { serviceAccountKind } from "./core/serviceaccount/kind.ts";
import { endpointSliceKind } from "./discovery/endpointslice/kind.ts";
import { flowSchemaKind } from "./flowcontrol/flowschema/kind.ts";
import { priorityLevelKind } from "./flowcontrol/prioritylevelconfiguration/kind.ts";
import { ingressKind } from "./networking/ingress/kind.ts";
import { ingressClassKind } from "./networking/ingressclass/kind.ts";
import { ipAddressKind } from "./networking/ipaddress/kind.ts";
import { networkPolicyKind } from "./networking/networkpolicy/kind.ts";
import { serviceCidrKind } from "./networking/servicecidr/kind.ts";
import { runtimeClassKind } from "./node/runtimeclass/kind.ts";
import { podDisruptionBudgetKind } from "./policy/poddisruptionbudget/kind.ts";
import { clusterRoleKind } from "./rbac/clusterrole/kind.ts";
import { clusterRoleBindingKind } from "./rbac/clusterrolebinding/kind.ts";
import { roleKind } from "./rbac/role/kind.ts";
import { roleBindingKind } from "./rbac/rolebinding/kind.ts";
import { deviceClassKind } from "./resource/deviceclass/kind.ts";
import { resourceClaimKind } from "./resource/resourceclaim/kind.ts";
import { resourceClaimTemplateKind } from "./resource/resourceclaimtemplate/kind.ts";
import { resourceSliceKind } from "./resource/resourceslice/kind.ts";
import { priorityClassKind } from "./scheduling/priorityclass/kind.ts";
import { causeKind } from "./simulation/cause/kind.ts";
import { clockKind } from "./simulation/clock/kind.ts";
import { faultKind } from "./simulation/fault/kind.ts";
import { loadKind } from "./simulation/load/kind.ts";
import { metricValueKind } from "./simulation/metricvalue/kind.ts";
import { nodeGroupKind } from "./simulation/nodegroup/kind.ts";
import { schedulingVerdictKind } from "./simulation/schedulingverdict/kind.ts";
import { waitKind } from "./simulation/wait/kind.ts";
import { csiDriverKind } from "./storage/csidriver/kind.ts";
import { csiNodeKind } from "./storage/csinode/kind.ts";
import { csiStorageCapacityKind } from "./storage/csistoragecapacity/kind.ts";
import { storageClassKind } from "./storage/storageclass/kind.ts";
import { volumeAttachmentKind } from "./storage/volumeattachment/kind.ts";
import { volumeAttributesClassKind } from "./storage/volumeattributesclass/kind.ts";

/** Every kind of object, by the id of its resource: groups in the order of discovery, then by name. */
export const kinds: Registry<Kind> = defineRegistry(
  "kind",
  [
    anyKind(bindingKind),
    anyKind(componentStatusKind),
    anyKind(configMapKind),
    anyKind(endpointsKind),
    anyKind(eventKind),
    anyKind(limitRangeKind),
    anyKind(namespaceKind),
    anyKind(nodeKind),
    anyKind(persistentVolumeClaimKind),
    anyKind(persistentVolumeKind),
    anyKind(podKind),
    anyKind(podTemplateKind),
    anyKind(replicationControllerKind),
    anyKind(resourceQuotaKind),
    anyKind(secretKind),
    anyKind(serviceAccountKind),
    anyKind(serviceKind),
    anyKind(apiServiceKind),
    anyKind(controllerRevisionKind),
    anyKind(daemonSetKind),
    anyKind(deploymentKind),
    anyKind(replicaSetKind),
    anyKind(statefulSetKind),
    anyKind(horizontalPodAutoscalerKind),
    anyKind(cronJobKind),
    anyKind(jobKind),
    anyKind(selfSubjectReviewKind),
    anyKind(tokenReviewKind),
    anyKind(localSubjectAccessReviewKind),
    anyKind(selfSubjectAccessReviewKind),
    anyKind(selfSubjectRulesReviewKind),
    anyKind(subjectAccessReviewKind),
    anyKind(certificateSigningRequestKind),
    anyKind(ingressClassKind),
    anyKind(ingressKind),
    anyKind(ipAddressKind),
    anyKind(networkPolicyKind),
    anyKind(serviceCidrKind),
    anyKind(podDisruptionBudgetKind),
    anyKind(clusterRoleBindingKind),
    anyKind(clusterRoleKind),
    anyKind(roleBindingKind),
    anyKind(roleKind),
    anyKind(csiDriverKind),
    anyKind(csiNodeKind),
    anyKind(csiStorageCapacityKind),
    anyKind(storageClassKind),
    anyKind(volumeAttachmentKind),
    anyKind(volumeAttributesClassKind),
    anyKind(mutatingAdmissionPolicyKind),
    anyKind(mutatingAdmissionPolicyBindingKind),
    anyKind(mutatingWebhookConfigurationKind),
    anyKind(validatingAdmissionPolicyKind),
    anyKind(validatingAdmissionPolicyBindingKind),
    anyKind(validatingWebhookConfigurationKind),
    anyKind(customResourceDefinitionKind),
    anyKind(priorityClassKind),
    anyKind(leaseKind),
    anyKind(runtimeClassKind),
    anyKind(endpointSliceKind),
    anyKind(deviceClassKind),
    anyKind(resourceClaimKind),
    anyKind(resourceClaimTemplateKind),
    anyKind(resourceSliceKind),
    anyKind(flowSchemaKind),
    anyKind(priorityLevelKind),
    anyKind(clockKind),
    anyKind(faultKind),
    anyKind(loadKind),
    anyKind(metricValueKind),
    anyKind(nodeGroupKind),
    anyKind(schedulingVerdictKind),
    anyKind(causeKind),
    anyKind(waitKind),
  ],
  (kind) => kind.ref.id,
);
