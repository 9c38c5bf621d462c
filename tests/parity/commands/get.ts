import type { ParityScript } from "../session.ts";

const PODS = `apiVersion: v1
kind: Pod
metadata: {name: alpha, labels: {app: x, tier: front, "a.b/c": q}}
spec:
  schedulerName: nobody
  containers:
  - {name: c, image: "img:1", args: ["<a>", "b: c"], ports: [{containerPort: 80}]}
  - {name: d, image: "img:2"}
---
apiVersion: v1
kind: Pod
metadata: {name: beta, labels: {app: x, tier: back}}
spec:
  schedulerName: nobody
  containers:
  - {name: c, image: "img:2"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cm}
data:
  a: "1"
  long: "${"word ".repeat(40)}"
  lines: "one\\ntwo\\n"
  odd: "yes"
`;

const OUTPUTS = [
  "",
  "-o wide",
  "-o json",
  "-o yaml",
  "-o name",
  "-o jsonpath={.metadata.name}",
  "-o jsonpath={.items[*].metadata.name}",
  "-o jsonpath-as-json={..image}",
  "-o custom-columns=N:.metadata.name,I:.spec.containers[*].image,X:.nope",
  "-o custom-columns=N:metadata.name --no-headers",
  "-o go-template='{{.kind}} {{range .items}}{{.metadata.name}} {{end}}'",
  "-o go-template='{{range .items}}{{.metadata.name}}:{{range .spec.containers}}{{.image}},{{end}}{{\"\\n\"}}{{end}}'",
  "-o odd",
  "--show-labels",
  "-L app,tier",
  "--no-headers",
  "--show-kind",
  "--sort-by=.metadata.name",
  "--sort-by=.metadata.labels.tier",
  "--sort-by={.spec.containers[0].image}",
  "-l app=x",
  "-l 'tier in (front)'",
  "-l tier!=front",
  "-l nope",
  "-l '=bad='",
  "--field-selector metadata.name=beta",
  "--field-selector nope=x",
  "--chunk-size=1",
];

export const getScript: ParityScript = {
  name: "get",
  files: { "pods.yaml": PODS },
  steps: [
    { command: "create namespace par-get", setup: true },
    { command: "apply -n par-get -f pods.yaml", setup: true },
    ...OUTPUTS.map((output) => `get pods -n par-get ${output}`),
    ...OUTPUTS.slice(0, 14).map((output) => `get pod alpha -n par-get ${output}`),
    "get pods alpha beta -n par-get",
    "get pods alpha nope -n par-get",
    "get pods alpha nope -n par-get -o name",
    "get pod/alpha configmap/cm -n par-get",
    "get pod/alpha configmap/cm -n par-get -o name",
    "get pods,cm -n par-get",
    "get all -n par-get",
    "get cm cm -n par-get -o yaml",
    "get cm cm -n par-get -o json",
    "get cm cm -n par-get -o jsonpath={.data.odd}",
    "get -f pods.yaml -n par-get",
    "get -f nope.yaml",
    "get pods nope -n par-get --ignore-not-found",
    "get pods -n empty",
    "get pods -A -l app=x",
    "get nodes",
    "get nodes -o wide",
    "get nodes -o name",
    "get ns",
    "get nothings",
    "get pods/alpha nothings -n par-get",
    "get pods/",
    "get pods alpha -l app=x -n par-get",
    "get",
    "get --raw /version",
    "get --raw /none",
    "get pods --nope",
    "get pods -z",
    "get pods --output",
    "get pods -n",
    "get deploy -A",
    "get po,svc -n par-get",
    "get svc -n default",
    "get svc kubernetes -o yaml -n default",
    "get deploy.apps -n par-get",
    "get deployments.v1.apps -n par-get",
    "get pods.v1. -n par-get",
    "get leases -n kube-node-lease",
    "get sa -n par-get",
    "get events -n par-get",
    "get pods -n par-get -o jsonpath='{.x'",
    "get pods -n par-get -o jsonpath='{.items[9]}'",
    "get pods -n par-get -o custom-columns=A",
    "get pods -n par-get -o template",
    "get pods -n par-get --sort-by=.nope",
    "get clusterroles admin",
    "get storageclass",
  ],
};
