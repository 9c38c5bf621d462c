import type { ParityScript } from "../session.ts";

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: robot
      containers:
      - name: c
        image: nginx:1
        envFrom: [{configMapRef: {name: gen}}]
        env: [{name: P, valueFrom: {secretKeyRef: {name: sec, key: p}}}]
      volumes: [{name: v, configMap: {name: gen}}]
`;
const OTHERS = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: bind}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: robot}]
---
apiVersion: v1
kind: Namespace
metadata: {name: team}
`;
const GENERATORS = `configMapGenerator: [{name: gen, literals: [a=1, b=two]}]
secretGenerator: [{name: sec, literals: [p=x], type: Opaque}]
`;

/** Kustomizations: what they build, and what is wrong with them. */
export const kustomizeScript: ParityScript = {
  name: "kustomize",
  files: {
    "base/kustomization.yaml": `resources: [web.yaml, others.yaml]\n${GENERATORS}`,
    "base/web.yaml": DEPLOYMENT,
    "base/others.yaml": OTHERS,
    "over/kustomization.yaml": `resources: [../base]
namePrefix: pre-
nameSuffix: -suf
namespace: team-x
commonAnnotations: {owner: me}
labels: [{pairs: {team: a}, includeSelectors: true}]
images: [{name: nginx, newName: reg.io/nginx, newTag: "2"}]
replicas: [{name: web, count: 4}]
configMapGenerator: [{name: gen, behavior: merge, literals: [b=three, c=4]}]
patches:
- path: patch.yaml
- target: {kind: Service}
  patch: |-
    - op: replace
      path: /spec/ports/0/port
      value: 8080
`,
    "over/patch.yaml":
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: c, resources: {limits: {cpu: 1}}}]}}}\n",
    "labels/kustomization.yaml": "resources: [../base]\ncommonLabels: {x: z}\n",
    "plain/kustomization.yaml":
      "resources: [cm.yaml]\ngeneratorOptions: {disableNameSuffixHash: true, labels: {g: h}}\nconfigMapGenerator: [{name: files-{n}, files: [data.txt, k=data.txt], envs: [a.env]}]\n",
    "plain/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf-{n}}\ndata: {a: b}\n",
    "plain/data.txt": "some\ntext\n",
    "plain/a.env": "E=1\n",
    "bad/kustomization.yaml": "resources: [none.yaml]\n",
    "twice/kustomization.yaml": "resources: [../plain, ../plain]\n",
    "nomatch/kustomization.yaml":
      'resources: [../plain]\npatches: [{patch: "{apiVersion: v1, kind: ConfigMap, metadata: {name: nope}}"}]\n',
    "empty/readme.txt": "nothing",
  },
  steps: [
    "kustomize base",
    "kustomize over",
    "kustomize labels",
    "kustomize plain",
    "kustomize bad",
    "kustomize twice",
    "kustomize nomatch",
    "kustomize empty",
    "kustomize none",
    "kustomize base over",
    "apply -k plain",
    "apply -k plain",
    "apply -k bad",
    "apply -k plain -f x",
    "get -k plain -o name",
    "delete -k plain",
    "create -k plain --dry-run=client",
  ],
};
