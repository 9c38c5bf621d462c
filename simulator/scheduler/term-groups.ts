import { type AffinityTerm, type NamespaceLabels, type PodFacts, termMatches } from "./affinity-terms.ts";
import type { NodeInfo } from "./node-info.ts";
import type { PodInfo } from "./pod-info.ts";
import { TopologyCounts } from "./topology-counts.ts";

/** How a term of a pod that runs already works on a pod that comes. */
export type TermRole = "requiredAnti" | "requiredAffinity" | "preferredAffinity" | "preferredAnti";

/** Equal terms of all running pods together: in which domains such pods are, and how many. */
export interface TermGroup {
  readonly role: TermRole;
  readonly weight: number;
  readonly term: AffinityTerm;
  readonly counts: TopologyCounts;
}

/** The (anti-)affinity of running pods, by distinct term: what symmetry looks at. Models HavePodsWithAffinityList. */
export class TermGroups {
  readonly #groups = new Map<string, TermGroup>();
  readonly #matching = new Map<string, readonly TermGroup[]>();

  get isEmpty(): boolean {
    return this.#groups.size === 0;
  }

  addPod(node: NodeInfo, pod: PodInfo, sign: 1 | -1): void {
    const terms = pod.shape.affinity;
    if (terms === undefined) return;
    for (const term of terms.requiredAnti) this.#count("requiredAnti", 1, term, node, sign);
    for (const term of terms.requiredAffinity) this.#count("requiredAffinity", 1, term, node, sign);
    for (const { weight, term } of terms.preferredAffinity) this.#count("preferredAffinity", weight, term, node, sign);
    for (const { weight, term } of terms.preferredAnti) this.#count("preferredAnti", weight, term, node, sign);
  }

  /** All pods of a node that comes or goes, or whose labels change (removed before, added after). */
  addNode(node: NodeInfo, sign: 1 | -1): void {
    for (const pod of node.pods.values()) this.addPod(node, pod, sign);
  }

  /** The groups whose term selects the pod, as of now. Quick when asked again for a pod with the same labels. */
  matching(pod: PodFacts & { readonly selectionKey: string }, labelsOf: NamespaceLabels): readonly TermGroup[] {
    if (this.#groups.size === 0) return NO_GROUPS;
    const known = this.#matching.get(pod.selectionKey);
    if (known !== undefined) return known;
    if (this.#matching.size >= KEPT_MATCHES) this.#matching.clear();
    const found: TermGroup[] = [];
    for (const group of this.#groups.values()) if (termMatches(group.term, pod, labelsOf)) found.push(group);
    this.#matching.set(pod.selectionKey, found);
    return found;
  }

  /** Labels of a namespace changed. */
  forgetMatches(): void {
    this.#matching.clear();
  }

  #count(role: TermRole, weight: number, term: AffinityTerm, node: NodeInfo, sign: 1 | -1): void {
    const key = `${role}|${weight}|${term.key}`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { role, weight, term, counts: new TopologyCounts(term.topologyKey) };
      this.#groups.set(key, group);
      this.#matching.clear();
    }
    // The nodes of a group are those with such pods: each pod brings its node along.
    if (sign > 0) group.counts.addNode(node, 1);
    else group.counts.removeNode(node, 1);
    if (sign < 0 && group.counts.domainCount === 0) {
      this.#groups.delete(key);
      this.#matching.clear();
    }
  }
}

const NO_GROUPS: readonly TermGroup[] = [];
const KEPT_MATCHES = 1024;
