import { describe, expect, it } from "vitest";
import { present } from "../../../simulator/base/assert.ts";
import { valueInFile } from "../../../simulator/node/env-files.ts";
import { environmentOf } from "../../../simulator/node/environment.ts";
import { machineShape } from "../../../simulator/node/node-shape.ts";
import { Cluster } from "./cluster.ts";

describe("a file of variables", () => {
  const text = "# a comment\n\n  A = one \nB='two words'\nC=first \\\n  second\nEMPTY=\n";
  it.each([
    ["A", "one"],
    ["B", "two words"],
    ["C", "first second"],
    ["EMPTY", ""],
    ["NONE", undefined],
  ])("%s is %s", (key, value) => {
    expect(valueInFile(text, key)).toEqual({ ok: true, value });
  });

  it.each([
    ["no equals sign\n", "invalid environment variable format at line 1"],
    ["A=1\\\n\nB=2\n", "invalid environment variable format at line 2: blank line in continuation"],
    ["A=1\\", "unexpected end of file: unfinished line continuation"],
  ])("%j is refused", (bad, error) => {
    expect(valueInFile(bad, "Z")).toEqual({ ok: false, error });
  });

  it("in a volume gives a container its variables, as they were when it started", () => {
    const cluster = Cluster.start({ shapes: [machineShape("node-1", 0)] });
    const mount = { volumeMounts: [{ name: "v", mountPath: "/v" }] };
    const fileKeyRef = { volumeName: "v", path: "env", key: "A" };
    const key = cluster.run(
      {
        metadata: { name: "p" },
        spec: {
          volumes: [{ name: "v", emptyDir: {} }],
          containers: [
            {
              name: "c",
              image: "busybox",
              command: ["sleep", "99"],
              env: [{ name: "X", valueFrom: { fileKeyRef } }],
              ...mount,
            },
          ],
        },
      },
      "node-1",
    );
    cluster.advance(15_000);
    const state = () => cluster.pod(key).status.containerStatuses?.[0]?.state;
    expect(state()?.waiting).toMatchObject({
      reason: "CreateContainerConfigError",
      message: "couldn't parse env file",
    });
    const machine = present(cluster.machines.get("node-1"), "node-1");
    const runtime = present([...machine.pods.values()][0], "a pod");
    const file = { kind: "file", mode: 0o644, uid: 0, gid: 0, mtimeMs: 0, bytes: "A='b c'\n" } as const;
    runtime.volumes = {
      v: { kind: "directory", mode: 0o777, uid: 0, gid: 0, mtimeMs: 0, children: { "/env": { ...file } } },
    };
    cluster.advance(30_000);
    expect(state()?.running).toBeDefined();
    runtime.volumes = {};
    const container = present(runtime.containers[0], "c");
    expect(environmentOf(cluster.machines, machine, runtime, container).X).toBe("b c");
  });
});
