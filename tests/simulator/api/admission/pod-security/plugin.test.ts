import { describe, expect, it } from "vitest";
import { Simulation } from "../../../../../simulator/index.ts";
import { referenceFolder } from "../../../../reference.ts";
import { type Json, readCases } from "../../../resources/cases.ts";
import { clusterFor, isRecorded, must, type RecordedRequest, send } from "../../access.ts";

const PREFIX = "pod-security.kubernetes.io/";
const base = clusterFor("guarded").snapshot();

function label(simulation: Simulation, namespace: string, labels: Record<string, string | null>) {
  const prefixed = Object.fromEntries(Object.entries(labels).map(([name, value]) => [PREFIX + name, value]));
  return send(simulation, {
    verb: "PATCH",
    path: `/api/v1/namespaces/${namespace}`,
    contentType: "application/merge-patch+json",
    body: { metadata: { labels: prefixed } },
  });
}

function pod(simulation: Simulation, name: string, spec: object) {
  return send(simulation, {
    verb: "POST",
    path: "/api/v1/namespaces/guarded/pods",
    body: { metadata: { name }, spec: { containers: [{ name: "c", image: "busybox" }], ...spec } } as unknown as Json,
  });
}

/** What a level refuses of a pod, without the words before it. */
function violations(labels: Record<string, string>, spec: object): string {
  const simulation = Simulation.restore(base);
  must(label(simulation, "guarded", labels));
  const { code, body } = pod(simulation, "p", spec);
  return code === 201 ? "" : String(body.message).replace(/^pods "p" is forbidden: violates PodSecurity "[^"]*": /, "");
}

const container = (securityContext: object, more: object = {}) => ({
  containers: [{ name: "c", image: "busybox", securityContext, ...more }],
});

describe("the baseline profile", () => {
  it.each([
    [container({ privileged: true }), 'privileged (container "c" must not set securityContext.privileged=true)'],
    [
      container({ capabilities: { add: ["NET_RAW", "CHOWN", "BPF"] } }),
      'non-default capabilities (container "c" must not include "BPF", "NET_RAW" in securityContext.capabilities.add)',
    ],
    [{ hostPID: true, hostIPC: true }, "host namespaces (hostPID=true, hostIPC=true)"],
    [container({}, { ports: [{ containerPort: 80, hostPort: 8080 }] }), 'hostPort (container "c" uses hostPort 8080)'],
    [
      container({}, { livenessProbe: { httpGet: { port: 80, host: "evil" } } }),
      'probe or lifecycle host (container "c" uses probe or lifecycle host "evil")',
    ],
    [
      container({ seccompProfile: { type: "Unconfined" } }),
      'seccompProfile (container "c" must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
    [
      container({ appArmorProfile: { type: "Unconfined" } }),
      'forbidden AppArmor profile (container "c" must not set AppArmor profile type to "Unconfined")',
    ],
    [{ securityContext: { sysctls: [{ name: "kernel.msgmax", value: "1" }] } }, "forbidden sysctls (kernel.msgmax)"],
    [{ securityContext: { sysctls: [{ name: "net.ipv4.tcp_rmem", value: "1" }] } }, ""],
    [container({ runAsUser: 0 }), ""],
  ])("case %#", (spec, expected) => {
    expect(violations({ enforce: "baseline" }, spec)).toBe(expected);
  });

  it("is the one of the version that is asked for", () => {
    const sysctl = { securityContext: { sysctls: [{ name: "net.ipv4.tcp_rmem", value: "1" }] } };
    expect(violations({ enforce: "baseline", "enforce-version": "v1.31" }, sysctl)).toBe(
      "forbidden sysctls (net.ipv4.tcp_rmem)",
    );
    const probe = container({}, { livenessProbe: { tcpSocket: { port: 80, host: "evil" } } });
    expect(violations({ enforce: "baseline", "enforce-version": "v1.33" }, probe)).toBe("");
  });
});

describe("the restricted profile", () => {
  const good = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
  const podLevel = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };

  it.each([
    [{ ...container(good), securityContext: podLevel }, ""],
    [
      { ...container({ ...good, runAsUser: 0 }), securityContext: podLevel },
      'runAsUser=0 (container "c" must not set runAsUser=0)',
    ],
    [
      { ...container(good), securityContext: podLevel, volumes: [{ name: "v", hostPath: { path: "/" } }] },
      'restricted volume types (volume "v" uses restricted volume type "hostPath")',
    ],
    [
      { ...container({ ...good, runAsNonRoot: false }), securityContext: podLevel },
      'runAsNonRoot != true (container "c" must not set securityContext.runAsNonRoot=false)',
    ],
  ])("case %#", (spec, expected) => {
    expect(violations({ enforce: "restricted" }, spec)).toBe(expected);
  });
});

describe("labels of namespaces", () => {
  it("are refused when nobody knows the level or the version", () => {
    const simulation = Simulation.restore(base);
    const answer = label(simulation, "guarded", { enforce: "strict", "warn-version": "1.30" });
    expect(answer.code).toBe(422);
    expect(answer.body.message).toBe(
      'Namespace "guarded" is invalid: [metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted, metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1.30": must be "latest" or "v1.x"]',
    );
  });

  it("warn of the pods that are there already, those with the same faults together", () => {
    const simulation = Simulation.restore(base);
    for (const name of ["b", "a", "z"]) must(pod(simulation, name, { hostNetwork: true }));
    must(pod(simulation, "privileged", container({ privileged: true })));
    expect(must(label(simulation, "guarded", { enforce: "baseline" })).warnings).toEqual([
      'existing pods in namespace "guarded" violate the new PodSecurity enforce level "baseline:latest"',
      "a (and 2 other pods): host namespaces",
      "privileged: privileged",
    ]);
    expect(must(label(simulation, "guarded", { enforce: "privileged" })).warnings).toEqual([]);
  });

  it("let a pod of a stricter namespace be changed as long as its images stay", () => {
    const simulation = Simulation.restore(base);
    must(pod(simulation, "p", { hostNetwork: true }));
    must(label(simulation, "guarded", { enforce: "baseline" }));
    const patch = (body: Json) =>
      send(simulation, {
        verb: "PATCH",
        path: "/api/v1/namespaces/guarded/pods/p",
        contentType: "application/strategic-merge-patch+json",
        body,
      });
    expect(patch({ metadata: { labels: { a: "b" } } } as unknown as Json).code).toBe(200);
    expect(patch({ spec: { containers: [{ name: "c", image: "nginx" }] } } as unknown as Json).code).toBe(403);
  });
});

interface Recorded {
  readonly name: string;
  readonly namespaceLabels: Record<string, string>;
  readonly request: RecordedRequest;
  readonly response: { readonly code: number; readonly body: Json; readonly warnings?: readonly string[] };
}

describe.skipIf(referenceFolder() === undefined)("as a real API server", () => {
  const cases = readCases<Recorded>("errors/podsecurity.json");
  it.each(cases.map((one) => [one.name, one] as const))("%s", (_name, { namespaceLabels, request, response }) => {
    const simulation = clusterFor();
    const metadata = { name: "ref-fresh", labels: namespaceLabels };
    must(send(simulation, { verb: "POST", path: "/api/v1/namespaces", body: { metadata } as unknown as Json }));
    simulation.advanceTo(simulation.nowMs + 5000);
    const answer = send(simulation, request);
    expect(answer.code).toBe(response.code);
    expect(isRecorded(response.body, answer.body)).toBe(true);
    const warnings = (response.warnings ?? []).map((text) => JSON.parse(text.slice("299 - ".length)));
    expect(answer.warnings).toEqual(warnings);
  });
});
