import { type Labels, matchesLabels, type Operator, type Requirement, type Selector } from "../api/meta/labels.ts";
import type {
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodSpec,
  PreferredSchedulingTerm,
  Taint,
  Toleration,
  VolumeNodeAffinity,
} from "../api/schema/generated/types.ts";

/** The part of a node that selection looks at. */
export interface NodeFacts {
  readonly name: string;
  readonly labels: Labels;
}

const OPERATORS: { readonly [name: string]: Operator | undefined } = {
  In: "in",
  NotIn: "notin",
  Exists: "exists",
  DoesNotExist: "!",
  Gt: "gt",
  Lt: "lt",
};

/** One nodeSelectorTerm, compiled. */
interface Term {
  readonly labels: Selector;
  readonly fields: Selector;
  /** A term without any requirement selects no node. */
  readonly empty: boolean;
}

function selectorOf(list: readonly NodeSelectorRequirement[] | undefined): Selector {
  const requirements: Requirement[] = [];
  for (const { key, operator, values } of list ?? []) {
    const known = OPERATORS[operator];
    if (known === undefined) return { requirements: [], nothing: true };
    requirements.push({ key, operator: known, values: values ?? [] });
  }
  return { requirements, nothing: false };
}

function compileTerm(term: NodeSelectorTerm): Term {
  return {
    labels: selectorOf(term.matchExpressions),
    fields: selectorOf(term.matchFields),
    empty: (term.matchExpressions ?? []).length === 0 && (term.matchFields ?? []).length === 0,
  };
}

function termMatches(term: Term, node: NodeFacts): boolean {
  if (term.empty || !matchesLabels(term.labels, node.labels)) return false;
  return term.fields.requirements.length === 0
    ? !term.fields.nothing
    : matchesLabels(term.fields, { "metadata.name": node.name });
}

/** Which nodes a pod demands by nodeSelector and required node affinity. Models component-helpers nodeaffinity. */
export class RequiredNodes {
  /** Equal for equal demands. */
  readonly key: string;
  readonly #labels: readonly (readonly [string, string])[];
  readonly #terms: readonly Term[] | undefined;
  /** Names of the only nodes that can match, where every term names some. */
  readonly nodeNames: ReadonlySet<string> | undefined;

  constructor(spec: Pick<PodSpec, "nodeSelector" | "affinity">) {
    const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    this.#labels = Object.entries(spec.nodeSelector ?? {}) as [string, string][];
    this.#terms = required?.nodeSelectorTerms.map(compileTerm);
    this.key = this.isEmpty ? "" : JSON.stringify([this.#labels, required ?? null]);
    this.nodeNames = namesOf(required?.nodeSelectorTerms);
  }

  get isEmpty(): boolean {
    return this.#labels.length === 0 && this.#terms === undefined;
  }

  matches(node: NodeFacts): boolean {
    for (const [key, value] of this.#labels) if (node.labels[key] !== value) return false;
    if (this.#terms === undefined) return true;
    for (const term of this.#terms) if (termMatches(term, node)) return true;
    return false;
  }
}

// Models plugins/nodeaffinity PreFilter: only when each term names nodes, the union is all there is.
function namesOf(terms: readonly NodeSelectorTerm[] | undefined): ReadonlySet<string> | undefined {
  if (terms === undefined || terms.length === 0) return undefined;
  const union = new Set<string>();
  for (const term of terms) {
    let names: Set<string> | undefined;
    for (const { key, operator, values } of term.matchFields ?? []) {
      if (key !== "metadata.name" || operator !== "In") continue;
      const listed = new Set(values ?? []);
      names = names === undefined ? listed : new Set([...names].filter((name) => listed.has(name)));
    }
    if (names === undefined) return undefined;
    for (const name of names) union.add(name);
  }
  return union;
}

/** Preferred node affinity: the weights of the terms that match. */
export class PreferredNodes {
  readonly #terms: readonly { readonly weight: number; readonly term: Term }[];

  constructor(terms: readonly PreferredSchedulingTerm[]) {
    // An empty preferred term, unlike a required one, is dropped.
    this.#terms = terms
      .filter(({ weight }) => weight !== 0)
      .map(({ weight, preference }) => ({ weight, term: compileTerm(preference) }))
      .filter(({ term }) => !term.empty);
  }

  get isEmpty(): boolean {
    return this.#terms.length === 0;
  }

  score(node: NodeFacts): number {
    let sum = 0;
    for (const { weight, term } of this.#terms) if (termMatches(term, node)) sum += weight;
    return sum;
  }
}

/** Models k8s.io/api core/v1 Toleration.ToleratesTaint. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  switch (toleration.operator) {
    case undefined:
    case "":
    case "Equal":
      return (toleration.value ?? "") === (taint.value ?? "");
    case "Exists":
      return true;
    default:
      return false;
  }
}

export function toleratesAny(tolerations: readonly Toleration[], taint: Taint): boolean {
  for (const toleration of tolerations) if (tolerates(toleration, taint)) return true;
  return false;
}

/** The first taint that keeps new pods away and is not tolerated. */
export function untoleratedTaint(tolerations: readonly Toleration[], taints: readonly Taint[]): Taint | undefined {
  for (const taint of taints) if (!toleratesAny(tolerations, taint)) return taint;
  return undefined;
}

const compiledAffinities = new WeakMap<NodeSelector, readonly Term[]>();

// Models component-helpers storage/volume CheckNodeAffinity
/** Whether a volume can be reached from a node. */
export function reachesNode(affinity: VolumeNodeAffinity | undefined, node: NodeFacts): boolean {
  const required = affinity?.required;
  if (!required) return true;
  let terms = compiledAffinities.get(required);
  if (terms === undefined) {
    terms = required.nodeSelectorTerms.map(compileTerm);
    compiledAffinities.set(required, terms);
  }
  return terms.some((term) => termMatches(term, node));
}
