import { beforeEach, describe, expect, it } from "vitest";
import { kubectl, kubectlApply } from "../../../simulator/index.ts";
import { configMap, deployment, startCluster, type TestCluster } from "./cluster.ts";

let cluster: TestCluster;
beforeEach(() => {
  cluster = startCluster();
});

const apply = async (text: string, namespace?: string) =>
  (await kubectlApply(cluster.transport, text, { namespace })).results;
const messages = async (text: string) => (await apply(text)).map(({ message }) => message);
const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

describe("kubectl apply", () => {
  it("creates, leaves alone, changes", async () => {
    expect(await messages(configMap("conf"))).toEqual(["configmap/conf created"]);
    expect(await messages(configMap("conf"))).toEqual(["configmap/conf unchanged"]);
    expect(await messages(configMap("conf", "color: red"))).toEqual(["configmap/conf configured"]);
    expect(cluster.get(`${CONFIG_MAPS}/conf`).data).toEqual({ color: "red" });
  });

  it("takes away a field that it set before, and leaves what others set", async () => {
    await apply(configMap("conf", "color: blue\n  shape: round"));
    const path = `${CONFIG_MAPS}/conf`;
    cluster.send({
      method: "PATCH",
      path,
      contentType: "application/merge-patch+json",
      body: { data: { size: "big" } },
    });
    await apply(configMap("conf", "color: blue"));
    expect(cluster.get(path).data).toEqual({ color: "blue", size: "big" });
  });

  it("keeps replicas that somebody else scaled when the manifest names none", async () => {
    const text = deployment("web", 2).replace("  replicas: 2\n", "");
    await apply(text);
    await kubectl(cluster.transport, ["scale", "deploy/web", "--replicas=4"]);
    expect(await messages(text)).toEqual(["deployment.apps/web unchanged"]);
    expect(cluster.get("/apis/apps/v1/namespaces/default/deployments/web").spec).toMatchObject({ replicas: 4 });
  });

  it("carries out the first document though the second is wrong", async () => {
    const [first, second] = await apply(`${configMap("conf")}---\n${configMap("Broken_Name")}`);
    expect(first).toMatchObject({ ok: true, message: "configmap/conf created", line: 1 });
    expect(second).toMatchObject({ ok: false, line: 9 });
    expect(second?.message).toMatch(
      /^Error from server \(Invalid\): error when creating "STDIN": ConfigMap "Broken_Name" is invalid: metadata\.name: Invalid value: "Broken_Name": a lowercase RFC 1123 subdomain/,
    );
    expect(second?.problems).toMatchObject([{ fieldPath: "metadata.name", line: 12, column: 3 }]);
    expect(cluster.get(`${CONFIG_MAPS}/conf`).kind).toBe("ConfigMap");
  });

  it("goes on after a document that is no YAML", async () => {
    const results = await apply(`${configMap("a")}---\nkind: {{{ :\n---\n${configMap("b")}`);
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(results[1]?.message).toMatch(
      /^error: error parsing STDIN: error converting YAML to JSON: yaml: (line \d+: )?/,
    );
  });

  it.each([
    ["a mapping in a mapping", "a: b: c", 1, "mapping values are not allowed in this context"],
    ["a tab", "kind: Pod\n\tmetadata:", 2, "line 2: found a tab character that violates indentation"],
    ["an open quote", 'kind: Pod\nmetadata:\n  name: "x', 3, "line 3: found unexpected end of stream"],
    ["a key without a colon", "a: b\nc", 2, "line 2: could not find expected ':'"],
    ["a key that stands too far left", "x:\n  a: b\n c: d", 3, "line 2: did not find expected key"],
    ["a template", "a: {{ x }}", 1, 'invalid map key: map[interface {}]interface {}{"x":interface {}(nil)}'],
  ])("reports %s at its line, in the words of Go's parser", async (_, text, line, words) => {
    const [result] = await apply(text);
    expect(result).toMatchObject({ ok: false, problems: [{ line }] });
    expect(result?.message).toBe(`error: error parsing STDIN: error converting YAML to JSON: yaml: ${words}`);
  });

  it.each([
    ["contains itself", "data: &a\n  b: *a", /yaml: an anchor's value contains itself/],
    ["is endlessly deep", `data: ${"{a: ".repeat(510)}1${"}".repeat(510)}`, /yaml: exceeded max depth of 500/],
    [
      "multiplies itself",
      [
        "a: &a [x,x,x,x,x,x]",
        ..."bcdef".split("").map((key, index) => {
          const last = `*${"abcdef"[index]}`;
          return `${key}: &${key} [${Array(9).fill(last).join(",")}]`;
        }),
      ].join("\n"),
      /yaml: Excessive alias count/,
    ],
  ])("refuses a text that %s", async (_, text, message) => {
    const [result] = await apply(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n${text}`);
    expect(result?.ok).toBe(false);
    expect(result?.message).toMatch(message);
  });

  it("names a kind that is not served", async () => {
    const [result] = await apply("apiVersion: apps/v1\nkind: Deploymnt\nmetadata:\n  name: web\n");
    expect(result?.message).toBe(
      'error: resource mapping not found for name: "web" namespace: "" from "STDIN": no matches for kind "Deploymnt" in version "apps/v1"\nensure CRDs are installed first',
    );
    expect(result?.problems).toMatchObject([{ line: 2, column: 1 }]);
  });

  it.each([
    ["kind: Pod", "apiVersion not set"],
    ["apiVersion: v1", "kind not set"],
    ["metadata: {}", "[apiVersion not set, kind not set]"],
    ["- a\n- b", "invalid object to validate"],
  ])("refuses %j before it asks the server", async (text, problem) => {
    expect(await messages(text)).toEqual([
      `error: error validating "STDIN": error validating data: ${problem}; if you choose to ignore these errors, turn validation off with --validate=false`,
    ]);
  });

  it("refuses a generated name", async () => {
    expect(await messages("apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: x-}")).toEqual([
      "error: from x-: cannot use generate name with apply",
    ]);
  });

  it("locates a quantity that is none", async () => {
    const [result] = await apply(deployment("web", 1).replace("32Mi", "1.5.3Gi"));
    expect(result?.message).toMatch(/quantities must match the regular expression/);
    expect(result?.problems).toMatchObject([
      { fieldPath: "spec.template.spec.containers[0].resources.requests.memory", line: 18 },
    ]);
  });

  it("locates an unknown field and a wrong selector", async () => {
    const [unknown] = await apply(deployment("web", 1).replace("replicas:", "replics:"));
    expect(unknown?.message).toMatch(/strict decoding error: unknown field "spec\.replics"/);
    expect(unknown?.problems).toMatchObject([{ fieldPath: "spec.replics", line: 7, column: 3 }]);
    const [selector] = await apply(
      deployment("web", 1).replace("matchLabels: {app: web}", "matchLabels: {app: other}"),
    );
    expect(selector?.problems).toMatchObject([{ fieldPath: "spec.template.metadata.labels" }]);
  });

  it("reads YAML 1.1: yes is true, 0644 is octal, dates are texts", async () => {
    const [bool] = await apply(configMap("conf", "enabled: yes"));
    expect(bool?.message).toMatch(/json: cannot unmarshal bool into Go struct field ConfigMap\.data of type string/);
    const pod = `apiVersion: v1
kind: Pod
metadata:
  name: modes
  annotations: {day: 2026-01-02, time: 12:30:45}
spec:
  automountServiceAccountToken: no
  containers: [{name: c, image: "nginx:1.27"}]
  volumes:
  - name: conf
    configMap: {name: conf, defaultMode: 0644}
`;
    expect(await messages(pod)).toEqual(["pod/modes created"]);
    expect(cluster.get("/api/v1/namespaces/default/pods/modes")).toMatchObject({
      metadata: { annotations: { day: "2026-01-02", time: "12:30:45" } },
      spec: { automountServiceAccountToken: false, volumes: [{ configMap: { defaultMode: 420 } }] },
    });
  });

  it("applies what is in a List, each at its lines", async () => {
    const text = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: a}
- apiVersion: v1
  kind: ConfigMap
  metadata:
    name: B
- just text
`;
    const results = await apply(text);
    expect(results.map(({ ok, line }) => [ok, line])).toEqual([
      [true, 4],
      [false, 7],
      [false, 11],
    ]);
    expect(results[1]?.problems).toMatchObject([{ fieldPath: "metadata.name", line: 10, column: 5 }]);
    expect(await messages("apiVersion: v1\nkind: List\nitems: []")).toEqual(["error: no objects passed to apply"]);
  });

  it("accepts 100,000 replicas: what can be scheduled runs, the page decides the rest", async () => {
    expect(await messages(deployment("many", 100_000))).toEqual(["deployment.apps/many created"]);
    expect(cluster.get("/apis/apps/v1/namespaces/default/deployments/many").spec).toMatchObject({ replicas: 100_000 });
  });

  it("takes a text of 5 MB, and lets the server refuse what is too large", async () => {
    const results = await apply(
      `${configMap("small")}---\n${configMap("large", `x: "${"0123456789".repeat(500_000)}"`)}`,
    );
    expect(results.map(({ ok }) => ok)).toEqual([true, false]);
    expect(results[1]?.message).toMatch(/ConfigMap "large" is invalid: .*Too long: may not be more than \d+ bytes/);
    expect((await apply("x".repeat(5_000_000))).map(({ ok }) => ok)).toEqual([false]);
  });

  it.each(["../../../nodes/node-1", "a/b?c=d#e", "%2e%2e", "..", "__proto__", "\\ud800", "名"])(
    "sends a name such as %s whole",
    async (name) => {
      const before = cluster.simulation.store.revision;
      const [result] = await apply(`apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "${name}"\n`);
      expect(result?.ok).toBe(false);
      expect(result?.message).toMatch(/^Error from server \(Invalid\): error when creating "STDIN": ConfigMap/);
      expect(cluster.simulation.store.revision).toBe(before);
    },
  );

  it("puts what names no namespace into the given one", async () => {
    const [result] = await apply(configMap("conf"), "kube-public");
    expect(result?.applied).toEqual({ kind: "ConfigMap", key: "kube-public/conf" });
    const [missing] = await apply(configMap("conf"), "nowhere");
    expect(missing?.message).toBe(
      'Error from server (NotFound): error when creating "STDIN": namespaces "nowhere" not found',
    );
  });

  it("gives the API server's own words when it does not answer", async () => {
    const down = await kubectlApply(
      async () => ({ code: 503, body: { reason: "ServiceUnavailable", message: "no" }, warnings: [] }),
      configMap("a"),
    );
    expect(down.results.map(({ ok }) => ok)).toEqual([false]);
  });
});
