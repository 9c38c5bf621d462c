import { describe, expect, it } from "vitest";
import {
  type ApiRequest,
  type JsonObject,
  loadScenario,
  perform,
  type Scenario,
  ScenarioRunner,
  type Simulation,
} from "../../../simulator/index.ts";
import { configMap, startCluster, type TestCluster } from "../kubectl/cluster.ts";

const CONFIG_MAPS = "{apiVersion: v1, kind: ConfigMap, namespace: default, selector: tier=a}";

/** A scenario of these checks, step by step. */
function scenarioOf(...checks: readonly string[]): Scenario {
  const steps = checks.map((check, index) => `  - {id: s${index}, title: T, text: T, check: ${check}}`);
  const text = `name: test\ntitle: T\nsummary: S\nminutes: 1\nsteps:\n${steps.join("\n")}\nsolution: [{wait: 1s}]\n`;
  const loaded = loadScenario("test", { "test/scenario.yaml": text });
  if (!loaded.ok) throw new Error(loaded.error.map(({ message }) => message).join("\n"));
  return loaded.value;
}

const watching = ({ simulation, transport }: TestCluster) => ({
  request: transport,
  watch: (request: ApiRequest) => simulation.watch(request),
});

const create = (cluster: TestCluster, name: string, data?: string) =>
  cluster.send({ method: "POST", path: MAPS, contentType: "application/yaml", body: configMap(name, data) });
const MAPS = "/api/v1/namespaces/default/configmaps";
const remove = (cluster: TestCluster, name: string) => cluster.send({ method: "DELETE", path: `${MAPS}/${name}` });
const setColor = (cluster: TestCluster, name: string, color: string) =>
  cluster.send({
    method: "PATCH",
    path: `${MAPS}/${name}`,
    contentType: "application/merge-patch+json",
    body: { data: { color } },
  });

/** What a look says of the current step. */
async function look(runner: ScenarioRunner) {
  const { state, steps } = await runner.look();
  const current = steps.find((step) => step.state === "current");
  return { state, at: current?.id, missing: current?.missing ?? [] };
}

describe.each(["watches", "lists"])("a runner that %s", (how) => {
  const start = (scenario: Scenario) => {
    const cluster = startCluster();
    const source = how === "watches" ? watching(cluster) : { request: cluster.transport };
    return { cluster, runner: new ScenarioRunner(scenario, source) };
  };

  it("counts, explains and ticks", async () => {
    const check = `{object: ${CONFIG_MAPS}, count: {atLeast: 2}, missing: "{found} of {wanted} are there."}`;
    const { cluster, runner } = start(scenarioOf(check));
    expect(runner.view.state).toBe("opening");
    expect(await look(runner)).toEqual({ state: "working", at: "s0", missing: ["0 of 2 are there."] });
    create(cluster, "a");
    expect(await look(runner)).toMatchObject({ missing: ["1 of 2 are there."] });
    create(cluster, "b");
    expect(await look(runner)).toEqual({ state: "finished", at: undefined, missing: [] });
  });

  it("finds words of its own", async () => {
    const check = `{object: ${CONFIG_MAPS}, where: [{path: data.color, equals: red}, {path: data.size, exists: false}], count: 2}`;
    const { cluster, runner } = start(scenarioOf(check));
    create(cluster, "a", "color: red");
    expect((await look(runner)).missing).toEqual([
      "1 of 2 found: ConfigMap with tier=a in default where data.color is red and data.size is absent.",
    ]);
  });

  it("tells the new from the old, by uid and not by name", async () => {
    const there = `{object: ${CONFIG_MAPS}}`;
    const { cluster, runner } = start(
      scenarioOf(there, `{object: ${CONFIG_MAPS}, seen: gone}`, `{object: ${CONFIG_MAPS}, seen: new, since: s1}`),
    );
    create(cluster, "a");
    expect(await look(runner)).toMatchObject({ at: "s1" });
    setColor(cluster, "a", "green");
    expect(await look(runner)).toMatchObject({ at: "s1" });
    remove(cluster, "a");
    expect(await look(runner)).toMatchObject({ at: "s2" });
    create(cluster, "a");
    expect(await look(runner)).toMatchObject({ state: "finished" });
  });

  it("sees through a replacement between two looks", async () => {
    const { cluster, runner } = start(scenarioOf(`{object: ${CONFIG_MAPS}}`, `{object: ${CONFIG_MAPS}, seen: gone}`));
    create(cluster, "a");
    await look(runner);
    remove(cluster, "a");
    create(cluster, "a");
    expect(await look(runner)).toMatchObject({ state: "finished" });
  });

  it("counts what is being deleted as gone", async () => {
    const { cluster, runner } = start(scenarioOf(`{object: ${CONFIG_MAPS}}`, `{object: ${CONFIG_MAPS}, seen: gone}`));
    const held = configMap("a").replace("metadata:", "metadata:\n  finalizers: [example.com/hold]");
    cluster.send({ method: "POST", path: MAPS, contentType: "application/yaml", body: held });
    await look(runner);
    remove(cluster, "a");
    expect(await look(runner)).toMatchObject({ state: "finished" });
  });

  it("is content with one of several, or wants all", async () => {
    const red = `{object: ${CONFIG_MAPS}, where: [{path: data.color, equals: red}], missing: None is red.}`;
    const big = `{object: ${CONFIG_MAPS}, where: [{path: data.size, equals: big}], missing: None is big.}`;
    const every = `{object: ${CONFIG_MAPS}, where: [{path: data.color, in: [red, green]}], count: all}`;
    const { cluster, runner } = start(scenarioOf(`{any: [${red}, ${big}]}`, `{all: [${red}, ${every}]}`));
    expect((await look(runner)).missing).toEqual(["None is red. Or: None is big."]);
    create(cluster, "a", "size: big");
    expect(await look(runner)).toMatchObject({
      at: "s1",
      missing: ["None is red.", expect.stringMatching(/^0 of 1 /)],
    });
    setColor(cluster, "a", "red");
    expect(await look(runner)).toMatchObject({ state: "finished" });
  });

  it("takes an absent field for zero, false and the empty text", async () => {
    const absent = (test: string) => `{object: ${CONFIG_MAPS}, where: [{path: data.none, ${test}}]}`;
    const { cluster, runner } = start(
      scenarioOf(
        absent("equals: 0"),
        absent("equals: false"),
        absent('equals: ""'),
        absent("atMost: 3"),
        absent("atLeast: 1"),
      ),
    );
    create(cluster, "a");
    expect(await look(runner)).toMatchObject({ at: "s4" });
  });

  it("knows no object of a kind that is not served", async () => {
    const { runner } = start(scenarioOf("{object: {apiVersion: example.com/v1, kind: Gizmo}}"));
    expect(await look(runner)).toMatchObject({ state: "working", at: "s0" });
  });

  it("checks nothing while the API server does not answer, and goes on after", async () => {
    const { cluster, runner } = start(scenarioOf(`{object: ${CONFIG_MAPS}}`, `{object: ${CONFIG_MAPS}, seen: new}`));
    create(cluster, "a");
    await look(runner);
    stopApiServer(cluster.simulation);
    expect(cluster.simulation.apiUp).toBe(false);
    const blind = await look(runner);
    // A watch that is open may tell what was; a list is refused.
    expect(blind.at).toBe("s1");
    if (how === "lists") expect(blind).toMatchObject({ state: "blind", missing: ["The API server does not answer."] });
    cluster.advance(60_000);
    expect(cluster.simulation.apiUp).toBe(true);
    create(cluster, "b");
    expect(await look(runner)).toMatchObject({ state: "finished" });
  });

  it("goes on from what was saved", async () => {
    const scenario = scenarioOf(`{object: ${CONFIG_MAPS}}`, `{object: ${CONFIG_MAPS}, seen: gone}`);
    const { cluster, runner } = start(scenario);
    create(cluster, "a");
    await look(runner);
    const saved = JSON.parse(JSON.stringify(runner.save()));
    remove(cluster, "a");
    const source = how === "watches" ? watching(cluster) : { request: cluster.transport };
    const restored = new ScenarioRunner(scenario, source, saved);
    expect(restored.view).toEqual({ ...runner.view, steps: restored.view.steps });
    expect(await look(restored)).toMatchObject({ state: "finished" });
    expect(() => new ScenarioRunner({ ...scenario, name: "other" }, source, saved)).toThrow(/a run of test/);
  });

  it("begins anew", async () => {
    const { cluster, runner } = start(scenarioOf(`{object: ${CONFIG_MAPS}}`));
    create(cluster, "a");
    expect(await look(runner)).toMatchObject({ state: "finished" });
    remove(cluster, "a");
    runner.restart();
    expect(await look(runner)).toMatchObject({ state: "working", at: "s0" });
  });
});

describe("a runner that watches", () => {
  const red = `{object: ${CONFIG_MAPS}, where: [{path: data.color, equals: red}], missing: It was never red.}`;

  it("remembers what held only between two looks, since its step began", async () => {
    const cluster = startCluster();
    const check = `{all: [{ever: ${red}, since: s0}, {object: ${CONFIG_MAPS}, where: [{path: data.done, exists: true}]}]}`;
    const runner = new ScenarioRunner(scenarioOf(`{object: ${CONFIG_MAPS}, count: 2}`, check), watching(cluster));
    create(cluster, "a", "color: blue");
    expect(await look(runner)).toMatchObject({ at: "s0" });
    setColor(cluster, "a", "red");
    setColor(cluster, "a", "green");
    create(cluster, "b", "done: now");
    expect(await look(runner)).toMatchObject({ state: "finished" });
  });

  it("does not remember what held before its step", async () => {
    const cluster = startCluster();
    const runner = new ScenarioRunner(
      scenarioOf(`{object: ${CONFIG_MAPS}, count: 2}`, `{ever: ${red}, since: s1}`),
      watching(cluster),
    );
    create(cluster, "a", "color: red");
    await look(runner);
    setColor(cluster, "a", "green");
    create(cluster, "b");
    expect(await look(runner)).toMatchObject({ at: "s1", missing: ["It was never red."] });
    setColor(cluster, "b", "red");
    setColor(cluster, "b", "green");
    expect(await look(runner)).toMatchObject({ state: "finished" });
  });

  it("starts over when its place in history is forgotten", async () => {
    const cluster = startCluster();
    let broken = false;
    const gone: JsonObject = { kind: "Status", code: 410, reason: "Expired" };
    const source = {
      request: cluster.transport,
      watch: (request: ApiRequest) => {
        const opened = cluster.simulation.watch(request);
        if (!opened.ok) return opened;
        const stream = opened.value;
        const next = () => (broken ? [{ type: "ERROR" as const, object: gone }] : stream.next());
        return { ok: true as const, value: { next, ended: false } };
      },
    };
    const runner = new ScenarioRunner(scenarioOf(`{object: ${CONFIG_MAPS}, count: 2}`), source);
    create(cluster, "a");
    expect((await look(runner)).missing).toEqual([expect.stringMatching(/^1 of 2 /)]);
    broken = true;
    remove(cluster, "a");
    expect(await look(runner)).toMatchObject({ state: "blind" });
    broken = false;
    expect((await look(runner)).missing).toEqual([expect.stringMatching(/^0 of 2 /)]);
  });

  it("says the same of the same looks", async () => {
    const run = async () => {
      const cluster = startCluster();
      const runner = new ScenarioRunner(scenarioOf(`{object: ${CONFIG_MAPS}, count: 3}`, red), watching(cluster));
      const seen: unknown[] = [];
      for (const name of ["a", "b", "c"]) {
        create(cluster, name);
        seen.push(await runner.look());
      }
      return JSON.stringify([seen, runner.view]);
    };
    expect(await run()).toBe(await run());
  });

  it("answers a look during a look with the same", async () => {
    const cluster = startCluster();
    const runner = new ScenarioRunner(scenarioOf(`{object: ${CONFIG_MAPS}}`), watching(cluster));
    const [first, second] = await Promise.all([runner.look(), runner.look()]);
    expect(first).toBe(second);
  });

  it("leaves no trace in the run", async () => {
    const run = async (looks: boolean) => {
      const cluster = startCluster();
      const runner = new ScenarioRunner(scenarioOf(red), watching(cluster));
      for (let count = 0; count < 5; count++) {
        cluster.advance(10_000);
        if (looks) await runner.look();
      }
      return JSON.stringify(cluster.simulation.snapshot());
    };
    expect(await run(true)).toBe(await run(false));
  });
});

describe("perform", () => {
  const wait = async () => {};
  const none = { manifests: {} };
  const query = { apiVersion: "v1", kind: "ConfigMap", namespace: "default", selector: "tier=a" };

  it("deletes the first, or all, and says when there is nothing", async () => {
    const cluster = startCluster();
    for (const name of ["c", "b", "a"]) create(cluster, name);
    const act = (pick: "first" | "all") =>
      perform(cluster.transport, none, { kind: "delete", label: "D", object: query, pick }, wait);
    expect((await act("first")).stdout).toEqual(['configmap "a" deleted from default namespace']);
    expect((await act("all")).stdout).toHaveLength(2);
    expect(await act("all")).toEqual({ stdout: [], stderr: ["There is no ConfigMap with tier=a to delete."], exit: 1 });
  });

  it("applies a manifest and passes on what kubectl says", async () => {
    const cluster = startCluster();
    const manifests = { "two.yaml": `${configMap("a")}---\n${configMap("B")}` };
    const done = await perform(
      cluster.transport,
      { manifests },
      { kind: "apply", label: "A", manifest: "two.yaml" },
      wait,
    );
    expect(done).toMatchObject({ stdout: ["configmap/a created"], exit: 1 });
    expect(done.stderr[0]).toMatch(/^Error from server \(Invalid\)/);
  });

  it("sets the clock's speed, and passes on a refusal", async () => {
    const cluster = startCluster();
    const act = (speed: number) => perform(cluster.transport, none, { kind: "clock", label: "C", speed }, wait);
    expect(await act(20)).toMatchObject({ exit: 0 });
    expect(cluster.get("/apis/simulation.tabernetes.dev/v1alpha1/clocks/cluster").spec).toMatchObject({ speed: 20 });
    expect((await act(10_000_000)).stderr[0]).toMatch(/^Error from server \(Invalid\)/);
  });

  it("cordons, drains and breaks the node that it is told, or that of a pod", async () => {
    const cluster = startCluster();
    const node = { name: "node-2" };
    const act = (kind: "cordon" | "uncordon" | "drain") =>
      perform(cluster.transport, none, { kind, label: "N", node }, cluster.wait);
    expect((await act("cordon")).stdout).toEqual(["node/node-2 cordoned"]);
    expect((await act("uncordon")).stdout).toEqual(["node/node-2 uncordoned"]);
    expect((await act("drain")).stdout.at(-1)).toBe("node/node-2 drained");
    const ofPod = { apiVersion: "v1", kind: "Pod", namespace: "kube-system", name: "kube-proxy-node-3" };
    const fault = { kind: "fault", label: "F", type: "NodeCrash", node: { ofPod }, duration: "30s" } as const;
    expect((await perform(cluster.transport, none, fault, wait)).stdout[0]).toMatch(
      /^fault\.simulation\.tabernetes\.dev\/nodecrash-node-3-\w+ created$/,
    );
    const nobody = { ...fault, node: { ofPod: { ...ofPod, name: "nobody" } } };
    expect(await perform(cluster.transport, none, nobody, wait)).toMatchObject({ exit: 1, stdout: [] });
  });
});

/** As who kills the process does; the kubelet of its machine starts it again. */
function stopApiServer(simulation: Simulation): void {
  simulation.request({
    method: "POST",
    path: "/apis/simulation.tabernetes.dev/v1alpha1/faults",
    body: {
      apiVersion: "simulation.tabernetes.dev/v1alpha1",
      kind: "Fault",
      metadata: { name: "stop" },
      spec: { type: "ComponentStop", target: { kind: "Component", name: "kube-apiserver" }, duration: "10s" },
    },
  });
  simulation.advanceTo(simulation.nowMs + 2000);
}
