/** What is known to differ, in every try. */
export interface KnownDifference {
  /** The object, or `events of` it, as in `Pod web-<hash1>-<2>`. */
  readonly about: RegExp;
  readonly text: RegExp;
  readonly why: string;
}

/** A recorded timeline that is played. */
export interface Case {
  readonly name: string;
  /** With how many seeds at most; a few unless it says more, for where a race or the phases of several loops decide. */
  readonly tries?: number;
  /** Seconds by which chance alone may shift times; with `why`. */
  readonly jitter?: { readonly seconds: number; readonly why: string };
  readonly known?: readonly KnownDifference[];
}

const EACH = /./;
const RESYNCS = {
  seconds: 5,
  why: "a pod that failed is looked at again after 10 to 15 s, drawn by lot each time",
};
const NO_CLIENT_LIMIT =
  "the recorded controllers write 20 times a second at most, so that steps of a long burst come later and fewer; ours do not wait";
export const CASES: readonly Case[] = [
  { name: "hpa-without-metrics" },
  { name: "limitrange-defaults" },
  { name: "cordon-uncordon", tries: 16 },
  { name: "daemonset-ondelete" },
  { name: "daemonset-rolling-surge" },
  {
    name: "delete-foreground",
    known: [
      {
        about: /^Deployment web$/,
        text: /^status\.unavailableReplicas goes 2 -> null, ours nowhere$/,
        why: "who is first when the last replica set goes, the garbage collector or the deployment controller, is chance; here it is always the collector",
      },
    ],
  },
  {
    name: "delete-orphan",
    known: [
      {
        about: /^Deployment web$/,
        text: /^status\./,
        why: "as above: the collector lets the deployment go before its controller sees that the replica set has left it",
      },
    ],
  },
  {
    name: "delete-statefulset-orphan",
    known: [
      {
        about: /^Pod db-/,
        text: EACH,
        why: "the recording calls db-0 and db-1 db-<1> and db-<2>; they are let go and adopted alike",
      },
      {
        about: /^StatefulSet db$/,
        text: /^status\.observedGeneration /,
        why: "as in delete-orphan: the collector lets the set go before its controller sees the deletion",
      },
    ],
  },
  { name: "deployment-adopts-existing-replicaset" },
  { name: "deployment-create" },
  { name: "deployment-pause-resume" },
  { name: "deployment-rolling-default" },
  {
    name: "deployment-rolling-default-10",
    known: [{ about: /^((ReplicaSet|Pod) |events of )/, text: EACH, why: NO_CLIENT_LIMIT }],
  },
  { name: "deployment-rolling-maxunavailable-0" },
  { name: "deployment-rolling-minreadyseconds" },
  { name: "deployment-scale" },
  { name: "deployment-scale-during-rollout" },
  { name: "endpoints-follow-readiness" },
  { name: "finalizer-held" },
  {
    name: "gc-missing-owner",
    known: [
      {
        about: /Pod child$/,
        text: EACH,
        why: "the collector asks for the missing owner in 0.1 s there and at once here: the pod is deleted before it is scheduled",
      },
    ],
  },
  { name: "job-backoff-limit" },
  { name: "job-indexed" },
  {
    name: "job-suspend",
    known: [
      {
        about: /^(Job j|Pod j-<[12]>)$/,
        text: /^another order: /,
        why: "the recorded containers stop at once; here `sleep`, as the first process, does not heed SIGTERM and ends in its own time",
      },
    ],
  },
  { name: "job-ttl" },
  { name: "namespace-delete" },
  { name: "node-delete" },
  {
    name: "node-failure-20s-return-after-eviction",
    known: [
      {
        about: /^events of Pod web/,
        text: /^only recorded: .* FailedMount .*"kube-root-ca\.crt" not registered$/,
        why: "a kubelet that has just started may look at a pod before its cache of config maps has it: a race in the kubelet",
      },
      {
        about: /^events of Pod db-1$/,
        text: /^only recorded: 107\.5 taint-eviction-controller .* Cancelling deletion of Pod/,
        why: "there the replacement was bound 0.1 s before the node lost its taint, here just after",
      },
      {
        about: /^EndpointSlice web-<1>$/,
        text: /^another order: 69\.1 .* \| 70\.2 /,
        why: "one write met a conflict there and was tried again a second later",
      },
    ],
  },
  { name: "node-failure-default-300s" },
  { name: "node-failure-return-before-eviction" },
  { name: "node-lease-stops-then-resumes-fast" },
  { name: "node-out-of-service" },
  {
    name: "pdb-evict",
    known: [
      {
        about: /^Deployment web$/,
        text: /^status\.conditions\[Available\]\.last(Update|Transition)Time is T\+7, ours T\+11$/,
        why: "the first time, the deployment was unavailable and available again within one second of the clock there",
      },
    ],
  },
  { name: "pod-active-deadline" },
  { name: "pod-ephemeral-container" },
  { name: "pod-delete" },
  { name: "pod-image-pull-backoff", tries: 16, jitter: RESYNCS },
  { name: "pod-init-container-fails", tries: 16, jitter: RESYNCS },
  { name: "pod-liveness-probe-fails", tries: 16, jitter: RESYNCS },
  {
    name: "pod-readiness-probe",
    known: [
      {
        about: /^events of Pod closed$/,
        text: /^only (recorded|ours): .* Unhealthy Readiness probe failed/,
        why: "each look at a pod that is not ready runs its probe once more; the recorded kubelet (one made for tests) looks every 10 s, where the default is a minute",
      },
    ],
  },
  { name: "pod-startup-probe" },
  {
    name: "preemption-full-node",
    known: [
      {
        about: /^events of Pod low-<hash1>-<4>$/,
        text: /^only recorded: .* FailedScheduling /,
        why: "how many times the scheduler tries the replacement while the victim is going depends on lags",
      },
    ],
  },
  { name: "pv-deleted-while-bound" },
  {
    name: "pv-static-retain",
    known: [
      {
        about: /^PersistentVolume tl-big$/,
        text: /bound-by-controller|spec\.claimRef|status\.phase goes "Available"/,
        why: "in the recorded cluster a claim of another case, played at the same time, took this volume for a moment",
      },
    ],
  },
  { name: "pvc-external-provisioner-immediate" },
  { name: "replicaset-orphan-adopt" },
  {
    name: "replicaset-scale-down-crowded-node-first",
    known: [
      {
        about: /Pod rs-<[23]>$/,
        text: EACH,
        why: "pods one too many are deleted at once here, before their containers start; there they had just started",
      },
    ],
  },
  { name: "replicaset-scale-down-deletion-cost" },
  { name: "replicaset-scale-down-newest-first" },
  { name: "service-before-and-after-pods" },
  { name: "statefulset-bad-image" },
  {
    name: "statefulset-create-scale",
    known: [
      {
        about: /^events of StatefulSet db$/,
        text: /Delete Pod db-1 in StatefulSet db successful$/,
        why: "pods that go one after the other take 0.1 to 0.9 s each: by the third this adds up to a second",
      },
      {
        about: /^EndpointSlice db-/,
        text: /^not there in /,
        why: "the recording gives the slice the name of the first pod",
      },
    ],
  },
  { name: "statefulset-ondelete" },
  { name: "statefulset-start-ordinal" },
  {
    name: "statefulset-volume-claims",
    known: [
      {
        about: /^PersistentVolume(Claim)? (tl-st|data-db)-/,
        text: /^(not there in|.*(ours nowhere$|spec\.volumeName|spec\.claimRef|status\.phase))/,
        why: "which of three equal volumes a claim gets is chance; and here they are made before the case begins",
      },
      {
        about: /^events of Pod db-/,
        text: /^only recorded: .* FailedScheduling .* pod has unbound immediate PersistentVolumeClaims/,
        why: "there the scheduler saw the pod before the binder was done with its claim: a race of a tenth of a second",
      },
    ],
  },
  {
    name: "unschedulable-then-node",
    known: [
      {
        about: /^events of Node node-19$/,
        text: /CIDRAssignmentFailed/,
        why: "the recorded allocator of pod ranges tried twice and told of the second; ours comes with the machine",
      },
    ],
  },
  {
    name: "zone-down-partial",
    known: [
      {
        about: /^events of Node node-11$/,
        text: /^only recorded: 131\.4 kubelet Normal NodeNotReady/,
        why: "one of three kubelets told its state 0.1 s before its runtime was ready: a race in the kubelet",
      },
    ],
  },
];
