import { describe, expect, it } from "vitest";
import { runPython } from "../../../../simulator/node/images/python-script.ts";

const INDEX = `import os, sys
print("Hello world")
if int(os.environ.get("JOB_COMPLETION_INDEX")) % 2 == 0:
  sys.exit(1)`;

const CHAIN = `import os, sys
index = int(os.environ["N"])
if index == 0:
  sys.exit(1)
elif index == 1:
  # no retry
  sys.exit(42)
else:
  sys.exit(0)`;

const SUM = `total = 0
for i in range(3):
    total += i
    if i == 1 and not (total > 5 or i != 1):
        print(i - 1, total)
print(f"sum={total} of 'x'")`;

const run = (script: string, env: Record<string, string> = {}) => runPython(script, env);

describe("python's small scripts", () => {
  it.each<[string, string, Record<string, string>, number, string[]]>([
    ["exit codes by the index of a Job", INDEX, { JOB_COMPLETION_INDEX: "4" }, 1, ["Hello world"]],
    ["the other branch", INDEX, { JOB_COMPLETION_INDEX: "5" }, 0, ["Hello world"]],
    ["elif and else", CHAIN, { N: "1" }, 42, []],
    ["loops, sums and formats", SUM, {}, 0, ["0 1", "sum=3 of 'x'"]],
    ["statements in a line", 'import sys; print("a;b"); sys.exit(3)', {}, 3, ["a;b"]],
    ["floored remainders", "print(-7 % 3, 7 // 2, 1 + 2 * 3)", {}, 0, ["2 3 7"]],
    ["what is not set", 'import os\nprint(os.getenv("NIX"), os.environ.get("NIX", "there"))', {}, 0, ["None there"]],
  ])("run: %s", (_what, script, env, exitCode, lines) => {
    expect(run(script, env)).toMatchObject({ exitCode, lines });
  });

  it("take the time that they sleep", () => {
    expect(run("import time\nfor i in range(3):\n  time.sleep(2)")?.afterMs).toBe(6040);
  });

  it.each([
    ["a module that is not known", "import requests"],
    ["a function of its own", "def f():\n  return 1\nprint(f())"],
    ["a list", "print([1, 2])"],
    ["an endless range", "for i in range(100000):\n  pass"],
    ["a number that is none", 'print(int("x"))'],
  ])("are left alone with %s", (_what, script) => {
    expect(run(script)).toBeUndefined();
  });
});
