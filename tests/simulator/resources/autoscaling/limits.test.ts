import { describe, expect, it } from "vitest";
import type { HorizontalPodAutoscaler } from "../../../../simulator/api/refs.ts";
import {
  type Memory,
  normalized,
  rememberScale,
} from "../../../../simulator/resources/autoscaling/horizontalpodautoscaler/controller/limits.ts";

type Spec = HorizontalPodAutoscaler["spec"];
const spec = (behavior?: Spec["behavior"]): Spec =>
  ({ scaleTargetRef: { kind: "Deployment", name: "web" }, maxReplicas: 100, ...(behavior && { behavior }) }) as Spec;
const fresh = (): Memory => ({ recommendations: [], ups: [], downs: [] });
const NOW_MS = 10_000_000;

const policies = (type: string, value: number, periodSeconds = 60) => [{ type, value, periodSeconds }];

describe("how fast an autoscaler may go, without rules of its own", () => {
  // What, current, wanted, minimum, maximum, replicas, reason, whether limited.
  it.each([
    ["doubles at most", 10, 50, 1, 100, 20, "ScaleUpLimit", true],
    ["four at least", 1, 50, 1, 100, 4, "ScaleUpLimit", true],
    ["not above the maximum", 10, 50, 1, 15, 15, "TooManyReplicas", true],
    ["not below the minimum", 10, 1, 3, 15, 3, "TooFewReplicas", true],
    ["as wanted", 10, 12, 1, 15, 12, "DesiredWithinRange", false],
  ] as const)("%s", (_, current, wanted, minimum, maximum, replicas, reason, isLimited) => {
    const answer = normalized(spec(), fresh(), { current, wanted, minimum, maximum }, NOW_MS);
    expect(answer).toMatchObject({ replicas, limited: { reason, isLimited } });
  });

  it("holds the highest recommendation of five minutes", () => {
    const memory = fresh();
    const sizes = { current: 6, minimum: 1, maximum: 10 };
    expect(normalized(spec(), memory, { ...sizes, wanted: 6 }, 0).able.reason).toBe("ReadyForNewScale");
    const held = normalized(spec(), memory, { ...sizes, wanted: 1 }, 299_000);
    expect(held).toMatchObject({ replicas: 6, able: { reason: "ScaleDownStabilized" } });
    expect(normalized(spec(), memory, { ...sizes, wanted: 1 }, 300_001)).toMatchObject({ replicas: 1 });
  });
});

describe("how fast an autoscaler may go, by its rules", () => {
  const up = (type: string, value: number, more = {}): Spec =>
    spec({
      scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: "Max", policies: policies(type, value), ...more },
      scaleDown: { selectPolicy: "Max", policies: policies("Percent", 100, 15) },
    });
  const down = (type: string, value: number, more = {}): Spec =>
    spec({
      scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: "Max", policies: policies("Percent", 100, 15) },
      scaleDown: { stabilizationWindowSeconds: 0, selectPolicy: "Max", policies: policies(type, value), ...more },
    });

  it.each([
    ["pods up", up("Pods", 2), 10, 50, 12, "ScaleUpLimit"],
    ["percent up", up("Percent", 50), 10, 50, 15, "ScaleUpLimit"],
    ["percent up, rounded up", up("Percent", 1), 10, 50, 11, "ScaleUpLimit"],
    ["no way up", up("Pods", 2, { selectPolicy: "Disabled" }), 10, 50, 10, "ScaleUpLimit"],
    [
      "the lesser of two up",
      up("Pods", 2, { selectPolicy: "Min", policies: [...policies("Pods", 2), ...policies("Pods", 5)] }),
      10,
      50,
      12,
      "ScaleUpLimit",
    ],
    [
      "the greater of two up",
      up("Pods", 2, { policies: [...policies("Pods", 2), ...policies("Pods", 5)] }),
      10,
      50,
      15,
      "ScaleUpLimit",
    ],
    ["pods down", down("Pods", 2), 10, 1, 8, "ScaleDownLimit"],
    ["percent down", down("Percent", 50), 10, 1, 5, "ScaleDownLimit"],
    ["no way down", down("Percent", 50, { selectPolicy: "Disabled" }), 10, 1, 10, "ScaleDownLimit"],
    [
      "the lesser of two down",
      down("Pods", 2, { selectPolicy: "Min", policies: [...policies("Pods", 2), ...policies("Pods", 5)] }),
      10,
      1,
      8,
      "ScaleDownLimit",
    ],
  ] as const)("%s", (_, rules, current, wanted, replicas, reason) => {
    const answer = normalized(rules, fresh(), { current, wanted, minimum: 1, maximum: 100 }, NOW_MS);
    expect(answer).toMatchObject({ replicas, limited: { reason, isLimited: true } });
  });

  it("counts what was done within the period", () => {
    const rules = up("Pods", 4);
    const memory = fresh();
    rememberScale(rules, memory, 10, 13, NOW_MS - 30_000);
    const sizes = { current: 13, wanted: 50, minimum: 1, maximum: 100 };
    expect(normalized(rules, memory, sizes, NOW_MS).replicas).toBe(14);
    expect(normalized(rules, memory, sizes, NOW_MS + 31_000).replicas).toBe(17);
  });

  it("holds the lowest recommendation of its window on the way up", () => {
    const rules = up("Percent", 1000, { stabilizationWindowSeconds: 60 });
    const memory: Memory = { ...fresh(), recommendations: [{ replicas: 3, atMs: NOW_MS - 30_000 }] };
    const sizes = { current: 3, wanted: 8, minimum: 1, maximum: 100 };
    expect(normalized(rules, memory, sizes, NOW_MS)).toMatchObject({
      replicas: 3,
      able: { reason: "ScaleUpStabilized" },
    });
    expect(normalized(rules, memory, sizes, NOW_MS + 31_000).replicas).toBe(8);
  });
});
