import type { Stored } from "./object.ts";
import type * as types from "./schema/generated/types.ts";

/** Names a resource (group, version, plural) and carries its object type for in-process reads and writes. */
export interface ResourceRef<T> {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  /** `plural`, or `plural.group`: unique among resources, and how errors name them. */
  readonly id: string;
  /** Only for the compiler. */
  readonly object?: T;
}

export function resourceRef<T>(group: string, version: string, plural: string, kind: string): ResourceRef<T> {
  return Object.freeze({ group, version, plural, kind, id: group ? `${plural}.${group}` : plural });
}

export type Namespace = Stored<types.Namespace>;
export type Node = Stored<types.Node>;
export type Lease = Stored<types.Lease>;
export type Pod = Stored<types.Pod>;
export type ReplicaSet = Stored<types.ReplicaSet>;
export type Deployment = Stored<types.Deployment>;
export type Service = Stored<types.Service>;
export type EndpointSlice = Stored<types.EndpointSlice>;
export type Endpoints = Stored<types.Endpoints>;
export type ConfigMap = Stored<types.ConfigMap>;
export type Secret = Stored<types.Secret>;
export type ServiceAccount = Stored<types.ServiceAccount>;
export type Event = Stored<types.Event>;
export type PriorityClass = Stored<types.PriorityClass>;
export type StatefulSet = Stored<types.StatefulSet>;
export type DaemonSet = Stored<types.DaemonSet>;
export type ControllerRevision = Stored<types.ControllerRevision>;
export type Job = Stored<types.Job>;
export type CronJob = Stored<types.CronJob>;
export type ReplicationController = Stored<types.ReplicationController>;
export type PodTemplate = Stored<types.PodTemplate>;
export type LimitRange = Stored<types.LimitRange>;
export type ResourceQuota = Stored<types.ResourceQuota>;
export type PersistentVolume = Stored<types.PersistentVolume>;
export type PersistentVolumeClaim = Stored<types.PersistentVolumeClaim>;
export type PodDisruptionBudget = Stored<types.PodDisruptionBudget>;
export type HorizontalPodAutoscaler = Stored<types.V2HorizontalPodAutoscaler>;
export type StorageClass = Stored<types.StorageClass>;
export type Ingress = Stored<types.Ingress>;
export type IngressClass = Stored<types.IngressClass>;
export type NetworkPolicy = Stored<types.NetworkPolicy>;
export type RuntimeClass = Stored<types.RuntimeClass>;
export type IpAddressObject = Stored<types.IPAddress>;
export type ServiceCidr = Stored<types.ServiceCIDR>;
export type CertificateSigningRequest = Stored<types.CertificateSigningRequest>;
export type FlowSchema = Stored<types.FlowSchema>;
export type ValidatingAdmissionPolicy = Stored<types.ValidatingAdmissionPolicy>;
export type ValidatingAdmissionPolicyBinding = Stored<types.ValidatingAdmissionPolicyBinding>;
export type MutatingAdmissionPolicy = Stored<types.MutatingAdmissionPolicy>;
export type MutatingAdmissionPolicyBinding = Stored<types.MutatingAdmissionPolicyBinding>;
export type ValidatingWebhookConfiguration = Stored<types.ValidatingWebhookConfiguration>;
export type MutatingWebhookConfiguration = Stored<types.MutatingWebhookConfiguration>;
export type PriorityLevel = Stored<types.PriorityLevelConfiguration>;
export type Role = Stored<types.Role>;
export type RoleBinding = Stored<types.RoleBinding>;
export type ClusterRole = Stored<types.ClusterRole>;
export type ClusterRoleBinding = Stored<types.ClusterRoleBinding>;

export const NAMESPACES = resourceRef<Namespace>("", "v1", "namespaces", "Namespace");
export const NODES = resourceRef<Node>("", "v1", "nodes", "Node");
export const LEASES = resourceRef<Lease>("coordination.k8s.io", "v1", "leases", "Lease");
export const PODS = resourceRef<Pod>("", "v1", "pods", "Pod");
export const REPLICA_SETS = resourceRef<ReplicaSet>("apps", "v1", "replicasets", "ReplicaSet");
export const DEPLOYMENTS = resourceRef<Deployment>("apps", "v1", "deployments", "Deployment");
export const SERVICES = resourceRef<Service>("", "v1", "services", "Service");
export const ENDPOINT_SLICES = resourceRef<EndpointSlice>("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice");
export const ENDPOINTS = resourceRef<Endpoints>("", "v1", "endpoints", "Endpoints");
export const CONFIG_MAPS = resourceRef<ConfigMap>("", "v1", "configmaps", "ConfigMap");
export const SECRETS = resourceRef<Secret>("", "v1", "secrets", "Secret");
export const SERVICE_ACCOUNTS = resourceRef<ServiceAccount>("", "v1", "serviceaccounts", "ServiceAccount");
export const EVENTS = resourceRef<Event>("", "v1", "events", "Event");
export const PRIORITY_CLASSES = resourceRef<PriorityClass>(
  "scheduling.k8s.io",
  "v1",
  "priorityclasses",
  "PriorityClass",
);
export const STATEFUL_SETS = resourceRef<StatefulSet>("apps", "v1", "statefulsets", "StatefulSet");
export const DAEMON_SETS = resourceRef<DaemonSet>("apps", "v1", "daemonsets", "DaemonSet");
export const CONTROLLER_REVISIONS = resourceRef<ControllerRevision>(
  "apps",
  "v1",
  "controllerrevisions",
  "ControllerRevision",
);
export const JOBS = resourceRef<Job>("batch", "v1", "jobs", "Job");
export const CRON_JOBS = resourceRef<CronJob>("batch", "v1", "cronjobs", "CronJob");
export const REPLICATION_CONTROLLERS = resourceRef<ReplicationController>(
  "",
  "v1",
  "replicationcontrollers",
  "ReplicationController",
);
export const POD_TEMPLATES = resourceRef<PodTemplate>("", "v1", "podtemplates", "PodTemplate");
export const LIMIT_RANGES = resourceRef<LimitRange>("", "v1", "limitranges", "LimitRange");
export const RESOURCE_QUOTAS = resourceRef<ResourceQuota>("", "v1", "resourcequotas", "ResourceQuota");
export const PERSISTENT_VOLUMES = resourceRef<PersistentVolume>("", "v1", "persistentvolumes", "PersistentVolume");
export const PERSISTENT_VOLUME_CLAIMS = resourceRef<PersistentVolumeClaim>(
  "",
  "v1",
  "persistentvolumeclaims",
  "PersistentVolumeClaim",
);
export const POD_DISRUPTION_BUDGETS = resourceRef<PodDisruptionBudget>(
  "policy",
  "v1",
  "poddisruptionbudgets",
  "PodDisruptionBudget",
);
export const HORIZONTAL_POD_AUTOSCALERS = resourceRef<HorizontalPodAutoscaler>(
  "autoscaling",
  "v2",
  "horizontalpodautoscalers",
  "HorizontalPodAutoscaler",
);
export const STORAGE_CLASSES = resourceRef<StorageClass>("storage.k8s.io", "v1", "storageclasses", "StorageClass");
export const INGRESSES = resourceRef<Ingress>("networking.k8s.io", "v1", "ingresses", "Ingress");
export const INGRESS_CLASSES = resourceRef<IngressClass>("networking.k8s.io", "v1", "ingressclasses", "IngressClass");
export const NETWORK_POLICIES = resourceRef<NetworkPolicy>(
  "networking.k8s.io",
  "v1",
  "networkpolicies",
  "NetworkPolicy",
);
export const RUNTIME_CLASSES = resourceRef<RuntimeClass>("node.k8s.io", "v1", "runtimeclasses", "RuntimeClass");
export const IP_ADDRESSES = resourceRef<IpAddressObject>("networking.k8s.io", "v1", "ipaddresses", "IPAddress");
export const SERVICE_CIDRS = resourceRef<ServiceCidr>("networking.k8s.io", "v1", "servicecidrs", "ServiceCIDR");
export const CERTIFICATE_SIGNING_REQUESTS = resourceRef<CertificateSigningRequest>(
  "certificates.k8s.io",
  "v1",
  "certificatesigningrequests",
  "CertificateSigningRequest",
);
export const FLOW_SCHEMAS = resourceRef<FlowSchema>("flowcontrol.apiserver.k8s.io", "v1", "flowschemas", "FlowSchema");
export const PRIORITY_LEVELS = resourceRef<PriorityLevel>(
  "flowcontrol.apiserver.k8s.io",
  "v1",
  "prioritylevelconfigurations",
  "PriorityLevelConfiguration",
);
const ADMISSION_GROUP = "admissionregistration.k8s.io";
export const VALIDATING_ADMISSION_POLICIES = resourceRef<ValidatingAdmissionPolicy>(
  ADMISSION_GROUP,
  "v1",
  "validatingadmissionpolicies",
  "ValidatingAdmissionPolicy",
);
export const VALIDATING_ADMISSION_POLICY_BINDINGS = resourceRef<ValidatingAdmissionPolicyBinding>(
  ADMISSION_GROUP,
  "v1",
  "validatingadmissionpolicybindings",
  "ValidatingAdmissionPolicyBinding",
);
export const MUTATING_ADMISSION_POLICIES = resourceRef<MutatingAdmissionPolicy>(
  ADMISSION_GROUP,
  "v1",
  "mutatingadmissionpolicies",
  "MutatingAdmissionPolicy",
);
export const MUTATING_ADMISSION_POLICY_BINDINGS = resourceRef<MutatingAdmissionPolicyBinding>(
  ADMISSION_GROUP,
  "v1",
  "mutatingadmissionpolicybindings",
  "MutatingAdmissionPolicyBinding",
);
export const VALIDATING_WEBHOOK_CONFIGURATIONS = resourceRef<ValidatingWebhookConfiguration>(
  ADMISSION_GROUP,
  "v1",
  "validatingwebhookconfigurations",
  "ValidatingWebhookConfiguration",
);
export const MUTATING_WEBHOOK_CONFIGURATIONS = resourceRef<MutatingWebhookConfiguration>(
  ADMISSION_GROUP,
  "v1",
  "mutatingwebhookconfigurations",
  "MutatingWebhookConfiguration",
);
export const ROLES = resourceRef<Role>("rbac.authorization.k8s.io", "v1", "roles", "Role");
export const ROLE_BINDINGS = resourceRef<RoleBinding>("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding");
export const CLUSTER_ROLES = resourceRef<ClusterRole>("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole");
export const CLUSTER_ROLE_BINDINGS = resourceRef<ClusterRoleBinding>(
  "rbac.authorization.k8s.io",
  "v1",
  "clusterrolebindings",
  "ClusterRoleBinding",
);

export const SIMULATION_GROUP = "simulation.tabernetes.dev";

/** What an instructor breaks. Cluster-scoped; deleting it heals what it broke. */
export interface FaultType {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: types.ObjectMeta;
  readonly spec?: {
    readonly type: string;
    readonly target: {
      readonly kind: string;
      readonly name?: string;
      readonly namespace?: string;
      readonly selector?: types.LabelSelector;
      readonly zone?: string;
      readonly container?: string;
    };
    /** A Go duration such as `30s`; the fault ends by itself after it. */
    readonly duration?: string;
  };
  readonly status?: {
    readonly phase?: "Active" | "Finished" | "Failed";
    /** What it hit: `node/worker-1`, `pod/default/web-abc/c`. */
    readonly hit?: readonly string[];
    readonly startTime?: string;
    readonly endTime?: string;
    readonly message?: string;
  };
}
export type Fault = Stored<FaultType>;

/** The cluster's clock, named `cluster`: how fast virtual time goes, and where it stands. */
export interface ClockType {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: types.ObjectMeta;
  /** `speed`: virtual seconds per wall second. */
  readonly spec?: { readonly speed: number; readonly paused: boolean };
  readonly status?: { readonly now?: string };
}
export type ClockObject = Stored<ClockType>;

/** Load on an application, as an instructor puts it: requests to a Service, or use of what pods have. */
export interface LoadType {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: types.ObjectMeta;
  readonly spec?: {
    /** A Service of the namespace, whose endpoints share the requests. */
    readonly service?: string;
    readonly requestsPerSecond?: number;
    /** Pods of the namespace, each of which takes this much more. */
    readonly selector?: types.LabelSelector;
    readonly cpu?: string;
    readonly memory?: string;
    /** A Go duration such as `5m`; the load ends by itself after it. */
    readonly duration?: string;
  };
}
export type Load = Stored<LoadType>;

/** The value of a metric, for the custom and external metrics APIs. */
export interface MetricValueType {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: types.ObjectMeta;
  readonly spec?: {
    readonly metric: { readonly name: string; readonly labels?: { readonly [label: string]: string } };
    /** The object that it is about; with neither this nor `pods` it is an external metric. */
    readonly describedObject?: { readonly apiVersion?: string; readonly kind: string; readonly name: string };
    /** The pods that each have this value. */
    readonly pods?: types.LabelSelector;
    readonly value: string;
  };
}
export type MetricValue = Stored<MetricValueType>;

/** Machines of one shape that come and go together. */
export interface NodeGroupType {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: types.ObjectMeta;
  readonly spec?: {
    readonly minSize?: number;
    readonly maxSize?: number;
    readonly desiredSize: number;
    /** From the wish for a machine to its power. */
    readonly startupSeconds?: number;
    readonly shape?: {
      readonly cpu?: string;
      readonly memory?: string;
      readonly pods?: number;
      readonly ephemeralStorage?: string;
      /** Resources of simulated device plugins, such as `nvidia.com/gpu: "1"`. */
      readonly devices?: { readonly [resource: string]: string };
      readonly labels?: { readonly [label: string]: string };
      readonly taints?: readonly types.Taint[];
      readonly instanceType?: string;
      readonly zones?: readonly string[];
      /** Whether its machines are of the cheap kind that may be taken back. */
      readonly spot?: boolean;
      /** Settings of its kubelets, in the words of KubeletConfiguration. */
      readonly kubelet?: {
        readonly evictionHard?: { readonly [signal: string]: string };
        readonly evictionSoft?: { readonly [signal: string]: string };
        readonly evictionSoftGracePeriod?: { readonly [signal: string]: string };
        readonly evictionMaxPodGracePeriod?: number;
        readonly evictionPressureTransitionPeriod?: string;
      };
    };
  };
  readonly status?: {
    readonly machines?: number;
    readonly starting?: number;
    /** Number that the next machine's name gets. */
    readonly nextIndex?: number;
  };
}
export type NodeGroup = Stored<NodeGroupType>;

/** What a pod, or a node, took in the metrics server's last window. Made for each reader. */
export interface PodMetricsType {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: types.ObjectMeta;
  readonly timestamp?: string;
  readonly window?: string;
  readonly containers?: readonly { readonly name: string; readonly usage: { readonly [resource: string]: string } }[];
}
export type PodMetricsObject = Stored<PodMetricsType>;
export interface NodeMetricsType {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: types.ObjectMeta;
  readonly timestamp?: string;
  readonly window?: string;
  readonly usage?: { readonly [resource: string]: string };
}
export type NodeMetricsObject = Stored<NodeMetricsType>;

/** Why the scheduler put a pod where it did, or nowhere. Made for each reader. */
export interface SchedulingVerdictType {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: types.ObjectMeta;
  /** How often the pod was tried. */
  readonly attempt?: number;
  readonly nodeName?: string;
  readonly nominatedNodeName?: string;
  readonly message?: string;
  /** Nodes that there were; those looked at are in `nodes`. */
  readonly nodeCount?: number;
  readonly weights?: { readonly [plugin: string]: number };
  readonly nodes?: readonly {
    readonly name: string;
    readonly rejection?: { readonly plugin: string; readonly code: string; readonly reasons: readonly string[] };
    /** Points by plugin, with its weight. */
    readonly scores?: { readonly [plugin: string]: number };
    readonly total?: number;
  }[];
  /** What would make it fit, a sentence each. */
  readonly advice?: readonly string[];
}
export type SchedulingVerdict = Stored<SchedulingVerdictType>;

/** An object as causes and waits name it. */
export interface NamedObject {
  /** Such as `deployments.apps`. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name: string;
}

/** One write, by whom, and which write led to it. */
export interface CauseStep {
  readonly revision: number;
  readonly time: string;
  readonly object: NamedObject;
  readonly verb: "created" | "changed" | "deleted";
  /** What it changed, such as `Ready=True`. */
  readonly what?: string;
  /** The user, or the part of the control plane. */
  readonly by: string;
  /** The request, or what the part was working on. */
  readonly because?: string;
  /** Revision of the step that led to it; absent: an input did, or a round that only time brought. */
  readonly causedBy?: number;
}

/** Why an object is what it is. Made for each reader, from the journal. */
export interface CauseType {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: types.ObjectMeta;
  readonly object: NamedObject;
  /** The object's writes and all that led to them, oldest first. */
  readonly steps: readonly CauseStep[];
  /** Revisions of the steps that led to its first known write, which is the last. */
  readonly chain: readonly number[];
  /** The journal has forgotten how it began. */
  readonly truncated?: boolean;
}
export type Cause = Stored<CauseType>;

/** Something that an object waits for. */
export interface WaitItem {
  /** Such as `ImagePull`. */
  readonly reason: string;
  readonly message: string;
  /** Who waits: the part of the control plane that knows. */
  readonly by: string;
  readonly since?: string;
  /** When it is over at the earliest; absent: nobody knows. */
  readonly until?: string;
}

/** What an object waits for, and until when. Made for each reader. */
export interface WaitType {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: types.ObjectMeta;
  readonly object: NamedObject;
  readonly items: readonly WaitItem[];
}
export type Wait = Stored<WaitType>;

export const CAUSES = resourceRef<Cause>(SIMULATION_GROUP, "v1alpha1", "causes", "Cause");
export const WAITS = resourceRef<Wait>(SIMULATION_GROUP, "v1alpha1", "waits", "Wait");
export const FAULTS = resourceRef<Fault>(SIMULATION_GROUP, "v1alpha1", "faults", "Fault");
export const CLOCKS = resourceRef<ClockObject>(SIMULATION_GROUP, "v1alpha1", "clocks", "Clock");
export const LOADS = resourceRef<Load>(SIMULATION_GROUP, "v1alpha1", "loads", "Load");
export const METRIC_VALUES = resourceRef<MetricValue>(SIMULATION_GROUP, "v1alpha1", "metricvalues", "MetricValue");
export const SCHEDULING_VERDICTS = resourceRef<SchedulingVerdict>(
  SIMULATION_GROUP,
  "v1alpha1",
  "schedulingverdicts",
  "SchedulingVerdict",
);
export const NODE_GROUPS = resourceRef<NodeGroup>(SIMULATION_GROUP, "v1alpha1", "nodegroups", "NodeGroup");
/** The label of the nodes of a NodeGroup, with the group's name. */
export const NODE_GROUP_LABEL = "simulation.tabernetes.dev/node-group";
/** Says of a node that its machine is the one to go when its group shrinks. */
export const REMOVE_ANNOTATION = "simulation.tabernetes.dev/remove-machine";

export const METRICS_GROUP = "metrics.k8s.io";
export const POD_METRICS = resourceRef<PodMetricsObject>(METRICS_GROUP, "v1beta1", "pods", "PodMetrics");
export const NODE_METRICS = resourceRef<NodeMetricsObject>(METRICS_GROUP, "v1beta1", "nodes", "NodeMetrics");

export type CustomResourceDefinition = Stored<types.CustomResourceDefinition>;
export type ApiService = Stored<types.APIService>;

export const CUSTOM_RESOURCE_DEFINITIONS = resourceRef<CustomResourceDefinition>(
  "apiextensions.k8s.io",
  "v1",
  "customresourcedefinitions",
  "CustomResourceDefinition",
);
export const API_SERVICES = resourceRef<ApiService>("apiregistration.k8s.io", "v1", "apiservices", "APIService");
