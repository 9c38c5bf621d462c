import { describe, expect, it } from "vitest";
import type { PodTemplateSpec } from "../../../../../simulator/api/schema/generated/types.ts";
import { cloneJson, deepFreeze } from "../../../../../simulator/base/json.ts";
import { defaultPodTemplate, withPodDefaults } from "../../../../../simulator/resources/core/pod/defaults.ts";
import { referenceFolder } from "../../../../reference.ts";
import { comparable, type Json, matches, readCases } from "../../cases.ts";
import { PodBench, warningText } from "./pods.ts";

interface DefaultsCase {
  readonly name: string;
  readonly input: Json;
  readonly stored: Json;
  readonly warnings?: readonly string[];
}

const cases = readCases<DefaultsCase>("defaults/pod.json");

describe.skipIf(referenceFolder() === undefined)(`${cases.length} pods as a real API server stores them`, () => {
  it.each(cases.map((one) => [one.name, one] as const))("%s", (_name, one) => {
    const bench = new PodBench();
    const created = bench.create(one.input, "ref-defaults");
    if (!created.ok) throw new Error(created.error.message);
    const actual = comparable(created.value);
    const expected = comparable(one.stored);
    if (!matches(expected, actual)) expect(actual).toEqual(expected);
    expect(bench.warnings).toEqual((one.warnings ?? []).map(warningText));
  });
});

const templates = readCases<DefaultsCase>("defaults/podtemplate.json");

describe.skipIf(referenceFolder() === undefined)("templates of pods", () => {
  it.each(templates.map((one) => [one.name, one] as const))("%s", (_name, one) => {
    const template = cloneJson(one.input.template as PodTemplateSpec);
    defaultPodTemplate(template);
    expect(template).toEqual(one.stored.template);
  });
});

describe("the defaults that only pods have", () => {
  const container = { name: "c", image: "app:1" };

  it("share with the template what they do not change", () => {
    const spec = deepFreeze({ containers: [container, { ...container, name: "d" }], enableServiceLinks: true });
    expect(withPodDefaults(spec).containers).toBe(spec.containers);
  });

  it("request what is only limited", () => {
    const resources = { limits: { cpu: "2", memory: "1Gi" }, requests: { cpu: "1" } };
    const { containers } = withPodDefaults({ containers: [{ ...container, resources }] });
    expect(containers[0]?.resources?.requests).toEqual({ cpu: "1", memory: "1Gi" });
  });

  it("open the host's ports in the host's network", () => {
    const ports = [{ containerPort: 80 }, { containerPort: 81, hostPort: 81 }];
    const { containers } = withPodDefaults({ hostNetwork: true, containers: [{ ...container, ports }] });
    expect(containers[0]?.ports).toEqual([{ containerPort: 80, hostPort: 80 }, ports[1]]);
  });

  it("sum the containers up for a pod that has limits of its own", () => {
    const requests = { cpu: "100m" };
    const containers = [container, { ...container, name: "d" }].map((one) => ({ ...one, resources: { requests } }));
    const { resources } = withPodDefaults({ containers, resources: { limits: { cpu: "1", memory: "1Gi" } } });
    expect(resources).toEqual({ limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "200m", memory: "1Gi" } });
  });

  it("take a negative grace as the shortest", () => {
    const spec = withPodDefaults({ containers: [container], terminationGracePeriodSeconds: -5 });
    expect(spec.terminationGracePeriodSeconds).toBe(1);
  });
});
