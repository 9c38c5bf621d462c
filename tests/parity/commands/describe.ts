import type { ParityScript } from "../session.ts";

const OBJECTS = `apiVersion: v1
kind: Namespace
metadata: {name: desc}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: desc, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {note: "one\\ntwo"}}
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
        ports: [{containerPort: 80}, {containerPort: 443}]
        resources: {requests: {cpu: 50m, memory: 32Mi}, limits: {memory: 64Mi}}
        env:
        - {name: PLAIN, value: a}
        - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
        - {name: LIMIT, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
        - {name: KEY, valueFrom: {configMapKeyRef: {name: settings, key: a, optional: true}}}
        envFrom: [{configMapRef: {name: settings}}, {prefix: P_, secretRef: {name: secret, optional: true}}]
        livenessProbe: {tcpSocket: {port: 80}, periodSeconds: 5}
        volumeMounts: [{name: conf, mountPath: /conf, readOnly: true}, {name: tmp, mountPath: /tmp, subPath: x}]
      volumes:
      - {name: conf, configMap: {name: settings}}
      - {name: tmp, emptyDir: {sizeLimit: 10Mi}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: desc}
data: {a: "1", b: "two\\nlines\\n"}
binaryData: {c: AAEC}
---
apiVersion: v1
kind: Secret
metadata: {name: secret, namespace: desc}
stringData: {user: admin, password: xyz}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: desc}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: outside, namespace: desc}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: site, namespace: desc}
spec:
  tls: [{hosts: [a.example], secretName: t}]
  rules:
  - host: a.example
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}, {path: /x, pathType: Prefix, backend: {service: {name: none, port: {name: p}}}}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow, namespace: desc}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{podSelector: {}}, {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [{port: 80}, {port: 1000, endPort: 2000}]}]
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: quota, namespace: desc}
spec: {hard: {pods: "10", requests.cpu: "2"}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: limits, namespace: desc}
spec: {limits: [{type: Container, default: {cpu: 200m}}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot, namespace: desc}
imagePullSecrets: [{name: a}, {name: b}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: desc}
rules: [{apiGroups: ["", apps], resources: [pods, deployments/scale], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: desc}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}, {kind: ServiceAccount, name: robot, namespace: desc}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: desc}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: [sh, -c, "echo a\\necho b"]}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: daily, namespace: desc}
spec: {schedule: "0 0 * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: desc}
spec: {selector: {matchLabels: {app: agent}}, template: {metadata: {labels: {app: agent}}, spec: {containers: [{name: c, image: nginx}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: desc}
spec: {serviceName: db, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: nginx}]}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: guard, namespace: desc}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: desc}
spec: {accessModes: [ReadWriteOnce], storageClassName: none, resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: desc-volume}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce, ReadOnlyMany]
  storageClassName: other
  hostPath: {path: /data}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node-1, node-2]}]}]}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: desc-class}
provisioner: example.com/disk
parameters: {a: b}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: desc-high}
value: 100
description: high
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: scaler, namespace: desc}
spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}
`;

const SUBJECTS = [
  "deploy web",
  "deploy/web --show-events=false",
  "rs -l app=web --show-events=false",
  "pods -l app=web --show-events=false",
  "cm settings",
  "secret secret",
  "svc web",
  "svc outside",
  "endpointslices -l kubernetes.io/service-name=web",
  "ingress site",
  "netpol allow",
  "quota quota",
  "limits limits",
  "sa robot",
  "role reader",
  "rolebinding readers",
  "job once --show-events=false",
  "cronjob daily",
  "ds agent --show-events=false",
  "sts db --show-events=false",
  "pdb guard",
  "pvc data --show-events=false",
  "hpa scaler --show-events=false",
  "controllerrevisions --show-events=false",
  "cm sett",
  "cm nope",
  "cm settings nope",
  "cm,secret",
  "cm -l nope=x",
  "nope x",
  "",
  "svc/web cm/settings",
];

/** Descriptions of every kind. */
export const describeScript: ParityScript = {
  name: "describe",
  files: { "objects.yaml": OBJECTS },
  steps: [
    { command: "apply -f objects.yaml", setup: true },
    { command: "rollout status deploy/web -n desc", setup: true },
    { command: "wait --for=condition=complete job/once -n desc --timeout=90s", setup: true },
    { command: "rollout status sts/db -n desc", setup: true },
    { command: "rollout status ds/agent -n desc", setup: true },
    ...SUBJECTS.map((subject) => `describe ${subject} -n desc`),
    "describe ns desc",
    "describe pv desc-volume",
    "describe sc desc-class",
    "describe priorityclass desc-high",
    "describe clusterrole view",
    "describe clusterrole cluster-admin",
    "describe clusterrolebinding cluster-admin",
    "describe ns -A",
    "describe node node-1 --show-events=false",
    "describe apiservice v1.",
    "describe lease -n kube-node-lease node-9",
  ],
};
