/** Words that a newcomer may not know, in a sentence each. */
export const terms: readonly (readonly [term: string, meaning: string])[] = [
  ["Node", "A machine that runs pods. Its kubelet is the agent that starts and stops their containers."],
  [
    "Pod",
    "One or more containers that live together on one node. When it is gone, it is gone; another takes its place.",
  ],
  ["ReplicaSet", "Keeps a number of equal pods: makes one when one is missing, deletes one when there are too many."],
  ["Deployment", "Keeps a ReplicaSet, and moves from an old one to a new one when the template changes."],
  ["Service", "One lasting address for a changing set of pods, chosen by their labels."],
  ["EndpointSlice", "The list of addresses behind a Service, and which of them are ready."],
  ["Scheduler", "Picks a node for every pod that has none, by what the pod needs and what the nodes have left."],
  ["Lease", "A small object that each kubelet renews every 10 s: its heartbeat."],
  ["NotReady", "A node not heard of for 50 s. The cluster assumes nothing about the pods on it from then on."],
  [
    "Taint",
    "A mark on a node that keeps pods away (NoSchedule), or drives them off (NoExecute), unless they tolerate it.",
  ],
  ["Cordon", "To close a node to new pods; those on it stay."],
  ["Drain", "To cordon a node and evict its pods, so that it can be taken away."],
  ["Kubelet", "The agent on each node that starts and stops its containers, and tells the API server how they are."],
  ["Readiness probe", "A question that the kubelet keeps asking a container; until it answers well, no traffic comes."],
  ["Condition", "One yes-or-no statement about an object (or unknown), with the reason and since when."],
  [
    "Reconcile",
    "To compare what is wanted with what is, and take one step towards it. Every controller does only this.",
  ],
];

/** Keys and what they do, as shown on `?`. */
export const keys: readonly (readonly [keys: string, meaning: string])[] = [
  ["Ctrl+`", "terminal"],
  ["Space", "pause, run"],
  [".", "one event"],
  ["< >", "slower, faster"],
  ["n", "to the next event worth seeing"],
  ["Ctrl+K", "search and commands"],
  ["/", "search for an object"],
  ["arrows", "move on the map"],
  ["Enter", "actions on the selected thing"],
  ["d", "its description"],
  ["w", "why it is as it is"],
  ["y", "its YAML"],
  ["e", "its YAML in the editor"],
  ["v", "its events"],
  ["l", "its logs"],
  ["o", "its owner"],
  ["Ctrl+D", "delete it (asks)"],
  ["Esc", "back"],
  ["1 2 3 4", "views of the map"],
  ["Ctrl+Enter", "apply, in the editor"],
  ["?", "this page"],
];
