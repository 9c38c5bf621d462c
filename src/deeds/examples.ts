/** Manifests to begin with. They are read like any other text: nothing here is known to the simulator. */
export interface Example {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

const deployment = `# A model server, kept running three times over.
# A Deployment makes a ReplicaSet; the ReplicaSet makes the pods.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ml-model
spec:
  replicas: 3               # how many pods there should be, always
  selector:
    matchLabels:
      app: ml-model         # the pods it calls its own
  template:                 # what each pod looks like
    metadata:
      labels:
        app: ml-model
    spec:
      containers:
        - name: model
          image: registry.example.com/ml-model:1.4.2
          ports:
            - containerPort: 8080
          resources:
            requests:       # what the scheduler looks for on a node
              cpu: 500m
              memory: 512Mi
            limits:
              memory: 1Gi
          readinessProbe:   # no traffic before this succeeds
            httpGet:
              path: /healthz
              port: 8080
            periodSeconds: 5
`;

const service = `# One address for all pods with the label app=ml-model.
# The EndpointSlice behind it lists those that are ready.
apiVersion: v1
kind: Service
metadata:
  name: ml-model
spec:
  selector:
    app: ml-model
  ports:
    - name: http
      port: 80
      targetPort: 8080
`;

const pod = `# A pod on its own: when its node dies, nobody makes another.
apiVersion: v1
kind: Pod
metadata:
  name: alone
spec:
  containers:
    - name: web
      image: nginx:1.29
`;

const broken = `# The first document is fine, the second is not: the API server says why.
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  mode: fast
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: Broken-Web          # a name must be in lower case
spec:
  replicas: 2
  selector:
    matchLabels:
      app: broken
  template:
    metadata:
      labels:
        app: other          # does not match the selector
    spec:
      containers:
        - name: web
          image: nginx:1.29
          resources:
            requests:
              memory: 1.5.3Gi
`;

export const examples: readonly Example[] = [
  { id: "deployment", title: "Deployment: a model server, three replicas", text: deployment },
  { id: "service", title: "Service: one address for its pods", text: service },
  { id: "pod", title: "Pod: one, on its own", text: pod },
  { id: "broken", title: "Two documents, the second one wrong", text: broken },
];

export const starter = deployment;
