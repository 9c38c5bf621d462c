import { describe, expect, it } from "vitest";
import { Simulation } from "../../../../../simulator/index.ts";
import type { Json } from "../../../resources/cases.ts";
import { must, send } from "../../access.ts";
import { OTHER_AUTHORITY } from "../../webhook-certificates.ts";
import { answerTo, CONFIG_MAPS, clientConfig, clusterWithServer, post, register } from "./webhook-cluster.ts";

const base = clusterWithServer("webhook", "--sidecar-image=busybox:1.37");
const cluster = () => Simulation.restore(base);
const PODS = "/api/v1/namespaces/one/pods";
const DENIED = 'admission webhook "hook.example.com" denied the request';
const CALL = '500 Internal error occurred: failed calling webhook "hook.example.com": failed to call webhook: ';
const rule = (resource: string, ...operations: readonly string[]) => ({
  rules: [{ apiGroups: [""], apiVersions: ["v1"], resources: [resource], operations }],
});

function podOf(name: string, container = "c", labels: object = {}): object {
  return { metadata: { name, labels }, spec: { containers: [{ name: container, image: "nginx:1.29" }] } };
}

/** What became of a config map. */
function madeOf(simulation: Simulation, data: object) {
  return must(post(simulation, CONFIG_MAPS, { metadata: { name: "cm" }, data })).body.data;
}

describe("a validating webhook that answers", () => {
  it("allows and refuses, with its own words or reason", () => {
    const simulation = cluster();
    register(simulation, "validating", "/configmaps", rule("configmaps", "*"));
    expect(answerTo(simulation, { "webhook-e2e-test": "webhook-disallow" })).toBe(
      `400 ${DENIED}: the configmap contains unwanted key and value`,
    );
    expect(answerTo(simulation, { "webhook-e2e-test": "webhook-nondeletable" })).toBe("made");
    const { code, body } = send(simulation, { verb: "DELETE", path: `${CONFIG_MAPS}/cm` });
    expect([code, body.message]).toEqual([
      400,
      `${DENIED}: the configmap cannot be deleted because it contains unwanted key and value`,
    ]);
  });

  it("is asked about pods that controllers make, too", () => {
    const simulation = cluster();
    register(simulation, "validating", "/always-deny", rule("pods", "CREATE"));
    const template = { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "nginx:1.29" }] } };
    const spec = { replicas: 1, selector: { matchLabels: { a: "b" } }, template };
    must(post(simulation, "/apis/apps/v1/namespaces/one/replicasets", { metadata: { name: "web" }, spec }));
    simulation.advanceTo(simulation.nowMs + 5000);
    const path = "/apis/apps/v1/namespaces/one/replicasets/web";
    const { status } = send(simulation, { verb: "GET", path }).body as unknown as {
      readonly status: { readonly conditions: readonly object[] };
    };
    expect(status.conditions).toMatchObject([
      { reason: "FailedCreate", message: `${DENIED}: this webhook denies all requests` },
    ]);
  });

  it("is not asked about webhook configurations", () => {
    const simulation = cluster();
    const everything = [{ apiGroups: ["*"], apiVersions: ["*"], resources: ["*/*"], operations: ["*"] }];
    register(simulation, "validating", "/always-deny", { rules: everything });
    register(simulation, "mutating", "/add-label", { rules: everything }, "others");
    const path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/others";
    expect(send(simulation, { verb: "GET", path }).body.metadata).not.toHaveProperty("labels");
    expect(send(simulation, { verb: "DELETE", path }).code).toBe(200);
    expect(answerTo(simulation)).toContain("this webhook denies all requests");
  });

  it.each([
    [
      "one that takes longer than is waited for",
      "/always-allow-delay-5s",
      { timeoutSeconds: 1 },
      "context deadline exceeded",
    ],
    ["a path that is not there", "/nowhere", {}, "the server could not find the requested resource"],
    [
      "a certificate that another has signed",
      "/always-deny",
      { clientConfig: clientConfig("/always-deny", OTHER_AUTHORITY) },
      'x509: certificate signed by unknown authority (possibly because of "crypto/rsa: verification error" while trying to verify candidate authority certificate "webhook-ca")',
    ],
    [
      "no certificate that is trusted",
      "/always-deny",
      { clientConfig: clientConfig("/always-deny", "") },
      "tls: failed to verify certificate: x509: certificate signed by unknown authority",
    ],
    [
      "a port that the service does not have",
      "/x",
      { clientConfig: { service: { name: "hook", namespace: "one", port: 444 } } },
      'Post "https://hook.one.svc:444?timeout=10s": no service port 444 found for service "hook"',
    ],
  ])("fails for %s", (_what, path, hook, why) => {
    const simulation = cluster();
    register(simulation, "validating", path, hook);
    expect(answerTo(simulation)).toContain(CALL);
    expect(answerTo(simulation)).toContain(why);
    const lenient = cluster();
    register(lenient, "validating", path, { ...hook, failurePolicy: "Ignore" });
    expect(answerTo(lenient)).toBe("made");
  });

  it("has its name in its certificate", () => {
    const simulation = cluster();
    const service = {
      metadata: { name: "other" },
      spec: { ports: [{ port: 443, targetPort: 8443 }], selector: { app: "hook" } },
    };
    must(post(simulation, "/api/v1/namespaces/one/services", service));
    simulation.advanceTo(simulation.nowMs + 3000);
    const { caBundle } = clientConfig("");
    register(simulation, "validating", "", {
      clientConfig: { service: { name: "other", namespace: "one" }, caBundle },
    });
    expect(answerTo(simulation)).toContain(
      "x509: certificate is valid for hook.one.svc, hook.one.svc.cluster.local, not other.one.svc",
    );
  });

  it("waits five seconds where it may, and takes a dry run only when it says so", () => {
    const simulation = cluster();
    register(simulation, "validating", "/always-allow-delay-5s", { timeoutSeconds: 6, sideEffects: "NoneOnDryRun" });
    expect(answerTo(simulation, {}, "?dryRun=All")).toBe("made");
  });

  it("refuses connections to pods", () => {
    const simulation = cluster();
    register(simulation, "validating", "/pods/attach", rule("pods/attach", "CONNECT"));
    must(post(simulation, PODS, podOf("to-be-attached-pod", "container1")));
    simulation.advanceTo(simulation.nowMs + 30_000);
    const connect = (container: string) => {
      const path = `${PODS}/to-be-attached-pod/attach?container=${container}&stdin=true`;
      const answer = simulation.connect({ method: "GET", path });
      return answer.ok ? "connected" : String(answer.error.body.message);
    };
    expect(connect("container1")).toBe(`${DENIED}: attaching to pod 'to-be-attached-pod' is not allowed`);
  });
});

describe("a mutating webhook that answers", () => {
  it("changes objects, in the order of the configurations' names, each seeing what was before", () => {
    const simulation = cluster();
    register(simulation, "mutating", "/mutating-configmaps", {}, "a");
    register(simulation, "mutating", "/mutating-configmaps", { name: "second.example.com" }, "b");
    expect(madeOf(simulation, { "mutation-start": "yes" })).toEqual({
      "mutation-start": "yes",
      "mutation-stage-1": "yes",
      "mutation-stage-2": "yes",
    });
  });

  it("is asked again when it says so and another has changed the object since", () => {
    const made = (reinvocationPolicy: string) => {
      const simulation = cluster();
      const asked = { reinvocationPolicy, ...rule("pods", "CREATE") };
      const isThere = { name: "there", expression: "object.spec.containers.size() > 1" };
      register(simulation, "mutating", "/add-label", { ...asked, matchConditions: [isThere] }, "a");
      register(simulation, "mutating", "/add-label", { ...asked, name: "first.example.com" }, "b");
      register(
        simulation,
        "mutating",
        "/mutating-pods-sidecar",
        { ...rule("pods", "CREATE"), name: "z.example.com" },
        "c",
      );
      return must(post(simulation, PODS, podOf("p"))).body;
    };
    // Who was not asked the first time is not asked the second time either.
    for (const policy of ["Never", "IfNeeded"]) {
      const { metadata, spec } = made(policy) as unknown as {
        readonly metadata: { readonly labels: object };
        readonly spec: { readonly containers: readonly { readonly name: string }[] };
      };
      expect(metadata.labels).toEqual({ "added-label": "yes" });
      expect(spec.containers.map(({ name }) => name)).toEqual(["c", "webhook-added-sidecar"]);
    }
  });

  it("sees a second webhook's stage only when it is reinvoked", () => {
    const stages = (reinvocationPolicy: string) => {
      const simulation = cluster();
      register(simulation, "mutating", "/mutating-configmaps", { reinvocationPolicy }, "a");
      register(simulation, "mutating", "/add-label", { name: "label.example.com" }, "b");
      return madeOf(simulation, { "mutation-start": "yes" });
    };
    expect(stages("Never")).toEqual({ "mutation-start": "yes", "mutation-stage-1": "yes" });
    expect(stages("IfNeeded")).toMatchObject({ "mutation-stage-2": "yes" });
  });

  it("adds containers that get their defaults and the service account's token", () => {
    const simulation = cluster();
    register(simulation, "mutating", "/mutating-pods", rule("pods", "CREATE"));
    const { spec } = must(post(simulation, PODS, podOf("webhook-to-be-mutated"))).body as unknown as {
      readonly spec: { readonly initContainers: readonly object[] };
    };
    expect(spec.initContainers).toMatchObject([
      {
        name: "webhook-added-init-container",
        image: "webhook-added-image",
        imagePullPolicy: "Always",
        terminationMessagePolicy: "File",
        volumeMounts: [{ mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" }],
      },
    ]);
  });

  it("is asked about all but what its conditions leave out", () => {
    const simulation = cluster();
    const condition = { name: "skip-me", expression: "object.metadata.name != 'skip-me'" };
    register(simulation, "mutating", "/add-label", { matchConditions: [condition] });
    const labelsOf = (name: string) => must(post(simulation, CONFIG_MAPS, { metadata: { name } })).body.metadata;
    expect(labelsOf("skip-me")).not.toHaveProperty("labels");
    expect(labelsOf("other")).toHaveProperty("labels", { "added-label": "yes" });
  });

  it("follows its configuration as that is changed and deleted", () => {
    const simulation = cluster();
    const path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
    register(simulation, "mutating", "/mutating-configmaps");
    const stage = (name: string) => {
      const body = { metadata: { name }, data: { "mutation-start": "yes" } };
      return (must(post(simulation, CONFIG_MAPS, body)).body.data as Record<string, string>)["mutation-stage-1"];
    };
    expect(stage("a")).toBe("yes");
    const asked = (value: string) => {
      const body = [{ op: "replace", path: "/webhooks/0/rules/0/operations/0", value }] as unknown as Json;
      const contentType = "application/json-patch+json";
      must(send(simulation, { verb: "PATCH", path: `${path}/hooks`, contentType, body }));
    };
    asked("UPDATE");
    expect(stage("b")).toBeUndefined();
    asked("CREATE");
    expect(stage("c")).toBe("yes");
    must(send(simulation, { verb: "DELETE", path }));
    expect(stage("d")).toBeUndefined();
  });

  it("gives objects that are then checked, whoever made them", () => {
    const simulation = cluster();
    register(simulation, "mutating", "/mutating-pods-sidecar", rule("pods", "CREATE"));
    const container = { name: "c", image: "nginx:1.29" };
    const spec = { initContainers: [{ ...container, name: "webhook-added-sidecar" }], containers: [container] };
    const { code, body } = post(simulation, PODS, { metadata: { name: "p" }, spec });
    const why = 'spec.initContainers[0].name: Duplicate value: "webhook-added-sidecar"';
    expect([code, body.message]).toEqual([422, expect.stringContaining(why)]);
    const template = { metadata: { labels: { a: "b" } }, spec };
    const set = { metadata: { name: "web" }, spec: { replicas: 1, selector: { matchLabels: { a: "b" } }, template } };
    must(post(simulation, "/apis/apps/v1/namespaces/one/replicasets", set));
    simulation.advanceTo(simulation.nowMs + 5000);
    const answer = send(simulation, { verb: "GET", path: "/apis/apps/v1/namespaces/one/replicasets/web" });
    expect(answer.body.status).toMatchObject({ conditions: [{ reason: "FailedCreate" }] });
  });

  it("is not understood when it answers nothing", () => {
    const simulation = cluster();
    register(simulation, "mutating", "/mutating-pods", rule("configmaps", "CREATE"), "pods");
    expect(answerTo(simulation)).toContain("0-length response with status code: 200");
  });

  it("changes custom resources, of which fields without a schema are dropped", () => {
    const made = (properties: object) => {
      const simulation = cluster();
      const schema = { openAPIV3Schema: { type: "object", properties: { data: { type: "object", ...properties } } } };
      const spec = {
        group: "example.com",
        scope: "Namespaced",
        names: { plural: "things", kind: "Thing" },
        versions: [{ name: "v1", served: true, storage: true, schema }],
      };
      const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
      must(post(simulation, definitions, { metadata: { name: "things.example.com" }, spec }));
      simulation.advanceTo(simulation.nowMs + 3000);
      const rules = [
        { apiGroups: ["example.com"], apiVersions: ["v1"], resources: ["things"], operations: ["CREATE"] },
      ];
      register(simulation, "mutating", "/mutating-custom-resource", { rules, reinvocationPolicy: "IfNeeded" }, "a");
      register(simulation, "mutating", "/mutating-custom-resource", { rules, name: "b.example.com" }, "b");
      const body = { metadata: { name: "t" }, data: { "mutation-start": "yes" } };
      return must(post(simulation, "/apis/example.com/v1/namespaces/one/things", body)).body.data;
    };
    const text = { type: "string" };
    expect(made({ additionalProperties: text })).toHaveProperty("mutation-stage-2", "yes");
    expect(made({ properties: { "mutation-start": text, "mutation-stage-1": text } })).toEqual({
      "mutation-start": "yes",
      "mutation-stage-1": "yes",
    });
  });
});

it("a run with webhooks is the same again when it is replayed", () => {
  const first = Simulation.start({ workers: 1, seed: 11 });
  first.advanceTo(60_000);
  const second = Simulation.restore(first.snapshot());
  for (const simulation of [first, second]) {
    must(post(simulation, "/api/v1/namespaces", { metadata: { name: "one" } }));
    simulation.advanceTo(65_000);
    register(simulation, "mutating", "/mutating-configmaps", { failurePolicy: "Ignore" });
    answerTo(simulation, { "mutation-start": "yes" });
    simulation.advanceTo(90_000);
  }
  expect(second.snapshot()).toEqual(first.snapshot());
  const played = Simulation.restore(base);
  register(played, "mutating", "/mutating-configmaps");
  answerTo(played, { "mutation-start": "yes" });
  played.advanceTo(150_000);
  const again = Simulation.replay(played.options, played.journal.inputs, 150_000);
  expect(again.snapshot().store).toEqual(played.snapshot().store);
});
