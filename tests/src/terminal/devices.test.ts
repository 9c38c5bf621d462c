import { describe, expect, it } from "vitest";
import { openShell } from "./world.ts";

describe("devices that exercises read from", () => {
  it("give as many random bytes as are asked for, others each time", async () => {
    const { run } = openShell();
    expect(await run("head -c 24 /dev/urandom | wc -c")).toBe("24\n");
    const password = "tr -dc a-z0-9 < /dev/urandom | head -c 12";
    const first = await run(password);
    expect(first).toMatch(/^[a-z0-9]{12}$/);
    expect(await run(password)).not.toBe(first);
    expect(await run("head -c 4 /dev/zero | od -An -tx1")).toMatch(/^( 0*){4}\n$/);
    expect(await run("cat /proc/sys/kernel/random/uuid")).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n$/);
    expect(await run("ls /dev | grep -c random; echo x > /dev/random; cat a.txt")).toBe("2\none\ntwo\n");
  });
});

describe("what never ends", () => {
  it("stops where its reader has enough, and where nobody could hold it", async () => {
    const { run } = openShell();
    expect(await run("yes a b | head -n 2")).toBe("a b\na b\n");
    expect(await run("yes | head -c 5 | wc -c; yes no | head -3 > f; cat f")).toBe("5\nno\nno\nno\n");
    expect((await run("yes | head -c 3000000")).length).toBe(3_000_000);
    expect(await run("seq 3; seq 5 -2 1; seq -s, 3")).toBe("1\n2\n3\n5\n3\n1\n1,2,3\n");
    expect((await run("seq 1 200000")).slice(-14)).toBe("199999\n200000\n");
    expect(await run("seq 1 90000000 > f; echo code $?; ls f")).toContain(
      "write error: No space left on device\ncode 1\n",
    );
  });

  it.each(["yes", "while true; do echo y; done", "while true; do echo y; :; done", "for ((;;)); do echo y; done"])(
    "is left by Ctrl-C: %s",
    async (line) => {
      const { shell, shown } = openShell();
      setTimeout(() => shell.interrupt(), 60);
      expect(await shell.run(line)).toBe(130);
      expect(shown.join("").startsWith("y\ny\n")).toBe(true);
    },
  );

  it("has loops that leave exit codes as they are", async () => {
    const { run } = openShell();
    expect(await run("false; for n in 1; do echo $?; done; false; while [ -z $x ]; do echo $?; x=1; done")).toBe(
      "1\n0\n",
    );
    expect(await run("set -ex; for n in a; do echo $n; done; set +ex")).toBe("a\n+ echo a\n+ set +ex\n");
  });
});
