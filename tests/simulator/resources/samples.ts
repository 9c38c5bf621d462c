import type { Json } from "./cases.ts";

const TEMPLATE = {
  metadata: { labels: { app: "web" } },
  spec: { containers: [{ name: "main", image: "nginx:1.27" }] },
};
const CLAIM = {
  metadata: { name: "data" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
};
const JOB_TEMPLATE = {
  spec: { restartPolicy: "Never", containers: [{ name: "main", image: "busybox:1.36" }] },
};
const PEM = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n";
const CSR = Buffer.from(PEM).toString("base64");
const RULE = { apiGroups: ["apps"], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["deployments"] };
const WEBHOOK = {
  name: "check.example.com",
  rules: [RULE],
  sideEffects: "None",
  admissionReviewVersions: ["v1"],
  matchConditions: [{ name: "mine", expression: "true" }],
};
const DEVICE_CLAIM = {
  devices: {
    requests: [
      { name: "one", exactly: { deviceClassName: "gpu.example.com" } },
      { name: "any", firstAvailable: [{ name: "big", deviceClassName: "gpu.example.com", count: 2 }] },
    ],
    constraints: [{ requests: ["one", "any/big"], matchAttribute: "gpu.example.com/model" }],
    config: [{ requests: ["one"], opaque: { driver: "gpu.example.com", parameters: { a: 1 } } }],
  },
};
const SELECTOR = { matchLabels: { app: "web" } };

/** One manifest of every kind, as a person writes it: the contract test wants one for each registered kind. */
export const SAMPLES: Readonly<Record<string, Json>> = {
  configmaps: { metadata: { name: "settings" }, data: { mode: "fast" } },
  endpoints: { metadata: { name: "web" }, subsets: [{ addresses: [{ ip: "10.244.1.5" }], ports: [{ port: 80 }] }] },
  events: {
    metadata: { name: "web.1" },
    involvedObject: { kind: "Pod", namespace: "default", name: "web", uid: "u-1" },
    reason: "Started",
    message: "Started container",
    type: "Normal",
  },
  limitranges: {
    metadata: { name: "limits" },
    spec: { limits: [{ type: "Container", max: { cpu: "2" }, default: { memory: "100Mi" } }] },
  },
  namespaces: { metadata: { name: "team" } },
  nodes: { metadata: { name: "worker-1" }, status: { capacity: { cpu: "4", memory: "8Gi", pods: "110" } } },
  persistentvolumeclaims: CLAIM,
  persistentvolumes: {
    metadata: { name: "disk-1" },
    spec: { capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"], hostPath: { path: "/data" } },
  },
  pods: { metadata: { name: "web" }, spec: TEMPLATE.spec },
  podtemplates: { metadata: { name: "web" }, template: TEMPLATE },
  replicationcontrollers: { metadata: { name: "web" }, spec: { template: TEMPLATE } },
  resourcequotas: { metadata: { name: "quota" }, spec: { hard: { pods: "10", "limits.memory": "4Gi" } } },
  secrets: { metadata: { name: "password" }, stringData: { password: "geheim" } },
  serviceaccounts: { metadata: { name: "robot" }, secrets: [{ name: "token", kind: "Secret" }] },
  services: { metadata: { name: "web" }, spec: { type: "NodePort", selector: { app: "web" }, ports: [{ port: 80 }] } },
  "controllerrevisions.apps": { metadata: { name: "web-1" }, data: { spec: { template: TEMPLATE } }, revision: 1 },
  "daemonsets.apps": { metadata: { name: "web" }, spec: { selector: SELECTOR, template: TEMPLATE } },
  "deployments.apps": { metadata: { name: "web" }, spec: { selector: SELECTOR, template: TEMPLATE } },
  "replicasets.apps": { metadata: { name: "web" }, spec: { selector: SELECTOR, template: TEMPLATE } },
  "statefulsets.apps": {
    metadata: { name: "web" },
    spec: { serviceName: "web", selector: SELECTOR, template: TEMPLATE, volumeClaimTemplates: [CLAIM] },
  },
  "cronjobs.batch": {
    metadata: { name: "report" },
    spec: { schedule: "*/5 * * * *", jobTemplate: { spec: { template: JOB_TEMPLATE } } },
  },
  "jobs.batch": { metadata: { name: "report" }, spec: { template: JOB_TEMPLATE } },
  "roles.rbac.authorization.k8s.io": {
    metadata: { name: "reader" },
    rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }],
  },
  "clusterroles.rbac.authorization.k8s.io": {
    metadata: { name: "reader" },
    rules: [{ nonResourceURLs: ["/healthz"], verbs: ["get"] }],
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { team: "a" } }] },
  },
  "rolebindings.rbac.authorization.k8s.io": {
    metadata: { name: "jane-reads" },
    roleRef: { kind: "Role", name: "reader" },
    subjects: [{ kind: "User", name: "jane" }],
  },
  "clusterrolebindings.rbac.authorization.k8s.io": {
    metadata: { name: "jane-reads" },
    roleRef: { kind: "ClusterRole", name: "reader" },
    subjects: [{ kind: "ServiceAccount", name: "robot", namespace: "default" }],
  },
  "horizontalpodautoscalers.autoscaling": {
    metadata: { name: "web" },
    spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" }, maxReplicas: 5 },
  },
  "poddisruptionbudgets.policy": { metadata: { name: "web" }, spec: { minAvailable: 1, selector: SELECTOR } },
  "certificatesigningrequests.certificates.k8s.io": {
    metadata: { name: "jane" },
    spec: { request: CSR, signerName: "kubernetes.io/kube-apiserver-client", usages: ["client auth"] },
  },
  "ipaddresses.networking.k8s.io": {
    metadata: { name: "10.96.0.77" },
    spec: { parentRef: { resource: "services", namespace: "default", name: "web" } },
  },
  "servicecidrs.networking.k8s.io": { metadata: { name: "more" }, spec: { cidrs: ["10.200.0.0/16"] } },
  "csidrivers.storage.k8s.io": {
    metadata: { name: "disks.example.com" },
    spec: { tokenRequests: [{ audience: "bank", expirationSeconds: 3600 }] },
  },
  "csinodes.storage.k8s.io": {
    metadata: { name: "worker-1" },
    spec: { drivers: [{ name: "disks.example.com", nodeID: "w1", topologyKeys: ["topology.example.com/zone"] }] },
  },
  "csistoragecapacities.storage.k8s.io": {
    metadata: { name: "zone-a" },
    storageClassName: "fast",
    capacity: "10Gi",
    nodeTopology: { matchLabels: { zone: "a" } },
  },
  "volumeattachments.storage.k8s.io": {
    metadata: { name: "csi-1" },
    spec: { attacher: "disks.example.com", nodeName: "worker-1", source: { persistentVolumeName: "disk-1" } },
  },
  "volumeattributesclasses.storage.k8s.io": {
    metadata: { name: "gold" },
    driverName: "disks.example.com",
    parameters: { iops: "500" },
  },
  "validatingadmissionpolicies.admissionregistration.k8s.io": {
    metadata: { name: "replicas.example.com" },
    spec: {
      paramKind: { apiVersion: "v1", kind: "ConfigMap" },
      matchConstraints: { resourceRules: [RULE] },
      matchConditions: [{ name: "not-system", expression: "request.namespace != 'kube-system'" }],
      variables: [{ name: "n", expression: "object.spec.replicas" }],
      validations: [{ expression: "variables.n < 5", message: "too many", reason: "Invalid" }],
      auditAnnotations: [{ key: "high", valueExpression: "'n is ' + string(variables.n)" }],
    },
  },
  "validatingadmissionpolicybindings.admissionregistration.k8s.io": {
    metadata: { name: "replicas" },
    spec: {
      policyName: "replicas.example.com",
      validationActions: ["Deny"],
      paramRef: { name: "limits", namespace: "default", parameterNotFoundAction: "Deny" },
      matchResources: { namespaceSelector: SELECTOR },
    },
  },
  "mutatingadmissionpolicies.admissionregistration.k8s.io": {
    metadata: { name: "labels" },
    spec: {
      matchConstraints: { resourceRules: [RULE] },
      reinvocationPolicy: "Never",
      mutations: [
        {
          patchType: "JSONPatch",
          jsonPatch: { expression: `[JSONPatch{op: "add", path: "/metadata/labels/a", value: "b"}]` },
        },
      ],
    },
  },
  "mutatingadmissionpolicybindings.admissionregistration.k8s.io": {
    metadata: { name: "labels" },
    spec: { policyName: "labels" },
  },
  "validatingwebhookconfigurations.admissionregistration.k8s.io": {
    metadata: { name: "checks" },
    webhooks: [{ ...WEBHOOK, clientConfig: { url: "https://hooks.example.com/check" } }],
  },
  "mutatingwebhookconfigurations.admissionregistration.k8s.io": {
    metadata: { name: "changes" },
    webhooks: [{ ...WEBHOOK, clientConfig: { service: { namespace: "default", name: "hook", path: "/x/y" } } }],
  },
  "deviceclasses.resource.k8s.io": {
    metadata: { name: "gpu.example.com" },
    spec: {
      selectors: [{ cel: { expression: "device.driver == 'gpu.example.com'" } }],
      config: [{ opaque: { driver: "gpu.example.com", parameters: { mode: "shared" } } }],
    },
  },
  "resourceclaims.resource.k8s.io": { metadata: { name: "gpu" }, spec: DEVICE_CLAIM },
  "resourceclaimtemplates.resource.k8s.io": { metadata: { name: "gpu" }, spec: { spec: DEVICE_CLAIM } },
  "resourceslices.resource.k8s.io": {
    metadata: { name: "worker-1-gpu" },
    spec: {
      driver: "gpu.example.com",
      nodeName: "worker-1",
      pool: { name: "worker-1", generation: 1, resourceSliceCount: 1 },
      devices: [{ name: "gpu-0", attributes: { model: { string: "X" } }, capacity: { memory: { value: "8Gi" } } }],
    },
  },
  "flowschemas.flowcontrol.apiserver.k8s.io": {
    metadata: { name: "robots" },
    spec: {
      priorityLevelConfiguration: { name: "workload-low" },
      matchingPrecedence: 5000,
      distinguisherMethod: { type: "ByUser" },
      rules: [
        {
          subjects: [{ kind: "ServiceAccount", serviceAccount: { name: "robot", namespace: "default" } }],
          resourceRules: [{ verbs: ["get"], apiGroups: ["*"], resources: ["pods"], namespaces: ["default"] }],
          nonResourceRules: [{ verbs: ["get"], nonResourceURLs: ["/healthz"] }],
        },
      ],
    },
  },
  "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": {
    metadata: { name: "robots" },
    spec: { type: "Limited", limited: { limitResponse: { type: "Queue", queuing: { queues: 16, handSize: 4 } } } },
  },
  "ingressclasses.networking.k8s.io": { metadata: { name: "proxy" }, spec: { controller: "example.com/proxy" } },
  "ingresses.networking.k8s.io": {
    metadata: { name: "web" },
    spec: {
      rules: [
        {
          host: "web.example.com",
          http: {
            paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } }],
          },
        },
      ],
    },
  },
  "networkpolicies.networking.k8s.io": {
    metadata: { name: "web" },
    spec: { podSelector: {}, ingress: [{ ports: [{ port: 80 }], from: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }] },
  },
  "runtimeclasses.node.k8s.io": { metadata: { name: "sandbox" }, handler: "runsc" },
  "storageclasses.storage.k8s.io": { metadata: { name: "fast" }, provisioner: "example.com/disks" },
  "apiservices.apiregistration.k8s.io": {
    metadata: { name: "v1.example.com" },
    spec: { group: "example.com", version: "v1", groupPriorityMinimum: 1000, versionPriority: 100 },
  },
  "customresourcedefinitions.apiextensions.k8s.io": {
    metadata: { name: "widgets.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "widgets", kind: "Widget" },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
    },
  },
  "priorityclasses.scheduling.k8s.io": { metadata: { name: "high" }, value: 1000 },
  "leases.coordination.k8s.io": { metadata: { name: "worker-1" }, spec: { holderIdentity: "worker-1" } },
  "endpointslices.discovery.k8s.io": {
    metadata: { name: "web-1", labels: { "kubernetes.io/service-name": "web" } },
    addressType: "IPv4",
    endpoints: [{ addresses: ["10.244.1.5"] }],
    ports: [{ port: 80 }],
  },
  "clocks.simulation.tabernetes.dev": { metadata: { name: "cluster" }, spec: { speed: 10 } },
  "faults.simulation.tabernetes.dev": {
    metadata: { name: "crash" },
    spec: { type: "NodeCrash", target: { kind: "Node", name: "worker-1" }, duration: "30s" },
  },
  "loads.simulation.tabernetes.dev": {
    metadata: { name: "rush" },
    spec: { service: "web", requestsPerSecond: 50, duration: "5m" },
  },
  "metricvalues.simulation.tabernetes.dev": {
    metadata: { name: "queue" },
    spec: { metric: { name: "queue_length", labels: { queue: "mail" } }, value: "30" },
  },
  "nodegroups.simulation.tabernetes.dev": {
    metadata: { name: "gpu" },
    spec: { minSize: 0, maxSize: 3, desiredSize: 1, shape: { cpu: "8", devices: { "nvidia.com/gpu": "1" } } },
  },
};
