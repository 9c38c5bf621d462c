/** What our cluster has and the recorded one had not: a node for the control plane, with its taint. */
const TAINTED = "node(s) had untolerated taint(s)";

/**
 * A scheduler's message as it would be without the node of the control plane, which counts as one whose taint is not
 * tolerated, and as one on which preemption does not help.
 */
export function withoutControlPlane(text: string): string {
  return text.replace(
    /0\/(\d+) nodes are available: ([^.]*)\./g,
    (_whole, count: string, reasons: string) => `0/${Number(count) - 1} nodes are available: ${oneLess(reasons)}.`,
  );
}

function oneLess(reasons: string): string {
  // A pod that was refused as a whole: no node was asked.
  if (!/^\d/.test(reasons)) return reasons;
  const left = reasons.split(", ").map((reason) => {
    const [, count = "", words = ""] = /^(\d+) (.*)$/.exec(reason) ?? [];
    const counted = words === TAINTED || words === "Preemption is not helpful for scheduling";
    return { count: Number(count) - (counted ? 1 : 0), words };
  });
  const texts = left.filter(({ count }) => count > 0).map(({ count, words }) => `${count} ${words}`);
  return texts.sort().join(", ");
}

const RULES: readonly (readonly [RegExp, string])[] = [
  // Whether an image was on the node already depends, in the recordings, on what ran there before.
  [
    /^Successfully pulled image ("[^"]*") in .*$/,
    "Container image $1 already present on machine and can be accessed by the pod",
  ],
  // Which of several alike pods a controller names first, and which it sums up in the end, is chance.
  [/((?:Created|Deleted) pod: .*)<\d+>$/, "$1<n>"],
  [/<podip\d+>|\b10\.244\.\d+\.\d+\b/g, "<ip>"],
  [/<uid\d+>|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<uid>"],
  // The recorded servers answer 500 for the path /fail; our nginx does not know it.
  [/^(.*HTTP probe failed with statuscode: )404$/, "$1500"],
];

/** A message without what differs from run to run, or with the machines. */
export function plainMessage(message: string): string {
  return RULES.reduce((text, [pattern, to]) => text.replace(pattern, to), message);
}
