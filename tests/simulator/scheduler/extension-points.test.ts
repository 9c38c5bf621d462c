import { describe, expect, it } from "vitest";
import { NODES, PODS } from "../../../simulator/api/refs.ts";
import {
  failure,
  type Plugin,
  type PluginDefinition,
  rejected,
  SKIP,
  type Status,
  unresolvable,
  WAIT,
} from "../../../simulator/scheduler/framework.ts";
import { plugins } from "../../../simulator/scheduler/plugins/registry.ts";
import { Harness } from "./harness.ts";
import { nodeObject, podObject } from "./objects.ts";

const NAME = "Witness";

/** A plugin that notes each time it is asked; `says` are its answers where it does not just agree. */
function witness(
  says: Partial<Plugin> = {},
  name = NAME,
): { readonly definition: PluginDefinition; readonly calls: string[] } {
  const calls: string[] = [];
  const note =
    <Args extends unknown[], Answer>(point: keyof Plugin, usual: (...args: Args) => Answer) =>
    (...args: Args): Answer => {
      calls.push(point);
      const answer = says[point] as ((...args: Args) => Answer) | undefined;
      return answer === undefined ? usual(...args) : answer(...args);
    };
  const fine = (): undefined => undefined;
  const plugin: Plugin = {
    name,
    preEnqueue: note("preEnqueue", fine),
    preFilter: note("preFilter", () => ({ state: undefined })),
    filter: note("filter", fine),
    postFilter: note("postFilter", () => ({ status: rejected(name, "nothing to be done") })),
    preScore: note("preScore", () => ({ state: undefined })),
    score: note("score", () => 1),
    normalizeScore: note("normalizeScore", fine),
    reserve: note("reserve", fine),
    unreserve: note("unreserve", fine),
    permit: note("permit", fine),
    preBind: note("preBind", fine),
    bind: note("bind", () => SKIP),
    postBind: note("postBind", fine),
  };
  return { definition: { name, weight: 1, create: () => plugin }, calls };
}

/** A cluster of two nodes whose scheduler has these plugins before its own. */
function world(...own: readonly PluginDefinition[]): Harness {
  const harness = new Harness({ plugins: [...own, ...plugins.all] });
  harness.namespace("default");
  for (const name of ["a", "b"]) harness.create(NODES, nodeObject({ name }));
  harness.start();
  return harness;
}

function add(harness: Harness, name: string): void {
  harness.create(PODS, podObject({ metadata: { name } }));
  harness.run(10);
}

/** Without repetitions: once a node. */
const order = (calls: readonly string[]) => calls.filter((call, at) => call !== calls[at - 1]);
const BEFORE = ["preEnqueue", "preFilter", "filter", "preScore", "score", "normalizeScore"];

describe("the extension points", () => {
  it("are met in upstream's order", () => {
    const { definition, calls } = witness();
    const harness = world(definition);
    add(harness, "p");
    expect(harness.pod("p").spec.nodeName).toBeDefined();
    expect(order(calls)).toEqual([...BEFORE, "reserve", "permit", "preBind", "bind", "postBind"]);
    expect(calls.filter((call) => call === "filter")).toHaveLength(2);
  });

  it("stop at PreEnqueue: the pod is not queued", () => {
    const { definition, calls } = witness({ preEnqueue: () => unresolvable(NAME, "not yet") });
    const harness = world(definition);
    add(harness, "p");
    expect(new Set(calls)).toEqual(new Set(["preEnqueue"]));
    expect(harness.scheduler.entryState("default/p")).toBe("gated");
  });

  it("stop at PreFilter, and no node is asked", () => {
    const { definition, calls } = witness({ preFilter: () => unresolvable(NAME, "no chance") });
    const harness = world(definition);
    add(harness, "p");
    expect(order(calls)).toEqual(["preEnqueue", "preFilter", "postFilter"]);
    // The last words are those of DynamicResources, as in v1.36: it misses what its own PreFilter would have prepared.
    expect(harness.eventsOf("p")[0]?.message).toBe("0/2 nodes are available: no chance. not found");
  });

  it("leave out the filter of a plugin that skips, and the score of one that skips that", () => {
    const { definition, calls } = witness({ preFilter: () => SKIP, preScore: () => SKIP });
    add(world(definition), "p");
    expect(order(calls)).toEqual([
      "preEnqueue",
      "preFilter",
      "preScore",
      "reserve",
      "permit",
      "preBind",
      "bind",
      "postBind",
    ]);
  });

  it("go to PostFilter when every node is filtered out", () => {
    const { definition, calls } = witness({ filter: () => rejected(NAME, "node(s) don't please") });
    const harness = world(definition);
    add(harness, "p");
    expect(order(calls)).toEqual(["preEnqueue", "preFilter", "filter", "postFilter", ...order(calls).slice(4)]);
    expect(harness.eventsOf("p")[0]?.message).toMatch(/^0\/2 nodes are available: 2 node\(s\) don't please\. /);
  });

  it("do not score where one node is left", () => {
    const { definition, calls } = witness({
      filter: (_state, _pod, { name }) => (name === "a" ? undefined : rejected(NAME, "node(s) don't please")),
    });
    const harness = world(definition);
    add(harness, "p");
    expect(harness.pod("p").spec.nodeName).toBe("a");
    expect(calls).not.toContain("score");
  });

  const refusal = failure(NAME, "not this time");
  const says = (point: "reserve" | "permit" | "preBind" | "bind"): Partial<Plugin> => ({
    [point]: (): Status => refusal,
  });
  it.each([
    ["reserve", []],
    ["permit", ["permit"]],
    ["preBind", ["permit", "preBind"]],
    ["bind", ["permit", "preBind", "bind"]],
  ] as const)("give back what was reserved, in reverse, when %s fails", (point, later) => {
    const first = witness({}, "First");
    const second = witness(says(point), "Second");
    const harness = world(first.definition, second.definition);
    add(harness, "p");
    expect(harness.pod("p").spec.nodeName).toBeUndefined();
    expect(harness.eventsOf("p")[0]).toMatchObject({ reason: "FailedScheduling", message: "not this time" });
    const after = order(second.calls).slice(BEFORE.length);
    expect(after.slice(0, later.length + 2)).toEqual(["reserve", ...later, "unreserve"]);
    expect(first.calls).toContain("unreserve");
    expect(first.calls).not.toContain("postBind");
    // It is an error, no verdict: the pod comes again after its back-off, and what it took is free.
    expect(harness.scheduler.entryState("default/p")).toBe("backoff");
  });

  it("ask again at PreBind while it waits, and bind then", () => {
    let left = 3;
    const { definition, calls } = witness({ preBind: () => (left-- > 0 ? WAIT : undefined) });
    const harness = world(definition);
    add(harness, "p");
    expect(harness.pod("p").spec.nodeName).toBeUndefined();
    harness.run(5_000);
    expect(harness.pod("p").spec.nodeName).toBeDefined();
    expect(calls.filter((call) => call === "preBind")).toHaveLength(4);
    expect(calls.filter((call) => call === "postBind")).toHaveLength(1);
  });

  it("fail the pod when a score can't be prepared", () => {
    const { definition } = witness({ preScore: () => failure(NAME, "no idea") });
    const harness = world(definition);
    add(harness, "p");
    expect(harness.eventsOf("p")[0]?.message).toBe("no idea");
  });
});
