import type { ParityScript } from "../session.ts";

const PODS = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: streams, labels: {app: web}}
spec:
  containers:
  - {name: nginx, image: "nginx:1.27", ports: [{containerPort: 80, name: http}]}
---
apiVersion: v1
kind: Pod
metadata: {name: stuck, namespace: streams}
spec:
  schedulerName: nobody
  containers: [{name: c, image: busybox}]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: streams}
spec: {selector: {app: web}, ports: [{name: http, port: 8080, targetPort: http}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: front, namespace: streams}
spec:
  selector: {matchLabels: {app: front}}
  template:
    metadata: {labels: {app: front}}
    spec: {containers: [{name: nginx, image: "nginx:1.27", ports: [{containerPort: 80, name: web}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: streams}
spec: {selector: {app: front}, ports: [{name: web, port: 8080, targetPort: web}, {name: other, port: 81, targetPort: none}]}
---
apiVersion: v1
kind: Pod
metadata: {name: shaped, namespace: streams, labels: {app: shaped}, annotations: {note: a}}
spec:
  securityContext: {runAsUser: 1000}
  initContainers: [{name: first, image: busybox, command: ["true"]}]
  containers:
  - name: main
    image: nginx:1.27
    args: [nginx, -g, "daemon off;"]
    livenessProbe: {tcpSocket: {port: 80}}
    readinessProbe: {tcpSocket: {port: 80}}
    startupProbe: {tcpSocket: {port: 80}}
    securityContext: {readOnlyRootFilesystem: true, capabilities: {add: [SYS_TIME]}}
---
apiVersion: v1
kind: Service
metadata: {name: bare, namespace: streams}
spec: {clusterIP: None, ports: [{port: 80}]}
`;
const NO_PROXY = "nothing can listen here: proxy is refused, whatever its flags";
const TIMEOUT = "a time limit is for requests here: what is followed goes on; the real one's words vary";
const FORWARD_MS = 2000;

const CUSTOM = `env: [{name: FROM, value: custom}]
resources: {limits: {memory: 64Mi}}
securityContext: {runAsUser: 0}
`;

const PROFILES = ["general", "baseline", "restricted", "netadmin", "sysadmin", "legacy", "auto"];
const SHAPE = "{.metadata.labels}{.metadata.annotations.note}{.spec.shareProcessNamespace}{.spec.hostPID}";
const CONTAINERS = [
  "{range .spec.containers[*]}{.name}{.securityContext}{.args}{.env}{.livenessProbe}{.readinessProbe}",
  "{.startupProbe}{.stdin}{.resources}{end}",
].join("");

/** A copy with some flags, and what it came out as; labels of zones are where chance puts it. */
function copied(name: string, flags: string): readonly string[] {
  const path = `{.spec.initContainers[*].name}{.metadata.labels.app}${SHAPE.slice(SHAPE.indexOf("}") + 1)}${CONTAINERS}`;
  return [
    `debug shaped -n streams --copy-to=${name}-{n} ${flags}`,
    `get pod ${name}-{n} -n streams -o jsonpath='${path}'`,
  ];
}

/** All that a profile changes: in a copy, in an ephemeral container and on a node. */
function debugWith(profile: string): readonly string[] {
  const flags = `--image=busybox --profile=${profile} -q`;
  const volumes = "{.items[*].spec.hostNetwork}{.items[*].spec.volumes[*].hostPath}{.items[*].spec.tolerations}";
  const mounts = "{.items[*].spec.containers[*].volumeMounts[*].mountPath}";
  return [
    ...copied(profile, `-c debugger ${flags}`),
    `debug shaped -n streams ${flags} -c ${profile}-{n} --env=A=b -- sleep 1`,
    `get pod shaped -n streams -o jsonpath='{.spec.ephemeralContainers[?(@.name=="${profile}-{n}")].securityContext}'`,
    `create ns node-${profile}-{n}`,
    `debug node/node-1 -n node-${profile}-{n} ${flags} -- sleep 1`,
    `get pods -n node-${profile}-{n} -o jsonpath='${volumes}${mounts}{.items[*].spec.containers[*].securityContext}'`,
  ];
}

const SPECIAL = [
  "--image=busybox -c debugger -q --keep-labels --keep-annotations",
  "--image=busybox -c debugger -q --keep-liveness --keep-readiness --keep-startup --keep-init-containers=false",
  "--image=busybox -c main -q --same-node -i --attach=false -- sh",
  "--image=busybox -c main -q --arguments-only --env=A=b -- sleep 5",
  "--set-image=main=nginx:1.26,*=busybox -q",
  "--image=busybox -c debugger --share-processes=false --custom=custom.yaml",
];

/** Port-forward, cp, debug, attach and run: what goes through to containers. */
export const streamsScript: ParityScript = {
  name: "streams",
  files: {
    "pods.yaml": PODS,
    "small.txt": "text\n",
    "custom.yaml": CUSTOM,
    "fixed.yaml": "image: x\n",
    "folder/a.txt": "a\n",
    "folder/b/c.txt": "c\n",
    "folder/bytes": "\u00e9\u20ac\n",
  },
  steps: [
    { command: "create ns streams", setup: true },
    { command: "wait --for=create sa/default -n streams", setup: true },
    { command: "apply -f pods.yaml", setup: true },
    { command: "wait --for=condition=Ready pod/web -n streams --timeout=60s", setup: true },
    { command: "port-forward pod/web 28001:80 -n streams", interruptAfterMs: FORWARD_MS },
    { command: "port-forward web 28002:80 28003:80 -n streams", interruptAfterMs: FORWARD_MS },
    {
      command: "port-forward pod/web 28004:80 -n streams",
      interruptAfterMs: FORWARD_MS,
      visit: "http://127.0.0.1:28004/",
    },
    { command: "port-forward svc/web 28005:8080 -n streams", interruptAfterMs: FORWARD_MS },
    { command: "port-forward svc/web 28006:http -n streams", interruptAfterMs: FORWARD_MS },
    {
      command: "port-forward pod/web 28007:80 --address 127.0.0.1 -n streams",
      interruptAfterMs: FORWARD_MS,
    },
    "port-forward svc/web 28008:81 -n streams",
    "port-forward svc/bare 28009:80 -n streams",
    "port-forward pod/nope 28010:80 -n streams",
    "port-forward pod/stuck 28011:80 -n streams",
    "port-forward cm/kube-root-ca.crt 28012:80 -n streams",
    "port-forward pod/web x -n streams",
    "port-forward pod/web 28013:x -n streams",
    "port-forward pod/web 99999:80 -n streams",
    "port-forward pod/web 0 -n streams",
    "port-forward pod/web a:b:c -n streams",
    "port-forward pod/web x:80 -n streams",
    { command: "port-forward pod/web 28020:2:3 -n streams", interruptAfterMs: FORWARD_MS },
    "port-forward pod/web 80:99999 -n streams",
    "port-forward svc/web 28016:nope -n streams",
    { command: "port-forward svc/web http --address 127.0.0.2 -n streams", interruptAfterMs: FORWARD_MS },
    { command: "port-forward deploy/front 28017:web -n streams", interruptAfterMs: FORWARD_MS },
    {
      command: "port-forward svc/front 28018:web --address localhost,127.0.0.3 -n streams",
      interruptAfterMs: FORWARD_MS,
    },
    { command: "port-forward pod/web 28019:http -n streams --address ::1", interruptAfterMs: FORWARD_MS },
    "port-forward pod/web -n streams",
    "port-forward -n streams",
    "port-forward pod/web 28014:80 --address nowhere -n streams",
    "port-forward pod/web 28015:80 --pod-running-timeout=0s -n streams",
    "cp small.txt streams/web:/tmp/small-{n}.txt",
    "exec web -n streams -- cat /tmp/small-{n}.txt",
    "cp streams/web:/tmp/small-{n}.txt back.txt",
    "cp web:/tmp/small-{n}.txt back2.txt -n streams -c nginx",
    "cp streams/web:/tmp/nope-{n} nope.txt",
    "cp none.txt streams/web:/tmp/x",
    "cp small.txt streams/nope:/tmp/x",
    "cp small.txt streams/web:/tmp/x -c odd",
    "cp small.txt other.txt",
    "cp streams/web:/a streams/web:/b",
    "cp small.txt streams/web:",
    "cp small.txt /streams/web:/x",
    "cp small.txt a/b/c:/x",
    "cp small.txt",
    "cp",
    "cp a b c",
    "cp folder streams/web:/tmp/folder-{n}",
    "exec web -n streams -- cat /tmp/folder-{n}/b/c.txt",
    "exec web -n streams -- cat /tmp/folder-{n}/bytes",
    "cp folder web:/tmp -n streams",
    "cp folder/. web:/tmp/again-{n} -n streams",
    "cp ./folder/ web:relative-{n} -n streams --no-preserve",
    "exec web -n streams -- find /tmp/folder-{n} /tmp/again-{n} relative-{n}",
    "cp streams/web:/tmp/folder-{n} back",
    "cp streams/web:/tmp/folder-{n}/ ./back/more/",
    "cp streams/web:/tmp/folder-{n}/a.txt back",
    "cp back/more streams/web:/tmp/third-{n}",
    "exec web -n streams -- cat /tmp/third-{n}/b/c.txt /tmp/third-{n}/a.txt",
    "cp streams/web:/etc/nginx/conf.d confs",
    "cp confs/default.conf streams/web:/tmp/conf-{n}",
    "cp streams/web:../etc/hostname name.txt",
    "cp small.txt streams/web:/nowhere-{n}/at/all.txt",
    "cp small.txt streams/stuck:/tmp/x",
    "debug",
    "debug web -n streams",
    "debug web --image=busybox --copy-to=copy --set-image=odd -n streams",
    "debug nope --image=busybox -n streams",
    "debug web --image=busybox --target=nope -n streams -- true",
    "debug web --image='a b' -n streams",
    "debug web --set-image=a=b -n streams",
    "debug web --same-node --image=busybox -n streams",
    "debug web --replace --image=busybox -n streams",
    "debug web --image=busybox --profile=odd -n streams",
    "debug web --image=busybox --image-pull-policy=Odd -n streams",
    "debug web --image=busybox -t -n streams",
    "debug web --image=busybox --env=odd -n streams",
    "debug web --copy-to=web --image=busybox -n streams",
    "debug web --image=busybox -c debugger-{n} --attach=false -q -n streams -- sleep 1",
    "debug web --copy-to=copy-{n} --image=busybox -c debugger --attach=false -q -n streams -- sleep 1",
    "get pod copy-{n} -n streams -o jsonpath='{.spec.containers[*].name} {.spec.containers[*].image} {.metadata.labels.app}'",
    "debug web --copy-to=copy2-{n} --set-image=*=busybox -n streams --attach=false",
    "get pod copy2-{n} -n streams -o jsonpath='{.spec.containers[*].image} {.spec.shareProcessNamespace}'",
    "debug web --copy-to=copy3-{n} --container=nginx --share-processes=false --attach=false -n streams -- sleep 9",
    "get pod copy3-{n} -n streams -o jsonpath='{.spec.containers[*].command} {.spec.shareProcessNamespace}'",
    "debug web -it --copy-to=copy4-{n} --container=none -n streams -- sleep 9",
    "debug node/nope --image=busybox",
    "debug node/node-1 --image=busybox --set-image=a=b",
    "debug svc/web --image=busybox -n streams",
    ...PROFILES.flatMap(debugWith),
    ...SPECIAL.flatMap((flags, index) => copied(`special${index}`, flags)),
    "debug shaped --image=busybox --custom=none.yaml -n streams",
    "debug shaped --image=busybox --custom=fixed.yaml -n streams",
    "debug shaped --copy-to=x --target=main --image=busybox -n streams",
    "debug shaped --copy-to=x -n streams",
    "debug shaped --copy-to=x -n streams -- ls",
    "debug shaped --copy-to=x --set-image='a=B C' -n streams",
    "debug shaped --attach=true -n streams",
    "debug deploy/front --image=busybox -n streams",
    "debug -f pods.yaml --image=busybox -n streams --image-pull-policy=Odd",
    "debug web -i --image=busybox -c in-{n} -n streams -- echo hello",
    "debug web --image=nothing.example/none -c never-{n} -q -n streams",
    "debug shaped --copy-to=replaced-{n} --replace --image=busybox -q -n nowhere",
    "debug web --copy-to=base-{n} --image=busybox -q -n streams",
    "debug base-{n} --copy-to=replaced-{n} --replace --image=busybox -c more -q -n streams",
    "get pod replaced-{n} -n streams -o jsonpath='{.spec.containers[*].name}'",
    "wait pod/base-{n} --for=delete -n streams --timeout=20s",
    { command: "attach shaped -n streams -c odd", reason: "attach does not say that it is attach that fails" },
    "attach stuck -n streams",
    "run once-{n} --image=busybox --restart=Never --rm -i -n streams --quiet -- echo hi",
    "run twice-{n} --image=busybox --restart=Never --rm -n streams -- echo hi",
    "run bad-{n} --image=busybox --rm -i --restart=Never --dry-run=client -n streams -- echo hi",
    { command: "run cat-{n} --image=busybox --restart=Never --rm -i -q -n streams -- cat", stdin: "one\ntwo\n" },
    { command: "logs web -n streams -c nginx --tail=0 -f --request-timeout=2", reason: TIMEOUT },
    { command: "logs -f web -n streams -c nginx --tail=0", interruptAfterMs: FORWARD_MS },
    { command: "logs -f -l app=web -n streams -c nginx --tail=0 --max-log-requests=1", interruptAfterMs: FORWARD_MS },
    "proxy --port=odd",
    { command: "proxy --reject-paths='('", reason: NO_PROXY },
  ],
};
