import { ok } from "../../base/result.ts";
import type { Node } from "../refs.ts";
import type { AdmissionPlugin } from "./plugin.ts";

const NOT_READY = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" };

// Models plugin/pkg/admission/nodetaint: a new node takes no pods before the node lifecycle controller saw it ready.
export const taintNewNodes: AdmissionPlugin = {
  name: "TaintNodesByCondition",
  resources: ["nodes"],
  verbs: ["create"],
  mutate: ({ object }) => {
    const node = object as Node;
    const taints = node.spec.taints ?? [];
    if (taints.some((taint) => taint.key === NOT_READY.key && taint.effect === NOT_READY.effect)) return ok(node);
    return ok(Object.assign({}, node, { spec: Object.assign({}, node.spec, { taints: [...taints, NOT_READY] }) }));
  },
};
