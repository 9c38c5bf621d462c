import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exceptions } from "./arrows.ts";
import { importsOf, violations } from "./imports.ts";
import { repositoryRoot, sourceFiles } from "./sources.ts";

const folders = ["simulator", "src", "server", "bench"].filter((name) => existsSync(join(repositoryRoot, name)));

describe("the direction of imports", () => {
  it("holds in every file", () => {
    const sources = sourceFiles(folders);
    expect(sources.length).toBeGreaterThan(0);
    expect(violations(sources)).toEqual([]);
  });

  it("has no exception that nothing needs any more", () => {
    const sources = sourceFiles(folders);
    const needed = exceptions.filter((one) => {
      const others = exceptions.filter((other) => other !== one);
      return one.typesOnly || violations(sources, others).length > 0;
    });
    expect(needed).toEqual(exceptions);
  });
});

describe("the check of imports", () => {
  const check = (path: string, text: string) => violations([{ path, text }]);

  it.each([
    ["climbs", "simulator/base/heap.ts", 'import { x } from "../api/store.ts";'],
    ["climbs, for a type", "simulator/api/store.ts", 'import type { X } from "../controller-runtime/informer.ts";'],
    ["climbs, exporting", "simulator/time/clock.ts", 'export * from "../machine/actor.ts";'],
    ["climbs, lazily", "src/store/ui.ts", 'const map = import("../map/Map.tsx");'],
    ["climbs, naming a type", "src/session/session.ts", 'type X = import("../store/ui.ts").X;'],
    ["climbs, starting a worker", "src/session/a.ts", 'new Worker(new URL("../map/layout.ts", import.meta.url));'],
    ["crosses", "simulator/scheduler/cycle.ts", 'import { x } from "../resources/core/pod/kind.ts";'],
    ["goes round the door", "src/map/Map.tsx", 'import { x } from "../../simulator/api/store.ts";'],
    ["goes round the door", "server/http.ts", 'import { x } from "../simulator/api/server.ts";'],
    ["is not among", "simulator/kubectl/apply.ts", 'import { readFileSync } from "node:fs";'],
    ["is not among", "simulator/api/store.ts", 'import { create } from "zustand/vanilla";'],
    ["has no line", "src/cellar/wine.ts", "export const x = 1;"],
    ["has no line", "src/map/Map.tsx", 'import { x } from "../cellar/wine.ts";'],
    ["climbs", "simulator/api/store.ts", 'import { record } from "../journal/journal.ts";'],
  ])("objects to what %s: %s", (_why, path, text) => {
    const [sentence, ...more] = check(path, text);
    expect(sentence).toContain(_why.split(",")[0]);
    expect(more).toEqual([]);
  });

  it.each([
    ["simulator/api/store.ts", 'import { heap } from "../base/heap.ts";'],
    ["simulator/api/patch/merge.ts", 'import { store } from "../store.ts";'],
    ["simulator/api/store.ts", 'import type { Cause } from "../journal/causes.ts";'],
    ["simulator/machine/compile.ts", 'import { setup } from "xstate";'],
    ["src/session/worker.ts", 'import { simulation } from "../../simulator/index.ts";'],
    ["src/lessons/list.ts", 'import lesson from "../../scenarios/self-healing/lesson.json";'],
    ["src/map/Map.tsx", 'import worker from "./layout.ts?worker"; import { useState } from "react";'],
  ])("allows %s", (path, text) => {
    expect(check(path, text)).toEqual([]);
  });

  it("reads comments and strings as such", () => {
    const text = '// import "../api/store.ts"\nconst text = \'import "../api/store.ts"\';';
    expect(importsOf({ path: "simulator/base/x.ts", text })).toEqual([]);
  });
});
