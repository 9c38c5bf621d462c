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
    "asresource/kustomization.yaml": "resources: [../acomponent]\n",
    "acomponent/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: a-\n",
    "ascomponent/kustomization.yaml": "components: [../base]\n",
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
    "rep-plain/kustomization.yaml":
      "resources: [../plain, ../base]\nreplacements:\n- source: {kind: ConfigMap, name: conf-{n}, fieldPath: data.a}\n  targets: [{select: {kind: Deployment}, fieldPaths: ['spec.template.spec.containers.[name=c].image', spec.template.spec.containers.0.name]}]\n",
    "rep-missing/kustomization.yaml":
      "resources: [../plain, ../base]\nreplacements:\n- source: {kind: ConfigMap, name: conf-{n}, fieldPath: data.none}\n  targets: [{select: {kind: Deployment}, fieldPaths: [spec.x]}]\n",
    "rep-nofield/kustomization.yaml":
      "resources: [../plain, ../base]\nreplacements:\n- source: {kind: ConfigMap, name: conf-{n}, fieldPath: data.a}\n  targets: [{select: {kind: Deployment}, fieldPaths: [spec.x.y]}]\n",
    "rep-create/kustomization.yaml":
      "resources: [../plain, ../base]\nreplacements:\n- source: {kind: ConfigMap, name: conf-{n}, fieldPath: data.a}\n  targets: [{select: {kind: Deployment}, fieldPaths: [spec.x.y, 'metadata.annotations.a\\.b/c'], options: {create: true}}]\n",
    "rep-part/kustomization.yaml":
      "resources: [../plain, ../base]\nreplacements:\n- source: {kind: ConfigMap, name: conf-{n}, fieldPath: data.a}\n  targets: [{select: {kind: Deployment}, fieldPaths: ['spec.template.spec.containers.*.image'], options: {delimiter: ':', index: 0}}]\n",
    "rep-append/kustomization.yaml":
      "resources: [../plain, ../base]\nreplacements:\n- source: {kind: ConfigMap, name: conf-{n}, fieldPath: data.a}\n  targets: [{select: {name: 'w.*'}, reject: [{kind: Service}], fieldPaths: [spec.template.spec.serviceAccountName], options: {delimiter: ':', index: -1}}]\n",
    "rep-none/kustomization.yaml":
      "resources: [../plain, ../base]\nreplacements:\n- source: {kind: ConfigMap, name: conf-{n}, fieldPath: data.a}\n  targets: [{select: {kind: Nope}, fieldPaths: [a]}]\n",
    "rep-noselect/kustomization.yaml":
      "resources: [../plain, ../base]\nreplacements:\n- source: {kind: ConfigMap, name: conf-{n}, fieldPath: data.a}\n  targets: [{fieldPaths: [a]}]\n",
    "rep-bounds/kustomization.yaml":
      "resources: [../plain, ../base]\nreplacements:\n- source: {kind: ConfigMap, name: conf-{n}, fieldPath: data.a, options: {delimiter: '-', index: 3}}\n  targets: [{select: {kind: Deployment}, fieldPaths: [metadata.name]}]\n",
    "helm/kustomization.yaml": "helmCharts: [{name: a, repo: https://x.example, version: 1.0.0}]\n",
    "unknown/kustomization.yaml": "resources: [../plain]\nnosuch: 1\n",
    "rep-nosource/kustomization.yaml":
      "resources: [../plain]\nreplacements: [{source: {kind: Nope}, targets: [{select: {kind: ConfigMap}}]}]\n",
    "rep-two/kustomization.yaml":
      "resources: [../plain]\nreplacements: [{source: {kind: ConfigMap}, targets: [{select: {kind: ConfigMap}}]}]\n",
    "rep-file/kustomization.yaml": "resources: [../base]\nreplacements: [{path: list.yaml}]\n",
    "rep-nofile/kustomization.yaml": "resources: [../base]\nreplacements: [{path: none.yaml}]\n",
    "templates/kustomization.yaml":
      "resources: [../base]\nlabels: [{pairs: {t: a}, includeTemplates: true}, {pairs: {only: meta}}]\n",
    "fields/kustomization.yaml":
      "resources: [../base]\nlabels: [{pairs: {t: a}, fields: [{path: spec/extra, create: true, kind: Service}]}]\n",
    "digest/kustomization.yaml":
      'resources: [../base]\nimages: [{name: nginx, digest: "sha256:0000000000000000000000000000000000000000000000000000000000000000"}]\n',
    "nothing/kustomization.yaml": "resources: [../base]\nreplicas: [{name: nope, count: 1}]\n",
    "suffix/kustomization.yaml": "resources: [../base]\nnameSuffix: -x\nnamespace: other\n",
    "byname/kustomization.yaml":
      'resources: [../base]\npatches: [{target: {kind: Deployment, name: "we.*"}, patch: "[{op: add, path: /spec/replicas, value: 3}]"}]\n',
    "byjson/kustomization.yaml":
      'resources: [../over]\npatches: [{target: {labelSelector: team=a}, patch: "[{\\"op\\": \\"add\\", \\"path\\": \\"/metadata/annotations/x\\", \\"value\\": \\"z\\"}]"}]\n',
    "bylabel/kustomization.yaml":
      'resources: [../over]\npatches: [{target: {labelSelector: team=a}, patch: "[{op: add, path: /metadata/annotations/x, value: y}]"}]\n',
    "badpatch/kustomization.yaml":
      'resources: [../base]\npatches: [{target: {kind: Deployment}, patch: "[{op: remove, path: /spec/none}]"}]\n',
    "deletes/kustomization.yaml":
      'resources: [../base]\npatches: [{patch: "{apiVersion: v1, kind: Service, metadata: {name: web}, $patch: delete}"}]\n',
    "component/kustomization.yaml": "resources: [../base]\ncomponents: [../part]\nnamePrefix: c-\n",
    "genopts/kustomization.yaml":
      "generatorOptions: {annotations: {a: b}, immutable: true}\nsecretGenerator: [{name: s, literals: [a=b], options: {disableNameSuffixHash: true, labels: {c: d}}}, {name: t, type: kubernetes.io/tls, literals: [tls.crt=x, tls.key=y]}]\n",
    "badgen/kustomization.yaml": "configMapGenerator: [{name: s, literals: [odd]}]\n",
    "noname/kustomization.yaml": "configMapGenerator: [{literals: [a=b]}]\n",
    "mergenone/kustomization.yaml": "configMapGenerator: [{name: s, behavior: merge, literals: [a=b]}]\n",
    "twogen/kustomization.yaml": "configMapGenerator: [{name: s, literals: [a=b]}, {name: s, literals: [a=c]}]\n",
    "rep-file/list.yaml":
      "- source: {kind: ServiceAccount, name: robot}\n  targets: [{select: {kind: Deployment}, fieldPaths: [metadata.name]}]\n",
    "part/kustomization.yaml":
      "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -part\nlabels: [{pairs: {in: part}}]\n",
    "empty/readme.txt": "nothing",
  },
  steps: [
    "kustomize asresource",
    "kustomize ascomponent",
    "kustomize acomponent",
    "kustomize base",
    "kustomize over",
    "kustomize labels",
    "kustomize plain",
    "kustomize bad",
    "kustomize twice",
    "kustomize nomatch",
    "kustomize rep-plain",
    "kustomize rep-missing",
    "kustomize rep-nofield",
    "kustomize rep-create",
    "kustomize rep-part",
    "kustomize rep-append",
    "kustomize rep-none",
    "kustomize rep-noselect",
    "kustomize rep-bounds",
    "kustomize helm",
    "kustomize unknown",
    "kustomize rep-nosource",
    "kustomize rep-two",
    "kustomize rep-file",
    "kustomize rep-nofile",
    "kustomize templates",
    "kustomize fields",
    "kustomize digest",
    "kustomize nothing",
    "kustomize suffix",
    "kustomize byname",
    "kustomize bylabel",
    "kustomize byjson",
    "kustomize badpatch",
    "kustomize deletes",
    "kustomize component",
    "kustomize genopts",
    "kustomize badgen",
    "kustomize noname",
    "kustomize mergenone",
    "kustomize twogen",
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
