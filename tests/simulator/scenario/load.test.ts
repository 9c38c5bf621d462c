import { describe, expect, it } from "vitest";
import { loadScenario, type ScenarioFiles } from "../../../simulator/index.ts";

const GOOD = `name: web
title: Web
summary: A web server.
minutes: 3
steps:
  - id: first
    title: Make it
    text: Apply it.
    action: {kind: apply, label: Apply, manifest: web.yaml}
    check:
      object: {apiVersion: v1, kind: Pod, namespace: default, selector: app=web}
  - id: second
    title: Wait
    text: Wait for it.
    check:
      object: {apiVersion: v1, kind: Pod, selector: app=web}
      seen: new
      since: first
solution:
  - {step: first, wait: 1m30s}
`;

const load = (text: string, files: ScenarioFiles = {}) =>
  loadScenario("web", { "web/scenario.yaml": text, "web/web.yaml": "kind: Pod", ...files });

/** The problems of the good scenario with a piece of it replaced. */
function problemsWith(piece: string, by: string) {
  expect(GOOD).toContain(piece);
  const loaded = load(GOOD.replace(piece, by));
  return loaded.ok ? [] : loaded.error.map(({ place, line, message }) => ({ place, line, message }));
}

describe("loadScenario", () => {
  it("reads a scenario and fills in what it leaves unsaid", () => {
    const loaded = load(GOOD);
    expect(loaded).toMatchObject({
      ok: true,
      value: {
        name: "web",
        steps: [
          { id: "first", check: { since: "first", where: [], count: { atLeast: 1 } } },
          { id: "second", check: { seen: "new", since: "first" } },
        ],
        solution: [{ action: { kind: "apply" }, waitMs: 90_000 }],
        manifests: { "web.yaml": "kind: Pod" },
      },
    });
  });

  it.each<[string, string, string, number, RegExp]>([
    ["name: web", "name: other", "name", 1, /must be that of its folder, web/],
    ["title: Web", "titel: Web", "titel", 2, /titel is not known here; there may be name, title/],
    ["minutes: 3", "minutes: soon", "minutes", 4, /must be a whole number of at least 1/],
    ["id: second", "id: first", "steps[1].id", 12, /is that of another step/],
    ["id: first", "id: First Step", "steps[0].id", 6, /must be lower-case letters/],
    ["text: Apply it.", "text: ''", "steps[0].text", 8, /must be a text that is not empty/],
    ["web.yaml", "wep.yaml", "steps[0].action.manifest", 9, /there is no file wep\.yaml/],
    ["kind: apply", "kind: explode", "steps[0].action.kind", 9, /must be one of apply, delete, scale/],
    ["app=web}\n  - id", "app==}}\n  - id", "", 11, /error converting YAML to JSON/],
    ["selector: app=web}\n      seen", "selector: 'a b c'}\n      seen", "steps[1].check.object.selector", 16, /./],
    ["since: first", "since: third", "steps[1].check.since", 18, /must be one of first, second/],
    [
      "seen: new",
      "seen: gone\n      where: [{path: a, exists: true}]",
      "steps[1].check.where",
      18,
      /can't be asked of what is gone/,
    ],
    ["seen: new", "count: many", "steps[1].check.count", 17, /must be a number, `all`/],
    [
      "seen: new",
      "count: {atLeast: 3, atMost: 1}",
      "steps[1].check.count",
      17,
      /wants at least more than it wants at most/,
    ],
    [
      "seen: new",
      "seen: new\n      where: [{path: a..b, equals: 1}]",
      "steps[1].check.where[0].path",
      18,
      /is not a path: unexpected/,
    ],
    [
      "seen: new",
      "seen: new\n      where: [{path: a, equals: 1, exists: true}]",
      "steps[1].check.where[0]",
      18,
      /must have one of equals, in/,
    ],
    [
      "seen: new",
      "seen: new\n      where: [{path: a, atLeast: lots}]",
      "steps[1].check.where[0].atLeast",
      18,
      /must be a number/,
    ],
    ["step: first", "step: second", "solution[0].step", 20, /names a step without an action/],
    ["wait: 1m30s", "wait: a while", "solution[0].wait", 20, /must be a duration such as 30s/],
  ])("turns %j into %j: says where and why", (piece, by, place, line, message) => {
    const problems = problemsWith(piece, by);
    const found = problems.find((problem) => problem.place === place);
    expect(found, JSON.stringify(problems)).toMatchObject({ line });
    expect(found?.message).toMatch(message);
  });

  it.each([
    "",
    "- a",
    "just text",
    "{}",
    "steps: 5\nsolution: {}",
    "steps: [1, null, {}]",
    "steps: [{check: {all: [{any: [3]}]}}]",
  ])("answers %j with problems", (text) => {
    const loaded = load(text);
    expect(loaded.ok).toBe(false);
    if (!loaded.ok)
      for (const { message, line } of loaded.error) expect([message !== "", line > 0]).toEqual([true, true]);
  });

  it("refuses checks that are nested without end", () => {
    const nested = `${"{all: [".repeat(40)}{object: {apiVersion: v1, kind: Pod}}${"]}".repeat(40)}`;
    const [problem] = problemsWith(
      "check:\n      object: {apiVersion: v1, kind: Pod, namespace: default, selector: app=web}",
      `check: ${nested}`,
    );
    expect(problem?.message).toMatch(/is nested more than 8 deep/);
  });

  it("finds manifests of other scenarios, and none outside", () => {
    const shared = GOOD.replace("web.yaml", "../shared/pod.yaml");
    expect(load(shared, { "shared/pod.yaml": "kind: Pod" }).ok).toBe(true);
    expect(load(shared).ok).toBe(false);
    expect(load(GOOD.replace("web.yaml", "../../pod.yaml"), { "pod.yaml": "kind: Pod" }).ok).toBe(false);
  });

  it("says that the file is missing", () => {
    expect(loadScenario("none", {})).toMatchObject({ ok: false, error: [{ file: "none/scenario.yaml", line: 1 }] });
    expect(loadScenario("__proto__", {}).ok).toBe(false);
  });
});
