import { describe, expect, it } from "vitest";
import type { LogOptions } from "../../../../simulator/api/streams.ts";
import { OutputFollower } from "../../../../simulator/node/logs/follow.ts";
import { appendLog, beginLog } from "../../../../simulator/node/logs/log.ts";
import { LogReader, type LogSource } from "../../../../simulator/node/logs/read.ts";
import type { RuntimeContainer } from "../../../../simulator/node/runtime.ts";

const START_EPOCH_MS = Date.UTC(2026, 0, 1);

function newContainer(): RuntimeContainer {
  return {
    name: "c",
    attempt: 0,
    startedMs: 0,
    endsMs: -1,
    exitCode: 0,
    oomKilled: false,
    termMs: -1,
    termCode: 0,
    process: undefined,
    lost: false,
    memory: undefined,
    previous: undefined,
  };
}

const sourceOf = (container: RuntimeContainer): LogSource => ({
  startEpochMs: START_EPOCH_MS,
  look: () => ({ file: container.logs?.latest, endedMs: container.endsMs < 0 ? undefined : container.endsMs }),
});

const ALL: LogOptions = {
  follow: false,
  previous: false,
  timestamps: false,
  sinceSeconds: undefined,
  sinceMs: undefined,
  tailLines: undefined,
  limitBytes: undefined,
};

function read(container: RuntimeContainer, options: Partial<LogOptions> = {}, nowMs = 10_000): string {
  return new LogReader(sourceOf(container), { ...ALL, ...options }, nowMs).next();
}

function printed(...lines: readonly (readonly [number, string, ("stdout" | "stderr")?])[]): RuntimeContainer {
  const container = newContainer();
  for (const [atMs, text, stream = "stdout"] of lines) appendLog(container, stream, text, atMs);
  return container;
}

describe("a container's log", () => {
  const container = printed([1000, "one\ntwo\n"], [2000, "oops\n", "stderr"], [3000, "three\nfour\n"]);

  it.each<[string, Partial<LogOptions>, string]>([
    ["whole", {}, "one\ntwo\noops\nthree\nfour\n"],
    ["from the tail", { tailLines: 2 }, "three\nfour\n"],
    ["from the middle of what was printed at once", { tailLines: 4 }, "two\noops\nthree\nfour\n"],
    ["with more lines asked for than there are", { tailLines: 99 }, "one\ntwo\noops\nthree\nfour\n"],
    ["without any line", { tailLines: 0 }, ""],
    ["since a time", { sinceMs: START_EPOCH_MS + 2000 }, "oops\nthree\nfour\n"],
    ["since seconds ago", { sinceSeconds: 8 }, "oops\nthree\nfour\n"],
    ["up to a number of bytes", { limitBytes: 9 }, "one\ntwo\no"],
    ["tail and time together", { tailLines: 3, sinceSeconds: 7 }, "three\nfour\n"],
  ])("is read %s", (_how, options, expected) => {
    expect(read(container, options)).toBe(expected);
  });

  it("has times with nine digits, later for each line", () => {
    const lines = read(container, { timestamps: true }).trimEnd().split("\n");
    expect(lines[0]).toMatch(/^2026-01-01T00:00:01\.000\d{6}Z one$/);
    expect(lines[2]).toMatch(/^2026-01-01T00:00:02\.000\d{6}Z oops$/);
    expect(lines.map((line) => line.slice(0, 30))).toEqual(lines.map((line) => line.slice(0, 30)).sort());
    expect(new Set(lines.map((line) => line.slice(0, 30))).size).toBe(5);
  });

  it("counts times into its bytes", () => {
    expect(read(container, { timestamps: true, limitBytes: 34 })).toMatch(/^2026-\S+ one$/);
  });

  it("shows what has no line end only when the process has ended", () => {
    const half = printed([1000, "all\nhalf"]);
    expect(read(half)).toBe("all\n");
    half.endsMs = 5000;
    expect(read(half)).toBe("all\nhalf");
    appendLog(half, "stdout", " more\n", 6000);
    expect(read(half)).toBe("all\nhalf more\n");
  });

  it("keeps lines of both streams whole", () => {
    expect(read(printed([1, "a"], [2, "x\n", "stderr"], [3, "b\n"]))).toBe("x\nab\n");
  });

  it("goes over to the next attempt", () => {
    const restarted = printed([1000, "first\n"]);
    beginLog(restarted);
    expect(read(restarted)).toBe("");
    appendLog(restarted, "stdout", "second\n", 2000);
    expect(read(restarted)).toBe("second\n");
    expect(restarted.logs?.previous?.entries.map(({ text }) => text)).toEqual(["first\n"]);
    beginLog(restarted);
    beginLog(restarted);
    expect(restarted.logs).toBeUndefined();
  });

  it("is bounded: a file of 10 MiB is rotated, and readers see the new one", () => {
    const noisy = newContainer();
    const line = `${"x".repeat(1023)}\n`;
    for (let count = 0; count < 25_000; count++) appendLog(noisy, "stdout", line, count);
    const kept = noisy.logs?.latest?.entries ?? [];
    expect(kept.length).toBeLessThan(11_000);
    expect(noisy.logs?.latest?.first).toBe(25_000 - kept.length);
    expect(read(noisy, { tailLines: 3 })).toBe(line.repeat(3));
  });

  it("keeps a line that never ends in pieces", () => {
    const long = printed([1, "y".repeat(40_000)], [2, "\nend\n"]);
    expect(long.logs?.latest?.entries.map(({ text }) => text.length)).toEqual([16_384, 16_384, 7233 + 4]);
    expect(read(long)).toBe(`${"y".repeat(40_000)}\nend\n`);
    expect(read(long, { timestamps: true }).match(/2026/g)?.length).toBe(2);
  });
});

describe("a log that is followed", () => {
  it("gives what is new each time, and ends with the process", () => {
    const container = printed([1000, "one\n"]);
    const reader = new LogReader(sourceOf(container), { ...ALL, follow: true, tailLines: 0 }, 1000);
    expect([reader.next(), reader.ended]).toEqual(["", false]);
    appendLog(container, "stdout", "two\nthr", 2000);
    expect([reader.next(), reader.next()]).toEqual(["two\n", ""]);
    appendLog(container, "stdout", "ee\n", 3000);
    expect([reader.next(), reader.ended]).toEqual(["three\n", false]);
    container.endsMs = 4000;
    expect([reader.next(), reader.ended]).toEqual(["", true]);
  });

  it("goes on over a rotation", () => {
    const container = newContainer();
    const reader = new LogReader(sourceOf(container), { ...ALL, follow: true }, 0);
    const line = `${"z".repeat(8191)}\n`;
    let seen = 0;
    for (let count = 0; count < 3000; count++) {
      appendLog(container, "stdout", line, count);
      if (count % 100 === 99) seen += reader.next().length / line.length;
    }
    expect(seen).toBeGreaterThan(2800);
    expect(reader.next()).toBe("");
  });

  it("is read byte for byte by who is attached: prompts have no line end", () => {
    const container = printed([1000, "before\n> "]);
    const follower = new OutputFollower(sourceOf(container));
    expect(follower.next()).toEqual([]);
    appendLog(container, "stdout", "l", 2000);
    expect(follower.next()).toEqual([{ stream: "stdout", bytes: "l" }]);
    appendLog(container, "stdout", "s\n", 2001);
    appendLog(container, "stderr", "no", 2002);
    expect(follower.next()).toEqual([
      { stream: "stdout", bytes: "s\n" },
      { stream: "stderr", bytes: "no" },
    ]);
    container.endsMs = 3000;
    expect([follower.next(), follower.ended]).toEqual([[], true]);
  });
});
