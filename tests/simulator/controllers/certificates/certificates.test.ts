import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Simulation } from "../../../../simulator/index.ts";
import { clusterFor, must, send } from "../../api/access.ts";
import type { Json } from "../../resources/cases.ts";
import { encodedRequest } from "./requests.ts";

const PATH = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
const base = clusterFor().snapshot();
const CLIENT = "kubernetes.io/kube-apiserver-client";
const USAGES = ["digital signature", "client auth"];

interface Request {
  readonly status: {
    readonly certificate?: string;
    readonly conditions?: readonly { readonly type: string; readonly reason?: string; readonly message?: string }[];
  };
}

function ask(simulation: Simulation, spec: object, user?: { name: string; groups: readonly string[] }) {
  const body = { metadata: { name: "r" }, spec: { signerName: CLIENT, usages: USAGES, ...spec } } as unknown as Json;
  return send(simulation, {
    verb: "POST",
    path: PATH,
    body,
    ...(user && { asUser: user.name, asGroups: user.groups }),
  });
}

function decide(simulation: Simulation, type: "Approved" | "Denied", user?: string) {
  return send(simulation, {
    verb: "PATCH",
    path: `${PATH}/r/approval`,
    contentType: "application/merge-patch+json",
    body: { status: { conditions: [{ type, status: "True", reason: "Test", message: "so" }] } } as unknown as Json,
    ...(user && { asUser: user, asGroups: ["system:authenticated"] }),
  });
}

function later(simulation: Simulation, ms: number): Request | undefined {
  simulation.advanceTo(simulation.nowMs + ms);
  const answer = send(simulation, { verb: "GET", path: `${PATH}/r` });
  return answer.code === 200 ? (answer.body as unknown as Request) : undefined;
}

describe("certificates of the cluster's signers", () => {
  it("are issued once they are approved, for what was asked", () => {
    const simulation = Simulation.restore(base);
    must(ask(simulation, { request: encodedRequest("jane"), expirationSeconds: 7200 }));
    expect(later(simulation, 1000)?.status).toEqual({});
    must(decide(simulation, "Approved"));
    const issued = later(simulation, 1000);
    const certificate = new X509Certificate(atob(issued?.status.certificate ?? ""));
    expect(certificate.subject).toBe("O=dev\nCN=jane");
    expect(certificate.issuer).toBe("CN=kubernetes");
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(new Date(certificate.validTo).getTime() - new Date(certificate.validFrom).getTime()).toBe(7_500_000);
    expect(later(simulation, 3_700_000)).toBeUndefined();
  });

  it("carry the other names that were asked for", () => {
    const simulation = Simulation.restore(base);
    const usages = ["digital signature", "server auth"];
    must(ask(simulation, { request: encodedRequest("serving"), signerName: "kubernetes.io/kubelet-serving", usages }));
    must(decide(simulation, "Approved"));
    const certificate = new X509Certificate(atob(later(simulation, 1000)?.status.certificate ?? ""));
    expect(certificate.subjectAltName).toBe("DNS:worker-1, IP Address:10.0.0.3");
  });

  it("are refused for usages that the signer does not sign", () => {
    const simulation = Simulation.restore(base);
    must(ask(simulation, { request: encodedRequest("jane"), usages: ["client auth", "server auth"] }));
    must(decide(simulation, "Approved"));
    const { status } = later(simulation, 1000) ?? { status: {} };
    expect(status.certificate).toBeUndefined();
    expect(status.conditions?.map(({ type, reason, message }) => [type, reason, message])).toEqual([
      ["Approved", "Test", "so"],
      ["Failed", "SignerValidationFailure", "invalid usage for client certificate: server auth"],
    ]);
  });

  it("are not issued to other signers' clients, nor when denied", () => {
    const simulation = Simulation.restore(base);
    must(ask(simulation, { request: encodedRequest("jane"), signerName: "example.com/mine" }));
    must(decide(simulation, "Approved"));
    expect(later(simulation, 1000)?.status.certificate).toBeUndefined();
    const denied = Simulation.restore(base);
    must(ask(denied, { request: encodedRequest("jane") }));
    must(decide(denied, "Denied"));
    expect(later(denied, 1000)?.status.certificate).toBeUndefined();
    expect(later(denied, 3_700_000)).toBeUndefined();
  });

  it("of kubelets are approved by the controller where they may be asked for", () => {
    const simulation = Simulation.restore(base);
    const node = { name: "system:node:worker-1", groups: ["system:nodes", "system:authenticated"] };
    const bind = (role: string) =>
      must(
        send(simulation, {
          verb: "POST",
          path: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
          body: {
            metadata: { name: "nodes-ask" },
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
            subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "system:nodes" }],
          } as unknown as Json,
        }),
      );
    bind("system:certificates.k8s.io:certificatesigningrequests:selfnodeclient");
    const signerName = "kubernetes.io/kube-apiserver-client-kubelet";
    must(ask(simulation, { request: encodedRequest("node"), signerName }, node));
    const { status } = later(simulation, 1000) ?? { status: {} };
    expect(status.conditions?.[0]).toMatchObject({
      type: "Approved",
      reason: "AutoApproved",
      message: "Auto approving self kubelet client certificate after SubjectAccessReview.",
    });
    expect(status.certificate).toBeDefined();
  });
});

describe("what admission does not let through", () => {
  it("is a client certificate of the masters", () => {
    const answer = ask(Simulation.restore(base), { request: encodedRequest("root") });
    expect(answer).toMatchObject({
      code: 403,
      body: {
        message: `certificatesigningrequests.certificates.k8s.io "r" is forbidden: use of ${CLIENT} signer with system:masters group is not allowed`,
      },
    });
  });

  it("is an approval by somebody who may not approve for the signer", () => {
    const simulation = Simulation.restore(base);
    must(ask(simulation, { request: encodedRequest("jane") }));
    must(
      send(simulation, {
        verb: "POST",
        path: "/apis/rbac.authorization.k8s.io/v1/clusterroles",
        body: {
          metadata: { name: "half" },
          rules: [
            {
              apiGroups: ["certificates.k8s.io"],
              resources: ["certificatesigningrequests/approval"],
              verbs: ["patch"],
            },
          ],
        } as unknown as Json,
      }),
    );
    must(
      send(simulation, {
        verb: "POST",
        path: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        body: {
          metadata: { name: "half" },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "half" },
          subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "ann" }],
        } as unknown as Json,
      }),
    );
    expect(decide(simulation, "Approved", "ann")).toMatchObject({
      code: 403,
      body: {
        message: `certificatesigningrequests.certificates.k8s.io "r" is forbidden: user not permitted to approve requests with signerName "${CLIENT}"`,
      },
    });
  });
});
