import type { KubeObject } from "../api/object.ts";
import type { Change } from "../api/store.ts";

/** What many kinds have in common, of which something is worth a word. */
interface Common {
  readonly spec?: { readonly replicas?: number; readonly nodeName?: string; readonly suspend?: boolean };
  readonly status?: Counts & { readonly phase?: string; readonly conditions?: readonly Condition[] };
}

/** Counts in statuses that are worth a word. */
const COUNTS = ["readyReplicas", "active", "succeeded", "failed"] as const;
type Counts = { readonly [name in (typeof COUNTS)[number]]?: unknown };

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

/**
 * What a write changed, in few words such as `replicas 2 to 5` or `Ready=True`; empty where there is nothing to tell
 * but that it was written. Looks at what kinds have in common, and compares values: the words are the same after a restore,
 * when parts that were one object are two.
 */
export function whatChanged({ type, object, previous }: Change): string {
  if (type !== "MODIFIED" || previous === undefined) return "";
  const words: string[] = [];
  metadataWords(object, previous, words);
  const [now, before] = [object as Common, previous as Common];
  if (now.spec !== before.spec) specWords(object, previous, words);
  if (now.status !== before.status) statusWords(now.status, before.status, words);
  return words.join(", ");
}

function metadataWords({ metadata: now }: KubeObject, { metadata: before }: KubeObject, words: string[]): void {
  if (now.deletionTimestamp !== undefined && before.deletionTimestamp === undefined) words.push("deletion asked for");
  if ((now.finalizers?.length ?? 0) < (before.finalizers?.length ?? 0)) words.push("finalizer taken off");
}

function specWords(object: KubeObject, previous: KubeObject, words: string[]): void {
  const [now = {}, before = {}] = [(object as Common).spec, (previous as Common).spec];
  const told = words.length;
  if (now.replicas !== before.replicas)
    words.push(`replicas ${before.replicas ?? "unset"} to ${now.replicas ?? "unset"}`);
  if (now.nodeName !== before.nodeName && now.nodeName) words.push(`assigned to ${now.nodeName}`);
  if (now.suspend !== before.suspend && now.suspend !== undefined) words.push(now.suspend ? "suspended" : "resumed");
  if (words.length === told && object.metadata.generation !== previous.metadata.generation) words.push("spec");
}

function statusWords(now: Common["status"], before: Common["status"], words: string[]): void {
  if (now?.phase !== before?.phase && now?.phase) words.push(`phase ${now.phase}`);
  for (const name of COUNTS) {
    const count = now?.[name] ?? 0;
    const old = before?.[name] ?? 0;
    if (count !== old && typeof count === "number" && typeof old === "number") words.push(`${name} ${old} to ${count}`);
  }
  // A few kinds, and kinds of one's own, have conditions of another form.
  const conditions: unknown = now?.conditions;
  if (conditions !== before?.conditions && Array.isArray(conditions)) {
    // By place, here and below: an iterator makes an object a step until this is compiled to the last.
    for (let at = 0; at < conditions.length; at++) {
      const condition = conditions[at] as Condition;
      const old = conditionLike(condition, before?.conditions);
      if (old?.status === condition.status && old.reason === condition.reason) continue;
      const { type, status, reason } = condition;
      words.push(`${type}=${status}${status !== "True" && reason ? ` (${reason})` : ""}`);
    }
  }
}

function conditionLike({ type }: Condition, conditions: unknown): Condition | undefined {
  if (!Array.isArray(conditions)) return undefined;
  for (let at = 0; at < conditions.length; at++) {
    const one = conditions[at] as Condition;
    if (one.type === type) return one;
  }
  return undefined;
}
