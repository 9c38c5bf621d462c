import { describe, expect, it } from "vitest";
import { fieldErrorMessage } from "../../../../../simulator/api/meta/field-error.ts";
import type { Pod } from "../../../../../simulator/api/refs.ts";
import { deepFreeze } from "../../../../../simulator/base/json.ts";
import { imageTag } from "../../../../../simulator/resources/core/pod/image-name.ts";
import { podKind } from "../../../../../simulator/resources/core/pod/kind.ts";
import { podQosClass } from "../../../../../simulator/resources/core/pod/qos.ts";
import { containerShouldRestart } from "../../../../../simulator/resources/core/pod/restarts.ts";
import {
  podGracePeriodSeconds,
  preparePodCreate,
  preparePodStatusUpdate,
} from "../../../../../simulator/resources/core/pod/strategy.ts";
import { validatePodStatusUpdate } from "../../../../../simulator/resources/core/pod/validation/pod-status.ts";
import {
  validateEphemeralContainersUpdate,
  validatePodUpdate,
} from "../../../../../simulator/resources/core/pod/validation/pod-update.ts";
import { podWarnings } from "../../../../../simulator/resources/core/pod/warnings.ts";
import type { Json } from "../../cases.ts";
import { decodePod } from "./pods.ts";

const NOW = { now: "2026-11-22T10:00:00Z" };
const MAIN = { name: "main", image: "app:1" };

function pod(spec: Json = {}, status: Json = {}, metadata: Json = {}): Pod {
  const body = { metadata: { name: "p", namespace: "n", ...metadata }, spec: { containers: [MAIN], ...spec }, status };
  const decoded = decodePod(body);
  if (!decoded.ok) throw new Error(decoded.error.message);
  return decoded.value;
}

const textsOf = (
  errors: Parameters<typeof fieldErrorMessage>[0][] | readonly Parameters<typeof fieldErrorMessage>[0][],
) => errors.map(fieldErrorMessage);

describe("a new pod", () => {
  it("waits at its gates from the first moment on", () => {
    const { status } = preparePodCreate(pod({ schedulingGates: [{ name: "g" }] }, { phase: "Running" }), NOW);
    expect(status).toEqual({
      phase: "Pending",
      qosClass: "BestEffort",
      conditions: [
        {
          type: "PodScheduled",
          status: "False",
          lastTransitionTime: NOW.now,
          reason: "SchedulingGated",
          message: "Scheduling is blocked due to non-empty scheduling gates",
        },
      ],
    });
  });

  it("has the labels that its selectors take over merged into them", () => {
    const labelSelector = { matchLabels: { app: "a" } };
    const term = { topologyKey: "z", labelSelector, matchLabelKeys: ["hash", "none"], mismatchLabelKeys: ["team"] };
    const constraint = { maxSkew: 1, topologyKey: "z", whenUnsatisfiable: "DoNotSchedule", labelSelector };
    const spec = {
      affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
      topologySpreadConstraints: [{ ...constraint, matchLabelKeys: ["hash"] }, constraint],
    };
    const made = preparePodCreate(pod(spec, {}, { labels: { hash: "1", team: "x" } }), NOW).spec;
    const hash = { key: "hash", operator: "In", values: ["1"] };
    const team = { key: "team", operator: "NotIn", values: ["x"] };
    const [required] = made.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    expect(required?.labelSelector).toEqual({ ...labelSelector, matchExpressions: [hash, team] });
    expect(made.topologySpreadConstraints?.map((one) => one.labelSelector)).toEqual([
      { ...labelSelector, matchExpressions: [hash] },
      labelSelector,
    ]);
  });

  it("shares its spec with the other pods of its template", () => {
    const spec = deepFreeze({ containers: [MAIN], restartPolicy: "Always" });
    const [a, b] = ["a", "b"].map((name) => preparePodCreate({ metadata: { name }, spec } as unknown as Pod, NOW));
    expect(a?.spec).toBe(b?.spec);
    expect(a?.spec.enableServiceLinks).toBe(true);
  });
});

describe("quality of service", () => {
  const both = { cpu: "1", memory: "1Gi" };
  it.each([
    ["BestEffort", [{}]],
    ["Burstable", [{ requests: { cpu: "1" } }]],
    ["Burstable", [{ limits: both, requests: { cpu: "500m", memory: "1Gi" } }]],
    ["Burstable", [{ limits: both, requests: both }, {}]],
    ["Guaranteed", [{ limits: both, requests: { cpu: "1000m", memory: "1024Mi" } }]],
  ])("%s for %j", (expected, resources) => {
    const containers = resources.map((one, at) => ({ name: `c${at}`, image: "app:1", resources: one }));
    expect(podQosClass({ containers })).toBe(expected);
  });

  it("counts what the pod asks for as a whole", () => {
    expect(podQosClass({ containers: [MAIN], resources: { limits: both, requests: both } })).toBe("Guaranteed");
  });
});

describe("the tag of an image", () => {
  it.each([
    ["app", "latest"],
    ["app:1", "1"],
    ["host:5000/team/app", "latest"],
    ["host:5000/team/app:2", "2"],
    ["app@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", undefined],
    ["app:3@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "3"],
  ])("%s", (image, tag) => expect(imageTag(image)).toBe(tag));
});

describe("the grace of a deletion", () => {
  const bound = { nodeName: "worker-1" };
  it.each<[number, Json, Json, number | undefined]>([
    [30, bound, { phase: "Running" }, undefined],
    [5, bound, { phase: "Running" }, 5],
    [0, bound, { phase: "Running" }, 0],
    [1, bound, { phase: "Running" }, -2],
    [0, {}, { phase: "Pending" }, 60],
    [0, bound, { phase: "Failed" }, 60],
    [0, bound, { phase: "Succeeded" }, undefined],
  ])("is %i s with %j, %j, asked %s", (expected, spec, status, asked) => {
    expect(podGracePeriodSeconds(pod(spec, status), asked)).toBe(expected);
  });
});

describe("a status", () => {
  const terminated = { terminated: { exitCode: 1 } };
  const running = { running: {} };
  const containerStatuses = (state: Json) => [{ name: "main", state }];

  it("keeps the spec, the class, the owners and the deletion", () => {
    const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "r", uid: "u", controller: true };
    const old = pod({ nodeName: "a" }, { qosClass: "BestEffort" }, { ownerReferences: [owner] });
    const deleted = { ...old, metadata: { ...old.metadata, deletionTimestamp: NOW.now } };
    const written = preparePodStatusUpdate(pod({ nodeName: "b" }, { phase: "Running" }), deleted);
    expect(written.spec).toBe(old.spec);
    expect(written.status).toMatchObject({ phase: "Running", qosClass: "BestEffort" });
    expect(written.metadata).toMatchObject({ deletionTimestamp: NOW.now, ownerReferences: [owner] });
  });

  it("brings back no container that ended for good", () => {
    const write = (spec: Json) => {
      const old = pod(spec, { containerStatuses: containerStatuses(terminated) });
      const now = { ...old, status: pod({}, { containerStatuses: containerStatuses(running) }).status };
      return textsOf(validatePodStatusUpdate(now, old));
    };
    expect(write({ restartPolicy: "Always" })).toEqual([]);
    expect(write({ restartPolicy: "OnFailure" })).toEqual([]);
    const refused = ["status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state"];
    expect(write({ restartPolicy: "Never" })).toEqual(refused);
    const rules = [{ action: "Restart", exitCodes: { operator: "In", values: [1] } }];
    const ruled = { ...MAIN, restartPolicy: "Never", restartPolicyRules: rules };
    expect(write({ restartPolicy: "Never", containers: [ruled] })).toEqual([]);
    const own = { ...MAIN, restartPolicy: "Always" };
    expect(write({ restartPolicy: "Never", containers: [own] })).toEqual([]);
  });

  it.each<[string, Json, Json]>([
    ["alone", { podIP: "10.0.0.1" }, { podIP: "10.0.0.1", podIPs: [{ ip: "10.0.0.1" }] }],
    ["as a list", { podIPs: [{ ip: "10.0.0.1" }] }, { podIP: "10.0.0.1", podIPs: [{ ip: "10.0.0.1" }] }],
    [
      "beside another list",
      { podIP: "10.0.0.2", podIPs: [{ ip: "10.0.0.1" }] },
      { podIP: "10.0.0.2", podIPs: [{ ip: "10.0.0.2" }] },
    ],
  ])("takes its address %s", (_, status, wanted) => {
    const old = pod();
    expect(preparePodStatusUpdate({ ...old, status } as Pod, old).status).toMatchObject(wanted);
  });

  it("has one address of each family", () => {
    const old = pod();
    const write = (status: Json) => textsOf(validatePodStatusUpdate({ ...old, status } as Pod, old));
    expect(write({ podIP: "10.0.0.1", podIPs: [{ ip: "10.0.0.1" }, { ip: "fd00::1" }] })).toEqual([]);
    expect(write({ podIP: "10.0.0.1", podIPs: [{ ip: "10.0.0.1" }, { ip: "10.0.0.2" }] })).toEqual([
      'status.podIPs: Invalid value: [{"IP":"10.0.0.1"},{"IP":"10.0.0.2"}]: may specify no more than one IP for each IP family',
    ]);
    expect(write({ podIP: "x", podIPs: [{ ip: "x" }] })).toEqual([
      'status.podIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ]);
  });

  it("changes no class, and nominates no node for a bound pod", () => {
    const old = pod({ nodeName: "a" }, { qosClass: "BestEffort" });
    const now = { ...old, status: { qosClass: "Guaranteed", nominatedNodeName: "b" } } as Pod;
    expect(textsOf(validatePodStatusUpdate(now, old))).toEqual([
      "status.nominatedNodeName: Forbidden: may not be set on pods that are already bound to a node",
      'status.qosClass: Invalid value: "Guaranteed": field is immutable',
    ]);
  });
});

describe("restarts", () => {
  it("follow the rules, then the container, then the pod", () => {
    const rules = [{ action: "Restart", exitCodes: { operator: "NotIn", values: [0, 7] } }];
    const container = { ...MAIN, restartPolicy: "Never", restartPolicyRules: rules };
    const spec = { containers: [container], restartPolicy: "Always" };
    expect([0, 7, 42].map((code) => containerShouldRestart(container, spec, code))).toEqual([false, false, true]);
    expect(containerShouldRestart(MAIN, spec, 0)).toBe(true);
  });
});

describe("a change", () => {
  const gates = [{ name: "g" }];
  const required = "requiredDuringSchedulingIgnoredDuringExecution";
  const affinity = (...expressions: Json[]) => ({
    nodeAffinity: { [required]: { nodeSelectorTerms: [{ matchExpressions: expressions }] } },
  });
  const inZone = { key: "zone", operator: "In", values: ["a"] };
  const onDisk = { key: "disk", operator: "Exists" };

  it("of the image or the deadline is let through", () => {
    const old = pod({ activeDeadlineSeconds: 100 });
    expect(
      validatePodUpdate(pod({ containers: [{ ...MAIN, image: "app:2" }], activeDeadlineSeconds: 50 }), old),
    ).toEqual([]);
    expect(textsOf(validatePodUpdate(pod({ activeDeadlineSeconds: 200 }), old))).toEqual([
      "spec.activeDeadlineSeconds: Invalid value: 200: must be less than or equal to previous value",
    ]);
  });

  it("of tolerations may add, and set seconds", () => {
    const toleration = { key: "a", operator: "Exists", effect: "NoExecute", tolerationSeconds: 10 };
    const old = pod({ tolerations: [toleration] });
    const longer = { ...toleration, tolerationSeconds: 20 };
    expect(validatePodUpdate(pod({ tolerations: [longer, { operator: "Exists" }] }), old)).toEqual([]);
    expect(textsOf(validatePodUpdate(pod({}), old))).toContain(
      "spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds",
    );
  });

  it("of where a pod may run is let through while it waits at its gates, and only narrows", () => {
    const old = pod({ schedulingGates: gates, nodeSelector: { a: "b" }, affinity: affinity(inZone) });
    const narrow = { nodeSelector: { a: "b", c: "d" }, affinity: affinity(inZone, onDisk) };
    expect(validatePodUpdate(pod({ schedulingGates: gates, ...narrow }), old)).toEqual([]);
    expect(validatePodUpdate(pod(narrow), old)).toEqual([]);
    const fields = validatePodUpdate(pod({ schedulingGates: gates, affinity: affinity(onDisk) }), old);
    expect(fields.map(({ field }) => field)).toEqual([
      "spec.nodeSelector",
      `spec.affinity.nodeAffinity.${required}.nodeSelectorTerms[0]`,
    ]);
    const free = pod({ nodeSelector: { a: "b" } });
    expect(validatePodUpdate(pod({ nodeSelector: { a: "b", c: "d" } }), free).map(({ field }) => field)).toEqual([
      "spec",
    ]);
  });

  it("of gates may only take them away", () => {
    expect(textsOf(validatePodUpdate(pod({ schedulingGates: gates }), pod()))[0]).toBe(
      "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'g'",
    );
  });

  it("of containers for debugging may only add", () => {
    const debug = { name: "dbg", image: "busybox" };
    const old = pod({ ephemeralContainers: [debug] });
    expect(
      validateEphemeralContainersUpdate(pod({ ephemeralContainers: [debug, { ...debug, name: "two" }] }), old),
    ).toEqual([]);
    expect(textsOf(validateEphemeralContainersUpdate(pod(), old))).toEqual([
      'spec.ephemeralContainers: Forbidden: existing ephemeral containers "dbg" may not be removed\n',
    ]);
    const [changed] = textsOf(
      validateEphemeralContainersUpdate(pod({ ephemeralContainers: [{ ...debug, command: ["sh"] }] }), old),
    );
    expect(changed).toContain('may not be changed\n@@ -1,7 +1,9 @@\n {\n  "Name": "dbg",');
  });
});

describe("warnings", () => {
  it("tell of what is accepted but not meant", () => {
    const spec = {
      nodeSelector: { "beta.kubernetes.io/os": "linux" },
      volumes: [{ name: "v", gitRepo: { repository: "r" } }],
      imagePullSecrets: [{ name: "a" }, { name: "a" }],
      containers: [
        { ...MAIN, resources: { requests: { memory: "100m" } }, ports: [{ containerPort: 80 }] },
        { ...MAIN, name: "two", ports: [{ containerPort: 80, hostPort: 80 }] },
      ],
      affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "z" }] } },
    };
    expect(podWarnings(pod(spec, {}, { name: "a.b" }))).toEqual([
      "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
      'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
      "spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+",
      'spec.imagePullSecrets[1].name: duplicate name "a"',
      'spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer',
      "spec.containers[1].ports[0]: overlapping port definition with spec.containers[0].ports[0]",
      "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null labelSelector results in matching no pod",
    ]);
  });

  it("are for new pods only", () => {
    const dubious = pod({ imagePullSecrets: [{}] });
    expect(podKind.warnings?.(dubious, undefined)).toHaveLength(1);
    expect(podKind.warnings?.(dubious, dubious)).toEqual([]);
  });
});

describe("field selectors and indexes", () => {
  it("read the pod", () => {
    const bound = pod({ nodeName: "w", hostNetwork: true }, { podIPs: [{ ip: "10.0.0.1" }] });
    const { selectableFields = {}, indexes = {} } = podKind;
    expect(Object.fromEntries(Object.entries(selectableFields).map(([field, read]) => [field, read(bound)]))).toEqual({
      "spec.nodeName": "w",
      "spec.restartPolicy": "Always",
      "spec.schedulerName": "default-scheduler",
      "spec.serviceAccountName": "",
      "spec.hostNetwork": "true",
      "status.phase": "",
      "status.podIP": "10.0.0.1",
      "status.nominatedNodeName": "",
    });
    expect(indexes.node?.(bound)).toBe("w");
    expect(indexes.node?.(pod())).toBeUndefined();
    expect(indexes.leftover?.(pod({}, { phase: "Failed" }))).toEqual(["ended"]);
    const deleted = { ...pod(), metadata: { ...pod().metadata, deletionTimestamp: NOW.now } };
    expect(indexes.leftover?.(deleted)).toEqual(["unscheduled"]);
    expect(indexes.leftover?.(bound)).toBeUndefined();
  });
});
