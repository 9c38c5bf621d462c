import deployment from "../../scenarios/self-healing/ml-model.yaml?raw";

/** Manifests to begin with. They are read like any other text: nothing here is known to the simulator. */
export interface Example {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

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

/** What the lessons begin with, too. */
export const starter = deployment;
