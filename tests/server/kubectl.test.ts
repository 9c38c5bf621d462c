import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "vitest";
import { hasKubectl, Kubectl, type Step } from "./kubectl.ts";
import { type Served, serve } from "./support.ts";

const present = hasKubectl();
if (!present) process.stdout.write("There is no kubectl on this machine: its session is skipped.\n");

/** Virtual seconds per second: nobody waits for images to be pulled. */
const SPEED = 20;

function deployment(name: string, replicas: number, extra = ""): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
      - {name: main, image: nginx, ports: [{containerPort: 80}], resources: {requests: {cpu: 100m}}}
${extra}`;
}

const SHARED: readonly Step[] = [
  ["version", /Server Version: .*v1\.36\.2/],
  ["cluster-info", /Kubernetes control plane.* is running at .*http:\/\/127\.0\.0\.1/],
  ["api-versions", /^admissionregistration[\s\S]*apps\/v1\n(.*\n)*v1\n$/],
  ["api-resources", /^deployments +deploy +apps\/v1 +true +Deployment$/m],
  ["api-resources --namespaced=false --no-headers -o name", /^nodes$/m],
  [
    "api-resources --api-group=apps --verbs=patch -o wide",
    /^replicasets +rs +apps\/v1 +true +ReplicaSet +create,delete/m,
  ],
  ["get --raw /version", /"gitVersion":"v1\.36\.2/],
  ["get --raw /readyz", "ok"],
  ["get --raw '/livez?verbose'", /^\[\+\]ping ok\n(.*\n)*livez check passed\n$/],
  ["get --raw /healthz/etcd", "ok"],
  ["get --raw /none", [/Error from server \(NotFound\): the server could not find the requested resource/, 1]],
  ["get nothings", ['error: the server doesn\'t have a resource type "nothings"\n', 1]],
  ["top nodes", ["error: Metrics API not available\n", 1]],
  ["top pods", ["error: Metrics API not available\n", 1]],
];

const CREATE: readonly Step[] = [
  ["create namespace made", "namespace/made created\n"],
  ["create namespace made", ['Error from server (AlreadyExists): namespaces "made" already exists\n', 1]],
  ["create deployment web --image=nginx --replicas=2 -n made", "deployment.apps/web created\n"],
  ["create configmap cm --from-literal=a=1 --from-literal=b=2 -n made", "configmap/cm created\n"],
  ["get configmap cm -n made -o jsonpath={.data}", '{"a":"1","b":"2"}'],
  ["create secret generic s --from-literal=p=q -n made", "secret/s created\n"],
  ["get secret s -n made -o jsonpath={.data.p}:{.type}", "cQ==:Opaque"],
  [
    "create secret docker-registry reg --docker-server=r --docker-username=u --docker-password=p -n made",
    "secret/reg created\n",
  ],
  ["create service clusterip one --tcp=80:8080 -n made", "service/one created\n"],
  ["create service nodeport two --tcp=80 -n made", "service/two created\n"],
  ["create service externalname three --external-name=example.com -n made", "service/three created\n"],
  ["create service loadbalancer four --tcp=80 -n made", "service/four created\n"],
  ["get service one -n made -o jsonpath={.spec.ports[0].targetPort}", "8080"],
  ["create serviceaccount robot -n made", "serviceaccount/robot created\n"],
  ["create priorityclass high --value=10 --description=d", "priorityclass.scheduling.k8s.io/high created\n"],
  ["get priorityclass high -o jsonpath={.value}", "10"],
  [
    "create configmap 'Bad' -n made",
    [/ConfigMap "Bad" is invalid: metadata.name: Invalid value: "Bad": a lowercase RFC 1123 subdomain/, 1],
  ],
  ["create configmap dry --from-literal=a=1 --dry-run=client -o name -n made", "configmap/dry\n"],
  ["create configmap dry --from-literal=a=1 --dry-run=server -n made", "configmap/dry created (server dry run)\n"],
  ["get configmap dry -n made", ['Error from server (NotFound): configmaps "dry" not found\n', 1]],
  ["run one --image=nginx -n made", "pod/one created\n"],
  ["run two --image=nginx --port=80 --labels=a=b --env=X=y -n made", "pod/two created\n"],
  [
    "wait --for=condition=Ready pod/one pod/two -n made --timeout=30s",
    "pod/one condition met\npod/two condition met\n",
  ],
  [
    "create -f - -n made",
    "pod/piped created\n",
    "apiVersion: v1\nkind: Pod\nmetadata: {name: piped}\nspec: {containers: [{name: c, image: nginx}]}\n",
  ],
  ["create token robot -n made", /^ey[\w-]+\.[\w-]+\.[\w-]+\n?$/],
  ["expose deployment web --port=80 --name=exposed -n made", "service/exposed exposed\n"],
  ["expose pod two --name=exposed-pod -n made", "service/exposed-pod exposed\n"],
  ["get service exposed -n made -o jsonpath={.spec.selector}", '{"app":"web"}'],
  ["delete namespace made --timeout=40s", /^namespace "made" deleted/],
  ["get pods -n made", ""],
];

const ACCESS: readonly Step[] = [
  ["create role reader --verb=get,list --resource=pods", "role.rbac.authorization.k8s.io/reader created\n"],
  ["create rolebinding readers --role=reader --user=jane", "rolebinding.rbac.authorization.k8s.io/readers created\n"],
  ["create clusterrole looker --verb=get --resource=nodes", "clusterrole.rbac.authorization.k8s.io/looker created\n"],
  [
    "create clusterrolebinding lookers --clusterrole=looker --group=devs",
    "clusterrolebinding.rbac.authorization.k8s.io/lookers created\n",
  ],
  ["auth can-i '*' '*'", "yes\n"],
  ["auth can-i get pods --as=jane", "yes\n"],
  ["auth can-i delete pods --as=jane", [/^no$/m, 1]],
  ["auth can-i get nodes --as=jim --as-group=devs", /yes\n$/],
  ["auth can-i --list --as=jane", /^pods +\[\] +\[\] +\[get list\]$/m],
  ["get pods --as=jane", ""],
  [
    "get secrets --as=jane",
    [
      'Error from server (Forbidden): secrets is forbidden: User "jane" cannot list resource "secrets" in API group "" in the namespace "default"\n',
      1,
    ],
  ],
  ["auth whoami", /^Username +kubernetes-admin$/m],
  ["create job once --image=busybox", "job.batch/once created\n"],
  ["create cronjob often --image=busybox --schedule='*/5 * * * *'", "cronjob.batch/often created\n"],
  ["create deployment web --image=nginx", "deployment.apps/web created\n"],
  ["create poddisruptionbudget web --selector=app=web --min-available=1", "poddisruptionbudget.policy/web created\n"],
  ["get job,cronjob,hpa,pdb -o name", /^job\.batch\/once\ncronjob\.batch\/often\n/],
  ["describe clusterrole looker", /nodes +\[\] +\[\] +\[get\]/],
];

const GET: readonly Step[] = [
  [
    "get nodes",
    /^NAME +STATUS +ROLES +AGE +VERSION\ncontrol-plane +Ready +control-plane +\S+ +v1\.36\.2\nnode-1 +Ready +<none>/,
  ],
  ["get nodes -o wide", /^node-1 .* 10\.0\.0\.\d .* containerd:\/\//m],
  ["get nodes -o name", "node/control-plane\nnode/node-1\n"],
  ["get node node-1 -o yaml", /^apiVersion: v1\nkind: Node\nmetadata:\n(.*\n)* {2}name: node-1\n/],
  ["get node node-1 -o json", /^\{\n {4}"apiVersion": "v1",\n {4}"kind": "Node",\n/],
  ["get node node-1 -o jsonpath={.status.nodeInfo.kubeletVersion}", "v1.36.2"],
  [
    "get node -o 'custom-columns=NAME:.metadata.name,CPU:.status.capacity.cpu'",
    /^NAME +CPU\ncontrol-plane +\d\nnode-1 +\d\n$/,
  ],
  ["get node node-1 -o 'go-template={{.metadata.name}}'", "node-1"],
  ["get node -l kubernetes.io/hostname=node-1 --no-headers -o name", "node/node-1\n"],
  ["get node --show-labels node-1", /kubernetes\.io\/hostname=node-1/],
  ["get node -L kubernetes.io/os", /OS\n(.*linux\n){2}$/],
  ["get pods -A", /^kube-system +etcd-control-plane +1\/1 +Running/m],
  ["get pods -n kube-system --field-selector spec.nodeName=node-1 -o name", /^pod\/kube-proxy-node-1$/m],
  ["get pods -n kube-system --field-selector status.phase=Failed", ""],
  ["get pods -A --field-selector nothing=1", [/field label not supported: nothing/, 1]],
  ["get pods -n kube-system --sort-by=.metadata.name -o name", /^pod\/coredns/],
  ["get pods -n kube-system --chunk-size=2 -o name", /pod\/kube-scheduler-control-plane\n$/],
  ["get all -n kube-system", /^deployment\.apps\/coredns/m],
  ["get deploy,svc -n kube-system -o name", /^deployment\.apps\/coredns\n(.*\n)*service\/kube-dns\n$/],
  ["get pods -n nowhere", ""],
  ["get pod none", ['Error from server (NotFound): pods "none" not found\n', 1]],
  ["get leases -n kube-node-lease", /^NAME +HOLDER +AGE\n(.*\n)*node-1 +node-1/],
  ["get pods -A -w --request-timeout=2s", /^NAMESPACE +NAME +READY/],
  ["get events -A", /^kube-system .* Scheduled /m],
  ["events -n kube-system --for deployment/coredns", /ScalingReplicaSet/],
  ["describe node node-1", /^Name: +node-1\n(.*\n)*Non-terminated Pods: /],
  ["describe pod -n kube-system etcd-control-plane", /^Name: +etcd-control-plane\n(.*\n)*Containers:\n {2}etcd:\n/],
  [
    "describe deployment coredns -n kube-system",
    /^Replicas: +2 desired \| 2 updated \| 2 total \| 2 available \| 0 unavailable$/m,
  ],
  ["describe service kube-dns -n kube-system", /^Endpoints: +10\.244\./m],
  ["describe namespace default", /^Status: +Active$/m],
  ["describe configmap kube-root-ca.crt", /BEGIN CERTIFICATE/],
  ["describe pod none", [/pods "none" not found/, 1]],
  [
    "explain deployment.spec.strategy",
    /^GROUP: +apps\nKIND: +Deployment\nVERSION: +v1\n\nFIELD: strategy <DeploymentStrategy>\n(.*\n)*DESCRIPTION:\n(.*\n)* {2}type\t<string>\n/,
  ],
  ["explain pod.spec.tolerations --recursive", /^FIELDS:\n {2}effect\t<string>\n(.*\n)* {2}key\t<string>/m],
  ["explain pods.metadata.labels", /^FIELD: labels <map\[string\]string>$/m],
  ["explain pod.spec.nothing", [/^error: field "nothing" does not exist$/m, 1]],
  ["explain deployments --api-version=apps/v9", [/couldn't find resource for "apps\/v9/, 1]],
];

const APPLY: readonly Step[] = [
  ["apply -f web.yaml", "deployment.apps/web created\n"],
  ["apply -f web.yaml", "deployment.apps/web unchanged\n"],
  ["wait --for=condition=Available deploy/web --timeout=30s", "deployment.apps/web condition met\n"],
  ["diff -f web-3.yaml", [/^- {2}replicas: 2\n\+ {2}replicas: 3$/m, 1]],
  ["apply -f web-3.yaml", "deployment.apps/web configured\n"],
  ["diff -f web-3.yaml", ""],
  ["get deploy web -o jsonpath={.spec.replicas}", "3"],
  ["apply -f web-3.yaml --dry-run=server", "deployment.apps/web unchanged (server dry run)\n"],
  ["apply -f wrong.yaml", [/strict decoding error: unknown field "spec.replicaz"/, 1]],
  ["apply -f wrong.yaml --validate=warn", "deployment.apps/web configured\n"],
  ["create -f broken.yaml", [/The Deployment "Broken" is invalid: /, 1]],
  ["apply view-last-applied deploy/web", /^kind: Deployment$/m],
  ["apply -f two.yaml", "configmap/one created\nconfigmap/two created\n"],
  ["delete -f two.yaml", /^configmap "one" deleted.*\nconfigmap "two" deleted.*\n$/],
  ["replace -f web.yaml", "deployment.apps/web replaced\n"],
  ["replace --force -f web.yaml", /^deployment\.apps "web" deleted.*\ndeployment\.apps\/web replaced\n$/],
  ["edit deploy/web", ""],
];

const CHANGE: readonly Step[] = [
  ["apply -f web.yaml", "deployment.apps/web created\n"],
  ["rollout status deploy/web --timeout=40s", /deployment "web" successfully rolled out\n$/],
  ["scale deploy/web --replicas=3", "deployment.apps/web scaled\n"],
  ["scale deploy/web --current-replicas=9 --replicas=1", ["error: Expected replicas to be 9, was 3\n", 1]],
  // What kubectl said until 1.33, and what it says since.
  ["scale deploy/none --replicas=3", [/^error: no objects passed to scale|^Error from server \(NotFound\)/, 1]],
  ["rollout status deploy/web --timeout=40s", /successfully rolled out\n$/],
  ["set image deploy/web main=nginx:1.27", "deployment.apps/web image updated\n"],
  ["rollout status deploy/web --timeout=40s", /successfully rolled out\n$/],
  [
    "rollout history deploy/web",
    "deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n",
  ],
  ["rollout history deploy/web --revision=2", /Image:\tnginx:1\.27/],
  ["rollout undo deploy/web", "deployment.apps/web rolled back\n"],
  ["rollout status deploy/web --timeout=40s", /successfully rolled out\n$/],
  ["get deploy web -o jsonpath={.spec.template.spec.containers[0].image}", "nginx"],
  ["rollout undo deploy/web --to-revision=9", [/^error: unable to find specified revision 9 in history\n$/m, 1]],
  ["rollout restart deploy/web", "deployment.apps/web restarted\n"],
  ["rollout pause deploy/web", "deployment.apps/web paused\n"],
  ["rollout pause deploy/web", ['error: deployments.apps "web" is already paused\n', 1]],
  ["rollout resume deploy/web", "deployment.apps/web resumed\n"],
  ["set env deploy/web A=b", "deployment.apps/web env updated\n"],
  ["set env deploy/web --list", /^A=b$/m],
  ["set resources deploy/web --limits=cpu=200m", "deployment.apps/web resource requirements updated\n"],
  ["set serviceaccount deploy/web default", "deployment.apps/web serviceaccount updated\n"],
  ["label deploy web x=y", "deployment.apps/web labeled\n"],
  ["label deploy web x=z", ["error: 'x' already has a value (y), and --overwrite is false\n", 1]],
  ["label deploy web x=z --overwrite", "deployment.apps/web labeled\n"],
  ["label deploy web x-", "deployment.apps/web unlabeled\n"],
  ["label deploy web 'bad key=1'", [/metadata\.labels: Invalid value: "bad key": name part must consist/, 1]],
  ["annotate deploy web note=hello", /^deployment\.apps\/web annotated?\n$/],
  ["annotate deploy web note-", /^deployment\.apps\/web annotated?\n$/],
  ['patch deploy web -p \'{"spec":{"replicas":1}}\'', "deployment.apps/web patched\n"],
  ['patch deploy web -p \'{"spec":{"replicas":1}}\'', "deployment.apps/web patched (no change)\n"],
  ['patch deploy web --type=merge -p \'{"metadata":{"labels":{"m":"1"}}}\'', "deployment.apps/web patched\n"],
  [
    'patch deploy web --type=json -p \'[{"op":"remove","path":"/metadata/labels/m"}]\'',
    "deployment.apps/web patched\n",
  ],
  [
    'patch deploy web --type=json -p \'[{"op":"remove","path":"/metadata/labels/m"}]\'',
    [/The request is invalid|the server rejected our request/, 1],
  ],
  [
    'patch deploy web --subresource=scale --type=merge -p \'{"spec":{"replicas":2}}\'',
    "scale.autoscaling/web patched\n",
  ],
  ["get deploy web --subresource=scale -o jsonpath={.spec.replicas}", "2"],
  ["delete deploy web --cascade=orphan", /^deployment\.apps "web" deleted/],
  ["get rs -l app=web -o name", /^replicaset\.apps\/web-/],
  ["delete rs -l app=web --cascade=foreground --timeout=40s", /^replicaset\.apps "web-\w+" deleted/],
  ["get pods -l app=web", ""],
];

const NODES: readonly Step[] = [
  ["create deployment load --image=nginx --replicas=2", "deployment.apps/load created\n"],
  ["wait --for=condition=Available deploy/load --timeout=30s", "deployment.apps/load condition met\n"],
  ["cordon node-1", "node/node-1 cordoned\n"],
  ["cordon node-1", "node/node-1 already cordoned\n"],
  ["get node node-1", /Ready,SchedulingDisabled/],
  ["drain node-1 --ignore-daemonsets --timeout=40s", /^node\/node-1 already cordoned\n(.*\n)*node\/node-1 drained\n$/],
  ["get pods -o jsonpath={.items[*].spec.nodeName}", /^$/],
  ["describe pod -l app=load --show-events", /FailedScheduling +.* 0\/2 nodes are available/],
  ["uncordon node-1", "node/node-1 uncordoned\n"],
  ["wait --for=condition=Available deploy/load --timeout=40s", "deployment.apps/load condition met\n"],
  ["taint nodes node-1 a=b:NoSchedule", "node/node-1 tainted\n"],
  ["taint nodes node-1 a=b:NoSchedule", [/already has a taint|already has \(\[a\]\) taint/, 1]],
  ["taint nodes node-1 a-", "node/node-1 untainted\n"],
  ["label node node-1 disk=ssd", "node/node-1 labeled\n"],
  ["run bare --image=nginx", "pod/bare created\n"],
  ["wait --for=jsonpath={.status.phase}=Running pod/bare --timeout=30s", "pod/bare condition met\n"],
  [
    "drain node-1 --ignore-daemonsets",
    [/cannot delete (Pods declare no controller|Pods that declare no controller|.*not managed by)/, 1],
  ],
  ["uncordon node-1", "node/node-1 uncordoned\n"],
  ["delete pod bare --grace-period=1", /^pod "bare" deleted/],
  ["delete pod bare", ['Error from server (NotFound): pods "bare" not found\n', 1]],
  ["delete pod bare --ignore-not-found", ""],
  ["run forced --image=nginx", "pod/forced created\n"],
  ["delete pod forced --force --grace-period=0", /^pod "forced" force deleted/],
  ["delete deploy load --wait=false", /^deployment\.apps "load" deleted/],
  ["wait --for=delete pod -l app=load --timeout=40s", /^(pod\/load-\S+ condition met\n)*$/],
];

describe.skipIf(!present)("a real kubectl", () => {
  let served: Served;
  let kubectl: Kubectl;
  const topic = async (steps: readonly Step[]) => {
    served = await serve(SPEED);
    kubectl = new Kubectl(served.url);
    const configMap = (name: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {part: x}}\n`;
    const files = {
      "web.yaml": deployment("web", 2),
      "web-3.yaml": deployment("web", 3),
      "wrong.yaml": deployment("web", 2).replace("replicas:", "replicaz:"),
      "broken.yaml": deployment("Broken", 2),
      "two.yaml": `${configMap("one")}---\n${configMap("two")}`,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(kubectl.home, name), text);
    try {
      await kubectl.session(steps);
    } finally {
      kubectl.close();
      await served.close();
    }
  };

  it("knows the server", () => topic(SHARED));
  it("creates with every generator", () => topic(CREATE));
  it("asks who may do what, and creates kinds of other groups", () => topic(ACCESS));
  it("gets, describes and explains", () => topic(GET));
  it("applies, diffs, replaces and edits", () => topic(APPLY));
  it("scales, rolls out, sets, labels, patches and deletes with each policy", () => topic(CHANGE));
  it("cordons, drains and taints", () => topic(NODES));
});
