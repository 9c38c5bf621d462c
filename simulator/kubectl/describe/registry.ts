import type { RestMapping } from "../mapping.ts";
import { describeAutoscaler } from "./autoscaler.ts";
import { describeCertificate } from "./certificate.ts";
import { describeDeployment } from "./deployment.ts";
import type { Describer } from "./describer.ts";
import { describeGeneric } from "./generic.ts";
import {
  describeEndpointSlice,
  describeEndpoints,
  describeIngress,
  describeIngressClass,
  describeIpAddress,
  describeService,
  describeServiceCidr,
} from "./network.ts";
import { describeNetworkPolicy } from "./network-policy.ts";
import { describeNode } from "./node.ts";
import { describePod } from "./pod.ts";
import { describeRole, describeRoleBinding } from "./rbac.ts";
import {
  describeConfigMap,
  describeDisruptionBudget,
  describeLimitRange,
  describeNamespace,
  describePriorityClass,
  describeQuota,
  describeSecret,
  describeServiceAccount,
} from "./settings.ts";
import {
  describeCsiNode,
  describePersistentVolume,
  describePersistentVolumeClaim,
  describeStorageClass,
  describeVolumeAttributesClass,
} from "./storage.ts";
import {
  describeCronJob,
  describeDaemonSet,
  describeJob,
  describeReplicaSet,
  describeReplicationController,
  describeStatefulSet,
} from "./workloads.ts";

/** Who describes a kind, and in which version of it. */
export interface DescriberEntry {
  readonly group: string;
  readonly kind: string;
  readonly version: string;
  readonly describe: Describer;
}

const entry = (group: string, kind: string, describe: Describer, version = "v1"): DescriberEntry => ({
  group,
  kind,
  version,
  describe,
});

/** The kinds that kubectl knows. Models kubectl pkg/describe describerMap. */
const DESCRIBERS: readonly DescriberEntry[] = [
  entry("", "Pod", describePod),
  entry("", "ReplicationController", describeReplicationController),
  entry("", "Secret", describeSecret),
  entry("", "Service", describeService),
  entry("", "ServiceAccount", describeServiceAccount),
  entry("", "Node", describeNode),
  entry("", "LimitRange", describeLimitRange),
  entry("", "ResourceQuota", describeQuota),
  entry("", "PersistentVolume", describePersistentVolume),
  entry("", "PersistentVolumeClaim", describePersistentVolumeClaim),
  entry("", "Namespace", describeNamespace),
  entry("", "Endpoints", describeEndpoints),
  entry("", "ConfigMap", describeConfigMap),
  entry("discovery.k8s.io", "EndpointSlice", describeEndpointSlice),
  entry("autoscaling", "HorizontalPodAutoscaler", describeAutoscaler, "v2"),
  entry("networking.k8s.io", "Ingress", describeIngress),
  entry("networking.k8s.io", "IngressClass", describeIngressClass),
  entry("networking.k8s.io", "ServiceCIDR", describeServiceCidr),
  entry("networking.k8s.io", "IPAddress", describeIpAddress),
  entry("networking.k8s.io", "NetworkPolicy", describeNetworkPolicy),
  entry("batch", "Job", describeJob),
  entry("batch", "CronJob", describeCronJob),
  entry("apps", "StatefulSet", describeStatefulSet),
  entry("apps", "Deployment", describeDeployment),
  entry("apps", "DaemonSet", describeDaemonSet),
  entry("apps", "ReplicaSet", describeReplicaSet),
  entry("certificates.k8s.io", "CertificateSigningRequest", describeCertificate),
  entry("storage.k8s.io", "StorageClass", describeStorageClass),
  entry("storage.k8s.io", "CSINode", describeCsiNode),
  entry("storage.k8s.io", "VolumeAttributesClass", describeVolumeAttributesClass),
  entry("policy", "PodDisruptionBudget", describeDisruptionBudget),
  entry("rbac.authorization.k8s.io", "Role", describeRole),
  entry("rbac.authorization.k8s.io", "ClusterRole", describeRole),
  entry("rbac.authorization.k8s.io", "RoleBinding", describeRoleBinding),
  entry("rbac.authorization.k8s.io", "ClusterRoleBinding", describeRoleBinding),
  entry("scheduling.k8s.io", "PriorityClass", describePriorityClass),
];

/** The describer of a kind; one that shows all fields where kubectl has none. */
export function describerOf({ group, kind, version }: RestMapping): DescriberEntry {
  const own = DESCRIBERS.find((each) => each.group === group && each.kind === kind);
  return own ?? { group, kind, version, describe: describeGeneric };
}
