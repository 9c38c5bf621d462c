import type { CausesDoor } from "../api/kind.ts";
import { formatMicroTime, formatTime } from "../api/meta/time.ts";
import { splitKey } from "../api/object.ts";
import { CAUSES, type Cause, type CauseStep } from "../api/refs.ts";
import type { Journal, JournalWrite } from "./journal.ts";

/** Of an object's own writes, so many are told at most: the first, and the latest. */
const MOST_OWN = 50;
/** Chains are short; one that is longer than this is cut. */
const LONGEST_CHAIN = 40;
/** What happens to events needs no cause of its own: an event is one. */
const LEFT_OUT = "events";
/** Where those of objects without a namespace are found, as events of such objects are. */
const NO_NAMESPACE = "default";

const REQUEST = /^(POST|PUT|PATCH|DELETE) /;

const VERBS = { ADDED: "created", MODIFIED: "changed", DELETED: "deleted" } as const;

/**
 * Why objects are what they are, as objects of the API: `pods.web-1` tells who wrote the pod web-1, and what led to each
 * of these writes, back to the input of a user or to a round that only time brought. From the journal, which is bounded.
 */
export class CauseObjects implements CausesDoor {
  readonly #journal: Journal;
  readonly #startEpochMs: number;

  constructor(journal: Journal, startEpochMs: number) {
    this.#journal = journal;
    this.#startEpochMs = startEpochMs;
  }

  causes(namespace: string | undefined, name: string | undefined): readonly Cause[] {
    const groups = new Map<string, JournalWrite[]>();
    for (const write of this.#journal.writes) {
      if (write.resource === LEFT_OUT || !isAsked(write, namespace, name)) continue;
      const id = `${write.resource} ${write.key}`;
      const group = groups.get(id);
      if (group === undefined) groups.set(id, [write]);
      else group.push(write);
    }
    const found = [...groups.keys()].sort().flatMap((id) => this.#object(groups.get(id) ?? []));
    return name === undefined ? found.filter(({ steps }) => steps.some(isInput)) : found;
  }

  #object(all: readonly JournalWrite[]): readonly Cause[] {
    const [first] = all;
    if (first === undefined) return [];
    const own = all.length > MOST_OWN ? [first, ...all.slice(1 - MOST_OWN)] : all;
    const told = new Map<number, JournalWrite>();
    let isCut = first.type !== "ADDED";
    for (const write of own) isCut = this.#follow(write, told) || isCut;
    const { namespace, name } = splitKey(first.key);
    const { group, version, kind } = CAUSES;
    const object: Cause = {
      apiVersion: `${group}/${version}`,
      kind,
      metadata: {
        name: nameOf(first),
        namespace: namespace || NO_NAMESPACE,
        uid: "",
        resourceVersion: "",
        creationTimestamp: formatTime(this.#startEpochMs + first.atMs),
      },
      object: { resource: first.resource, ...(namespace && { namespace }), name },
      steps: [...told.values()].sort((a, b) => a.revision - b.revision).map((write) => this.#step(write)),
      chain: this.#chain(first).map(({ revision }) => revision),
      ...(isCut && { truncated: true }),
    };
    return [object];
  }

  /** Notes a write and all that led to it; true when the journal no longer has some of it. */
  #follow(write: JournalWrite, told: Map<number, JournalWrite>): boolean {
    const chain = this.#chain(write);
    for (const each of chain) told.set(each.revision, each);
    return chain[0]?.cause !== undefined;
  }

  /** What led to a write, the first cause first, and the write itself. */
  #chain(write: JournalWrite): readonly JournalWrite[] {
    const chain = [write];
    for (let cause = write.cause; cause !== undefined && chain.length < LONGEST_CHAIN; ) {
      const before = this.#journal.writeAt(cause);
      if (before === undefined) break;
      chain.unshift(before);
      cause = before.cause;
    }
    return chain;
  }

  #step(write: JournalWrite): CauseStep {
    const { revision, atMs, type, resource, key, by, because, cause, what } = write;
    const { namespace, name } = splitKey(key);
    return {
      revision,
      time: formatMicroTime(this.#startEpochMs + atMs),
      object: { resource, ...(namespace && { namespace }), name },
      verb: VERBS[type],
      ...(what && { what }),
      by,
      ...(because && { because }),
      ...(cause !== undefined && { causedBy: cause }),
    };
  }
}

/** Lists tell what somebody's request led to; what the control plane keeps by itself is told of by name. */
function isInput({ because }: CauseStep): boolean {
  return because !== undefined && REQUEST.test(because);
}

function nameOf({ resource, key }: JournalWrite): string {
  return `${resource}.${splitKey(key).name}`;
}

function isAsked({ resource, key }: JournalWrite, namespace: string | undefined, name: string | undefined): boolean {
  if (name !== undefined && !name.startsWith(`${resource}.`)) return false;
  const own = splitKey(key);
  if (namespace !== undefined && (own.namespace || NO_NAMESPACE) !== namespace) return false;
  return name === undefined || (name.length === resource.length + 1 + own.name.length && name.endsWith(own.name));
}
