import { describe, expect, it } from "vitest";
import { fieldErrorMessage } from "../../../../../simulator/api/meta/field-error.ts";
import type { Pod } from "../../../../../simulator/api/refs.ts";
import type { PodSpec } from "../../../../../simulator/api/schema/generated/types.ts";
import { validatePod } from "../../../../../simulator/resources/core/pod/validation/pod.ts";
import { validatePodTemplate } from "../../../../../simulator/resources/core/pod/validation/pod-template.ts";
import type { Json } from "../../cases.ts";
import { decodePod } from "./pods.ts";

const MAIN = { name: "main", image: "app:1" };

function podWith(spec: Json, metadata: Json = {}): Pod {
  const decoded = decodePod({
    metadata: { name: "p", namespace: "n", ...metadata },
    spec: { containers: [MAIN], ...spec },
  });
  if (!decoded.ok) throw new Error(decoded.error.message);
  return decoded.value;
}

const problems = (spec: Json, metadata?: Json) => validatePod(podWith(spec, metadata)).map(fieldErrorMessage);
const ofContainer = (container: Json, spec: Json = {}) =>
  problems({ containers: [{ ...MAIN, ...container }], ...spec });
const ofVolume = (source: Json) => problems({ volumes: [{ name: "v", ...source }] });

const C = "spec.containers[0]";
const V = "spec.volumes[0]";

/** Rules beyond the recorded ones, in the words of upstream's validation. */
describe("containers", () => {
  it.each<[string, Json, string[]]>([
    [
      "resources that no container has",
      { resources: { limits: { pods: "1" } } },
      [
        `${C}.resources.limits[pods]: Invalid value: "pods": must be a standard resource for containers`,
        `${C}.resources.requests[pods]: Invalid value: "pods": must be a standard resource for containers`,
      ],
    ],
    [
      "more requested than allowed",
      { resources: { limits: { cpu: "1" }, requests: { cpu: "1500m" } } },
      [`${C}.resources.requests: Invalid value: "1500m": must be less than or equal to cpu limit of 1`],
    ],
    [
      "half a device",
      { resources: { limits: { "example.com/gpu": "500m" } } },
      [
        `${C}.resources.limits[example.com/gpu]: Invalid value: "500m": must be an integer`,
        `${C}.resources.requests[example.com/gpu]: Invalid value: "500m": must be an integer`,
      ],
    ],
    [
      "huge pages alone, and not whole",
      { resources: { limits: { "hugepages-2Mi": "3Mi" } } },
      [
        `${C}.resources.limits[hugepages-2Mi]: Invalid value: "3Mi": hugepages-2Mi is not positive integer multiple of hugepages-2Mi`,
        `${C}.resources.requests[hugepages-2Mi]: Invalid value: "3Mi": hugepages-2Mi is not positive integer multiple of hugepages-2Mi`,
        `${C}.resources: Forbidden: HugePages require cpu or memory`,
      ],
    ],
    [
      "a claim that the pod has not",
      { resources: { claims: [{ name: "gpu" }] } },
      [
        `${C}.resources.claims[0]: Not found: "gpu": must be one of the names in pod.spec.resourceClaims which is empty`,
      ],
    ],
    [
      "a stop signal without an operating system",
      { lifecycle: { stopSignal: "SIGTERM" } },
      [`${C}.lifecycle.stopSignal: Forbidden: may not be set for containers with empty \`spec.os.name\``],
    ],
    [
      "a pause longer than the grace",
      { lifecycle: { preStop: { sleep: { seconds: 40 } } } },
      [
        `${C}.lifecycle.preStop.sleep: Invalid value: 40: must be non-negative and less than terminationGracePeriodSeconds (30)`,
      ],
    ],
    [
      "a readiness probe that ends the container",
      { readinessProbe: { grpc: { port: 1 }, terminationGracePeriodSeconds: 1 } },
      [`${C}.readinessProbe.terminationGracePeriodSeconds: Invalid value: 1: must not be set for readinessProbes`],
    ],
    [
      "a header's name",
      { livenessProbe: { httpGet: { port: "web", httpHeaders: [{ name: "X Y", value: "z" }] } } },
      [
        `${C}.livenessProbe.httpGet.httpHeaders: Invalid value: "X Y": a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')`,
      ],
    ],
    [
      "restart rules without a policy",
      { restartPolicyRules: [{ action: "Stop" }] },
      [
        `${C}.restartPolicy: Required value: must specify restartPolicy when restart rules are used`,
        `${C}.restartPolicyRules[0].action: Unsupported value: "Stop": supported values: "Restart", "RestartAllContainers"`,
        `${C}.restartPolicyRules[0].exitCodes: Required value: must be specified`,
      ],
    ],
    [
      "a variable out of no resource",
      { env: [{ name: "A", valueFrom: { resourceFieldRef: { resource: "limits.gpu", divisor: "1" } } }] },
      [
        `${C}.env[0].valueFrom.resourceFieldRef.resource: Unsupported value: "limits.gpu": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"`,
      ],
    ],
    [
      "a divisor that no CPU has",
      { env: [{ name: "A", valueFrom: { resourceFieldRef: { resource: "limits.cpu", divisor: "1k" } } }] },
      [
        `${C}.env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor's values 1m and 1 are supported with the cpu resource`,
      ],
    ],
    [
      "labels in a variable",
      { env: [{ name: "A", valueFrom: { fieldRef: { fieldPath: "metadata.labels" } } }] },
      [
        `${C}.env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "metadata.labels": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"`,
      ],
    ],
    [
      "one label in a variable",
      { env: [{ name: "A", valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } }] },
      [],
    ],
    [
      "a file out of no volume",
      { env: [{ name: "A", valueFrom: { fileKeyRef: { volumeName: "v", path: "f", key: "K" } } }] },
      [`${C}.env[0].valueFrom.fileKeyRef.volumeName: Not found: "v"`],
    ],
    [
      "privileges that exclude each other",
      { securityContext: { privileged: true, allowPrivilegeEscalation: false } },
      [
        `${C}.securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set \`allowPrivilegeEscalation\` to false and \`privileged\` to true`,
      ],
    ],
    [
      "an unmasked /proc for the host's users",
      { securityContext: { procMount: "Unmasked" } },
      [`${C}.securityContext.procMount: Invalid value: "Unmasked": \`hostUsers\` must be false to use \`Unmasked\``],
    ],
    [
      "a profile on no disk",
      { securityContext: { appArmorProfile: { type: "Localhost" } } },
      [
        `${C}.securityContext.appArmorProfile.localhostProfile: Required value: must be set when AppArmor type is Localhost`,
      ],
    ],
    [
      "a Windows user's name",
      { securityContext: { windowsOptions: { runAsUserName: "a\\b\\c" } } },
      [
        `${C}.securityContext.windowsOptions.runAsUserName: Invalid value: "a\\\\b\\\\c": runAsUserName cannot contain more than one backslash`,
      ],
    ],
  ])("%s", (_name, container, expected) => expect(ofContainer(container)).toEqual(expected));

  it("mounts of volumes", () => {
    const volumeMounts = [
      { name: "v", mountPath: "/a", mountPropagation: "Bidirectional" },
      { name: "v", mountPath: "/b", recursiveReadOnly: "Enabled" },
      { name: "w", mountPath: "/c", subPath: "x", subPathExpr: "$(Y)" },
    ];
    const volumes = [{ name: "v" }];
    expect(ofContainer({ volumeMounts }, { volumes })).toEqual([
      `${C}.volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers`,
      `${C}.volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true`,
      `${C}.volumeMounts[2].name: Not found: "w"`,
      `${C}.volumeMounts[2].subPathExpr: Invalid value: "$(Y)": subPathExpr and subPath are mutually exclusive`,
    ]);
    const volumeDevices = [{ name: "v", devicePath: "/a/../b" }];
    expect(ofContainer({ volumeDevices }, { volumes })).toEqual([
      `${C}.volumeDevices[0].name: Invalid value: "v": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode`,
      `${C}.volumeDevices[0].devicePath: Invalid value: "/a/../b": can not contain backsteps ('..')`,
    ]);
  });

  it("init containers that stay", () => {
    const sidecar = { ...MAIN, name: "log", restartPolicy: "Always", readinessProbe: { tcpSocket: { port: 1 } } };
    expect(problems({ initContainers: [sidecar] })).toEqual([]);
    const resizePolicy = [{ resourceName: "cpu", restartPolicy: "RestartContainer" }];
    expect(problems({ initContainers: [{ ...MAIN, resizePolicy }] })).toEqual([
      'spec.initContainers[0].name: Duplicate value: "main"',
      "spec.initContainers[0].resizePolicy[0].restartPolicy: Invalid value: \"RestartContainer\": must not be set to 'RestartContainer' for non-sidecar initContainers",
    ]);
  });

  it("containers for debugging", () => {
    const debug = { ...MAIN, targetContainerName: "ghost", ports: [{ containerPort: 1 }] };
    expect(problems({ ephemeralContainers: [debug] })).toEqual([
      'spec.ephemeralContainers[0].name: Duplicate value: "main"',
      'spec.ephemeralContainers[0].targetContainerName: Not found: "ghost"',
      "spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container",
      "spec.ephemeralContainers: Forbidden: cannot be set on create",
    ]);
  });
});

describe("volumes", () => {
  it.each<[string, Json, string[]]>([
    [
      "two sources",
      { emptyDir: {}, hostPath: { path: "/a" } },
      [`${V}.hostPath: Forbidden: may not specify more than 1 volume type`],
    ],
    [
      "a path that climbs",
      { hostPath: { path: "/a/../b" } },
      [`${V}.hostPath.path: Invalid value: "/a/../b": must not contain '..'`],
    ],
    [
      "a file's mode",
      { secret: { secretName: "s", defaultMode: 512 } },
      [`${V}.secret.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive`],
    ],
    [
      "a claim without a name",
      { persistentVolumeClaim: { claimName: "" } },
      [`${V}.persistentVolumeClaim.claimName: Required value`],
    ],
    [
      "a share without a slash",
      { nfs: { server: "s", path: "x" } },
      [`${V}.nfs.path: Invalid value: "x": must be an absolute path`],
    ],
    [
      "an iSCSI name",
      { iscsi: { targetPortal: "p", iqn: "abc", lun: 256 } },
      [
        `${V}.iscsi.iqn: Invalid value: "abc": must be valid format starting with iqn, eui, or naa`,
        `${V}.iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive`,
      ],
    ],
    [
      "a driver's name",
      { csi: { driver: "" } },
      [
        `${V}.csi.driver: Required value`,
        `${V}.csi.driver: Invalid value: "": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      ],
    ],
    [
      "a file that shows nothing",
      { downwardAPI: { items: [{ path: "a" }] } },
      [`${V}.downwardAPI: Required value: one of fieldRef and resourceFieldRef is required`],
    ],
    [
      "a token for a minute",
      { projected: { sources: [{ serviceAccountToken: { path: "t", expirationSeconds: 60 } }] } },
      [
        `${V}.projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes`,
        `${V}.projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set`,
      ],
    ],
    [
      "one file twice",
      { projected: { sources: ["a", "b"].map((name) => ({ secret: { name, items: [{ key: "k", path: "f" }] } })) } },
      [`${V}.projected: Invalid value: "b": conflicting duplicate paths`],
    ],
    [
      "a claim template without a size",
      { ephemeral: { volumeClaimTemplate: { spec: { accessModes: ["Once"] } } } },
      [
        `${V}.ephemeral.volumeClaimTemplate.spec.accessModes: Unsupported value: "Once": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"`,
        `${V}.ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value`,
      ],
    ],
    ["an image", { image: {} }, [`${V}.image.reference: Required value`]],
  ])("%s", (_name, source, expected) => expect(ofVolume(source)).toEqual(expected));

  it("have names of their own, and claims that are not the pod's", () => {
    const template = {
      volumeClaimTemplate: { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } },
    };
    const volumes = [
      { name: "v", ephemeral: template },
      { name: "v", persistentVolumeClaim: { claimName: "p-v" } },
    ];
    expect(problems({ volumes })).toEqual([
      'spec.volumes[1].name: Duplicate value: "v"',
      'spec.volumes[1].persistentVolumeClaim.claimName: Invalid value: "p-v": must not reference a PVC that gets created for an ephemeral volume',
    ]);
  });
});

describe("the pod as a whole", () => {
  it.each<[string, Json, string[]]>([
    [
      "no name server of its own",
      { dnsPolicy: "None" },
      ["spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"],
    ],
    [
      "an address with leading zeros",
      { dnsConfig: { nameservers: ["10.0.0.01"] } },
      ['spec.dnsConfig.nameservers[0]: Invalid value: "10.0.0.01": must not have leading 0s'],
    ],
    [
      "a deadline of no time",
      { activeDeadlineSeconds: 0 },
      ["spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive"],
    ],
    [
      "gates on a bound pod",
      { nodeName: "n", schedulingGates: [{ name: "g" }, { name: "g" }] },
      [
        'spec.schedulingGates[1]: Duplicate value: "g"',
        "spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared",
      ],
    ],
    [
      "users of its own in the host's network",
      { hostUsers: false, hostNetwork: true, hostPID: true },
      ["spec.hostNetwork: Forbidden: when `hostUsers` is false", "spec.HostPID: Forbidden: when `hostUsers` is false"],
    ],
    [
      "two kinds of shared processes",
      { hostPID: true, shareProcessNamespace: true },
      ["spec.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled"],
    ],
    [
      "an operating system of its own",
      { os: { name: "plan9" } },
      ['spec.os: Unsupported value: "plan9": supported values: "linux", "windows"'],
    ],
    [
      "Linux settings on Windows",
      { os: { name: "windows" }, securityContext: { runAsUser: 1 }, hostPID: true },
      [
        "spec.securityContext.runAsUser: Forbidden: cannot be set for a windows pod",
        "spec.hostPID: Forbidden: cannot be set for a windows pod",
      ],
    ],
    [
      "kernel settings of the host",
      { hostNetwork: true, securityContext: { sysctls: [{ name: "net.core.x", value: "1" }] } },
      [
        "spec.securityContext.sysctls[0].name: Invalid value: \"net.core.x\": may not be specified when 'hostNetwork' is true",
      ],
    ],
    [
      "seconds for an effect that has none",
      { tolerations: [{ key: "a", operator: "Exists", effect: "NoSchedule", tolerationSeconds: 1 }, { value: "x" }] },
      [
        "spec.tolerations[0].effect: Invalid value: \"NoSchedule\": effect must be 'NoExecute' when `tolerationSeconds` is set",
        'spec.tolerations[1].operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ],
    ],
    [
      "spread without a topology",
      { topologySpreadConstraints: [{ maxSkew: 0, whenUnsatisfiable: "Maybe", minDomains: 1 }] },
      [
        "spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero",
        "spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty",
        'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "Maybe": supported values: "DoNotSchedule", "ScheduleAnyway"',
        "spec.topologySpreadConstraints[0].minDomains: Invalid value: 1: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not Maybe",
      ],
    ],
    [
      "pods near pods, without a topology",
      {
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "", matchLabelKeys: ["a"] }],
          },
        },
      },
      [
        "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set",
        "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty",
        'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must be non-empty',
        "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ],
    ],
    [
      "no node at all",
      { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } },
      [
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term",
      ],
    ],
    [
      "two sources of a claim",
      { resourceClaims: [{ name: "c", resourceClaimName: "a", resourceClaimTemplateName: "b" }] },
      [
        'spec.resourceClaims[0]: Invalid value: {"Name":"c","ResourceClaimName":"a","ResourceClaimTemplateName":"b"}: at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified',
      ],
    ],
    [
      "less for the pod than for its containers",
      { resources: { requests: { cpu: "1" } }, containers: [{ ...MAIN, resources: { requests: { cpu: "2" } } }] },
      [
        'spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 2',
      ],
    ],
    [
      "a hostname given twice",
      { hostnameOverride: "a", setHostnameAsFQDN: true },
      ["spec.hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true"],
    ],
  ])("%s", (_name, spec, expected) => expect(problems(spec)).toEqual(expected));

  it("annotations that the server knows", () => {
    const annotations = {
      "controller.kubernetes.io/pod-deletion-cost": "+1",
      "container.apparmor.security.beta.kubernetes.io/ghost": "none",
      "seccomp.security.alpha.kubernetes.io/pod": "mine",
    };
    expect(problems({}, { annotations })).toEqual([
      'metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "+1": must be a 32bit integer',
      'metadata.annotations[container.apparmor.security.beta.kubernetes.io/ghost]: Invalid value: "ghost": container not found',
      'metadata.annotations[container.apparmor.security.beta.kubernetes.io/ghost]: Invalid value: "none": invalid AppArmor profile name: "none"',
      'metadata.annotations.seccomp.security.alpha.kubernetes.io/pod: Invalid value: "mine": must be a valid seccomp profile',
    ]);
  });
});

describe("templates", () => {
  it("have their problems at their own place, and the host's ports open", () => {
    const { spec } = podWith({});
    const containers = [{ ...spec.containers[0], image: " app ", ports: [{ containerPort: 80, protocol: "TCP" }] }];
    const template = {
      metadata: { labels: { a: "b c" } },
      spec: { ...spec, containers, hostNetwork: true } as PodSpec,
    };
    expect(validatePodTemplate(template, "spec.template").map(({ field }) => field)).toEqual(["spec.template.labels"]);
    expect(validatePodTemplate({}, "spec.template").map(fieldErrorMessage)).toContain(
      "spec.template.spec.containers: Required value",
    );
  });
});
