import type { ExtensionPoint } from "./types.ts";

/**
 * Where each of upstream's plugins takes part. Ours may have nothing to do at a point (the counts that a preFilter would
 * make are kept ready, say), but a configuration may name it there all the same.
 */
export const UPSTREAM_POINTS: { readonly [plugin: string]: readonly ExtensionPoint[] } = {
  SchedulingGates: ["preEnqueue"],
  PrioritySort: ["queueSort"],
  NodeUnschedulable: ["filter"],
  NodeName: ["filter"],
  TaintToleration: ["filter", "preScore", "score"],
  NodeAffinity: ["preFilter", "filter", "preScore", "score"],
  NodePorts: ["preFilter", "filter"],
  NodeResourcesFit: ["preFilter", "filter", "preScore", "score"],
  VolumeRestrictions: ["preFilter", "filter"],
  NodeVolumeLimits: ["preFilter", "filter"],
  VolumeBinding: ["preFilter", "filter", "reserve", "preScore", "score", "preBind"],
  VolumeZone: ["preFilter", "filter"],
  PodTopologySpread: ["preFilter", "filter", "preScore", "score"],
  InterPodAffinity: ["preFilter", "filter", "preScore", "score"],
  DynamicResources: ["preEnqueue", "preFilter", "filter", "postFilter", "reserve", "preBind"],
  DefaultPreemption: ["preEnqueue", "postFilter"],
  NodeResourcesBalancedAllocation: ["preFilter", "preScore", "score"],
  ImageLocality: ["score"],
  DefaultBinder: ["bind"],
};
