/**
 * Examples that v1.36 refuses, by their paths, and words of what it says: parts of configuration files that no API serves,
 * versions that are gone, examples with something to be filled in.
 */
export const REFUSED: { readonly [path: string]: string } = {
  "admin/konnectivity/egress-selector-configuration.yaml": 'no matches for kind "EgressSelectorConfiguration"',
  "application/job/job-tmpl.yaml": 'metadata.name: Invalid value: "process-item-$ITEM"',
  "audit/audit-policy.yaml": 'no matches for kind "Policy" in version "audit.k8s.io/v1"',
  "mutatingadmissionpolicy/applyconfiguration-example.yaml": 'in version "admissionregistration.k8s.io/v1beta1"',
  "mutatingadmissionpolicy/json-patch-example.yaml": 'in version "admissionregistration.k8s.io/v1beta1"',
  "pods/pod-with-numeric-toleration.yaml": 'spec.tolerations[0].operator: Unsupported value: "Gt"',
  "pods/security/seccomp/fields.yaml": "spec.ephemeralContainers: Forbidden: cannot be set on create",
  "pods/security/seccomp/kind.yaml": 'no matches for kind "Cluster"',
  "policy/baseline-psp.yaml": 'no matches for kind "PodSecurityPolicy"',
  "policy/example-psp.yaml": 'no matches for kind "PodSecurityPolicy"',
  "policy/privileged-psp.yaml": 'no matches for kind "PodSecurityPolicy"',
  "policy/restricted-psp.yaml": 'no matches for kind "PodSecurityPolicy"',
  "secret/tls-auth-secret.yaml": "illegal base64 data at input byte 7",
  "service/networking/dual-stack-ipfamilies-ipv6.yaml": '"IPv6": not configured on this cluster',
  "service/networking/dual-stack-ipv6-svc.yaml": 'unknown field "spec.ipFamily"',
  "service/networking/dual-stack-prefer-ipv6-lb-svc.yaml": '"IPv6": not configured on this cluster',
  "service/networking/dual-stack-preferred-ipfamilies-svc.yaml": '"IPv6": not configured on this cluster',
  "validatingadmissionpolicy/failure-policy-ignore.yaml": "resource name may not be empty",
};

/**
 * Examples that go one way or the other, on a real cluster too: nine of ten pods of this Job fail, six failures are the
 * limit, and what counts is whether the tenth has ended by then.
 */
export const RACES: ReadonlySet<string> = new Set(["controllers/job-success-policy.yaml"]);

const NO_WINDOWS = "didn't match Pod's node affinity/selector";
const FAILS = '"type":"Failed","status":"True"';

/** Examples that are accepted and become ready on no cluster of three nodes, by their paths, and words of what they lack. */
export const WAITING: { readonly [path: string]: string } = {
  // Images and schedulers that the reader is to build.
  "admin/sched/my-scheduler.yaml": "0 of 1 ready",
  "admin/sched/pod3.yaml": "Pending",
  "application/job/rabbitmq/job.yaml": '"active":2',
  "application/job/redis/job.yaml": '"active":2',
  "controllers/job-pod-failure-policy-config-issue.yaml": '"active":2',
  "pods/private-reg-pod.yaml": "InvalidImageName",
  // Containers that are started again whenever they have ended, and pods of which one container ends.
  "configmap/env-configmap.yaml": "CrashLoopBackOff",
  "secret/dotfile-secret.yaml": "CrashLoopBackOff",
  "pods/two-container-pod.yaml": "Completed",
  // Jobs that are to fail.
  "controllers/job-backoff-limit-per-index-example.yaml": FAILS,
  "controllers/job-backoff-limit-per-index-failindex.yaml": FAILS,
  "controllers/job-pod-failure-policy-example.yaml": FAILS,
  "controllers/job-pod-failure-policy-failjob.yaml": FAILS,
  // Devices whose driver is on no node.
  "dra/dra-device-metadata-pod.yaml": "Pending",
  "dra/dra-example-job.yaml": '"active":2',
  "dra/driver-install/example/pod.yaml": "Pending",
  // Nodes that are not there, and more than nodes have.
  "pods/pod-nginx-specific-node.yaml": "Pod default/nginx",
  "pods/pod-with-scheduling-gates.yaml": "non-empty scheduling gates",
  "pods/resource/cpu-request-limit-2.yaml": "Insufficient cpu",
  "pods/resource/extended-resource-pod-2.yaml": "Insufficient example.com/dongle",
  "pods/resource/memory-request-limit-3.yaml": "Insufficient memory",
  "pods/resource/pod-level-resource-managers-container-scope-mixed.yaml": "Insufficient cpu",
  "policy/high-priority-pod.yaml": "Insufficient memory",
  "storage/storageclass/pod-volume-binding.yaml": "didn't match Pod's node affinity/selector",
  "windows/configmap-pod.yaml": NO_WINDOWS,
  "windows/emptydir-pod.yaml": NO_WINDOWS,
  "windows/hostpath-volume-pod.yaml": NO_WINDOWS,
  "windows/run-as-username-container.yaml": NO_WINDOWS,
  "windows/run-as-username-pod.yaml": NO_WINDOWS,
  "windows/secret-pod.yaml": NO_WINDOWS,
  "windows/simple-pod.yaml": NO_WINDOWS,
};
