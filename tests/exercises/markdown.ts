/** What a page of exercises has a learner do, in order. */
export type Step =
  | { readonly kind: "exercise"; readonly title: string }
  /** Lines of a shell. */
  | { readonly kind: "commands"; readonly text: string }
  /** A manifest, or a part of one. */
  | { readonly kind: "manifest"; readonly text: string }
  /** "vi 1.yaml", said between the blocks. */
  | { readonly kind: "editor"; readonly file: string };

const FENCE = /^\s*```\s*([\w-]*)\s*$/;
const SHELLS = ["bash", "sh", "shell", "console"];

/** A block is by its label what it is, unless it looks like something else. */
function blockOf(label: string, text: string): Step | undefined {
  if (
    /^(apiVersion|kind|metadata|spec|containers|initContainers|volumes):/m.test(text) &&
    !/^(kubectl|k) /m.test(text)
  ) {
    return { kind: "manifest", text };
  }
  // An error that is to be expected, shown as if it were typed.
  if (!SHELLS.includes(label.toLowerCase()) || /^Error from server/.test(text)) return undefined;
  return { kind: "commands", text };
}

/** Reads a page: its exercises (headings of the third level), blocks of commands, and manifests. */
export function stepsOf(page: string): Step[] {
  const steps: Step[] = [];
  let block: { readonly label: string; readonly lines: string[] } | undefined;
  for (const line of page.split(/\r?\n/)) {
    const fence = FENCE.exec(line);
    if (block !== undefined && fence !== null) {
      const step = blockOf(block.label, block.lines.join("\n"));
      if (step !== undefined) steps.push(step);
      block = undefined;
    } else if (block !== undefined) block.lines.push(line);
    else if (fence !== null) block = { label: fence[1] ?? "", lines: [] };
    else if (/^### /.test(line)) steps.push({ kind: "exercise", title: line.slice(4).trim() });
    else {
      const file = /^(?:vim?|nano) (\S+)\s*$/.exec(line)?.[1];
      if (file !== undefined) steps.push({ kind: "editor", file });
    }
  }
  return steps;
}
