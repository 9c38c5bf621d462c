import type { Cause, CauseStep } from "../../simulator/index.ts";

/** The steps that led to a step, the first cause first, and itself. */
export function chainTo({ steps }: Cause, last: CauseStep): readonly CauseStep[] {
  const byRevision = new Map(steps.map((step) => [step.revision, step]));
  const chain = [last];
  for (let cause = last.causedBy; cause !== undefined; ) {
    const before = byRevision.get(cause);
    if (before === undefined) break;
    chain.unshift(before);
    cause = before.causedBy;
  }
  return chain;
}

/** The object's own writes after the first. */
export function later({ object, steps, chain }: Cause): readonly CauseStep[] {
  const first = chain.at(-1) ?? 0;
  return steps.filter(
    (step) =>
      step.revision > first &&
      step.object.resource === object.resource &&
      step.object.name === object.name &&
      step.object.namespace === object.namespace,
  );
}

const REQUEST = /^(GET|POST|PUT|PATCH|DELETE) ([^?]*)(?:\?(.*))?$/;

/** A request in words: by which program, what was asked. Undefined for what is no request. */
export function requestOf(because: string | undefined): { program: string | undefined; line: string } | undefined {
  const match = REQUEST.exec(because ?? "");
  if (match === null) return undefined;
  const [, method = "", path = "", query = ""] = match;
  const manager = new URLSearchParams(query).get("fieldManager") ?? undefined;
  // kubectl names itself after its verb: kubectl-create, kubectl-client-side-apply.
  const program = manager?.startsWith("kubectl") ? manager.replace("-client-side", "").replaceAll("-", " ") : manager;
  return { program, line: `${method} ${path}` };
}
