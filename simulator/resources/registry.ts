import { anyKind, type Kind } from "../api/kind.ts";
import { defineRegistry, type Registry } from "../base/registry.ts";
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
import { leaseKind } from "./coordination/lease/kind.ts";
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
import { ingressKind } from "./networking/ingress/kind.ts";
import { ingressClassKind } from "./networking/ingressclass/kind.ts";
import { networkPolicyKind } from "./networking/networkpolicy/kind.ts";
import { runtimeClassKind } from "./node/runtimeclass/kind.ts";
import { podDisruptionBudgetKind } from "./policy/poddisruptionbudget/kind.ts";
import { clusterRoleKind } from "./rbac/clusterrole/kind.ts";
import { clusterRoleBindingKind } from "./rbac/clusterrolebinding/kind.ts";
import { roleKind } from "./rbac/role/kind.ts";
import { roleBindingKind } from "./rbac/rolebinding/kind.ts";
import { priorityClassKind } from "./scheduling/priorityclass/kind.ts";
import { clockKind } from "./simulation/clock/kind.ts";
import { faultKind } from "./simulation/fault/kind.ts";
import { storageClassKind } from "./storage/storageclass/kind.ts";

/** Every kind of object, by the id of its resource: groups in the order of discovery, then by name. */
export const kinds: Registry<Kind> = defineRegistry(
  "kind",
  [
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
    anyKind(ingressClassKind),
    anyKind(ingressKind),
    anyKind(networkPolicyKind),
    anyKind(podDisruptionBudgetKind),
    anyKind(clusterRoleBindingKind),
    anyKind(clusterRoleKind),
    anyKind(roleBindingKind),
    anyKind(roleKind),
    anyKind(storageClassKind),
    anyKind(priorityClassKind),
    anyKind(leaseKind),
    anyKind(runtimeClassKind),
    anyKind(endpointSliceKind),
    anyKind(clockKind),
    anyKind(faultKind),
  ],
  (kind) => kind.ref.id,
);
