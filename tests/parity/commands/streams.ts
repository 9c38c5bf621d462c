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
apiVersion: v1
kind: Service
metadata: {name: bare, namespace: streams}
spec: {clusterIP: None, ports: [{port: 80}]}
`;
const FORWARD_MS = 2000;

/** Port-forward, cp, debug, attach and run: what goes through to containers. */
export const streamsScript: ParityScript = {
  name: "streams",
  files: { "pods.yaml": PODS, "small.txt": "text\n", "folder/a.txt": "a\n", "folder/b/c.txt": "c\n" },
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
    "get pod copy-{n} -n streams -o jsonpath='{.spec.containers[*].name} {.spec.containers[*].image} {.metadata.labels}'",
    "debug web --copy-to=copy2-{n} --set-image=*=busybox -n streams --attach=false",
    "get pod copy2-{n} -n streams -o jsonpath='{.spec.containers[*].image} {.spec.shareProcessNamespace}'",
    "debug web --copy-to=copy3-{n} --container=nginx --share-processes=false --attach=false -n streams -- sleep 9",
    "get pod copy3-{n} -n streams -o jsonpath='{.spec.containers[*].command} {.spec.shareProcessNamespace}'",
    "debug web -it --copy-to=copy4-{n} --container=none -n streams -- sleep 9",
    "debug node/nope --image=busybox",
    "debug node/node-1 --image=busybox --set-image=a=b",
    "debug svc/web --image=busybox -n streams",
    "attach web -n streams -c odd",
    "attach stuck -n streams",
    "run once-{n} --image=busybox --restart=Never --rm -i -n streams --quiet -- echo hi",
    "run twice-{n} --image=busybox --restart=Never --rm -n streams -- echo hi",
    "run bad-{n} --image=busybox --rm -i --restart=Never --dry-run=client -n streams -- echo hi",
    { command: "run cat-{n} --image=busybox --restart=Never --rm -i -q -n streams -- cat", stdin: "one\ntwo\n" },
    "logs web -n streams --tail=0 -f --request-timeout=2",
    { command: "logs -f web -n streams --tail=0", interruptAfterMs: FORWARD_MS },
    { command: "logs -f -l app=web -n streams --tail=0 --max-log-requests=1", interruptAfterMs: FORWARD_MS },
    "proxy --port=odd",
    "proxy --reject-paths='('",
  ],
};
