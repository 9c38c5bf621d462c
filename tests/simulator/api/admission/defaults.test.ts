import { describe, expect, it } from "vitest";
import { Simulation } from "../../../../simulator/index.ts";
import type { Json } from "../../resources/cases.ts";
import { clusterFor, must, send } from "../access.ts";

const base = clusterFor("one").snapshot();
const CONTAINERS = [{ name: "c", image: "busybox" }];

function post(simulation: Simulation, path: string, body: object) {
  return send(simulation, { verb: "POST", path, body: body as Json });
}

function pod(simulation: Simulation, spec: object) {
  return post(simulation, "/api/v1/namespaces/one/pods", {
    metadata: { name: "p" },
    spec: { containers: CONTAINERS, ...spec },
  });
}

describe("runtime classes", () => {
  function withClass(): Simulation {
    const simulation = Simulation.restore(base);
    must(
      post(simulation, "/apis/node.k8s.io/v1/runtimeclasses", {
        metadata: { name: "kata" },
        handler: "kata",
        overhead: { podFixed: { cpu: "250m", memory: "120Mi" } },
        scheduling: {
          nodeSelector: { runtime: "kata" },
          tolerations: [{ key: "kata", operator: "Exists", effect: "NoSchedule" }],
        },
      }),
    );
    return simulation;
  }

  it("give pods what they cost and where they run", () => {
    const made = must(pod(withClass(), { runtimeClassName: "kata", nodeSelector: { disk: "ssd" } }));
    expect(made.body.spec).toMatchObject({
      overhead: { cpu: "250m", memory: "120Mi" },
      nodeSelector: { disk: "ssd", runtime: "kata" },
    });
    expect((made.body.spec as { tolerations: readonly { key: string }[] }).tolerations.map(({ key }) => key)).toContain(
      "kata",
    );
  });

  it.each([
    [{ runtimeClassName: "none" }, 'pod rejected: RuntimeClass "none" not found'],
    [
      { runtimeClassName: "kata", overhead: { cpu: "1" } },
      "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
    ],
    [{ overhead: { cpu: "1" } }, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"],
    [
      { runtimeClassName: "kata", nodeSelector: { runtime: "runc" } },
      "conflict: runtimeClass.scheduling.nodeSelector[runtime] = kata; pod.spec.nodeSelector[runtime] = runc",
    ],
  ])("refuse %j", (spec, why) => {
    const answer = pod(withClass(), spec);
    expect(answer.code).toBe(403);
    expect(answer.body.message).toBe(`pods "p" is forbidden: ${why}`);
  });
});

describe("default ingress classes", () => {
  const ingress = (simulation: Simulation, more: object = {}) => {
    const body = {
      metadata: { name: "i" },
      spec: { defaultBackend: { service: { name: "s", port: { number: 80 } } } },
    };
    const made = must(post(simulation, "/apis/networking.k8s.io/v1/namespaces/one/ingresses", { ...body, ...more }));
    return (made.body.spec as { ingressClassName?: string }).ingressClassName;
  };

  it("are given to ingresses that name none", () => {
    const simulation = Simulation.restore(base);
    const annotations = { "ingressclass.kubernetes.io/is-default-class": "true" };
    const classOf = (name: string) =>
      must(
        post(simulation, "/apis/networking.k8s.io/v1/ingressclasses", {
          metadata: { name, annotations },
          spec: { controller: "example.com/c" },
        }),
      );
    classOf("old");
    simulation.advanceTo(simulation.nowMs + 5000);
    classOf("young");
    expect(ingress(simulation)).toBe("young");
    const metadata = { name: "j", annotations: { "kubernetes.io/ingress.class": "x" } };
    expect(ingress(simulation, { metadata })).toBeUndefined();
  });
});
