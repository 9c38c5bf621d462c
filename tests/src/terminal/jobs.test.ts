import { describe, expect, it } from "vitest";
import { openShell, smallCluster } from "./world.ts";

/** A cluster whose time passes only when the test lets it. */
function heldCluster() {
  let resume: (() => void)[] = [];
  const cluster = { ...smallCluster(), wait: () => new Promise<void>((resolve) => resume.push(resolve)) };
  const goOn = async () => {
    const waiting = resume;
    resume = [];
    for (const one of waiting) one();
    await settled();
  };
  return { cluster, goOn };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 60));

describe("what runs in the background", () => {
  it("leaves the shell to the person, prints when it does, and is told of when it has ended", async () => {
    const { cluster, goOn } = heldCluster();
    const { run, shown } = openShell({ cluster });
    expect(await run("sleep 5 && echo slept & echo here $!")).toBe("[1] 4001\nhere 4001\n");
    expect(await run("(sleep 9; exit 3) & jobs")).toBe(
      "[2] 4002\n[1]-  Running                 sleep 5 && echo slept &\n[2]+  Running                 (sleep 9; exit 3) &\n",
    );
    shown.length = 0;
    await goOn();
    await settled();
    expect(shown.join("")).toBe("slept\n");
    expect(await run("true")).toBe(
      "[1]-  Done                    sleep 5 && echo slept\n[2]+  Exit 3                  (sleep 9; exit 3)\n",
    );
    expect(await run("jobs")).toBe("");
  });

  it("is waited for, killed, and taken to the foreground", async () => {
    const { run, shell } = openShell();
    expect(await run("(exit 7) & wait $!; echo code $?")).toMatch(/^\[1\] \d+\ncode 7\n/);
    expect(await run("false & true & wait; echo all $?")).toContain("all 0\n");
    const { cluster } = heldCluster();
    const held = openShell({ cluster });
    expect(await held.run("sleep 99 & sleep 98 & kill %1; kill $!; wait $!; echo $?")).toMatch(
      /\n143\n\[1\]- {2}Terminated {14}sleep 99\n\[2\]\+ {2}Terminated {14}sleep 98\n$/,
    );
    expect(await held.run("kill %1; kill 123; kill -WHAT 1; fg")).toBe(
      "bash: kill: %1: no such job\nbash: kill: (123) - No such process\n" +
        "bash: kill: WHAT: invalid signal specification\nbash: fg: current: no such job\n",
    );
    await held.run("sleep 97 &");
    const foreground = held.run("fg");
    await settled();
    held.shell.interrupt();
    expect(await foreground).toBe("sleep 97\n");
    expect(held.shell.exitCode).toBe(130);
    expect(await held.run("jobs")).toBe("");
    expect(shell.ended).toBe(false);
  });

  it("begins as its shell is: in loops, with variables, functions and folder", async () => {
    const { run } = openShell();
    await run("say() { echo $1 from $PWD; }; mkdir -p /tmp/z; cd /tmp/z");
    const told = await run("for n in one two three; do say $n & done; wait; echo end");
    expect(told.match(/^(one|two|three) from \/tmp\/z$/gm)?.sort()).toEqual([
      "one from /tmp/z",
      "three from /tmp/z",
      "two from /tmp/z",
    ]);
    expect(told).toMatch(/^end$/m);
    expect(await run("x=1; { x=2; echo in $x; } & wait; echo out $x")).toMatch(/in 2\n(.*\n)*out 1\n/);
  });

  it("goes on after Ctrl-C, and ends with its terminal", async () => {
    const { cluster, goOn } = heldCluster();
    const { run, shell, shown } = openShell({ cluster });
    await run("(sleep 3; echo still here) &");
    const foreground = run("sleep 50");
    await settled();
    shell.interrupt();
    await foreground;
    shown.length = 0;
    await goOn();
    expect(shown.join("")).toBe("still here\n");
    await run("(sleep 3; echo not any more) &");
    shell.hangUp();
    shown.length = 0;
    await goOn();
    expect(shown.join("")).toBe("");
  });

  it("is not told of in scripts", async () => {
    const { run } = openShell({ isScript: true });
    expect(await run("echo a & wait; echo b")).toBe("a\nb\n");
    expect(await run("nohup echo out > file; cat file")).toBe("out\n");
    expect(await run("nohup echo out; cat nohup.out")).toBe(
      "nohup: ignoring input and appending output to 'nohup.out'\nout\n",
    );
  });
});
