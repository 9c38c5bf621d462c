import type { ParityScript } from "../session.ts";

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web-{n}, labels: {roll: "{n}"}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web-{n}}}
  template:
    metadata: {labels: {app: web-{n}}}
    spec: {containers: [{name: nginx, image: "nginx:1.27"}]}
`;

/** Rollouts, waiting, and what goes on in the meantime. */
export const rolloutScript: ParityScript = {
  name: "rollout",
  files: { "web-{n}.yaml": WEB },
  steps: [
    "create -f web-{n}.yaml",
    "wait --for=condition=Available deploy/web-{n} --timeout=60s",
    "rollout status deploy/web-{n}",
    "rollout status deploy web-{n} --watch=false",
    "rollout status deploy/web-{n} --revision=7",
    "rollout history deploy/web-{n}",
    "annotate deploy/web-{n} kubernetes.io/change-cause=second",
    "set image deploy/web-{n} nginx=nginx:1.28",
    "wait --for=jsonpath={.status.updatedReplicas}=1 deploy/web-{n}",
    "wait --for=jsonpath={.status.observedGeneration}=3 deploy/web-{n} --timeout=60s",
    "rollout history deploy/web-{n}",
    "rollout history deploy/web-{n} --revision=1",
    "rollout history deploy/web-{n} --revision=9",
    "rollout history deploy/web-{n} -o name",
    "rollout undo deploy/web-{n} --dry-run=client",
    "rollout undo deploy/web-{n} --dry-run=server",
    "rollout undo deploy/web-{n} --to-revision=9",
    "rollout undo deploy/web-{n}",
    "rollout undo deploy/web-{n} --to-revision=3",
    "rollout pause deploy/web-{n}",
    "rollout pause deploy/web-{n}",
    "rollout undo deploy/web-{n}",
    "rollout restart deploy/web-{n}",
    "rollout resume deploy/web-{n}",
    "rollout resume deploy/web-{n}",
    "rollout restart deploy/web-{n}",
    "rollout restart deploy -l roll=nope",
    "rollout restart svc/kubernetes",
    "rollout pause svc/kubernetes",
    "rollout status svc/kubernetes",
    "rollout history svc/kubernetes",
    "rollout undo svc/kubernetes",
    "rollout history pod/nope",
    "rollout",
    "rollout nope",
    "rollout status",
    "rollout history",
    "rollout restart",
    "rollout status deploy/nope",
    "rollout history deploy/web-{n} --revision=-1",
    "wait --for=condition=Nope deploy/web-{n} --timeout=1s",
    "wait --for=condition=Nope deploy/web-{n} --timeout=0",
    "wait --for=delete deploy/web-{n} --timeout=1s",
    "wait --for=delete deploy/nope-{n} --timeout=1s",
    "wait --for=create deploy/web-{n} --timeout=1s",
    "wait --for=create deploy/nope-{n} --timeout=1s",
    "wait --for=condition=Available deploy -l roll={n} -o name",
    "wait --for=condition=Available deploy -l nope",
    "wait --for=condition=Available=false deploy/web-{n} --timeout=1s",
    "wait --for=odd deploy/web-{n}",
    "wait deploy/web-{n}",
    "wait --for=jsonpath={.spec.replicas}=1 deploy/web-{n}",
    "wait --for=jsonpath={.spec.replicas} deploy/web-{n}",
    "wait --for=jsonpath={.spec.replicas}= deploy/web-{n}",
    "wait --for=jsonpath={.spec}=1 deploy/web-{n}",
    "wait --for=jsonpath={.nope}=1 deploy/web-{n} --timeout=1s",
    "wait --for=jsonpath={a deploy/web-{n}",
    "wait --for=condition=Ready",
    "wait --for=condition=Ready pods",
    "wait --for=condition=Ready pod/nope",
    "wait --for=condition=Ready --all pods -n kube-public",
    "delete deploy web-{n}",
    "wait --for=delete deploy/web-{n} --timeout=60s",
  ],
};
