import { HELP_PROSE, type ParityScript } from "../session.ts";

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {roll: "yes"}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: "nginx:1.27"}]}
`;

/** Rollouts, waiting, and what goes on in the meantime. */
export const rolloutScript: ParityScript = {
  name: "rollout",
  files: { "web.yaml": WEB },
  steps: [
    // Names and labels are the same for both, so that hashes are.
    { command: "create ns roll-a", setup: true },
    { command: "create ns roll-b", setup: true },
    { command: "wait --for=create sa/default -n roll-b --timeout=60s", setup: true },
    "create -f web.yaml -n roll-{n}",
    "wait --for=condition=Available deploy/web --timeout=60s -n roll-{n}",
    "rollout status deploy/web -n roll-{n}",
    "rollout status deploy web --watch=false -n roll-{n}",
    "rollout status deploy/web --revision=7 -n roll-{n}",
    "rollout history deploy/web -n roll-{n}",
    "annotate deploy/web kubernetes.io/change-cause=second -n roll-{n}",
    "set image deploy/web nginx=nginx:1.28 -n roll-{n}",
    "wait --for=jsonpath={.status.updatedReplicas}=1 deploy/web -n roll-{n}",
    "wait --for=jsonpath={.status.observedGeneration}=3 deploy/web --timeout=60s -n roll-{n}",
    "rollout history deploy/web -n roll-{n}",
    "rollout history deploy/web --revision=1 -n roll-{n}",
    "rollout history deploy/web --revision=9 -n roll-{n}",
    "rollout history deploy/web -o name -n roll-{n}",
    "rollout undo deploy/web --dry-run=client -n roll-{n}",
    "rollout undo deploy/web --dry-run=server -n roll-{n}",
    "rollout undo deploy/web --to-revision=9 -n roll-{n}",
    "rollout undo deploy/web -n roll-{n}",
    "rollout undo deploy/web --to-revision=3 -n roll-{n}",
    "rollout pause deploy/web -n roll-{n}",
    "rollout pause deploy/web -n roll-{n}",
    "rollout undo deploy/web -n roll-{n}",
    "rollout restart deploy/web -n roll-{n}",
    "rollout resume deploy/web -n roll-{n}",
    "rollout resume deploy/web -n roll-{n}",
    "rollout restart deploy/web -n roll-{n}",
    "rollout restart deploy -l roll=nope -n roll-{n}",
    "rollout restart svc/kubernetes -n roll-{n}",
    "rollout pause svc/kubernetes -n roll-{n}",
    "rollout status svc/kubernetes -n roll-{n}",
    "rollout history svc/kubernetes -n roll-{n}",
    "rollout undo svc/kubernetes -n roll-{n}",
    "rollout history pod/nope -n roll-{n}",
    { command: "rollout -n roll-{n}", reason: HELP_PROSE },
    "rollout nope -n roll-{n}",
    "rollout status -n roll-{n}",
    "rollout history -n roll-{n}",
    "rollout restart -n roll-{n}",
    "rollout status deploy/nope -n roll-{n}",
    "rollout history deploy/web --revision=-1 -n roll-{n}",
    "wait --for=condition=Nope deploy/web --timeout=1s -n roll-{n}",
    "wait --for=condition=Nope deploy/web --timeout=0 -n roll-{n}",
    {
      command: "wait --for=delete deploy/web --timeout=1s -n roll-{n}",
      reason: "on a busy machine the real one's log tells of a watch that ended early",
    },
    "wait --for=delete deploy/nope --timeout=1s -n roll-{n}",
    "wait --for=create deploy/web --timeout=1s -n roll-{n}",
    "wait --for=create deploy/nope --timeout=1s -n roll-{n}",
    "wait --for=condition=Available deploy -l roll=yes -o name -n roll-{n}",
    "wait --for=condition=Available deploy -l nope -n roll-{n}",
    "wait --for=condition=Available=false deploy/web --timeout=1s -n roll-{n}",
    "wait --for=odd deploy/web -n roll-{n}",
    "wait deploy/web -n roll-{n}",
    "wait --for=jsonpath={.spec.replicas}=1 deploy/web -n roll-{n}",
    "wait --for=jsonpath={.spec.replicas} deploy/web -n roll-{n}",
    "wait --for=jsonpath={.spec.replicas}= deploy/web -n roll-{n}",
    "wait --for=jsonpath={.spec}=1 deploy/web -n roll-{n}",
    "wait --for=jsonpath={.nope}=1 deploy/web --timeout=1s -n roll-{n}",
    "wait --for=jsonpath={a deploy/web -n roll-{n}",
    "wait --for=condition=Ready -n roll-{n}",
    "wait --for=condition=Ready pods -n roll-{n}",
    "wait --for=condition=Ready pod/nope -n roll-{n}",
    "wait --for=condition=Ready --all pods -n kube-public",
    "delete deploy web -n roll-{n}",
    "wait --for=delete deploy/web --timeout=60s -n roll-{n}",
  ],
};
