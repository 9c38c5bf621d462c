import { describe, expect, it } from "vitest";
import { anyKind } from "../../../../simulator/api/kind.ts";
import type { Deployment } from "../../../../simulator/api/refs.ts";
import { ok } from "../../../../simulator/base/result.ts";
import { deploymentKind } from "../../../../simulator/resources/apps/deployment/kind.ts";
import { Bench, type Json } from "../cases.ts";
import { SAMPLES } from "../samples.ts";

const KIND = anyKind(deploymentKind);
const SAMPLE = SAMPLES["deployments.apps"] as { metadata: Json; spec: Json };

function made(spec: Json = {}): { bench: Bench; text: string } {
  const bench = new Bench();
  const created = bench.create(KIND, { ...SAMPLE, spec: { ...SAMPLE.spec, ...spec } }, "default");
  return { bench, text: created.ok ? "accepted" : (created.error.message ?? "") };
}

describe("a Deployment", () => {
  it.each([
    [
      { strategy: { type: "Recreate", rollingUpdate: { maxSurge: 1 } } },
      "may not be specified when strategy `type` is 'Recreate'",
    ],
    [
      { strategy: { rollingUpdate: { maxUnavailable: "101%" } } },
      'Invalid value: "101%": must not be greater than 100%',
    ],
    [{ strategy: { rollingUpdate: { maxUnavailable: "half" } } }, "a valid percent string must be a numeric string"],
    [{ strategy: { rollingUpdate: { maxSurge: -1 } } }, "spec.strategy.rollingUpdate.maxSurge: Invalid value: -1"],
    [{ strategy: { rollingUpdate: { maxSurge: "0%", maxUnavailable: 0 } } }, "may not be 0 when `maxSurge` is 0"],
    [
      { minReadySeconds: 600 },
      "spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds",
    ],
    [{ revisionHistoryLimit: -1 }, "spec.revisionHistoryLimit: Invalid value: -1"],
    [{ selector: { matchLabels: { app: "other" } } }, '{"app":"web"}: `selector` does not match template `labels`'],
    [{ replicas: 100_000 }, "accepted"],
  ])("with %j: %s", (spec, text) => {
    expect(made(spec).text).toContain(text);
  });

  it("keeps its selector", () => {
    const { bench } = made();
    const patch = {
      spec: { selector: { matchLabels: { app: "b" } }, template: { metadata: { labels: { app: "b" } } } },
    };
    const written = bench.mergePatch(KIND, "default/web", patch);
    expect(written.ok ? "accepted" : written.error.message).toBe(
      'Deployment.apps "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable',
    );
  });

  it("counts changes of its spec and its annotations, not of its labels", () => {
    const { bench } = made();
    const generation = (patch: Json) => {
      const written = bench.mergePatch(KIND, "default/web", patch);
      return written.ok ? written.value.metadata.generation : undefined;
    };
    expect(generation({ metadata: { labels: { a: "b" } } })).toBe(1);
    expect(generation({ metadata: { annotations: { a: "b" } } })).toBe(2);
    expect(generation({ spec: { replicas: 3 } })).toBe(3);
  });

  it("takes annotations with its status, as its controller's revision comes", () => {
    const { bench } = made();
    const written = bench.update(
      KIND,
      "default/web",
      (old) =>
        ok({ ...old, metadata: { ...old.metadata, annotations: { revision: "1" } }, status: { replicas: 1 } } as never),
      "status",
    );
    const deployment = written.ok ? (written.value as Deployment) : undefined;
    expect(deployment?.metadata.annotations).toEqual({ revision: "1" });
    expect(deployment?.metadata.generation).toBe(1);
    expect(deployment?.status).toEqual({ replicas: 1 });
  });

  it("cannot have more ready pods than pods", () => {
    const { bench } = made();
    const status = { replicas: 1, readyReplicas: 2, availableReplicas: 3 };
    const written = bench.update(KIND, "default/web", (old) => ok({ ...old, status } as never), "status");
    expect(written.ok ? "accepted" : written.error.message).toContain(
      "status.availableReplicas: Invalid value: 3: cannot be greater than readyReplicas",
    );
  });
});
