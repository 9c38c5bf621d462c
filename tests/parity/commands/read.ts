import type { ParityScript } from "../session.ts";

const PODS = `apiVersion: v1
kind: Pod
metadata: {name: two, namespace: read, labels: {app: two}}
spec:
  containers:
  - {name: one, image: busybox, command: [sh, -c, "echo first; echo second; sleep 100000"]}
  - {name: other, image: busybox, command: [sh, -c, "echo elsewhere; sleep 100000"]}
---
apiVersion: v1
kind: Pod
metadata: {name: done, namespace: read, labels: {app: done}}
spec:
  restartPolicy: Never
  containers: [{name: c, image: busybox, command: [echo, over]}]
---
apiVersion: v1
kind: Pod
metadata: {name: stuck, namespace: read}
spec:
  schedulerName: nobody
  containers: [{name: c, image: busybox}]
---
apiVersion: v1
kind: Service
metadata: {name: lone, namespace: read}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cm, namespace: read}
`;

/** Logs, exec, attach, events: what is read from running pods. */
export const readScript: ParityScript = {
  name: "read",
  files: { "pods.yaml": PODS, "small.txt": "text\n" },
  steps: [
    { command: "create ns read", setup: true },
    { command: "wait --for=create sa/default -n read", setup: true },
    { command: "apply -f pods.yaml", setup: true },
    { command: "wait --for=condition=Ready pod/two -n read", setup: true },
    { command: "wait --for=jsonpath={.status.phase}=Succeeded pod/done -n read --timeout=60s", setup: true },
    ...[
      "two",
      "two -c other",
      "two other",
      "two other -c one",
      "two -c nope",
      "two --all-containers",
      "two --all-containers --prefix",
      "two --all-containers -c one",
      "two -c one --tail=1",
      "two -c one --tail=0",
      "two -c one --tail=-2",
      "two -c one --limit-bytes=3",
      "two -c one --limit-bytes=-1",
      "two -c one --timestamps",
      "two -c one --since=1h",
      "two -c one --since=-1s",
      "two -c one --since=1h --since-time=2020-01-01T00:00:00Z",
      "two -c one --since-time=2020-01-01T00:00:00Z",
      "two -c one --since-time=odd",
      "two -c one -p",
      "pod/done",
      "-f done",
      "-l app=done",
      "-l app=two done",
      "-l app=nope",
      "stuck",
      "nope",
      "svc/lone",
      "cm/cm",
      "deploy/nope",
      "",
      "a b c",
    ].map((words) => `logs ${words} -n read`),
    ...[
      "two -- echo hi",
      "two -c other -- echo hi",
      "two -c nope -- echo hi",
      "two -c one -- sh -c 'echo out; echo err >&2; exit 3'",
      "two -c one -- nope",
      "two -q -- echo hi",
      "two -t -i -- echo hi",
      "done -- echo",
      "stuck -- echo",
      "nope -- echo",
      "two echo hi",
      "two",
      "cm/cm -- echo",
      "",
    ].map((words) => (words.includes(" -- ") ? `exec -n read ${words}` : `exec ${words} -n read`)),
    { command: "exec -i two -n read -c one -- cat", stdin: "line\nmore\n" },
    "attach done -n read",
    "attach nope -n read",
    "attach -n read",
    "attach a b c -n read",
    "events -n read --types=Odd",
    "events -n read --for=pod",
    "events -n read --for=a/b/c",
    "events -n read --for=nope/x",
    "events -n read --for=pod/stuck",
    "events -n read --for=pod/nope",
    "events -n kube-public",
    "events -n read --for=pod/done -o name --types=Normal",
    "events -n read --for=pod/done --no-headers",
  ],
};
