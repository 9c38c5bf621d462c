import { describe, expect, it } from "vitest";
import type { Pod } from "../../../../simulator/api/refs.ts";
import {
  averageReplicas,
  type Situation,
  sharedReplicas,
  totalReplicas,
  utilizationReplicas,
} from "../../../../simulator/resources/autoscaling/horizontalpodautoscaler/controller/replica-calculator.ts";
import type { PodMetric } from "../../../../simulator/resources/autoscaling/horizontalpodautoscaler/metrics-source.ts";

const NOW_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** r: ready; u: unready, just started; h: ready, just started; p: pending; f: failed; d: being deleted. */
function pod(name: string, kind: string, request: string | undefined): Pod {
  const isYoung = kind === "u" || kind === "h";
  const startMs = NOW_MS - (isYoung ? MINUTE_MS / 2 : 20 * MINUTE_MS);
  const phase = kind === "p" ? "Pending" : kind === "f" ? "Failed" : "Running";
  const isReady = kind === "r" || kind === "h" || kind === "d";
  return {
    metadata: { name, ...(kind === "d" && { deletionTimestamp: "0" }) },
    spec: { containers: [{ name: "c", ...(request !== undefined && { resources: { requests: { cpu: request } } }) }] },
    status: {
      phase,
      startTime: String(startMs),
      conditions: [
        {
          type: "Ready",
          status: isReady ? "True" : "False",
          lastTransitionTime: String(isYoung ? NOW_MS - 1000 : startMs),
        },
      ],
    },
  } as unknown as Pod;
}

function situation(current: number, kinds: string, requests: readonly (string | undefined)[] = []): Situation {
  return {
    currentReplicas: current,
    pods: [...kinds].map((kind, index) => pod(`pod-${index}`, kind, index in requests ? requests[index] : "1")),
    tolerances: { scaleUp: 0.1, scaleDown: 0.1 },
    nowMs: NOW_MS,
    parseMs: Number,
  };
}

function metrics(levels: readonly number[], first = 0): Map<string, PodMetric> {
  return new Map(levels.map((milli, index) => [`pod-${index + first}`, { milli, atMs: NOW_MS, windowMs: MINUTE_MS }]));
}

// Facts of upstream's replica_calculator_test: what, replicas, pods, levels, target, then replicas, percent, average.
const UTILIZATION: readonly (readonly [string, number, string, readonly number[], number, number, number, number])[] = [
  ["grows", 3, "rrr", [300, 500, 700], 30, 5, 50, 500],
  ["grows less with an unready pod", 3, "urr", [300, 500, 700], 30, 4, 60, 600],
  ["grows less with a pod that starts up", 3, "hrr", [300, 500, 700], 30, 4, 60, 600],
  ["grows less with a pending pod", 3, "prr", [300, 500, 700], 30, 4, 60, 600],
  ["ignores failed pods", 2, "rrff", [500, 700], 30, 4, 60, 600],
  ["ignores pods being deleted", 2, "rrdd", [500, 700], 30, 4, 60, 600],
  ["stays when unready pods would turn it", 3, "ruu", [400, 500, 700], 30, 3, 40, 400],
  ["shrinks", 5, "rrrrr", [100, 300, 500, 250, 250], 50, 3, 28, 280],
  ["shrinks by ready pods only", 5, "rrruu", [100, 300, 500, 250, 250], 50, 2, 30, 300],
  ["takes missing pods for busy when it shrinks", 4, "rrrr", [400, 95], 100, 3, 24, 247],
  ["stays at the target with a pod missing", 2, "rr", [1000], 100, 2, 100, 1000],
  ["stays above the target with a pod missing", 2, "rr", [1900], 100, 2, 190, 1900],
  ["stays below the target with a pod missing", 2, "rr", [600], 100, 2, 60, 600],
  ["stays after a small change", 3, "rrr", [1010, 1030, 1020], 100, 3, 102, 1020],
  ["does not grow past what it has in a rolling update", 2, "rrr", [100, 100], 50, 2, 10, 100],
];

describe("replicas for a share of what pods ask for", () => {
  it.each(UTILIZATION)("%s", (_, current, kinds, levels, target, replicas, percent, milli) => {
    const answer = utilizationReplicas(situation(current, kinds), metrics(levels), target, "cpu", "");
    expect(answer).toEqual({ ok: true, value: { replicas, percent, milli } });
  });

  it.each([
    ["unready and missing: stays", 3, "urr", 1, [100, 450], 50, 3],
    ["unready and missing: grows", 3, "urr", 0, [100, 2000], 50, 4],
    ["unready and missing: shrinks", 4, "urrr", 0, [100, 100, 100], 50, 3],
  ] as const)("%s", (_, current, kinds, first, levels, target, replicas) => {
    const answer = utilizationReplicas(situation(current, kinds), metrics(levels, first), target, "cpu", "");
    expect(answer).toMatchObject({ ok: true, value: { replicas } });
  });

  it.each([
    ["no pods", "", [], [100], "no pods returned by selector while calculating replica count"],
    ["no metrics", "rr", [], [], "did not receive metrics for any ready pods"],
    ["a container without request", "r", [undefined], [100], "missing request for cpu in container c of Pod pod-0"],
  ] as const)("says of %s: why", (_, kinds, requests, levels, text) => {
    const answer = utilizationReplicas(situation(1, kinds, requests), metrics(levels), 100, "cpu", "");
    expect(answer).toEqual({ ok: false, error: text });
  });

  it("knows no pods of others", () => {
    const answer = utilizationReplicas(situation(1, "r"), metrics([100], 7), 100, "cpu", "");
    expect(answer).toEqual({ ok: false, error: "no metrics returned matched known pods" });
  });

  it("looks at one container when told so", () => {
    expect(utilizationReplicas(situation(3, "rrr"), metrics([300, 500, 700]), 30, "cpu", "c")).toMatchObject({
      value: { replicas: 5, percent: 50 },
    });
  });
});

describe("replicas for other metrics", () => {
  // What, replicas, pods, levels (thousandths), target, replicas, average.
  it.each([
    ["grows", 3, "rrr", [20_000, 10_000, 30_000], 15_000, 4, 20_000],
    ["counts unready pods in, as no processors are meant", 3, "urr", [50_000, 10_000, 30_000], 15_000, 6, 30_000],
    ["takes pending pods for idle", 3, "rrp", [50_000, 10_000, 30_000], 15_000, 4, 30_000],
    ["shrinks", 5, "rrrrr", [12_000, 12_000, 12_000, 12_000, 12_000], 20_000, 3, 12_000],
    ["stays after a small change", 3, "rrr", [20_000, 21_000, 21_000], 20_666, 3, 20_666],
  ] as const)("average: %s", (_, current, kinds, levels, target, replicas, milli) => {
    const answer = averageReplicas(situation(current, kinds), metrics(levels), target, "");
    expect(answer).toEqual({ ok: true, value: { replicas, milli } });
  });

  it.each([
    ["grows", 3, "rrr", 20_000, 15_000, 4],
    ["grows by ready pods", 3, "urr", 20_000, 15_000, 3],
    ["shrinks", 5, "rrrrr", 12_000, 20_000, 3],
    ["grows from zero", 0, "", 20_000, 4000, 5],
    ["shrinks to zero", 0, "", 0, 4000, 0],
    ["stays after a small change", 3, "rrr", 20_666, 20_000, 3],
  ] as const)("of the whole: %s", (_, current, kinds, milli, target, replicas) => {
    expect(totalReplicas(situation(current, kinds), milli, target)).toEqual({ ok: true, value: { replicas, milli } });
  });

  it.each([
    ["grows", 3, 8600, 2150, 4, 2867],
    ["shrinks", 5, 8600, 2867, 3, 1720],
    ["stays", 3, 8600, 2867, 3, 2867],
  ] as const)("shared among pods: %s", (_, current, milli, target, replicas, average) => {
    expect(sharedReplicas(situation(current, ""), current, milli, target)).toEqual({ replicas, milli: average });
  });

  it("bears with more when the autoscaler says so, each way by its own measure", () => {
    const wide = { ...situation(3, "rrr"), tolerances: { scaleUp: 0.5, scaleDown: 0 } };
    expect(totalReplicas(wide, 29_000, 20_000)).toMatchObject({ value: { replicas: 3 } });
    expect(totalReplicas(wide, 31_000, 20_000)).toMatchObject({ value: { replicas: 5 } });
    expect(totalReplicas({ ...wide, currentReplicas: 3 }, 13_000, 20_000)).toMatchObject({ value: { replicas: 2 } });
  });
});
