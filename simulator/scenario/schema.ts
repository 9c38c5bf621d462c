import type { Path } from "./path.ts";

// A scenario is data that people write: steps to take in a cluster, and what the API must show for each to count.

export interface Scenario {
  /** Also its folder: lower-case letters, digits and dashes. */
  readonly name: string;
  readonly title: string;
  /** One or two sentences for the list of scenarios. */
  readonly summary: string;
  /** How long it takes a person, about. */
  readonly minutes: number;
  readonly steps: readonly Step[];
  /** What solves it, for its own test and for whoever is stuck. */
  readonly solution: readonly Move[];
  /** The manifests that its actions name, by the names they use. */
  readonly manifests: { readonly [name: string]: string };
}

export interface Step {
  readonly id: string;
  readonly title: string;
  /** Markdown of a small kind: paragraphs, lists with `-`, `code` and **bold**; nothing else. */
  readonly text: string;
  /** More of the way, for who asks. */
  readonly hint?: string;
  /** What would do it, for a button; a step without one is waited for. */
  readonly action?: Action;
  readonly check: Check;
}

/** Which objects: one by name, or those with labels, or all of the kind. */
export interface Query {
  readonly apiVersion: string;
  readonly kind: string;
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly name?: string;
  /** A label selector as kubectl takes it: `app=web,tier!=cache`. */
  readonly selector?: string;
}

/** One thing to do, as kubectl would. `label` is for the button. */
export type Action =
  | { readonly kind: "apply"; readonly label: string; readonly manifest: string; readonly namespace?: string }
  /** Deletes the first of the objects (by name), or `all`. */
  | { readonly kind: "delete"; readonly label: string; readonly object: Query; readonly pick: "first" | "all" }
  | { readonly kind: "scale"; readonly label: string; readonly object: Query; readonly replicas: number }
  | { readonly kind: "cordon" | "uncordon" | "drain"; readonly label: string; readonly node: NodeChoice }
  /** Makes a Fault on a node. */
  | {
      readonly kind: "fault";
      readonly label: string;
      readonly type: string;
      readonly node: NodeChoice;
      readonly duration?: string;
    }
  /** Changes how fast the cluster's clock goes. */
  | { readonly kind: "clock"; readonly label: string; readonly speed: number };

/** A node by its name, or the node of the first pod that a query finds. */
export type NodeChoice = { readonly name: string } | { readonly ofPod: Query };

/** A condition on what the API shows. */
export type Check =
  | { readonly all: readonly Check[] }
  | { readonly any: readonly Check[] }
  /** Remembered: it holds once it has held at any time since a step began. */
  | { readonly ever: Check; readonly since: string }
  | ObjectCheck;

/** Counts objects. */
export interface ObjectCheck {
  readonly object: Query;
  readonly where: readonly Condition[];
  /**
   * Compared with the moment when the step `since` began: "new" counts only objects that were not there then, "gone" those
   * that were there and are no more, or are being deleted. An object of the same name with another uid is another one.
   */
  readonly seen?: "new" | "gone";
  readonly since: string;
  readonly count: Count;
  /** What to say while it does not hold; `{found}` and `{wanted}` are filled in. */
  readonly missing?: string;
}

/** How many must match: `all` is every object found, and at least one. */
export type Count = { readonly atLeast: number; readonly atMost: number } | "all";

/**
 * A test of a field. A path may find several values: one that passes is enough. As the API leaves out what is zero,
 * false or empty, an absent field equals those.
 */
export interface Condition {
  readonly path: Path;
  readonly test:
    | { readonly in: readonly (string | number | boolean)[] }
    | { readonly atLeast: number }
    | { readonly atMost: number }
    | { readonly exists: boolean };
}

/** A move of the solution: what is done (a step's action, or another one), and how long to wait after it. */
export interface Move {
  readonly action?: Action;
  readonly waitMs: number;
}
