import { beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../simulator/base/json.ts";
import { type ApiResponse, Simulation } from "../../../../simulator/index.ts";

const PODS = "/api/v1/namespaces/default/pods";
const STRATEGIC = "application/strategic-merge-patch+json";
let simulation: Simulation;

beforeAll(() => {
  simulation = Simulation.start({ workers: 1 });
  simulation.advanceTo(60_000);
  const resources = { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "200m", memory: "64Mi" } };
  const even = { cpu: "50m", memory: "8Mi" };
  const init = { name: "init", image: "busybox", command: ["true"], resources: { requests: even, limits: even } };
  const body = {
    metadata: { name: "p" },
    spec: { containers: [{ name: "c", image: "nginx:1.27", resources }], initContainers: [init] },
  };
  expect(simulation.request({ method: "POST", path: PODS, body: body as never }).code).toBe(201);
  simulation.advanceTo(120_000);
});

function patch(part: string, spec: JsonObject, contentType = STRATEGIC): ApiResponse {
  return simulation.request({ method: "PATCH", path: `${PODS}/p/${part}`, body: { spec }, contentType });
}

const container = (resources: JsonObject, more: JsonObject = {}) => ({
  containers: [{ name: "c", resources, ...more }],
});
const specOf = ({ body }: ApiResponse) => body.spec as { containers: JsonObject[]; ephemeralContainers?: JsonObject[] };

describe("pods/resize", () => {
  it.each([
    [
      container({ limits: { cpu: null } }),
      "spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed",
    ],
    [
      container({ limits: { "ephemeral-storage": "1Gi" } }),
      "spec: Forbidden: only cpu and memory resources are mutable",
    ],
    [
      container({ requests: { cpu: "200m" } }),
      'spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
    ],
    [container({ requests: { cpu: "300m" } }), "must be less than or equal to cpu limit of 200m"],
    [
      { initContainers: [{ name: "init", resources: { limits: { cpu: "1" } } }] },
      "spec: Forbidden: resources for non-sidecar init containers are immutable",
    ],
    [
      { containers: [{ name: "new", image: "x" }] },
      "spec.containers: Forbidden: containers may not be added or removed on resize",
    ],
  ])("refuses %j", (spec, text) => {
    const answer = patch("resize", spec as never);
    expect(answer.code).toBe(422);
    expect(answer.body.message).toContain(text);
  });

  it("writes resources and nothing else, and counts as a change of the spec", () => {
    const before = simulation.request({ method: "GET", path: `${PODS}/p/resize` });
    const answer = patch("resize", container({ requests: { cpu: "150m" } }, { image: "nginx:1.29" }));
    expect(answer.code).toBe(200);
    expect(specOf(answer).containers[0]).toMatchObject({
      image: "nginx:1.27",
      resources: { requests: { cpu: "150m", memory: "64Mi" } },
    });
    const generation = ({ body }: ApiResponse) => (body.metadata as { generation: number }).generation;
    expect(generation(answer)).toBe(generation(before) + 1);
    simulation.advanceTo(simulation.nowMs + 10_000);
    const { status } = simulation.request({ method: "GET", path: `${PODS}/p` }).body as JsonObject;
    expect(status).toMatchObject({ containerStatuses: [{ restartCount: 0, allocatedResources: { cpu: "150m" } }] });
  });

  it("is the only way: an ordinary write is refused", () => {
    const answer = simulation.request({
      method: "PATCH",
      path: `${PODS}/p`,
      contentType: STRATEGIC,
      body: { spec: container({ requests: { cpu: "170m" } }) },
    });
    expect(answer.code).toBe(422);
    expect(answer.body.message).toContain("pod updates may not change fields other than");
  });
});

describe("pods/ephemeralcontainers", () => {
  const debug = { name: "debug", image: "busybox:1.36", command: ["sleep", "5"], targetContainerName: "c" };

  it("adds containers for debugging, which run once and are told of apart", () => {
    const answer = patch("ephemeralcontainers", { ephemeralContainers: [debug] });
    expect(answer.code).toBe(200);
    expect(specOf(answer).ephemeralContainers).toMatchObject([debug]);
    simulation.advanceTo(simulation.nowMs + 30_000);
    const { status } = simulation.request({ method: "GET", path: `${PODS}/p` }).body as JsonObject;
    expect(status).toMatchObject({
      phase: "Running",
      ephemeralContainerStatuses: [
        { name: "debug", restartCount: 0, ready: false, state: { terminated: { exitCode: 0 } } },
      ],
    });
  });

  it("changes none that are there", () => {
    const answer = patch("ephemeralcontainers", { ephemeralContainers: [{ name: "debug", image: "alpine" }] });
    expect(answer.code).toBe(422);
    expect(answer.body.message).toContain('existing ephemeral containers "debug" may not be changed');
  });

  it("takes no ports, probes or resources", () => {
    const answer = patch("ephemeralcontainers", {
      ephemeralContainers: [{ name: "two", image: "busybox", ports: [{ containerPort: 80 }] }],
    });
    expect(answer.code).toBe(422);
    expect(answer.body.message).toContain(
      "spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container",
    );
  });
});
