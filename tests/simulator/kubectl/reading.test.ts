import { beforeAll, describe, expect, it } from "vitest";
import { KUBECTL, type KubectlHost, runKubectl, Simulation, StreamHub } from "../../../simulator/index.ts";
import { inColumns } from "../../../simulator/kubectl/describe/text.ts";
import { indented, wrapped } from "../../../simulator/kubectl/explain/wrap.ts";

const simulation = Simulation.start({ seed: 5 });
const hub = new StreamHub(simulation);
const START_MS = Date.UTC(2026, 0, 1);

/** Runs a line; time passes while it waits, and after `forMs` of it the user presses Ctrl-C. */
async function run(line: string, forMs = 60_000) {
  const began = simulation.nowMs;
  let [stdout, stderr] = ["", ""];
  let raise = () => {};
  const onRaise = (listener: () => void) => {
    raise = listener;
    return () => undefined;
  };
  const interrupt = { raised: false, onRaise };
  const host: KubectlHost = {
    connect: () => async (request) => simulation.request(request),
    stream: () => async (request, hear) => hub.open(request, hear),
    files: {
      read: async () => ({ ok: false, error: "no such file or directory" }),
      write: async () => ({ ok: true, value: true }),
      list: async () => undefined,
    },
    env: { HOME: "/home" },
    folder: "/",
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
    stdin: async () => "",
    line: async () => undefined,
    terminal: { stdin: false, stdout: false, columns: 80 },
    wait: async (ms) => {
      simulation.advanceTo(simulation.nowMs + ms);
      hub.pump();
      if (simulation.nowMs - began < forMs) return;
      interrupt.raised = true;
      raise();
    },
    nowEpochMs: () => START_MS + simulation.nowMs,
    edit: async (text) => text,
    interrupt,
  };
  const exit = await runKubectl(KUBECTL, line.split(" "), host);
  return { stdout, stderr, exit };
}

beforeAll(async () => {
  simulation.advanceTo(30_000);
  await run("create deployment web --image=nginx:1.27");
});

describe("kubectl's reading verbs", () => {
  it("waits for a rollout", async () => {
    const { stdout, exit } = await run("rollout status deploy/web");
    expect(stdout).toMatch(/deployment "web" successfully rolled out\n$/);
    expect(exit).toBe(0);
  });

  it("describes a pod with its events, by the beginning of its name without", async () => {
    const { stdout } = await run("describe pods -l app=web");
    expect(stdout).toMatch(/^Name: {13}web-/);
    expect(stdout).toMatch(/Normal {2}Scheduled .* default-scheduler {2}Successfully assigned default\/web-/);
    expect((await run("describe pod web-")).stdout).not.toContain("Events:");
    expect(await run("describe pod nope")).toMatchObject({ stderr: expect.stringContaining("(NotFound)"), exit: 1 });
  });

  it("goes on with the changes until Ctrl-C", async () => {
    const { stdout, exit } = await run("get pods -w --output-watch-events", 2000);
    expect(stdout).toMatch(/^EVENT {6}NAME .*\nADDED {6}web-/);
    expect(exit).toBe(1);
  });

  it("gives up waiting in kubectl's words", async () => {
    expect(await run("wait --for=condition=Nope deploy/web --timeout=2s")).toEqual({
      stdout: "",
      stderr: "error: timed out waiting for the condition on deployments/web\n",
      exit: 1,
    });
    expect((await run("wait --for=jsonpath={.status.readyReplicas}=1 deploy/web")).stdout).toBe(
      "deployment.apps/web condition met\n",
    );
  });

  it("reads logs, and says why it can't", async () => {
    expect((await run("logs deploy/web --tail=1")).stdout).toMatch(/\n$/);
    expect((await run("logs web")).stderr).toBe(
      'error: error from server (NotFound): pods "web" not found in namespace "default"\n',
    );
  });
});

describe("text of descriptions", () => {
  it("sets columns by lines that follow each other", () => {
    expect(inColumns("a:\tb\nlong:\tc\n\nx:\ty\n")).toBe("a:     b\nlong:  c\n\nx:  y\n");
  });

  it("breaks lines where words allow", () => {
    expect(wrapped("one two three", 8)).toBe("one two\nthree");
    expect(wrapped("averylongword x", 5)).toBe("averylongword\nx");
    expect(indented("a\nb", 2)).toBe("  a\n  b");
  });
});
