/**
 * Sets by value, in the order of their members' coming: the one member itself, a list of a few, or a `Set` of many. Of most
 * values of most indexes there are few members, and an empty `Set` takes as much as fifty of them.
 */
export type Members<M extends object> = Map<string, M | readonly M[] | Set<M>>;

/** The most that a list holds: looking through it is as quick as a `Set`. */
const FEW = 8;

export function addMember<M extends object>(members: Members<M>, value: string, member: M): void {
  const there = members.get(value);
  if (there === undefined) members.set(value, member);
  else if (there instanceof Set) there.add(member);
  else if (!isList(there)) {
    if (there !== member) members.set(value, [there, member]);
  } else if (!there.includes(member)) {
    members.set(value, there.length < FEW ? there.concat(member) : new Set(there).add(member));
  }
}

export function removeMember<M extends object>(members: Members<M>, value: string, member: M): void {
  const there = members.get(value);
  if (there === undefined) return;
  if (there instanceof Set) {
    if (there.delete(member) && there.size === 0) members.delete(value);
  } else if (isList(there)) {
    const left = there.filter((each) => each !== member);
    if (left.length < there.length) members.set(value, left.length === 1 ? (left[0] as M) : left);
  } else if (there === member) members.delete(value);
}

export function countMembers<M extends object>(members: Members<M>, value: string): number {
  const there = members.get(value);
  if (there === undefined) return 0;
  return there instanceof Set ? there.size : isList(there) ? there.length : 1;
}

/**
 * What `read` makes of the members of a value. As of a `Set`: what goes before its turn is not seen, what comes meanwhile is.
 */
export function readMembers<M extends object, R>(
  members: Members<M>,
  value: string,
  read: (member: M) => R,
): Iterable<R> {
  const there = members.get(value);
  if (there === undefined) return NOTHING;
  return there instanceof Set ? new Reading(there.values(), read) : new FewReading(members, value, there, read);
}

const NOTHING: readonly never[] = Object.freeze([]);

/** Steps through members, reading each. It has one result for all its steps: loops over indexes are the most there are. */
export class Reading<M extends object, R> implements IterableIterator<R> {
  #members: Iterator<M>;
  readonly #read: (member: M) => R;
  readonly #result: { done: boolean; value: R | undefined } = { done: false, value: undefined };

  constructor(members: Iterator<M>, read: (member: M) => R) {
    this.#members = members;
    this.#read = read;
  }

  next(): IteratorResult<R, undefined> {
    const { done, value } = this.#members.next();
    this.#result.done = done === true;
    this.#result.value = done === true ? undefined : this.#read(value);
    return this.#result as IteratorResult<R, undefined>;
  }

  [Symbol.iterator](): this {
    return this;
  }
}

/** Steps through a value's only member or its few. */
class FewReading<M extends object, R> implements IterableIterator<R> {
  readonly #members: Members<M>;
  readonly #value: string;
  readonly #read: (member: M) => R;
  readonly #result: { done: boolean; value: R | undefined } = { done: false, value: undefined };
  /** The members as they were at the last step, those that were read before, and those that are left of them. */
  #there: M | readonly M[] | Set<M>;
  #seen: readonly M[] = NOTHING;
  #left: readonly M[];
  #at = 0;

  constructor(members: Members<M>, value: string, there: M | readonly M[], read: (member: M) => R) {
    this.#members = members;
    this.#value = value;
    this.#read = read;
    this.#there = there;
    this.#left = isList(there) ? there : [there];
  }

  next(): IteratorResult<R, undefined> {
    const now = this.#members.get(this.#value);
    // A set may change without becoming another.
    if (now !== this.#there || now instanceof Set) this.#goOn(now);
    const member = this.#left[this.#at++];
    this.#result.done = member === undefined;
    this.#result.value = member === undefined ? undefined : this.#read(member);
    return this.#result as IteratorResult<R, undefined>;
  }

  /** The members have changed meanwhile: on with those that were not seen. */
  #goOn(now: M | readonly M[] | Set<M> | undefined): void {
    this.#seen = this.#seen.concat(this.#left.slice(0, this.#at));
    this.#at = 0;
    this.#there = now ?? NOTHING;
    const all = now === undefined ? NOTHING : now instanceof Set ? [...now] : isList(now) ? now : [now];
    this.#left = all.filter((each) => !this.#seen.includes(each));
  }

  [Symbol.iterator](): this {
    return this;
  }
}

function isList<M extends object>(there: M | readonly M[]): there is readonly M[] {
  return Array.isArray(there);
}
