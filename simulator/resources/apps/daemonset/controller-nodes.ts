import type { DaemonSet, Node } from "../../../api/refs.ts";
import type { Taint, Toleration } from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";
import { taintsOf } from "../../../controllers/shared/taints.ts";
import { tolerates } from "../../../controllers/shared/tolerations.ts";
import { RequiredNodes } from "../../../scheduler/node-selection.ts";

/** What a daemon set wants of a node. */
export interface Wish {
  /** A pod is to be made there if there is none. */
  readonly run: boolean;
  /** A pod that is there already may stay. */
  readonly stay: boolean;
}

const RUN: Wish = { run: true, stay: true };
const STAY: Wish = { run: false, stay: true };
const LEAVE: Wish = { run: false, stay: false };

const NODE = "node.kubernetes.io";
const TOLERATED = [
  { key: `${NODE}/not-ready`, operator: "Exists", effect: "NoExecute" },
  { key: `${NODE}/unreachable`, operator: "Exists", effect: "NoExecute" },
  { key: `${NODE}/disk-pressure`, operator: "Exists", effect: "NoSchedule" },
  { key: `${NODE}/memory-pressure`, operator: "Exists", effect: "NoSchedule" },
  { key: `${NODE}/pid-pressure`, operator: "Exists", effect: "NoSchedule" },
  { key: `${NODE}/unschedulable`, operator: "Exists", effect: "NoSchedule" },
] as const;
const TOLERATED_ON_HOST_NETWORK = { key: `${NODE}/network-unavailable`, operator: "Exists", effect: "NoSchedule" };

// Models pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations
/** The template's tolerations, and those that every daemon pod has. */
export function daemonTolerations({ spec }: DaemonSet): readonly Toleration[] {
  const tolerations = [...(spec.template.spec?.tolerations ?? [])];
  const added = spec.template.spec?.hostNetwork ? [...TOLERATED, TOLERATED_ON_HOST_NETWORK] : TOLERATED;
  return [...tolerations, ...added.filter((one) => !tolerations.some((other) => equalJson(one, other)))];
}

interface Rule {
  readonly nodeName: string;
  readonly required: RequiredNodes;
  readonly tolerations: readonly Toleration[];
  /** By node object: most nodes are asked about again and again without having changed. */
  readonly known: WeakMap<Node, Wish>;
}

/** Which nodes a daemon set wants to run on: its rule is worked out once a template, its answer once a node object. */
export class NodeWishes {
  readonly #rules = new WeakMap<object, Rule>();

  // Models pkg/controller/daemon NodeShouldRunDaemonPod
  of(set: DaemonSet, node: Node): Wish {
    const rule = this.#ruleOf(set);
    const known = rule.known.get(node);
    if (known !== undefined) return known;
    const wish = decide(rule, node);
    rule.known.set(node, wish);
    return wish;
  }

  #ruleOf(set: DaemonSet): Rule {
    const { template } = set.spec;
    const known = this.#rules.get(template);
    if (known !== undefined) return known;
    const spec = template.spec ?? { containers: [] };
    const required = new RequiredNodes(spec);
    const tolerations = daemonTolerations(set);
    const rule: Rule = { nodeName: spec.nodeName ?? "", required, tolerations, known: new WeakMap() };
    this.#rules.set(template, rule);
    return rule;
  }
}

function decide({ nodeName, required, tolerations }: Rule, node: Node): Wish {
  const { name, labels = {} } = node.metadata;
  if (nodeName !== "" && nodeName !== name) return LEAVE;
  if (!required.matches({ name, labels })) return LEAVE;
  const untolerated = taintsOf(node).filter(
    (taint) => isHard(taint) && !tolerations.some((one) => tolerates(one, taint)),
  );
  if (untolerated.length === 0) return RUN;
  return untolerated.some(({ effect }) => effect === "NoExecute") ? LEAVE : STAY;
}

function isHard({ effect }: Taint): boolean {
  return effect === "NoExecute" || effect === "NoSchedule";
}
