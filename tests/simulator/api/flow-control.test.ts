import { describe, expect, it } from "vitest";
import { startCluster } from "./custom/cluster.ts";

const GROUP = "/apis/flowcontrol.apiserver.k8s.io/v1";

function flows() {
  const cluster = startCluster();
  const { send, simulation } = cluster;
  const uidOf = (path: string) => send("GET", `${GROUP}/${path}`).body.metadata.uid as string;
  return {
    ...cluster,
    uids: (schema: string, level: string) => ({
      schemaUid: uidOf(`flowschemas/${schema}`),
      levelUid: uidOf(`prioritylevelconfigurations/${level}`),
    }),
    ask: (user: string, groups: readonly string[], path: string) =>
      simulation.request({ method: "GET", path, user, groups }).flow,
  };
}

const AUTHENTICATED = ["system:authenticated"];

describe("the flow of a request", () => {
  it.each([
    ["a master", "jane", ["system:masters"], "/api/v1/pods", "exempt", "exempt"],
    ["a probe", "jane", AUTHENTICATED, "/readyz", "probes", "exempt"],
    [
      "a node's lease",
      "system:node:a",
      ["system:nodes"],
      "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/a",
      "system-node-high",
      "node-high",
    ],
    [
      "a service account",
      "system:serviceaccount:default:a",
      ["system:serviceaccounts"],
      "/api/v1/namespaces/default/pods",
      "service-accounts",
      "workload-low",
    ],
    ["somebody", "jane", AUTHENTICATED, "/api/v1/namespaces/default/pods", "global-default", "global-default"],
    ["nobody's user", "jane", [], "/api/v1/pods", "global-default", "global-default"],
  ])("is that of %s", (_, user, groups, path, schema, level) => {
    const { ask, uids } = flows();
    expect(ask(user, groups, path)).toEqual(uids(schema, level));
  });

  it("is that of the schema with the least precedence number, once its level is there", () => {
    const { ask, uids, send } = flows();
    const before = uids("global-default", "global-default");
    const rule = {
      subjects: [{ kind: "User", user: { name: "jane" } }],
      resourceRules: [{ verbs: ["list"], apiGroups: [""], resources: ["pods"], namespaces: ["default"] }],
    };
    const schema = {
      metadata: { name: "janes" },
      spec: { matchingPrecedence: 9, priorityLevelConfiguration: { name: "janes" }, rules: [rule] },
    };
    expect(send("POST", `${GROUP}/flowschemas`, schema).code).toBe(201);
    const pods = "/api/v1/namespaces/default/pods";
    expect(ask("jane", AUTHENTICATED, pods)).toEqual(before);
    const limited = { nominalConcurrencyShares: 1, limitResponse: { type: "Reject" } };
    const level = { metadata: { name: "janes" }, spec: { type: "Limited", limited } };
    expect(send("POST", `${GROUP}/prioritylevelconfigurations`, level).code).toBe(201);
    expect(ask("jane", AUTHENTICATED, pods)).toEqual(uids("janes", "janes"));
    expect(ask("jane", AUTHENTICATED, "/api/v1/pods")).toEqual(before);
    expect(ask("jane", AUTHENTICATED, `${pods}/a`)).toEqual(before);
    expect(ask("joe", AUTHENTICATED, pods)).toEqual(before);
  });
});
