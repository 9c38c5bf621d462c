import { MAP_ORDER, type ParityScript } from "../session.ts";

const OBJECTS = `apiVersion: v1
kind: Pod
metadata: {name: odd, namespace: kinds, labels: {a: b, c: d}, annotations: {long: "${"word ".repeat(60)}", lines: "one\\ntwo\\nthree", json: '{"a":[1,2]}'}}
spec:
  schedulerName: nobody
  priority: 0
  nodeSelector: {disk: ssd, zone: a}
  hostNetwork: true
  dnsPolicy: None
  dnsConfig: {nameservers: [1.1.1.1]}
  hostAliases: [{ip: 10.0.0.1, hostnames: [a, b]}]
  securityContext: {runAsUser: 5, fsGroup: 7, seccompProfile: {type: RuntimeDefault}}
  terminationGracePeriodSeconds: 3
  tolerations: [{operator: Exists}, {key: k, value: v, effect: NoSchedule}, {key: t, operator: Exists, effect: NoExecute, tolerationSeconds: 7}]
  topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {a: b}}}]
  readinessGates: [{conditionType: example.com/ready}]
  imagePullSecrets: [{name: pull}]
  initContainers:
  - {name: side, image: busybox, restartPolicy: Always, command: [sh, -c, "sleep 1\\nsleep 2"]}
  - {name: first, image: busybox, args: ["a b", "c"]}
  containers:
  - name: main
    image: nginx@sha256:${"a".repeat(64)}
    command: [nginx]
    args: [-g, "daemon off;"]
    workingDir: /x
    ports: [{containerPort: 80, hostPort: 80, name: http}, {containerPort: 53, protocol: UDP, hostPort: 53}]
    env:
    - {name: EMPTY}
    - {name: LINES, value: "a\\nb"}
    - {name: SECRET, valueFrom: {secretKeyRef: {name: s, key: k}}}
    - {name: CONF, valueFrom: {configMapKeyRef: {name: c, key: k, optional: true}}}
    - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
    - {name: MEM, valueFrom: {resourceFieldRef: {containerName: main, resource: limits.memory, divisor: 1Mi}}}
    envFrom: [{configMapRef: {name: c}}, {secretRef: {name: s, optional: true}, prefix: X_}]
    resources: {requests: {cpu: 10m, memory: 1Mi, ephemeral-storage: 1Gi}, limits: {cpu: 1, memory: 1Gi}}
    livenessProbe: {httpGet: {path: /live, port: http, scheme: HTTPS, host: h}, initialDelaySeconds: 3, timeoutSeconds: 2, periodSeconds: 5, failureThreshold: 9}
    readinessProbe: {exec: {command: [cat, /ready]}, successThreshold: 2}
    startupProbe: {grpc: {port: 9, service: s}}
    lifecycle: {preStop: {exec: {command: ["true"]}}}
    volumeMounts: [{name: cm, mountPath: /cm, readOnly: true}, {name: e, mountPath: /e, subPath: s}, {name: h, mountPath: /h, subPathExpr: $(EMPTY)}]
    volumeDevices: [{name: b, devicePath: /dev/x}]
  volumes:
  - {name: cm, configMap: {name: c, optional: true, items: [{key: k, path: p}], defaultMode: 256}}
  - {name: s, secret: {secretName: s}}
  - {name: e, emptyDir: {medium: Memory, sizeLimit: 1Gi}}
  - {name: h, hostPath: {path: /var, type: Directory}}
  - {name: b, persistentVolumeClaim: {claimName: claim, readOnly: true}}
  - {name: d, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}
  - {name: p, projected: {sources: [{secret: {name: s}}, {configMap: {name: c}}, {downwardAPI: {items: [{path: x, fieldRef: {fieldPath: metadata.name}}]}}, {serviceAccountToken: {path: t, expirationSeconds: 600}}]}}
  - {name: net, nfs: {server: s, path: /p}}
  - {name: i, csi: {driver: x.y.z, volumeAttributes: {a: b}}}
  - {name: q, ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}}
---
apiVersion: v1
kind: Service
metadata: {name: full, namespace: kinds, annotations: {note: x}}
spec:
  type: LoadBalancer
  clusterIP: 10.96.200.200
  externalIPs: [1.2.3.4]
  loadBalancerSourceRanges: [10.0.0.0/8]
  externalTrafficPolicy: Local
  sessionAffinity: ClientIP
  sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}
  publishNotReadyAddresses: true
  ports: [{name: a, port: 80, nodePort: 30123, appProtocol: http}, {name: b, port: 53, protocol: UDP, targetPort: dns}]
---
apiVersion: v1
kind: Service
metadata: {name: named, namespace: kinds}
spec: {type: ExternalName, externalName: example.com}
---
apiVersion: v1
kind: Service
metadata: {name: headless, namespace: kinds}
spec: {clusterIP: None, selector: {a: b, c: d}}
---
apiVersion: v1
kind: Endpoints
metadata: {name: manual, namespace: kinds}
subsets: [{addresses: [{ip: 10.1.1.1}, {ip: 10.1.1.2, hostname: h}], notReadyAddresses: [{ip: 10.1.1.3}], ports: [{name: a, port: 80}, {name: b, port: 53, protocol: UDP}]}]
---
apiVersion: v1
kind: ReplicationController
metadata: {name: rc, namespace: kinds}
spec: {replicas: 0, selector: {x: z}, template: {metadata: {labels: {x: z}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: empty, namespace: kinds}
---
apiVersion: v1
kind: Secret
metadata: {name: typed, namespace: kinds}
type: kubernetes.io/basic-auth
stringData: {username: u, password: p}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: sa, namespace: kinds, labels: {a: b}}
automountServiceAccountToken: false
secrets: [{name: one}]
---
apiVersion: v1
kind: LimitRange
metadata: {name: all, namespace: kinds}
spec:
  limits:
  - {type: Container, min: {cpu: 1m}, max: {cpu: "2", memory: 1Gi}, default: {cpu: 500m, memory: 512Mi}, defaultRequest: {cpu: 100m}, maxLimitRequestRatio: {cpu: "10"}}
  - {type: Pod, max: {cpu: "4"}}
  - {type: PersistentVolumeClaim, min: {storage: 1Mi}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: scoped, namespace: kinds}
spec: {hard: {pods: "4", requests.cpu: 10, count/jobs.batch: "3"}, scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [high]}]}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: terminating, namespace: kinds}
spec: {hard: {pods: "1"}, scopes: [Terminating, NotBestEffort]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim, namespace: kinds}
spec: {accessModes: [ReadWriteMany, ReadOnlyMany], volumeMode: Block, storageClassName: "", volumeName: kinds-none, resources: {requests: {storage: 1.5Gi}}, selector: {matchLabels: {a: b}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: kinds-csi, labels: {a: b}}
spec: {capacity: {storage: 5Gi}, accessModes: [ReadWriteOncePod], persistentVolumeReclaimPolicy: Retain, volumeMode: Block, mountOptions: [ro], claimRef: {namespace: nowhere, name: none}, csi: {driver: d.e, volumeHandle: h, readOnly: true, fsType: ext4, volumeAttributes: {k: v, a: b}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: kinds-local}
spec: {capacity: {storage: 1Ti}, accessModes: [ReadWriteOnce], storageClassName: local, local: {path: /mnt}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: NotIn, values: [x]}, {key: b, operator: Exists}]}, {matchFields: [{key: metadata.name, operator: In, values: [node]}]}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: stopped, namespace: kinds}
spec: {replicas: 0, paused: true, minReadySeconds: 3, revisionHistoryLimit: 2, strategy: {type: Recreate}, selector: {matchLabels: {q: w}, matchExpressions: [{key: e, operator: In, values: [r, t]}]}, template: {metadata: {labels: {q: w, e: r}}, spec: {priorityClassName: system-node-critical, containers: [{name: c, image: i}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: set, namespace: kinds}
spec: {replicas: 0, podManagementPolicy: Parallel, updateStrategy: {rollingUpdate: {partition: 2}}, persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}, serviceName: headless, selector: {matchLabels: {s: s}}, template: {metadata: {labels: {s: s}}, spec: {containers: [{name: c, image: i}]}}, volumeClaimTemplates: [{metadata: {name: data, annotations: {a: b}, labels: {l: m}}, spec: {accessModes: [ReadWriteOnce], storageClassName: fast, resources: {requests: {storage: 1Gi}}}}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: held, namespace: kinds}
spec: {suspend: true, completions: 5, parallelism: 2, backoffLimit: 3, activeDeadlineSeconds: 90, ttlSecondsAfterFinished: 60, completionMode: Indexed, podFailurePolicy: {rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget, status: "True"}]}]}, template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: held, namespace: kinds}
spec: {schedule: "*/5 1 * * 1-5", timeZone: Europe/Berlin, suspend: true, concurrencyPolicy: Forbid, startingDeadlineSeconds: 20, successfulJobsHistoryLimit: 1, jobTemplate: {spec: {backoffLimit: 1, template: {spec: {restartPolicy: OnFailure, containers: [{name: c, image: i, command: [date]}]}}}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: share, namespace: kinds}
spec: {maxUnavailable: 30%, unhealthyPodEvictionPolicy: AlwaysAllow, selector: {matchExpressions: [{key: a, operator: DoesNotExist}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: rich, namespace: kinds, annotations: {x: z}}
spec:
  ingressClassName: kinds
  defaultBackend: {resource: {apiGroup: example.com, kind: Bucket, name: b}}
  tls: [{hosts: [a, b], secretName: t}, {hosts: [c]}]
  rules:
  - http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: full, port: {name: a}}}}]}
  - host: "*.example.com"
    http: {paths: [{path: /x, pathType: Exact, backend: {service: {name: none, port: {number: 1}}}}, {path: /y, pathType: ImplementationSpecific, backend: {service: {name: headless, port: {number: 80}}}}]}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: kinds}
spec: {controller: example.com/c, parameters: {apiGroup: example.com, kind: P, name: p, scope: Cluster}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: rich, namespace: kinds}
spec:
  podSelector: {matchExpressions: [{key: a, operator: In, values: [b, c]}]}
  policyTypes: [Ingress, Egress]
  ingress: [{}, {from: [{namespaceSelector: {matchLabels: {m: s}}, podSelector: {}}]}, {ports: [{port: http, protocol: TCP}, {protocol: UDP}]}]
  egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 1.1.1.1/32]}}], ports: [{port: 1, endPort: 9}]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: none, namespace: kinds}
spec: {podSelector: {}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: kinds-role, labels: {a: b}}
rules: [{nonResourceURLs: [/x, /y*], verbs: [get, post]}, {apiGroups: ["", apps], resources: ["*", pods/log], resourceNames: [a, b], verbs: ["*"]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: kinds-binding}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kinds-role}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: rich, namespace: kinds}
spec:
  minReplicas: 2
  maxReplicas: 9
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: none}
  behavior: {scaleUp: {stabilizationWindowSeconds: 5, selectPolicy: Min, policies: [{type: Pods, value: 4, periodSeconds: 15}, {type: Percent, value: 50, periodSeconds: 30}]}, scaleDown: {selectPolicy: Disabled}}
  metrics:
  - {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 100Mi}}}
  - {type: Pods, pods: {metric: {name: rps}, target: {type: AverageValue, averageValue: 1k}}}
  - {type: Object, object: {metric: {name: hits}, describedObject: {apiVersion: v1, kind: Service, name: full}, target: {type: Value, value: 2k}}}
  - {type: External, external: {metric: {name: queue, selector: {matchLabels: {q: w}}}, target: {type: AverageValue, averageValue: "30"}}}
  - {type: ContainerResource, containerResource: {name: cpu, container: c, target: {type: Utilization, averageUtilization: 60}}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: kinds-class, annotations: {storageclass.kubernetes.io/is-default-class: "false"}}
provisioner: d.e
parameters: {b: c, a: b}
reclaimPolicy: Retain
allowVolumeExpansion: true
mountOptions: [a, b]
volumeBindingMode: WaitForFirstConsumer
allowedTopologies: [{matchLabelExpressions: [{key: zone, values: [a, b]}]}]
---
apiVersion: storage.k8s.io/v1
kind: CSIDriver
metadata: {name: kinds.example.com}
spec: {attachRequired: false, podInfoOnMount: true, volumeLifecycleModes: [Ephemeral]}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: kinds-high}
value: 7
preemptionPolicy: Never
---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: kinds-runtime}
handler: runc
overhead: {podFixed: {cpu: 10m}}
scheduling: {nodeSelector: {a: b}}
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: mine, namespace: kinds}
spec: {holderIdentity: me, leaseDurationSeconds: 5, renewTime: "2026-01-01T00:00:00.000000Z"}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: slice, namespace: kinds, labels: {kubernetes.io/service-name: other}}
addressType: IPv4
endpoints: [{addresses: [10.1.1.1], conditions: {ready: true}, hostname: h, nodeName: node-1, zone: z, targetRef: {kind: Pod, name: p}}, {addresses: [10.1.1.2], conditions: {ready: false}}]
ports: [{name: a, port: 80}, {name: "", port: 53, protocol: UDP}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: kinds-policy}
spec: {failurePolicy: Ignore, matchConstraints: {resourceRules: [{apiGroups: [none.example.com], apiVersions: [v1], operations: [CREATE], resources: [nones]}]}, validations: [{expression: "true", message: m}]}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gizmos.kinds.example.com}
spec: {group: kinds.example.com, scope: Namespaced, names: {kind: Gizmo, plural: gizmos, singular: gizmo, shortNames: [gz], categories: [all]}, versions: [{name: v1, served: true, storage: true, additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}, {name: Hidden, type: string, jsonPath: .spec.note, priority: 1}], schema: {openAPIV3Schema: {type: object, description: A gizmo., properties: {spec: {type: object, required: [size], properties: {size: {type: integer, minimum: 1}, note: {type: string, default: none}, parts: {type: array, items: {type: object, properties: {name: {type: string}}}}}}}}}}]}
`;
const GIZMO = `apiVersion: kinds.example.com/v1
kind: Gizmo
metadata: {name: big, namespace: kinds}
spec: {size: 5, parts: [{name: a}, {name: b}]}
`;

const DESCRIBED = [
  ...[
    "pod odd",
    "svc full",
    "svc named",
    "svc headless",
    "endpoints manual",
    "rc rc",
    "cm empty",
    "secret typed",
    "sa sa",
  ],
  ...[
    "limits all",
    "quota scoped",
    "quota terminating",
    "pvc claim",
    "pv kinds-csi",
    "pv kinds-local",
    "deploy stopped",
  ],
  ...[
    "sts set",
    "job held",
    "cronjob held",
    "pdb share",
    "ingress rich",
    "ingressclass kinds",
    "netpol rich",
    "netpol none",
  ],
  ...[
    "clusterrole kinds-role",
    "clusterrolebinding kinds-binding",
    "hpa rich",
    "sc kinds-class",
    "csidriver kinds.example.com",
  ],
  ...["priorityclass kinds-high", "runtimeclass kinds-runtime", "lease mine", "endpointslice slice", "gizmo big", "gz"],
  ...["validatingadmissionpolicy kinds-policy", "crd gizmos.kinds.example.com", "ns kinds", "quota", "limits"],
];

/** Every kind with all that it may hold: described, listed, explained. */
export const kindsScript: ParityScript = {
  name: "kinds",
  files: {
    "objects.yaml": OBJECTS,
    "gizmo.yaml": GIZMO,
    "bad-gizmo.yaml": GIZMO.replace("size: 5", "size: x, odd: 1"),
  },
  steps: [
    { command: "create ns kinds", setup: true },
    { command: "wait --for=create sa/default -n kinds", setup: true },
    { command: "apply -f objects.yaml", setup: true },
    { command: "wait --for=condition=Established crd/gizmos.kinds.example.com", setup: true },
    { command: "apply -f gizmo.yaml", setup: true },
    ...DESCRIBED.map((subject) => {
      const command = `describe ${subject} -n kinds --show-events=false`;
      return /^(limits|ns)/.test(subject) ? { command, reason: MAP_ORDER } : command;
    }),
    ...[
      ...["pods", "svc", "endpoints", "rc", "cm", "secrets", "sa", "limits", "quota", "pvc", "deploy", "sts", "jobs"],
      ...["cronjobs", "pdb", "ingress", "netpol", "hpa", "leases", "endpointslices", "gizmos", "roles", "rolebindings"],
    ].map((kind) => `get ${kind} -n kinds -o wide`),
    ...["pv", "sc", "csidrivers", "ingressclasses", "runtimeclasses", "validatingadmissionpolicies", "crd"].map(
      (kind) => `get ${kind} -o wide`,
    ),
    "get gz -n kinds",
    "get gizmo big -n kinds -o yaml",
    "get gizmos.kinds.example.com big -n kinds -o jsonpath={.spec}",
    "get all -n kinds",
    "explain gizmo",
    "explain gizmo.spec --recursive",
    "explain gizmos.spec.parts.name",
    "explain gizmo.spec.none",
    "create -f bad-gizmo.yaml --dry-run=server",
    "apply -f bad-gizmo.yaml --dry-run=client",
    'patch gizmo big -n kinds -p \'{"spec":{"size":6}}\'',
    'patch gizmo big -n kinds --type=merge -p \'{"spec":{"size":0}}\'',
    "scale gizmo big -n kinds --replicas=1",
    "label gizmo big -n kinds a=b --dry-run=server",
    "set image gizmo/big -n kinds x=y",
    "rollout status gizmo/big -n kinds",
    "set env gizmo/big -n kinds A=b",
    "rollout history gizmo/big -n kinds",
    "rollout restart gizmo/big -n kinds",
    "rollout undo gizmo/big -n kinds",
    "rollout pause gizmo/big -n kinds",
    "expose gizmo/big -n kinds --port=1",
    "autoscale gizmo/big -n kinds --max=2",
    "logs gizmo/big -n kinds",
    "exec gizmo/big -n kinds -- x",
    "set sa gizmo/big x -n kinds",
    "set selector gizmo/big a=b -n kinds",
    "wait --for=jsonpath={.spec.size}=5 gizmo/big -n kinds --timeout=1s",
    "describe pods -n kinds -l a=b --show-events=false",
    "get pod odd -n kinds -o json",
    "get hpa rich -n kinds -o yaml",
    "get pod odd -n kinds -o kyaml",
    "get svc full -n kinds -o kyaml",
    "get ingress rich -n kinds -o yaml --show-managed-fields=false",
  ],
};
