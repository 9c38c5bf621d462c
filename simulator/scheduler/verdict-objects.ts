import type { VerdictsDoor } from "../api/kind.ts";
import { formatTime } from "../api/meta/time.ts";
import { SCHEDULING_VERDICTS, type SchedulingVerdict } from "../api/refs.ts";
import type { ComponentBody } from "../controller-runtime/component.ts";
import { adviceFor, type Facts } from "./advice.ts";
import { Scheduler } from "./scheduler.ts";
import type { PodVerdict } from "./verdicts.ts";

/** The scheduler's verdicts as objects of the API; none while it does not run, for it forgets them. */
export class VerdictObjects implements VerdictsDoor {
  readonly #body: () => ComponentBody | undefined;
  readonly #startEpochMs: number;

  constructor(body: () => ComponentBody | undefined, startEpochMs: number) {
    this.#body = body;
    this.#startEpochMs = startEpochMs;
  }

  verdicts(namespace: string | undefined): readonly SchedulingVerdict[] {
    const scheduler = this.#body();
    if (!(scheduler instanceof Scheduler)) return [];
    const objects: SchedulingVerdict[] = [];
    for (const key of [...scheduler.verdictPods()].sort()) {
      const verdict = scheduler.verdictOf(key);
      const isThere = namespace === undefined || key.startsWith(`${namespace}/`);
      if (verdict !== undefined && isThere) objects.push(this.#object(verdict, scheduler.factsOf(key)));
    }
    return objects;
  }

  #object(verdict: PodVerdict, facts: Facts): SchedulingVerdict {
    const { pod, uid, atMs, attempt, node, nominatedNode, message, nodeCount, weights, nodes } = verdict;
    const [namespace = "", name = ""] = pod.split("/");
    return {
      apiVersion: `${SCHEDULING_VERDICTS.group}/${SCHEDULING_VERDICTS.version}`,
      kind: SCHEDULING_VERDICTS.kind,
      metadata: {
        name,
        namespace,
        uid,
        resourceVersion: "",
        creationTimestamp: formatTime(this.#startEpochMs + atMs),
      },
      attempt,
      ...(node && { nodeName: node }),
      ...(nominatedNode && { nominatedNodeName: nominatedNode }),
      ...(message && { message }),
      nodeCount,
      weights,
      nodes: nodes.map(({ node: nodeName, ...rest }) => ({ name: nodeName, ...rest })),
      advice: adviceFor(verdict, facts),
    };
  }
}
