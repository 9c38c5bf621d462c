import { describe, expect, it } from "vitest";
import { layoutOf } from "../../../../simulator/scheduler/component-config/layout.ts";
import { loadConfiguration } from "../../../../simulator/scheduler/component-config/load.ts";
import { UPSTREAM_POINTS } from "../../../../simulator/scheduler/component-config/upstream-points.ts";
import { plugins } from "../../../../simulator/scheduler/plugins/registry.ts";

const STANDARD = plugins.all.map(({ name, weight }) => ({ name, weight }));
const KNOWN = {
  has: (name: string) => Object.hasOwn(UPSTREAM_POINTS, name),
  implements: (name: string, point: (typeof UPSTREAM_POINTS)[string][number]) =>
    UPSTREAM_POINTS[name]?.includes(point) ?? false,
};
const HEAD = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";

function load(body: string) {
  const loaded = loadConfiguration(HEAD + body, STANDARD);
  if (!loaded.ok) throw new Error(loaded.error);
  return loaded.value;
}

function layout(body: string) {
  const [profile] = load(body).profiles;
  if (profile === undefined) throw new Error("no profile");
  return layoutOf(profile, KNOWN);
}

const names = (body: string, point: "filter" | "score" | "preFilter") => {
  const made = layout(body);
  if (!made.ok) throw new Error(made.error);
  return made.value[point].map(({ name, weight }) => (point === "score" ? `${name}=${weight}` : name));
};

const SCORERS = ["TaintToleration=3", "NodeAffinity=2", "NodeResourcesFit=1", "VolumeBinding=1", "PodTopologySpread=2"];
const MORE_SCORERS = ["InterPodAffinity=2", "NodeResourcesBalancedAllocation=1", "ImageLocality=1"];

describe("a scheduler's configuration", () => {
  it("is complete without a word", () => {
    const loaded = loadConfiguration("", STANDARD);
    expect(loaded).toMatchObject({
      ok: true,
      value: {
        parallelism: 16,
        percentageOfNodesToScore: 0,
        podInitialBackoffSeconds: 1,
        podMaxBackoffSeconds: 10,
        profiles: [{ schedulerName: "default-scheduler" }],
      },
    });
    expect(names("", "score")).toEqual([...SCORERS, ...MORE_SCORERS]);
  });

  // Rows after pkg/scheduler/framework/runtime TestNewFrameworkMultiPointExpansion and apis/config/v1 TestMergePlugins.
  it.each([
    [
      "a plugin taken out of one point stays in the others",
      "profiles: [{plugins: {score: {disabled: [{name: ImageLocality}]}}}]",
      [...SCORERS, ...MORE_SCORERS.slice(0, 2)],
    ],
    [
      "all taken out of a point but what is named",
      'profiles: [{plugins: {score: {disabled: [{name: "*"}], enabled: [{name: NodeResourcesFit, weight: 7}]}}}]',
      ["NodeResourcesFit=7"],
    ],
    [
      "a weight given at the point goes first and moves the plugin to the front",
      "profiles: [{plugins: {score: {enabled: [{name: InterPodAffinity, weight: 9}]}}}]",
      ["InterPodAffinity=9", ...SCORERS, ...MORE_SCORERS.slice(1)],
    ],
    [
      "a weight given for all points leaves the order",
      "profiles: [{plugins: {multiPoint: {enabled: [{name: NodeAffinity, weight: 50}]}}}]",
      ["TaintToleration=3", "NodeAffinity=50", ...SCORERS.slice(2), ...MORE_SCORERS],
    ],
    [
      "no default plugin at all but those named",
      'profiles: [{plugins: {multiPoint: {disabled: [{name: "*"}], enabled: [{name: PrioritySort}, {name: DefaultBinder}, {name: NodeResourcesFit}]}}}]',
      ["NodeResourcesFit=1"],
    ],
  ])("%s", (_, body, wanted) => {
    expect(names(body, "score")).toEqual(wanted);
  });

  it.each([
    ["a plugin that nobody has", "score: {enabled: [{name: Foo}]}", 'ScorePlugin "Foo" does not exist'],
    ["one for all points", "multiPoint: {enabled: [{name: Foo}]}", 'PreFilterPlugin "Foo" does not exist'],
    [
      "a plugin where it takes no part",
      "filter: {enabled: [{name: ImageLocality}]}",
      'plugin "ImageLocality" does not extend FilterPlugin plugin',
    ],
    [
      "a plugin twice",
      "score: {enabled: [{name: ImageLocality}, {name: ImageLocality}]}",
      'plugin "ImageLocality" already registered as "ScorePlugin"',
    ],
    [
      "nobody who binds",
      "bind: {disabled: [{name: DefaultBinder}]}",
      'at least one bind plugin is needed for profile with scheduler name "default-scheduler"',
    ],
    [
      "no order of the queue",
      'queueSort: {disabled: [{name: "*"}]}',
      'only one queue sort plugin required for profile with scheduler name "default-scheduler", but got 0',
    ],
  ])("refuses %s", (_, sets, error) => {
    expect(layout(`profiles: [{plugins: {${sets}}}]`)).toEqual({ ok: false, error });
  });
});

describe("what a configuration gets wrong", () => {
  const fitArgs = (args: string) => `profiles: [{pluginConfig: [{name: NodeResourcesFit, args: ${args}}]}]`;
  const at = "profiles[0].pluginConfig[0].args";

  // Rows after pkg/scheduler/apis/config/validation and .../scheme.
  it.each([
    ["an unknown field", "foo: 1", 'strict decoding error: unknown field "foo"'],
    ["a text for a number", "parallelism: many", /cannot unmarshal string into Go struct field .*int32/],
    ["no parallelism", "parallelism: 0", "parallelism: Invalid value: 0: should be an integer value greater than zero"],
    [
      "a percentage",
      "percentageOfNodesToScore: 101",
      "percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]",
    ],
    [
      "a back-off",
      "podInitialBackoffSeconds: 20",
      "podMaxBackoffSeconds: Invalid value: 10: must be greater than or equal to PodInitialBackoffSeconds",
    ],
    [
      "a name twice",
      "profiles: [{schedulerName: a}, {schedulerName: a}]",
      'profiles[1].schedulerName: Duplicate value: "profiles[0].schedulerName"',
    ],
    ["a missing name", "profiles: [{schedulerName: a}, {}]", "profiles[1].schedulerName: Required value"],
    [
      "queues sorted in two ways",
      'profiles: [{schedulerName: a}, {schedulerName: b, plugins: {queueSort: {disabled: [{name: "*"}]}}}]',
      /profiles\[1\]\.plugins\.queueSort: Invalid value: .*: must be the same for all profiles/,
    ],
    [
      "a plugin of the past",
      "profiles: [{plugins: {filter: {enabled: [{name: EBSLimits}]}}}]",
      'profiles[0].plugins.filter.enabled[0]: Invalid value: "EBSLimits": was invalid in version "v1" ' +
        '(KubeSchedulerConfiguration is version "kubescheduler.config.k8s.io/v1")',
    ],
    [
      "arguments twice",
      "profiles: [{pluginConfig: [{name: ImageLocality}, {name: ImageLocality}]}]",
      'profiles[0].pluginConfig[1]: Duplicate value: "ImageLocality"',
    ],
    [
      "an unknown argument",
      fitArgs("{scoring: 1}"),
      "decoding .profiles[0].pluginConfig[0]: decoding args for plugin NodeResourcesFit: " +
        'strict decoding error: unknown field "scoring"',
    ],
    [
      "arguments of another kind",
      fitArgs("{kind: InterPodAffinityArgs}"),
      "decoding .profiles[0].pluginConfig[0]: args for plugin NodeResourcesFit were not of type " +
        "NodeResourcesFitArgs.kubescheduler.config.k8s.io, got InterPodAffinityArgs.kubescheduler.config.k8s.io",
    ],
    [
      "a strategy",
      fitArgs("{scoringStrategy: {type: Best}}"),
      `${at}.scoringStrategy.type: Unsupported value: "Best": supported values: "LeastAllocated", "MostAllocated", ` +
        '"RequestedToCapacityRatio"',
    ],
    [
      "a ratio without points",
      fitArgs("{scoringStrategy: {type: RequestedToCapacityRatio}}"),
      `${at}.scoringStrategy.requestedToCapacityRatio: Required value: must be specified when type is RequestedToCapacityRatio`,
    ],
    [
      "points that fall",
      fitArgs(
        "{scoringStrategy: {type: RequestedToCapacityRatio, requestedToCapacityRatio: " +
          "{shape: [{utilization: 50, score: 1}, {utilization: 20, score: 2}]}}}",
      ),
      `${at}.scoringStrategy.requestedToCapacityRatio.shape[1].utilization: Invalid value: 20: ` +
        "values must be sorted in increasing order",
    ],
    [
      "a weight",
      fitArgs("{scoringStrategy: {type: LeastAllocated, resources: [{name: cpu, weight: 101}]}}"),
      `${at}.scoringStrategy.resources[0].weight: Invalid value: 101: resource weight of cpu not in valid range (0, 100]`,
    ],
    [
      "a group with a slash",
      fitArgs("{ignoredResourceGroups: [a.example/x]}"),
      `${at}.ignoredResourceGroups[0]: Invalid value: "a.example/x": resource group name can't contain '/'`,
    ],
    [
      "constraints beside the system's own",
      "profiles: [{pluginConfig: [{name: PodTopologySpread, args: {defaultConstraints: " +
        "[{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}]}}]}]",
      `${at}.defaultingType: Invalid value: "System": when .defaultConstraints are not empty`,
    ],
    [
      "nobody to preempt",
      "profiles: [{pluginConfig: [{name: DefaultPreemption, args: {minCandidateNodesPercentage: 101}}]}]",
      `${at}.minCandidateNodesPercentage: Invalid value: 101: not in valid range [0, 100]`,
    ],
    [
      "an affinity that can't be read",
      "profiles: [{pluginConfig: [{name: NodeAffinity, args: {addedAffinity: {" +
        "requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: " +
        "[{key: zone, operator: Is, values: [a]}]}]}}}}]}]",
      `${at}.addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator: ` +
        'Unsupported value: "Is": supported values: "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"',
    ],
    [
      "a lease shorter than its deadline",
      "leaderElection: {leaseDuration: 5s}",
      'leaderElection.leaseDuration: Invalid value: "10s": LeaseDuration must be greater than RenewDeadline',
    ],
    [
      "a deadline shorter than a retry",
      "leaderElection: {retryPeriod: 1m}",
      'leaderElection.renewDeadline: Invalid value: "1m0s": RenewDeadline must be greater than RetryPeriod',
    ],
    [
      "a lease of nothing",
      "leaderElection: {retryPeriod: 0s}",
      'leaderElection.retryPeriod: Invalid value: "0s": must be greater than zero',
    ],
    ["a duration that is none", "leaderElection: {leaseDuration: soon}", 'time: invalid duration "soon"'],
    [
      "a lock of the past",
      "leaderElection: {resourceLock: endpoints}",
      'leaderElection.resourceLock: Invalid value: "endpoints": resourceLock value must be "leases"',
    ],
    [
      "less than no burst",
      "clientConnection: {burst: -1}",
      "clientConnection.burst: Invalid value: -1: must be non-negative",
    ],
    ["extenders", "extenders: [{urlPrefix: http://x}]", "extenders: Forbidden: scheduler extenders are not simulated"],
  ])("%s", (_, body, wanted) => {
    const loaded = loadConfiguration(HEAD + body, STANDARD);
    const error = loaded.ok ? "accepted" : loaded.error;
    if (typeof wanted === "string") expect(error).toBe(wanted);
    else expect(error).toMatch(wanted);
  });

  it.each([
    ["another kind", "apiVersion: v1\nkind: Pod", /^no kind "Pod" is registered for version "v1" in scheme/],
    [
      "an older version",
      "apiVersion: kubescheduler.config.k8s.io/v1beta3\nkind: KubeSchedulerConfiguration",
      /^no kind "KubeSchedulerConfiguration" is registered for version "kubescheduler.config.k8s.io\/v1beta3"/,
    ],
    ["no kind", "profiles: []", /^Object 'Kind' is missing/],
    ["broken YAML", "a: [", /^yaml: /],
    ["a list", "[]", /not an object$/],
  ])("refuses %s", (_, text, error) => {
    expect(loadConfiguration(text, STANDARD)).toMatchObject({ ok: false, error: expect.stringMatching(error) });
  });
});
