import { describe, expect, it } from "vitest";
import { Simulation } from "../../../simulator/index.ts";
import { ShellDriver } from "../../../simulator/shell/driver.ts";

const BOOT_MS = 30_000;

interface Went {
  readonly phase: string | undefined;
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

interface PodSpecPart {
  readonly image?: string;
  readonly [key: string]: unknown;
}

function begin(): Simulation {
  const simulation = Simulation.start({ seed: 7, shells: true, workers: 1 });
  simulation.advanceTo(BOOT_MS);
  return simulation;
}

function create(simulation: Simulation, name: string, container: PodSpecPart): void {
  const answer = simulation.request({
    method: "POST",
    path: "/api/v1/namespaces/default/pods",
    body: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name },
      spec: {
        restartPolicy: "Never",
        terminationGracePeriodSeconds: 5,
        containers: [{ name: "c", image: "busybox", ...container }],
      },
    } as never,
  });
  expect(answer.code).toBe(201);
}

function look(simulation: Simulation, name: string): Went {
  const pod = simulation.request({ method: "GET", path: `/api/v1/namespaces/default/pods/${name}` }).body as {
    status?: { phase?: string; containerStatuses?: { state?: { terminated?: { exitCode?: number } } }[] };
  };
  const runtime = [...simulation.machines.all]
    .flatMap(({ pods }) => [...pods.values()])
    .find((each) => each.name === name);
  const file = runtime?.containers[0]?.logs?.latest;
  const text = (stream: "stdout" | "stderr") =>
    (file?.entries
      .filter((entry) => entry.stream === stream)
      .map((entry) => entry.text)
      .join("") ?? "") + (file?.open[stream] ?? "");
  return {
    phase: pod.status?.phase,
    exitCode: pod.status?.containerStatuses?.[0]?.state?.terminated?.exitCode,
    stdout: text("stdout"),
    stderr: text("stderr"),
  };
}

async function run(script: string, forMs = 15_000, container: PodSpecPart = {}): Promise<Went> {
  const simulation = begin();
  create(simulation, "p", { command: ["sh", "-c", script], ...container });
  await new ShellDriver(simulation).advanceTo(BOOT_MS + forMs);
  return look(simulation, "p");
}

describe("links of the network", () => {
  it.each([
    [undefined, "ip: RTNETLINK answers: Operation not permitted"],
    [{ privileged: false }, "ip: RTNETLINK answers: Operation not permitted"],
    [{ privileged: true }, "ip: not simulated: links, addresses and routes stay as they are"],
    [{ capabilities: { add: ["NET_ADMIN"] } }, "ip: not simulated: links, addresses and routes stay as they are"],
  ])("are not changed with %j", async (securityContext, wanted) => {
    const went = await run("ip link add dummy0 type dummy || true", 15_000, { securityContext });
    expect([went.stderr, went.exitCode]).toEqual([`${wanted}\n`, 0]);
  });
});

describe("a read-only root", () => {
  it.each([
    ["busybox", "/bin/sh", "/bin/sh: can't create /file: Read-only file system", 1],
    ["busybox", "sh", "sh: can't create /file: Read-only file system", 1],
    ["debian", "/bin/sh", "/bin/sh: 1: cannot create /file: Read-only file system", 2],
    ["debian", "/bin/bash", "/bin/bash: line 1: /file: Read-only file system", 1],
  ])("of %s refuses what %s writes, and the script goes on", async (image, shell, wanted, status) => {
    const command = [shell, "-c", "echo test > /file; echo $?"];
    const went = await run("", 15_000, { image, command, securityContext: { readOnlyRootFilesystem: true } });
    expect([went.stderr, went.stdout, went.exitCode]).toEqual([`${wanted}\n`, `${status}\n`, 0]);
  });
});

describe("a container's script", () => {
  it.each<[string, string, string, number]>([
    ["lists", "true && echo a || echo b; false && echo c || echo d", "a\nd\n", 0],
    ["variables and arithmetic", 'i=1; i=$((i+41)); echo "$i" "$HOME"', "42 /root\n", 0],
    ["a for loop", 'for x in a "b c" $(echo d); do echo "[$x]"; done', "[a]\n[b c]\n[d]\n", 0],
    [
      "a while loop with break and continue",
      "i=0; while true; do i=$((i+1)); [ $i -eq 2 ] && continue; [ $i -gt 3 ] && break; echo $i; done",
      "1\n3\n",
      0,
    ],
    [
      "functions, local and return",
      'f() { local y=2; echo "$1 $y"; return 3; }; y=1; f a; echo "$? $y"',
      "a 2\n3 1\n",
      0,
    ],
    ["case", "case abc in a*) echo one;; *) echo two;; esac", "one\n", 0],
    ["subshells", '(cd /tmp; X=1; pwd); pwd; echo "[$X]"; (exit 4); echo $?', "/tmp\n/\n[]\n4\n", 0],
    ["a pipeline into read", "printf 'a\\nb\\n' | while read l; do echo \"<$l>\"; done", "<a>\n<b>\n", 0],
    ["background jobs and wait", "(sleep 2; echo late; exit 5) & echo first; wait $!; echo $?", "first\nlate\n5\n", 0],
    [
      "redirections",
      "echo hi > /tmp/f; echo ho >> /tmp/f; { cat; } < /tmp/f; cat /nix 2>/dev/null; echo $?",
      "hi\nho\n1\n",
      0,
    ],
    ["here-documents", "x=5; cat <<EOF\nx is $x\nEOF", "x is 5\n", 0],
    ["set -e", "set -e; false || true; if false; then :; fi; echo on; false; echo never", "on\n", 1],
    ["exit traps", "trap 'echo bye' EXIT; echo hi; exit 3", "hi\nbye\n", 3],
    ["eval and shift", 'set -- a b c; shift; eval "echo $1 $#"', "b 2\n", 0],
    ["timeout", "timeout 1 sleep 5; echo $?", "124\n", 0],
    ["sort by bytes", "printf 'A_B=1\\nA=2\\nb\\nB\\n' | sort", "A=2\nA_B=1\nB\nb\n", 0],
    ["sort by numbers of a field", "printf 'x:10\\ny:9\\nz:10\\n' | sort -t: -k2 -nr", "z:10\nx:10\ny:9\n", 0],
    ["sort once each", "printf 'b\\na\\nb\\n' > /tmp/s; sort -u /tmp/s", "a\nb\n", 0],
    ["exec", "echo before; exec echo after; echo never", "before\nafter\n", 0],
    [
      "regular expressions and what their groups found",
      `[[ web-12 =~ ^(.+)-([0-9]+)$ ]] || exit 1\nn=\${BASH_REMATCH[2]}; [[ x =~ y ]] || echo "\${BASH_REMATCH[0]}no"; echo $((n + 1))`,
      "no\n13\n",
      0,
    ],
    [
      "arrays",
      `items=(foo "b r" baz)\nitems+=(q)\ni=1; echo "\${items[$i]} \${#items[@]}"\nfor x in "\${items[@]}"; do echo "<$x>"; done\ndeclare -A m; m[k]=v\necho "\${m[k]}"`,
      "b r 4\n<foo>\n<b r>\n<baz>\n<q>\nv\n",
      0,
    ],
    [
      "pgrep and pkill",
      "sleep 50 & pgrep -f 'sleep 50' | wc -l; pkill sleep; wait $!; echo $?; pkill nix || echo none",
      "1\n143\nnone\n",
      0,
    ],
    ["the host's full name", 'echo "10.1.1.1 p.sub.svc p" > /etc/hosts; hostname -f; hostname', "p.sub.svc\np\n", 0],
    [
      "tail -F of a file that comes later",
      "(sleep 3; echo late > /tmp/log) & timeout 6 tail -F /tmp/log; tail -f /tmp/nix; echo $?",
      "late\n1\n",
      0,
    ],
  ])("runs %s", async (_what, script, stdout, exitCode) => {
    const went = await run(script);
    expect(went).toMatchObject({ stdout, exitCode });
  });

  it("says what is not there, with 127", async () => {
    expect(await run("nosuch")).toMatchObject({ exitCode: 127, stderr: "sh: nosuch: not found\n", phase: "Failed" });
  });

  it("prints as time goes by", async () => {
    const went = await run("while true; do date +%s; sleep 1; done", 10_000);
    const seconds = went.stdout.trim().split("\n").map(Number);
    expect(seconds.length).toBeGreaterThanOrEqual(7);
    expect(seconds.every((second, index) => index === 0 || second - (seconds[index - 1] ?? 0) >= 1)).toBe(true);
    expect(went.phase).toBe("Running");
  });
});

describe("bounds", () => {
  it("slow a loop down that never sleeps", async () => {
    expect(await run("while true; do :; done", 20_000)).toMatchObject({ phase: "Running" });
  });

  it("end a fork bomb's forks", async () => {
    const went = await run("f() { f & f; }; f", 5000);
    expect(went.stderr).toContain("can't fork");
  });

  it("keep a program that never stops printing from filling its pipe", async () => {
    expect(await run("yes | head -3; yes | { sleep 5; head -1; }")).toMatchObject({
      stdout: "y\ny\ny\ny\n",
      exitCode: 0,
    });
  });

  it("end a function that calls itself", async () => {
    expect(await run("f() { f; }; f; echo $?", 120_000)).toMatchObject({ exitCode: 139 });
  });
});

describe("a run with shells", () => {
  const script =
    'trap "echo stopped; exit 0" TERM; n=0; while true; do n=$((n+1)); echo "$n $(date +%s)" >> /tmp/log; tail -1 /tmp/log; sleep 1; done';

  async function story(steps: readonly number[], cut?: number): Promise<string> {
    let simulation = begin();
    create(simulation, "p", { command: ["sh", "-c", script], image: "bash:5" });
    for (const [index, ms] of steps.entries()) {
      await new ShellDriver(simulation).advanceTo(BOOT_MS + ms);
      if (index === cut) simulation = Simulation.restore(JSON.parse(JSON.stringify(simulation.snapshot())));
    }
    simulation.request({ method: "DELETE", path: "/api/v1/namespaces/default/pods/p" });
    await new ShellDriver(simulation).advanceTo(BOOT_MS + 14_000);
    const again = Simulation.start(simulation.options);
    const driver = new ShellDriver(again);
    await driver.takeUp(simulation.journal.inputs);
    await driver.advanceTo(BOOT_MS + 14_000);
    expect(JSON.stringify(again.snapshot())).toBe(JSON.stringify(simulation.snapshot()));
    return JSON.stringify(simulation.snapshot());
  }

  it("is the same whatever the step width, after a snapshot in its middle, and when it is played again", async () => {
    const whole = await story([10_000]);
    expect(await story([1001, 1002, 2500, 6003, 10_000])).toBe(whole);
    expect(await story([2000, 4501, 10_000], 1)).toBe(whole);
  });
});

describe("what can't be started", () => {
  it("is told in the runtime's words", async () => {
    const simulation = begin();
    create(simulation, "p", { command: ["nosuch", "x"] });
    await new ShellDriver(simulation).advanceTo(BOOT_MS + 10_000);
    const { body } = simulation.request({ method: "GET", path: "/api/v1/namespaces/default/pods/p" });
    const { containerStatuses } = body.status as { containerStatuses: readonly { readonly state: unknown }[] };
    expect(containerStatuses[0]?.state).toMatchObject({
      terminated: {
        exitCode: 128,
        reason: "StartError",
        startedAt: "1970-01-01T00:00:00Z",
        message: expect.stringMatching(
          /^failed to create containerd task: .*: exec: "nosuch": executable file not found in \$PATH$/,
        ),
      },
    });
  });
});

describe("process 1", () => {
  it("ignores SIGTERM without an action, and is killed when its grace is over", async () => {
    const simulation = begin();
    create(simulation, "p", { command: ["sh", "-c", "echo up; while true; do sleep 1; done"] });
    const driver = new ShellDriver(simulation);
    await driver.advanceTo(BOOT_MS + 5000);
    simulation.request({ method: "DELETE", path: "/api/v1/namespaces/default/pods/p" });
    await driver.advanceTo(BOOT_MS + 9000);
    expect(look(simulation, "p").phase).toBe("Running");
    await driver.advanceTo(BOOT_MS + 14_000);
    expect(look(simulation, "p").phase).toBeUndefined();
  });

  it("ends by its trap, at once", async () => {
    const simulation = begin();
    create(simulation, "p", { command: ["sh", "-c", "trap 'echo bye; exit 0' TERM; sleep 3600 & wait"] });
    const driver = new ShellDriver(simulation);
    await driver.advanceTo(BOOT_MS + 5000);
    simulation.request({ method: "DELETE", path: "/api/v1/namespaces/default/pods/p" });
    await driver.advanceTo(BOOT_MS + 7500);
    expect(look(simulation, "p").phase).toBeUndefined();
  });
});
