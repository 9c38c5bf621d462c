import { beforeAll, describe, expect, it } from "vitest";
import { canonicalJson } from "../../../../simulator/base/json.ts";
import { type ApiRequest, type ClientConnection, Simulation } from "../../../../simulator/index.ts";

const PODS = "/api/v1/namespaces/default/pods";
let simulation: Simulation;

function start(): Simulation {
  const fresh = Simulation.start({ workers: 1 });
  fresh.advanceTo(60_000);
  for (const [name, spec] of [
    ["web", { containers: [{ name: "nginx", image: "nginx:1.27" }] }],
    ["once", { restartPolicy: "Never", containers: [{ name: "c", image: "busybox", command: ["true"] }] }],
    ["homeless", { nodeSelector: { none: "such" }, containers: [{ name: "c", image: "nginx" }] }],
  ] as const) {
    fresh.request({ method: "POST", path: PODS, body: { metadata: { name }, spec } as never });
  }
  fresh.advanceTo(90_000);
  return fresh;
}

beforeAll(() => {
  simulation = start();
});

function connect(path: string, more: Partial<ApiRequest> = {}, to = simulation): ClientConnection {
  const opened = to.connect({ method: "GET", path: `${PODS}/${path}`, ...more });
  if (!opened.ok) throw new Error(String(opened.error.body.message));
  return opened.value;
}

describe("pods/exec, attach and portforward", () => {
  it.each([
    ["none/exec?command=ls&stdout=true", 404, 'pods "none" not found'],
    ["homeless/exec?command=ls&stdout=true", 400, "pod homeless does not have a host assigned"],
    ["homeless/portforward", 400, "pod homeless does not have a host assigned"],
    ["web/attach?container=x&stdout=true", 400, "container x is not valid for pod web"],
    ["web/nothing", 404, "the server could not find the requested resource"],
  ])("%s is refused", (path, code, message) => {
    const opened = simulation.connect({ method: "GET", path: `${PODS}/${path}` });
    expect(opened.ok ? "opened" : [opened.error.code, opened.error.body.message]).toEqual([code, message]);
  });

  it("without an upgrade are refused", () => {
    for (const method of ["GET", "POST"] as const) {
      const { code, body } = simulation.request({ method, path: `${PODS}/web/exec?command=ls&stdout=true` });
      expect([code, body.message]).toEqual([400, "Upgrade request required"]);
    }
  });

  it("need the right to create, also when the request is a GET", () => {
    const role = (verbs: string[]) => ({
      metadata: { name: "exec" },
      rules: [{ apiGroups: [""], resources: ["pods/exec"], verbs }],
    });
    const roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";
    simulation.request({ method: "POST", path: `${roles}/roles`, body: role(["get"]) });
    const subjects = [{ kind: "User", name: "jane", apiGroup: "rbac.authorization.k8s.io" }];
    const roleRef = { kind: "Role", name: "exec", apiGroup: "rbac.authorization.k8s.io" };
    const binding = { metadata: { name: "exec" }, subjects, roleRef };
    simulation.request({ method: "POST", path: `${roles}/rolebindings`, body: binding });
    const path = `${PODS}/web/exec?command=ls&stdout=true`;
    const denied = simulation.connect({ method: "GET", path, user: "jane" });
    expect(denied.ok ? "" : denied.error.body.message).toBe(
      'pods "web" is forbidden: User "jane" cannot create resource "pods/exec" in API group "" in the namespace "default"',
    );
    simulation.request({ method: "PUT", path: `${roles}/roles/exec`, body: role(["get", "create"]) });
    expect(simulation.connect({ method: "GET", path, user: "jane" }).ok).toBe(true);
  });

  it.each([
    ["once/exec?command=ls&stdout=true", 'unable to upgrade connection: container not found ("c")'],
    ["once/attach?stdout=true", 'unable to upgrade connection: container not found ("c")'],
    ["web/exec?command=ls", "unable to upgrade connection: you must specify at least 1 of stdin, stdout, stderr"],
  ])("%s fails through the connection", (path, message) => {
    const connection = connect(path);
    const [last, ...others] = connection.next();
    expect([last?.channel, others]).toEqual([3, []]);
    expect(JSON.parse(last?.bytes ?? "")).toMatchObject({
      status: "Failure",
      reason: "InternalError",
      message: `Internal error occurred: ${message}`,
    });
    expect(connection.ended).toBe(true);
  });

  it("attach shows what is printed from now on, and ends well with its process", () => {
    const connection = connect("web/attach?stdout=true&stderr=true");
    expect(connection.next()).toEqual([]);
    simulation.request({ method: "GET", path: `${PODS}/web/proxy/seen` });
    expect(connection.next()).toMatchObject([
      { channel: 2, bytes: expect.stringContaining("No such file or directory") },
      { channel: 1, bytes: expect.stringContaining('"GET /seen HTTP/1.1" 404') },
    ]);
    simulation.machines.crashContainer("node-1", "default", "web");
    expect(connection.next().at(-1)).toMatchObject({ channel: 3, bytes: '{"metadata":{},"status":"Success"}' });
    expect(connection.ended).toBe(true);
  });
});

describe("a forwarded port", () => {
  it("carries HTTP, several requests on one connection", () => {
    const ours = start();
    const connection = connect("web/portforward", {}, ours);
    connection.send({ channel: 0, bytes: "", port: 80 });
    connection.send({ channel: 0, bytes: "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HT" });
    connection.send({ channel: 0, bytes: "TP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" });
    const messages = connection.next();
    expect(messages.map(({ channel, end }) => [channel, end])).toEqual([
      [0, true],
      [1, true],
    ]);
    expect(messages[0]?.bytes.match(/HTTP\/1\.1 404/g)).toHaveLength(2);
    expect(connection.ended).toBe(false);
  });

  it("where nobody listens says so", () => {
    const connection = connect("web/portforward", {}, start());
    connection.send({ channel: 2, bytes: "", port: 81 });
    const [error, end] = connection.next();
    expect(error).toMatchObject({ channel: 3, end: true });
    expect(error?.bytes).toMatch(/^error forwarding port 81 to pod [0-9a-f]{64}, uid : failed to execute portforward/);
    expect(end).toEqual({ channel: 2, bytes: "", end: true });
  });
});

describe("what is sent on a connection is input of the run", () => {
  it("so that a replay, and a restore in the middle, come to the same state", () => {
    const first = start();
    const connection = connect("web/portforward", {}, first);
    connection.send({ channel: 0, bytes: "", port: 80 });
    first.advanceTo(91_000);
    connection.send({ channel: 0, bytes: "GET /one HTTP/1.1\r\n" });
    const kept = JSON.parse(JSON.stringify(first.snapshot()));
    first.advanceTo(92_000);
    connection.send({ channel: 0, bytes: "Host: x\r\n\r\n" });
    connection.close();
    first.advanceTo(95_000);
    const wanted = canonicalJson(first.snapshot());
    expect(wanted).toContain("GET /one");

    const again = Simulation.replay(first.options, first.journal.inputs, 95_000);
    expect(canonicalJson(again.snapshot()) === wanted, "the replay differs").toBe(true);

    const taken = Simulation.restore(kept);
    taken.takeUp(first.journal.inputs.slice(kept.journal.inputs.length));
    taken.advanceTo(95_000);
    expect(canonicalJson(taken.snapshot()) === wanted, "the restored run differs").toBe(true);
  });

  it("and one that was open at a restart is hung up", () => {
    const first = start();
    connect("web/portforward", {}, first);
    const restored = Simulation.restore(JSON.parse(JSON.stringify(first.snapshot())));
    restored.hangUp();
    expect(restored.journal.inputs.at(-1)).toMatchObject({ connection: 1, message: null });
    expect(restored.snapshot().connections).toEqual({ next: 2, open: [] });
  });
});
