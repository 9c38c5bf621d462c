import { describe, expect, it } from "vitest";
import { addMember, countMembers, type Members, readMembers, removeMember } from "../../../simulator/api/members.ts";
import { Random } from "../../../simulator/time/random.ts";

interface Thing {
  readonly name: number;
}

const membersOf = (members: Members<Thing>, value: string) => readMembers(members, value, (thing) => thing);

const things: readonly Thing[] = Array.from({ length: 24 }, (_, name) => ({ name }));

describe("members of an index value", () => {
  it("are what a Set would hold, in the order of a Set, through many random changes", () => {
    const random = new Random(7).stream("members");
    const members: Members<Thing> = new Map();
    const expected = new Set<Thing>();
    for (let step = 0; step < 4000; step++) {
      // Phases in which there are few, and in which there are many.
      const most = step % 1000 < 600 ? 10 : things.length;
      const thing = things[random.below(most)] as Thing;
      if (random.below(2) === 0) {
        addMember(members, "a", thing);
        expected.add(thing);
      } else {
        removeMember(members, "a", thing);
        expected.delete(thing);
      }
      expect([...membersOf(members, "a")]).toEqual([...expected]);
      expect(countMembers(members, "a")).toBe(expected.size);
      expect(members.has("a")).toBe(expected.size > 0);
    }
  });

  it("may change while they are walked: what goes before its turn is not seen, what comes is", () => {
    const walk = (members: Iterable<Thing>, change: (seen: Thing) => void) => {
      const seen: number[] = [];
      for (const thing of members) {
        seen.push(thing.name);
        change(thing);
      }
      return seen;
    };
    for (const size of [1, 2, 3, 7, 8, 9, 12]) {
      for (const gone of [0, 1, 2, 8]) {
        const members: Members<Thing> = new Map();
        const set = new Set(things.slice(0, size));
        for (const thing of set) addMember(members, "a", thing);
        const [last, another] = things.slice(-2) as [Thing, Thing];
        const changed = walk(membersOf(members, "a"), ({ name }) => {
          if (name === 0) addMember(members, "a", last);
          if (name === 1) addMember(members, "a", another);
          const thing = things[name + gone];
          if (thing !== undefined && name % 2 === 1) removeMember(members, "a", thing);
        });
        const expected = walk(set, ({ name }) => {
          if (name === 0) set.add(last);
          if (name === 1) set.add(another);
          const thing = things[name + gone];
          if (thing !== undefined && name % 2 === 1) set.delete(thing);
        });
        expect(changed, `${size} members, ${gone} further`).toEqual(expected);
      }
    }
  });

  it("of another value are others", () => {
    const members: Members<Thing> = new Map();
    const [a, b] = things as [Thing, Thing];
    addMember(members, "a", a);
    addMember(members, "b", b);
    removeMember(members, "b", a);
    expect([...membersOf(members, "b")]).toEqual([b]);
    expect(countMembers(members, "c")).toBe(0);
    expect([...membersOf(members, "c")]).toEqual([]);
  });
});
