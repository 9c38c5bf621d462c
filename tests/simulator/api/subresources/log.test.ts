import { beforeAll, describe, expect, it } from "vitest";
import { type ApiResponse, Simulation } from "../../../../simulator/index.ts";

const PODS = "/api/v1/namespaces/default/pods";
let simulation: Simulation;

function get(path: string): ApiResponse {
  return simulation.request({ method: "GET", path });
}

function run(name: string, spec: object): void {
  const created = simulation.request({ method: "POST", path: PODS, body: { metadata: { name }, spec } as never });
  if (created.code !== 201) throw new Error(JSON.stringify(created.body));
}

beforeAll(() => {
  simulation = Simulation.start({ workers: 1 });
  simulation.advanceTo(60_000);
  run("web", { containers: [{ name: "nginx", image: "nginx:1.27" }] });
  run("two", {
    initContainers: [{ name: "first", image: "busybox", command: ["sleep", "1"] }],
    containers: [
      { name: "a", image: "nginx:1.27" },
      { name: "b", image: "redis:7" },
    ],
  });
  run("typo", { containers: [{ name: "c", image: "ngnix:latest" }] });
  run("homeless", { nodeSelector: { none: "such" }, containers: [{ name: "c", image: "nginx" }] });
  simulation.advanceTo(63_000);
});

describe("GET pods/log", () => {
  it.each<[string, number, string | RegExp]>([
    ["none/log", 404, 'pods "none" not found'],
    ["two/log", 400, "a container name must be specified for pod two, choose one of: [first a b]"],
    ["web/log?container=x", 400, "container x is not valid for pod web"],
    ["typo/log", 400, /^container "c" in pod "typo" is waiting to start: (image can't be pulled|trying and failing)/],
    ["two/log?container=b", 400, 'container "b" in pod "two" is waiting to start: PodInitializing'],
    ["web/log?previous=true", 400, 'previous terminated container "nginx" in pod "web" not found'],
    ["web/log?tailLines=-1", 422, /tailLines: Invalid value: -1: must be greater than or equal to 0$/],
    ["web/log?limitBytes=0", 422, /limitBytes: Invalid value: 0: must be greater than 0$/],
    ["web/log?sinceSeconds=0", 422, /sinceSeconds: Invalid value: 0: must be greater than 0$/],
    ["web/log?sinceSeconds=5&sinceTime=2026-01-01T00:00:00Z", 422, /at most one of `sinceTime` or `sinceSeconds` may/],
    ["web/log?stream=Stdout", 422, /stream: Forbidden: may not be specified$/],
    ["web/log?tailLines=abc", 400, 'strconv.ParseInt: parsing "abc": invalid syntax'],
    ["web/log?sinceTime=yesterday", 400, /^parsing time "yesterday" as "2006-01-02T15:04:05Z07:00"/],
  ])("%s is refused", (path, code, message) => {
    const { code: got, body } = get(`${PODS}/${path}`);
    expect({ code: got, message: body.message }).toEqual({
      code,
      message: typeof message === "string" ? message : expect.stringMatching(message),
    });
  });

  it("of a pod without a node is empty", () => {
    expect(get(`${PODS}/homeless/log`)).toMatchObject({ code: 204, text: "" });
  });

  it("needs the right to it", () => {
    const { code, body } = simulation.request({ method: "GET", path: `${PODS}/web/log`, user: "jane" });
    expect(code).toBe(403);
    expect(body.message).toBe(
      'pods "web" is forbidden: User "jane" cannot get resource "pods/log" in API group "" in the namespace "default"',
    );
  });
});

describe("with a running server", () => {
  beforeAll(() => simulation.advanceTo(90_000));

  it("what it printed is there, and reading leaves no trace in the run", () => {
    const before = JSON.stringify(simulation.snapshot());
    const whole = get(`${PODS}/web/log`).text ?? "";
    expect(whole).toContain("start worker process");
    expect(get(`${PODS}/web/log?tailLines=1`).text).toBe(`${whole.trimEnd().split("\n").at(-1)}\n`);
    expect(get(`${PODS}/web/log?timestamps=true&tailLines=1`).text).toMatch(/^2026-01-01T00:01:\d\d\.\d{9}Z /);
    expect(JSON.stringify(simulation.snapshot()) === before, "the run has changed").toBe(true);
  });

  it("what others ask of it stands in its log, also for who follows", () => {
    const followed = simulation.stream({ method: "GET", path: `${PODS}/web/log?follow=true&tailLines=0` });
    if (!followed.ok || followed.value === undefined) throw new Error("no stream");
    const stream = followed.value;
    expect(stream.next()).toBe("");
    expect(get(`${PODS}/web/proxy/hello?x=y`).code).toBe(404);
    expect(stream.next()).toMatch(/"GET \/hello\?x=y HTTP\/1\.1" 404 /);
    expect([stream.next(), stream.ended]).toEqual(["", false]);
    simulation.request({ method: "DELETE", path: `${PODS}/web?gracePeriodSeconds=0` });
    simulation.advanceTo(simulation.nowMs + 5000);
    stream.next();
    expect(stream.ended).toBe(true);
  });

  it("a node that can't be reached says why", () => {
    simulation.machines.kubelet("node-1", false);
    const url = 'Get "https://10.0.0.3:10250/containerLogs/default/two/a?tailLines=5": ';
    const log = () => {
      const { code, body } = get(`${PODS}/two/log?container=a&tailLines=5`);
      return { code, reason: body.reason, message: body.message };
    };
    const refused = `${url}dial tcp 10.0.0.3:10250: connect: connection refused`;
    expect(log()).toEqual({ code: 500, reason: undefined, message: refused });
    simulation.machines.kubelet("node-1", true);
    simulation.machines.network("node-1", false);
    expect(log().message).toBe(`${url}dial tcp 10.0.0.3:10250: i/o timeout`);
    simulation.machines.power("node-1", false);
    expect(log().message).toBe(`${url}dial tcp 10.0.0.3:10250: connect: no route to host`);
  });
});
