import { NODES, type Node } from "../../api/refs.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../controller-runtime/controller.ts";

const TTL_ANNOTATION = "node.alpha.kubernetes.io/ttl";

/** Sizes of clusters, in nodes, which overlap so that one node more or less does not change all others to and fro. */
const STEPS = [
  { min: 0, max: 100, ttlSeconds: 0 },
  { min: 90, max: 500, ttlSeconds: 15 },
  { min: 450, max: 1000, ttlSeconds: 30 },
  { min: 900, max: 2000, ttlSeconds: 60 },
  { min: 1800, max: Number.POSITIVE_INFINITY, ttlSeconds: 300 },
] as const;

// Models pkg/controller/ttl
/** Tells kubelets in an annotation of their nodes for how long they may keep what they read. Keys are names of nodes. */
export const nodeTtlController: Controller = {
  name: "ttl-controller",
  watches: [watchRule(NODES, ({ type, object }) => (type === "DELETED" ? [] : [object.metadata.name]))],
  create: (context) => new TtlReconciler(context),
};

class TtlReconciler implements Reconciler {
  readonly #context: ComponentContext;
  #step = 0;
  /** Nodes of the cluster; counted at first use, then by watching. */
  #nodes: number | undefined;

  constructor(context: ComponentContext) {
    this.#context = context;
    context.watcher.watch(NODES, ({ type }) => {
      if (this.#nodes === undefined || type === "MODIFIED") return;
      this.#nodes += type === "ADDED" ? 1 : -1;
    });
  }

  save(): JsonObject {
    return { step: this.#step };
  }

  load({ step }: JsonObject): void {
    this.#step = step as number;
  }

  reconcile(name: string): Outcome {
    const { cache, client } = this.#context;
    const node = cache.get(NODES, name);
    if (node === undefined) return undefined;
    this.#nodes ??= [...cache.list(NODES)].length;
    const ttl = this.#ttlSeconds(this.#nodes);
    if (ttlOf(node) === ttl) return undefined;
    const annotations = { ...node.metadata.annotations, [TTL_ANNOTATION]: String(ttl) };
    const updated = client.update(NODES, { ...node, metadata: { ...node.metadata, annotations } });
    return updated.ok || updated.error.code === 404 ? undefined : { failed: updated.error };
  }

  /** Nodes of a cluster that changed its size are told at their next change. */
  #ttlSeconds(nodes: number): number {
    while (nodes > (STEPS[this.#step]?.max ?? 0)) this.#step++;
    while (nodes < (STEPS[this.#step]?.min ?? 0)) this.#step--;
    return STEPS[this.#step]?.ttlSeconds ?? 0;
  }
}

/** What the annotation says; undefined where it is no whole number. */
function ttlOf({ metadata }: Node): number | undefined {
  const text = metadata.annotations?.[TTL_ANNOTATION];
  return text !== undefined && /^[-+]?[0-9]+$/.test(text) ? Number(text) : undefined;
}
