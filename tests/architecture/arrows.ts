/** The rooms of the house and who may import whom. A new folder needs a line here; say where it belongs. */

/**
 * From the ground up. A room may import itself and every room in a line above it; rooms in one line may not import one
 * another. A room is a folder, or a file standing in its place (`simulator/simulation` is simulation.ts).
 */
export const layers: readonly (readonly string[])[] = [
  ["simulator/base"],
  ["simulator/time"],
  ["simulator/machine"],
  ["simulator/api"],
  ["simulator/controller-runtime"],
  [
    "simulator/resources",
    "simulator/controllers",
    "simulator/scheduler",
    "simulator/node",
    "simulator/faults",
    "simulator/journal",
    "simulator/waits",
    "simulator/control-plane",
  ],
  ["simulator/network", "simulator/metrics"],
  ["simulator/invariants"],
  ["simulator/cluster-options", "simulator/bootstrap-objects"],
  ["simulator/parts", "simulator/bootstrap", "simulator/machines", "simulator/initial-machines"],
  ["simulator/components", "simulator/snapshot"],
  ["simulator/simulation"],
  ["simulator/kubectl"],
  // What a scenario does it does by kubectl.
  ["simulator/scenario"],
  ["simulator/index"],
  // The asynchronous edge that answers what containers' shells ask.
  ["simulator/shell"],
  // Data: lessons and manifests. The simulator is handed them, it does not import them.
  ["scenarios"],
  ["src/theme"],
  ["src/session"],
  ["src/store"],
  // What the page can do to the cluster: requests, the actions of its menus, applying what is written.
  ["src/deeds"],
  ["src/widgets"],
  [
    "src/map",
    "src/editor",
    "src/terminal",
    "src/timeline",
    "src/inspector",
    "src/instructor",
    "src/lessons",
    "src/metrics",
  ],
  ["src/app"],
  ["src/main"],
  ["server", "bench"],
];

/** Everything outside simulator/ comes in by this one door (tests aside: they test the rooms). */
export const door = "simulator/index";

/** The packages that the simulator may use; none of them knows of a browser or of Node. */
export const simulatorPackages: readonly string[] = [
  "@marcbachmann/cel-js",
  "@noble/hashes",
  "@sindresorhus/fnv1a",
  "just-bash",
  "pure-rand",
  "tinyqueue",
  "xstate",
  "yaml",
];

/** An arrow against the order, with its reason. `from` and `to` are path prefixes. */
export interface Exception {
  readonly from: string;
  readonly to: string;
  readonly typesOnly?: boolean;
  readonly why: string;
}

export const exceptions: readonly Exception[] = [
  {
    from: "src/session/worker/",
    to: "simulator/shell/driver",
    why: "the shells' interpreter is loaded by whoever moves time, not by everyone who comes in by the door",
  },
  {
    from: "src/session/worker/cells",
    to: "src/store/",
    why: "the worker sums a large cluster up in the page's own words for how a pod is; these files hold no state",
  },
  { from: "server/", to: "simulator/shell/driver", why: "as the page's worker" },
  { from: "src/terminal/", to: "simulator/shell/awk", why: "two shells are made of one library, and mend it alike" },
  {
    from: "simulator/node/",
    to: "simulator/network/network-view",
    typesOnly: true,
    why: "what programs and probes see of the network; machines are handed it by their host",
  },
  {
    from: "simulator/controllers/registry",
    to: "simulator/resources/",
    why: "the registry lists the controllers that live in their kind's folder",
  },
  {
    from: "simulator/",
    to: "simulator/journal/",
    typesOnly: true,
    why: "every part names the causes that the journal records",
  },
  {
    from: "simulator/resources/",
    to: "simulator/controllers/shared/",
    why: "a kind's own controller stands in its folder, and shares pods, templates and ownership with the others",
  },
  {
    from: "simulator/controllers/cluster-autoscaler/",
    to: "simulator/scheduler/",
    why: "the autoscaler asks by the scheduler's own rules whether a pod would fit a node that is not there yet",
  },
  {
    from: "simulator/resources/apps/daemonset/controller",
    to: "simulator/scheduler/node-selection",
    why: "a daemon set asks by the scheduler's own rule which nodes its pods may run on",
  },
  {
    from: "bench/scheduler.ts",
    to: "simulator/",
    why: "measures one room alone, without the API server and the kubelets that stand around it",
  },
  { from: "bench/page.ts", to: "tests/e2e/support/browser", why: "opens the page in the browser that the tests use" },
  {
    from: "bench/keystroke.ts",
    to: "tests/e2e/support/browser",
    why: "opens the page in the browser that the tests use",
  },
  { from: "bench/keystroke.ts", to: "tests/e2e/support/typist", why: "types as the tests of the terminal do" },
  {
    from: "bench/scheduler.ts",
    to: "tests/simulator/scheduler/",
    why: "measures the scheduler in the small world that its tests put it into",
  },
];
