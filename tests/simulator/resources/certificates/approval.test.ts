import { beforeAll, describe, expect, it } from "vitest";
import { Simulation } from "../../../../simulator/index.ts";
import { SAMPLES } from "../samples.ts";

const PATH = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

describe("certificate signing requests", () => {
  const simulation = Simulation.start({ workers: 0 });

  // biome-ignore lint/suspicious/noExplicitAny: documents of many shapes
  function ask(method: "GET" | "POST" | "PUT" | "PATCH", path: string, body?: object, contentType?: string): any {
    return simulation.request({
      method,
      path,
      ...(body && { body: body as never }),
      ...(contentType && { contentType }),
    });
  }

  beforeAll(() => {
    simulation.advanceTo(10_000);
    const sample = SAMPLES["certificatesigningrequests.certificates.k8s.io"] as { spec: object };
    // A signer of nobody: the built-in ones look into the request, which here is only shaped like one.
    const spec = { ...sample.spec, signerName: "example.com/own", username: "somebody-else" };
    ask("POST", PATH, { ...sample, spec });
  });

  it("write down who asks, whatever they say", () => {
    expect(ask("GET", `${PATH}/jane`).body.spec).toMatchObject({ username: "kubernetes-admin" });
  });

  it("are approved by a path of its own, and by no other", () => {
    const approved = { type: "Approved", status: "True", reason: "Fine", message: "by a test" };
    const status = { conditions: [approved] };
    const merge = "application/merge-patch+json";
    for (const part of ["", "/status"]) {
      expect(ask("PATCH", `${PATH}/jane${part}`, { status }, merge).body.status.conditions).toBeUndefined();
    }
    const answer = ask("PATCH", `${PATH}/jane/approval`, { status: { ...status, certificate: "eA==" } }, merge);
    expect(answer.code).toBe(200);
    expect(answer.body.status).toMatchObject(status);
    expect(answer.body.status.certificate).toBeUndefined();
    expect(answer.body.status.conditions[0].lastUpdateTime).toBeDefined();
    const denied = { conditions: [...answer.body.status.conditions, { ...approved, type: "Denied" }] };
    expect(ask("PATCH", `${PATH}/jane/approval`, { status: denied }, merge).body.details.causes).toMatchObject([
      { message: 'Invalid value: "Denied": Approved and Denied conditions are mutually exclusive' },
    ]);
    // A status write keeps the decision.
    const failed = { type: "Failed", status: "True" };
    const kept = ask("PATCH", `${PATH}/jane/status`, { status: { conditions: [failed] } }, merge);
    expect(kept.body.status.conditions.map(({ type }: { type: string }) => type)).toEqual(["Failed", "Approved"]);
    const table = simulation.request({ method: "GET", path: PATH, accept: "application/json;as=Table" });
    expect(table.body).toMatchObject({
      rows: [
        {
          cells: ["jane", "0s", "example.com/own", "kubernetes-admin", "<none>", "Approved,Failed"],
        },
      ],
    });
  });
});
