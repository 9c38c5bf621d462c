import { beforeAll, describe, expect, it } from "vitest";
import { canonicalJson } from "../../../../simulator/base/json.ts";
import { type ChannelMessage, Simulation } from "../../../../simulator/index.ts";
import { ShellDriver } from "../../../../simulator/shell/driver.ts";

const PODS = "/api/v1/namespaces/default/pods";
const SUCCESS = { metadata: {}, status: "Success" };
const CAT = ["sh", "-c", "cat && echo 'stdin closed'"];
let simulation: Simulation;
let driver: ShellDriver;

async function start(): Promise<void> {
  simulation = Simulation.start({ workers: 1, shells: true });
  driver = new ShellDriver(simulation);
  await driver.advanceTo(60_000);
  const pods = {
    box: { containers: [{ name: "c", image: "busybox:1.36", command: ["sh", "-c", "echo up; sleep 3600"] }] },
    shell: { restartPolicy: "Never", containers: [{ name: "c", image: "busybox:1.36", stdin: true, tty: true }] },
    open: { containers: [{ name: "c", image: "busybox:1.36", stdin: true, command: CAT }] },
    once: {
      restartPolicy: "Never",
      containers: [{ name: "c", image: "busybox:1.36", stdin: true, stdinOnce: true, command: CAT }],
    },
  };
  for (const [name, spec] of Object.entries(pods)) {
    simulation.request({ method: "POST", path: PODS, body: { metadata: { name }, spec } });
  }
  await driver.advanceTo(80_000);
}

beforeAll(start, 60_000);

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** How it ended: a Status; undefined when it did not. */
  readonly ending: unknown;
}

/** Sends messages, each a fifth of a virtual second after the one before, and lets ten seconds pass. */
async function run(path: string, input: readonly ChannelMessage[] = []): Promise<Outcome> {
  const opened = simulation.connect({ method: "POST", path: `${PODS}/${path}` });
  if (!opened.ok) throw new Error(String(opened.error.body.message));
  const connection = opened.value;
  const seen = ["", "", "", ""];
  for (const message of [...input, undefined]) {
    if (message !== undefined) connection.send(message);
    await driver.advanceTo(simulation.nowMs + (message === undefined ? 10_000 : 200));
    for (const { channel, bytes } of connection.next()) seen[channel] += bytes;
  }
  connection.close();
  const [, stdout = "", stderr = "", ending = ""] = seen;
  return { stdout, stderr, ending: ending === "" ? undefined : JSON.parse(ending) };
}

const typed = (bytes: string): ChannelMessage => ({ channel: 0, bytes });
const END: ChannelMessage = { channel: 0, bytes: "", end: true };
const exec = (command: readonly string[], more = "stdout=true&stderr=true") =>
  `box/exec?${command.map((word) => `command=${encodeURIComponent(word)}`).join("&")}&${more}`;

describe("exec", () => {
  it("runs a command and brings its output and how it ended", async () => {
    expect(await run(exec(["echo", "a b"]))).toEqual({ stdout: "a b\n", stderr: "", ending: SUCCESS });
    const failed = await run(exec(["sh", "-c", "echo out; echo err >&2; exit 3"]));
    expect(failed).toEqual({
      stdout: "out\n",
      stderr: "err\n",
      ending: {
        metadata: {},
        status: "Failure",
        message: "command terminated with non-zero exit code: command terminated with exit code 3",
        reason: "NonZeroExitCode",
        details: { causes: [{ reason: "ExitCode", message: "3" }] },
      },
    });
  });

  it("brings only the streams that were asked for", async () => {
    const both = ["sh", "-c", "echo out; echo err >&2"];
    expect(await run(exec(both, "stdout=true"))).toMatchObject({ stdout: "out\n", stderr: "" });
    expect(await run(exec(both, "stderr=true"))).toMatchObject({ stdout: "", stderr: "err\n" });
  });

  it("reads what is sent to it until that ends", async () => {
    const cat = exec(["cat"], "stdin=true&stdout=true");
    expect(await run(cat, [typed("one\n"), typed("two\n"), END])).toEqual({
      stdout: "one\ntwo\n",
      stderr: "",
      ending: SUCCESS,
    });
    expect((await run(cat, [typed("one\n")])).ending).toBeUndefined();
  });

  it("has a terminal when asked for one", async () => {
    const { stdout, ending } = await run(exec(["sh"], "stdin=true&stdout=true&tty=true"), [
      { channel: 4, bytes: '{"Width":132,"Height":43}' },
      typed("echo $HOSTNAME\r"),
      typed("exit\r"),
    ]);
    expect(stdout).toBe("/ # echo $HOSTNAME\r\nbox\r\n/ # exit\r\n");
    expect(ending).toEqual(SUCCESS);
  });

  it("of what is not there says so", async () => {
    const { ending } = await run(exec(["nothing-such"]));
    expect(ending).toMatchObject({
      reason: "InternalError",
      message: expect.stringMatching(
        /^Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: "nothing-such": executable file not found in \$PATH: unknown$/,
      ),
    });
  });

  it("packs and unpacks what kubectl cp carries", async () => {
    await run(exec(["sh", "-c", "mkdir -p /tmp/d; echo content > /tmp/d/f"]));
    const packed = await run(exec(["tar", "cf", "-", "/tmp/d"]));
    expect(packed.stderr).toBe("tar: removing leading '/' from member names\n");
    expect(packed.stdout.slice(0, 100).replaceAll("\0", "")).toBe("tmp/d/");
    const unpack = exec(["tar", "-xmf", "-", "-C", "/home"], "stdin=true&stdout=true&stderr=true");
    expect((await run(unpack, [typed(packed.stdout), END])).ending).toEqual(SUCCESS);
    expect((await run(exec(["cat", "/home/tmp/d/f"]))).stdout).toBe("content\n");
  });

  it("ends with its container", async () => {
    const opened = simulation.connect({ method: "GET", path: `${PODS}/${exec(["sleep", "1000"])}` });
    if (!opened.ok) throw new Error("not opened");
    await driver.advanceTo(simulation.nowMs + 1000);
    expect(opened.value.next()).toEqual([]);
    simulation.machines.crashContainer("node-1", "default", "box");
    await driver.advanceTo(simulation.nowMs + 1000);
    const [last] = opened.value.next();
    expect(JSON.parse(last?.bytes ?? "{}")).toMatchObject({ details: { causes: [{ message: "137" }] } });
    expect(opened.value.ended).toBe(true);
    await driver.advanceTo(simulation.nowMs + 5000);
  });
});

describe("attach", () => {
  it("speaks with the main process, and ends when it does", async () => {
    const { stdout, ending } = await run("shell/attach?stdin=true&stdout=true&tty=true", [
      typed("echo yes\r"),
      typed("exit 5\r"),
    ]);
    expect(stdout).toContain("echo yes\r\nyes\r\n");
    expect(ending).toEqual(SUCCESS);
    const { body } = simulation.request({ method: "GET", path: `${PODS}/shell` });
    expect(body.status).toMatchObject({
      phase: "Failed",
      containerStatuses: [{ state: { terminated: { exitCode: 5 } } }],
    });
    const log = simulation.request({ method: "GET", path: `${PODS}/shell/log` });
    expect(log.text).toContain("yes\r\n");
  });

  it("ends the input of a container that reads once, and only of that", async () => {
    const input = "attach?stdin=true&stdout=true";
    const phase = (name: string) => simulation.request({ method: "GET", path: `${PODS}/${name}` }).body.status;
    const once = await run(`once/${input}`, [typed("abc\n"), END]);
    expect(once).toMatchObject({ stdout: "abc\nstdin closed\n", ending: SUCCESS });
    expect(phase("once")).toMatchObject({ phase: "Succeeded" });
    const first = await run(`open/${input}`, [typed("abc\n"), END]);
    expect(first).toMatchObject({ stdout: "abc\n", ending: SUCCESS });
    const second = await run(`open/${input}`, [typed("def\n"), END]);
    expect(second).toMatchObject({ stdout: "def\n", ending: SUCCESS });
    expect(phase("open")).toMatchObject({ phase: "Running" });
    expect(simulation.request({ method: "GET", path: `${PODS}/open/log` }).text).toBe("abc\ndef\n");
  });
});

it("a run with commands in it is the same when it is played again", async () => {
  await start();
  await run(exec(["sh", "-c", "date > /tmp/x; cat /tmp/x; echo $$"]));
  await run(exec(["sh"], "stdin=true&stdout=true&tty=true"), [typed("ls /tmp\r"), typed("exit\r")]);
  const wanted = canonicalJson(simulation.snapshot());
  const { options, journal, nowMs } = simulation;
  const again = Simulation.start(options);
  const second = new ShellDriver(again);
  await second.takeUp(journal.inputs);
  await second.advanceTo(nowMs);
  expect(canonicalJson(again.snapshot()) === wanted, "the replay differs").toBe(true);
}, 60_000);
