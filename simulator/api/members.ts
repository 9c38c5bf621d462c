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

/** The members of a value. As of a `Set`: what goes before its turn is not seen, what comes meanwhile is. */
export function* membersOf<M extends object>(members: Members<M>, value: string): IterableIterator<M> {
  let there = members.get(value);
  if (there === undefined) return;
  if (there instanceof Set) {
    yield* there;
    return;
  }
  let seen: readonly M[] = [];
  let left: readonly M[] = isList(there) ? there : [there];
  for (let at = 0; at < left.length; at++) {
    yield left[at] as M;
    const now = members.get(value);
    if (now === there) continue;
    if (now === undefined) return;
    // It has changed meanwhile: on with those that were not seen.
    there = now;
    seen = seen.concat(left.slice(0, at + 1));
    if (now instanceof Set) {
      for (const each of now) if (!seen.includes(each)) yield each;
      return;
    }
    left = (isList(now) ? now : [now]).filter((each) => !seen.includes(each));
    at = -1;
  }
}

function isList<M extends object>(there: M | readonly M[]): there is readonly M[] {
  return Array.isArray(there);
}
