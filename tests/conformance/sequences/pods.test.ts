import { describe, expect, it } from "vitest";
import { HOME, type Loose, Play, pod } from "./play.ts";

/** What the conformance tests of sig-node do that need no program in a container. */

const PODS = `${HOME}/pods`;
const runs = (play: Play, name: string) =>
  play.get(`${PODS}/${name}`).status.containerStatuses?.every(({ ready }: Loose) => ready);

describe("a resize in place", () => {
  /** CPU and memory as `[requested, limit]` each; `-` is left out. */
  const resources = (cpu: string, memory: string) => {
    const [requests, limits] = [0, 1].map((at) => {
      const [c, m] = [cpu.split(" ")[at] ?? "-", memory.split(" ")[at] ?? "-"];
      return { ...(c !== "-" && { cpu: c }), ...(m !== "-" && { memory: m }) };
    });
    return {
      ...(Object.keys(requests ?? {}).length > 0 && { requests }),
      ...(Object.keys(limits ?? {}).length > 0 && { limits }),
    };
  };
  type Sizes = readonly (readonly [string, string])[];
  const even = (cpu: string, memory: string): [string, string] => [`${cpu} ${cpu}`, `${memory} ${memory}`];
  const containers = (sizes: Sizes) =>
    sizes.map(([cpu, memory], at) => ({ name: `c${at + 1}`, resources: resources(cpu, memory) }));
  const three = [even("20m", "35Mi"), even("22m", "37Mi"), even("24m", "39Mi")];

  function start(play: Play, sizes: Sizes): void {
    const image = "registry.k8s.io/pause:3.10";
    play.create(PODS, pod("p", {}, { containers: containers(sizes).map((one) => ({ ...one, image })) }));
    play.until("it runs", () => runs(play, "p"));
  }

  function resizeTo(play: Play, sizes: Sizes): void {
    play.patch(`${PODS}/p/resize`, { spec: { containers: containers(sizes) } });
    const wanted = containers(sizes).map((one) => one.resources);
    const { spec } = play.get(`${PODS}/p`);
    expect(spec.containers.map((one: Loose) => one.resources)).toEqual(wanted);
    play.until("it is done", () => {
      const { status, metadata } = play.get(`${PODS}/p`);
      const isDone = !status.conditions.some(({ type }: Loose) => type.startsWith("PodResize"));
      return isDone && status.observedGeneration === metadata.generation;
    });
    const { status } = play.get(`${PODS}/p`);
    expect(status.containerStatuses.map((one: Loose) => one.resources)).toEqual(wanted);
    expect(status.containerStatuses.map((one: Loose) => one.restartCount)).toEqual(sizes.map(() => 0));
  }

  it.each<[string, Sizes, Sizes, boolean]>([
    ["three, net increase", three, [even("25m", "40Mi"), even("27m", "42Mi"), even("19m", "34Mi")], true],
    ["three, net decrease", three, [even("25m", "40Mi"), even("17m", "32Mi"), even("19m", "34Mi")], true],
    ["three, each its way", three, [even("25m", "35Mi"), even("17m", "42Mi"), even("29m", "44Mi")], true],
    [
      "five that get requests and limits",
      [
        ["20m", "-"],
        ["-", "35Mi"],
        ["20m", "35Mi"],
        ["20m", "-"],
        ["-", "35Mi"],
      ],
      [
        ["25m 35m", "-"],
        ["-", "30Mi 50Mi"],
        ["20m", "30Mi"],
        ["15m", "35Mi"],
        ["20m", "40Mi"],
      ],
      false,
    ],
    ["to what the machine takes for the same", [["2m 10m", "-"]], [["1m 5m", "-"]], true],
  ])("of containers: %s", (_name, before, after, andBack) => {
    const play = new Play();
    start(play, before);
    resizeTo(play, after);
    if (andBack) resizeTo(play, before);
  });

  it("is written as a whole too, and read from the same place", () => {
    const play = new Play();
    start(play, [["20m", "35Mi"]]);
    const before = play.get(`${PODS}/p`);
    const [container] = before.spec.containers;
    const larger = { ...container, resources: { requests: { cpu: "25m", memory: "40Mi" } } };
    play.replace(`${PODS}/p/resize`, { ...before, spec: { ...before.spec, containers: [larger] } });
    play.wait(10_000);
    const after = play.get(`${PODS}/p`);
    expect([before.metadata.generation, after.metadata.generation]).toEqual([1, 2]);
    expect(play.get(`${PODS}/p/resize`)).toEqual(after);
  });

  const reordered = [0, 1].map(
    (at) => `spec.containers[${at}].name: Forbidden: containers may not be renamed or reordered on resize`,
  );
  const qos = "Pod QOS Class may not change as a result of resizing";
  const only = (more: object) => ({ containers: [{ name: "c1", resources: more }] });

  it.each<[string, Sizes, object, string]>([
    ["requests where there were none", [["-", "-"]], only({ requests: { memory: "35Mi" } }), qos],
    ["no more limits", [even("20m", "35Mi")], only({ limits: { cpu: null } }), "resource limits cannot be removed"],
    ["no more requests", [["20m", "-"]], only({ requests: { cpu: null } }), "resource requests cannot be removed"],
    ["limits that are requests", [["20m 35m", "35Mi 50Mi"]], only({ requests: { cpu: "35m", memory: "50Mi" } }), qos],
    [
      "another order",
      [
        ["20m", "-"],
        ["20m", "-"],
      ],
      { "$setElementOrder/containers": [{ name: "c2" }, { name: "c1" }] },
      reordered.join(", "),
    ],
    [
      "disk space",
      [["20m", "35Mi"]],
      only({ requests: { "ephemeral-storage": "3" } }),
      "only cpu and memory resources are mutable",
    ],
  ])("is refused: %s", (_name, sizes, spec, text) => {
    const play = new Play();
    start(play, sizes);
    expect(play.refused(play.strategic(`${PODS}/p/resize`, { spec }))).toContain(text);
  });
});

describe("pods", () => {
  it("take ephemeral containers, one after the other", () => {
    const play = new Play();
    play.create(PODS, pod("p"));
    play.until("it runs", () => runs(play, "p"));
    const debugger_ = { name: "debugger", image: "busybox", command: ["sleep", "10000"] };
    const statuses = () => play.get(`${PODS}/p`).status.ephemeralContainerStatuses ?? [];
    play.patch(`${PODS}/p/ephemeralcontainers`, { spec: { ephemeralContainers: [debugger_] } });
    play.until("it runs", () => statuses()[0]?.state.running);
    const { spec, ...rest } = play.get(`${PODS}/p/ephemeralcontainers`);
    const ephemeralContainers = [...spec.ephemeralContainers, { ...debugger_, name: "debugger-2" }];
    play.replace(`${PODS}/p/ephemeralcontainers`, { ...rest, spec: { ...spec, ephemeralContainers } });
    play.until("both run", () => statuses().length === 2 && statuses().every(({ state }: Loose) => state.running));
  });

  it("need their runtime class, and get its overhead", () => {
    const play = new Play();
    const classes = "/apis/node.k8s.io/v1/runtimeclasses";
    const asking = (name: string) => pod(name, {}, { runtimeClassName: "heavy" });
    expect(play.refused(play.ask("POST", PODS, asking("early")))).toMatch(/^403 .*RuntimeClass "heavy" not found/);
    const podFixed = { cpu: "10m", memory: "1Mi" };
    play.create(classes, { metadata: { name: "heavy" }, handler: "h", overhead: { podFixed } });
    expect(play.create(PODS, asking("p")).spec.overhead).toEqual(podFixed);
    play.until("it is bound", () => play.get(`${PODS}/p`).spec.nodeName);
    play.remove(`${classes}/heavy`);
    expect(play.refused(play.ask("POST", PODS, asking("late")))).toMatch(/^403 /);
  });

  it("are told which sysctls have no valid names", () => {
    const sysctls = ["foo-", "kernel.shmmax", "safe-and-unsafe", "bar.."].map((name) => ({ name, value: "1" }));
    const play = new Play();
    const text = play.refused(play.ask("POST", PODS, pod("p", {}, { securityContext: { sysctls } })));
    for (const name of ["foo-", "bar.."]) expect(text).toContain(`Invalid value: "${name}"`);
    for (const name of ["kernel.shmmax", "safe-and-unsafe"]) expect(text).not.toContain(name);
  });

  it("end at a deadline that they are given while they run", () => {
    const play = new Play();
    play.create(PODS, pod("p"));
    play.until("it runs", () => runs(play, "p"));
    play.merge(`${PODS}/p`, { spec: { activeDeadlineSeconds: 5 } });
    play.until("its time is over", () => play.get(`${PODS}/p`).status.reason === "DeadlineExceeded");
  });

  it("change their image while they run, and are deleted by label", () => {
    const play = new Play();
    play.create(PODS, pod("p", {}, {}, { labels: { a: "b" } }));
    play.until("it runs", () => runs(play, "p"));
    play.patch(`${PODS}/p`, { spec: { containers: [{ name: "c", image: "registry.k8s.io/pause:3.9" }] } });
    const status = () => play.get(`${PODS}/p`).status.containerStatuses[0];
    play.until("the new image runs", () => status().image.endsWith("pause:3.9") && status().ready);
    play.remove(`${PODS}?labelSelector=a%3Db`);
    play.until("it is gone", () => play.isGone(`${PODS}/p`));
  });
});

describe("nodes", () => {
  it("are made, read, patched, listed, replaced and deleted", () => {
    const play = new Play();
    const path = "/api/v1/nodes/e2e-fake";
    const conditions = [{ type: "Ready", status: "True", reason: "E2E", message: "Set from e2e test" }];
    play.create("/api/v1/nodes", { metadata: { name: "e2e-fake" }, status: { phase: "Running", conditions } });
    play.patch(path, { metadata: { labels: { e2e: "patched" } } });
    expect(play.list("/api/v1/nodes?labelSelector=e2e%3Dpatched")).toHaveLength(1);
    const node = play.get(path);
    play.replace(path, {
      ...node,
      metadata: { ...node.metadata, labels: { ...node.metadata.labels, e2e: "updated" } },
    });
    play.remove(path);
    expect(play.isGone(path)).toBe(true);
  });
});

describe("config maps and secrets", () => {
  it.each([
    ["configmaps", "one", "two"],
    ["secrets", "b25l", "dHdv"],
  ])("%s", (resource, one, two) => {
    const play = new Play();
    const all = `${HOME}/${resource}`;
    expect(play.refused(play.ask("POST", all, { metadata: { name: "m" }, data: { "": one } }))).toMatch(/^422 /);
    play.create(all, { metadata: { name: "m", labels: { a: "b" } }, data: { key: one } });
    play.merge(`${all}/m`, { data: { key: two } });
    play.merge(`${all}/m`, { immutable: true });
    for (const change of [{ data: { key: one } }, { immutable: false }, { immutable: null }]) {
      expect(play.refused(play.strategic(`${all}/m`, change))).toContain("field is immutable when `immutable` is set");
    }
    play.merge(`${all}/m`, { metadata: { labels: { c: "d" } } });
    play.remove(`${all}?labelSelector=c%3Dd`);
    expect(play.isGone(`${all}/m`)).toBe(true);
  });
});
