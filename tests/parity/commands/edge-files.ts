const config = (name: string, data: string, more = "") =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${more}}\ndata: {${data}}\n`;
const web = (image: string, more = "") =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {app: web}}\nspec:\n  replicas: 0\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers: [{name: c, image: "${image}"${more}}]\n`;

/** Manifests that are nearly right, and other files of the edges. */
export const EDGE_FILES = {
  "list-kind.yaml": `apiVersion: v1\nkind: ConfigMapList\nitems:\n- {metadata: {name: kl1}}\n- {metadata: {name: kl2}}\n`,
  "nested.yaml": `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: ConfigMap, metadata: {name: deep}}\n`,
  "empty-list.yaml": "apiVersion: v1\nkind: List\nitems: []\n",
  "good-bad.yaml": `${config("good", "a: b")}---\n${config("Bad_Name", "a: b")}---\n${config("good2", "a: b")}`,
  "bad-type.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wrong}\ndata: {a: 1, b: true}\n",
  "bad-kind.yaml": "apiVersion: v1\nkind: Podd\nmetadata: {name: x}\n",
  "bad-group.yaml": "apiVersion: app/v1\nkind: Deployment\nmetadata: {name: x}\n",
  "bad-version.yaml": "apiVersion: apps/v2\nkind: Deployment\nmetadata: {name: x}\n",
  "lower.yaml": "apiVersion: v1\nkind: configmap\nmetadata: {name: x}\n",
  "no-name.yaml": "apiVersion: v1\nkind: ConfigMap\ndata: {a: b}\n",
  "no-meta.yaml": "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: c, image: i}]}\n",
  "number-name.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 5}\n",
  "dup.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: dup}\ndata: {a: x}\ndata: {b: y}\n",
  "typo.yaml": web("nginx:1", ", imagePullPolcy: Never, prots: []"),
  "null.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nulls, labels: null}\ndata: null\n",
  "comments.yaml": `# first\n---\n# only words\n---\n${config("commented", "a: b")}---\n`,
  "dashes.yaml": `---\n---\n${config("dashed", "a: b")}---\n---\n`,
  "cfg.yaml": config("cfg", "a: b, c: d"),
  "cfg2.yaml": config("cfg", "a: x", ", labels: {l: m}"),
  "cfg3.yaml": config("cfg", "", ", annotations: {k: v}"),
  "bin.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cfg}\nbinaryData: {x: AAEC}\n",
  "frozen.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: frozen}\nimmutable: true\ndata: {a: b}\n",
  "frozen2.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: frozen}\nimmutable: true\ndata: {a: c}\n",
  "web.yaml": web("nginx:1"),
  "web2.yaml": web("nginx:2", ", env: [{name: A, value: b}]"),
  "web3.yaml": web("nginx:2")
    .replaceAll("app: web", "app: other")
    .replace("labels: {app: other}", "labels: {app: web}"),
  "web4.yaml": web("").replace("replicas: 0", "replicas: -1"),
  "port.yaml":
    "apiVersion: v1\nkind: Service\nmetadata: {name: port}\nspec: {clusterIP: None, ports: [{port: 80}, {port: 80}]}\n",
  "svc.yaml":
    "apiVersion: v1\nkind: Service\nmetadata: {name: svc}\nspec: {clusterIP: None, selector: {a: b}, ports: [{name: a, port: 80}]}\n",
  "svc2.yaml":
    "apiVersion: v1\nkind: Service\nmetadata: {name: svc}\nspec: {clusterIP: None, selector: {a: c}, ports: [{name: a, port: 81}, {name: b, port: 82}]}\n",
  "pod.yaml":
    "apiVersion: v1\nkind: Pod\nmetadata: {name: pod}\nspec: {schedulerName: nobody, containers: [{name: c, image: i}]}\n",
  "pod2.yaml":
    "apiVersion: v1\nkind: Pod\nmetadata: {name: pod}\nspec: {schedulerName: nobody, containers: [{name: c, image: j, command: [x]}]}\n",
  "elsewhere.yaml": config("far", "a: b", ", namespace: nowhere"),
  "role.yaml":
    'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: "edge-{n}"}\nrules: [{apiGroups: [\'\'], resources: [pods], verbs: [get]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: rb, namespace: "edge-{n}"}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\nsubjects: [{kind: User, name: u, apiGroup: rbac.authorization.k8s.io}]\n',
  "role2.yaml":
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: \"edge-{n}\"}\nrules: [{apiGroups: [''], resources: [pods], verbs: [list]}]\n",
  "json.json": '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"from-json"},"data":{"a":"b"}}',
  "sub/one.yaml": config("sub-one", "a: b"),
  "sub/readme.md": "# no manifest\n",
  "patch.json": '{"data":{"p":"q"}}',
  "lines.env": "# c\n\nA=1\nB = 2\nC\n",
};
