import { describe, expect, it } from "vitest";
import { Simulation } from "../../../../../simulator/index.ts";
import type { Json } from "../../../resources/cases.ts";
import { clusterFor, must, send } from "../../access.ts";

const GROUP = "/apis/admissionregistration.k8s.io/v1";
const base = clusterFor("one").snapshot();

function post(simulation: Simulation, path: string, body: object) {
  return send(simulation, { verb: "POST", path, body: body as Json });
}

function clusterWith(hook: object, kind: "validating" | "mutating" = "validating"): Simulation {
  const simulation = Simulation.restore(base);
  const webhook = {
    name: "hook.example.com",
    clientConfig: { service: { name: "hook", namespace: "one", path: "/check" } },
    rules: [{ apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps"], operations: ["CREATE"] }],
    sideEffects: "None",
    admissionReviewVersions: ["v1"],
    ...hook,
  };
  must(post(simulation, `${GROUP}/${kind}webhookconfigurations`, { metadata: { name: "hooks" }, webhooks: [webhook] }));
  return simulation;
}

function answerTo(simulation: Simulation, query = ""): string {
  const path = `/api/v1/namespaces/one/configmaps${query}`;
  const { code, body } = post(simulation, path, { metadata: { name: "cm" } });
  return code === 201 ? "made" : `${code} ${body.message}`;
}

const CALL = '500 Internal error occurred: failed calling webhook "hook.example.com": failed to call webhook: ';
const POST = `${CALL}Post "https://hook.one.svc:443/check?timeout=10s": `;

describe.each(["validating", "mutating"] as const)("%s webhooks", (kind) => {
  it("that nobody serves fail requests, unless they are ignored", () => {
    expect(answerTo(clusterWith({}, kind))).toBe(`${POST}service "hook" not found`);
    expect(answerTo(clusterWith({ failurePolicy: "Ignore" }, kind))).toBe("made");
    const served = clusterWith({}, kind);
    const spec = { ports: [{ port: 443 }], selector: { app: "hook" } };
    must(post(served, "/api/v1/namespaces/one/services", { metadata: { name: "hook" }, spec }));
    expect(answerTo(served)).toBe(`${POST}no endpoints available for service "hook"`);
    expect(
      answerTo(clusterWith({ clientConfig: { url: "https://hooks.example.net/x" }, timeoutSeconds: 3 }, kind)),
    ).toBe(`${CALL}Post "https://hooks.example.net/x?timeout=3s": dial tcp: lookup hooks.example.net: no such host`);
  });

  it("are asked about what their rules, selectors and conditions mean", () => {
    expect(answerTo(clusterWith({ objectSelector: { matchLabels: { a: "b" } } }, kind))).toBe("made");
    expect(answerTo(clusterWith({ namespaceSelector: { matchLabels: { a: "b" } } }, kind))).toBe("made");
    const condition = (expression: string) => ({ matchConditions: [{ name: "c", expression }] });
    expect(answerTo(clusterWith(condition("object.metadata.name != 'cm'"), kind))).toBe("made");
    expect(answerTo(clusterWith(condition("object.metadata.name == 'cm'"), kind))).toContain("failed calling");
  });
});
