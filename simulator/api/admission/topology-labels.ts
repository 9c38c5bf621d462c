import { ok } from "../../base/result.ts";
import type { WriteContext } from "../kind.ts";
import { NODES, PODS, type Pod } from "../refs.ts";
import type { AdmissionPlugin } from "./plugin.ts";

const TOPOLOGY = ["topology.kubernetes.io/zone", "topology.kubernetes.io/region"];

/** A node's zone and region. */
export function topologyLabels(context: Pick<WriteContext, "find">, nodeName: string): Record<string, string> {
  const labels = context.find(NODES, undefined, nodeName)?.metadata.labels ?? {};
  return Object.fromEntries(TOPOLOGY.flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]]])));
}

// Models plugin/pkg/admission/podtopologylabels
/** A pod that is made for a node carries the labels of its zone and region. */
export const podTopologyLabels: AdmissionPlugin = {
  name: "PodTopologyLabels",
  resources: [PODS.id],
  verbs: ["create"],
  mutate: ({ object, context }) => {
    const pod = object as Pod;
    const { nodeName } = pod.spec;
    if (!nodeName) return ok(pod);
    const labels = topologyLabels(context, nodeName);
    if (Object.keys(labels).length === 0) return ok(pod);
    const metadata = Object.assign({}, pod.metadata, { labels: Object.assign({}, labels, pod.metadata.labels) });
    return ok(Object.assign({}, pod, { metadata }));
  },
};
