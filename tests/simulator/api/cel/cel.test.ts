import { describe, expect, it } from "vitest";
import { compileCel, evaluateCel, givesType, PER_CALL_COST_LIMIT } from "../../../../simulator/api/cel/cel.ts";
import { estimateCost } from "../../../../simulator/api/cel/estimate.ts";
import { celValueOf } from "../../../../simulator/api/cel/json-values.ts";
import { BOOL, type CelType, DYN, INT, listOf, mapOf, STRING, TIMESTAMP } from "../../../../simulator/api/cel/types.ts";

const SELF: CelType = {
  kind: "object",
  name: "selfType",
  fields: new Map<string, CelType>([
    ["a", INT],
    ["s", STRING],
    ["list", listOf(INT)],
    ["words", { kind: "list", item: STRING, listType: { kind: "set" } }],
    ["labels", mapOf(STRING, STRING)],
    ["when", TIMESTAMP],
    ["any", DYN],
    ["__namespace__", STRING],
  ]),
  jsonNames: new Map([["__namespace__", "namespace"]]),
};

const ENVIRONMENT = { variables: { self: SELF, oldSelf: SELF } };

function run(source: string, self: object = {}): unknown {
  const compiled = compileCel(source, ENVIRONMENT);
  if (!compiled.ok) return compiled.error;
  const { result } = evaluateCel(compiled.value, { self: celValueOf(self, SELF) });
  return result.ok ? result.value : `error: ${result.error}`;
}

describe("CEL", () => {
  it.each([
    ["1 + 2 * 3 == 7"],
    ["7 / 2 == 3 && 7 % 3 == 1 && -7 / 2 == -3"],
    ["1 < 2.5 && 2u > 1 && dyn(1) == 1.0"],
    ["'a' + 'b' == \"ab\" && r'\\d' == '\\\\d'"],
    ["size('héllo') == 5 && [1, 2].size() == 2 && size({'a': 1}) == 1"],
    ["[1, 2] + [3] == [1, 2, 3] && 2 in [1, 2] && 'k' in {'k': 1}"],
    ["{'a': {'b': 2}}.a.b == 2 && {'a': 1}['a'] == 1"],
    ["[1, 2, 3].all(i, i > 0) && [1, 2].exists(i, i == 2) && [1, 2].exists_one(i, i == 2)"],
    ["[1, 2, 3].filter(i, i > 1).map(i, i * 2) == [4, 6]"],
    ["[1, 2, 3].map(i, i > 1, i * 2) == [4, 6]"],
    ["[1, 2].all(i, v, i + 1 == v) && {'a': 1}.exists(k, v, k == 'a' && v == 1)"],
    ["[3, 4].transformList(i, v, i + v) == [3, 5]"],
    ["{'a': 1, 'b': 2}.transformMap(k, v, v > 1, v * 10) == {'b': 20}"],
    ["{'a': 'x'}.transformMapEntry(k, v, {v: k}) == {'x': 'a'}"],
    ["cel.bind(x, 2, x * x) == 4"],
    ["1 / 0 == 1 || true"],
    ["!(1 / 0 == 1 && false)"],
    ["true ? 'a' == 'a' : 1 / 0 == 1"],
    ["'abcabc'.indexOf('c') == 2 && 'abcabc'.lastIndexOf('a') == 3 && 'abc'.charAt(1) == 'b'"],
    ["'Tacocat'.lowerAscii() == 'tacocat' && 'a,b,c'.split(',', 2) == ['a', 'b,c']"],
    ["'hello'.substring(1, 3) == 'el' && ' x '.trim() == 'x' && 'aa'.replace('a', 'b', 1) == 'ba'"],
    ["['a', 'b'].join('-') == 'a-b' && strings.quote('a\"b') == '\"a\\\\\"b\"'"],
    ["'%s is %d of %.2f, %x'.format([dyn('a'), 3, 1.5, 255]) == 'a is 3 of 1.50, ff'"],
    ["'abc'.matches('^[a-z]+$') && 'a1b2'.findAll('[0-9]') == ['1', '2'] && 'a1'.find('[0-9]') == '1'"],
    ["[1, 2, 2].isSorted() && [1, 2].sum() == 3 && [2, 1].min() == 1 && ['a', 'b'].max() == 'b'"],
    ["[1, 2, 2].indexOf(2) == 1 && [1, 2, 2].lastIndexOf(2) == 2"],
    ["sets.contains([1, 2], [2]) && sets.equivalent([1, 1], [1]) && !sets.intersects([1], [2])"],
    ["quantity('1.5Gi').isGreaterThan(quantity('1G')) && quantity('1000m') == quantity('1')"],
    ["quantity('2').add(quantity('500m')).compareTo(quantity('2500m')) == 0 && isQuantity('1k') && !isQuantity('x')"],
    ["quantity('50k').asInteger() == 50000 && quantity('2').sub(1) == quantity('1')"],
    ["ip('10.0.0.1').family() == 4 && isIP('::1') && ip('::1').isLoopback() && !isIP('1.2.3')"],
    ["cidr('10.0.0.0/8').containsIP('10.2.3.4') && cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')"],
    ["cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && cidr('10.0.0.0/8').prefixLength() == 8"],
    ["url('https://a.example:80/p?q=1').getHost() == 'a.example:80' && url('https://a.example:80/').getPort() == '80'"],
    ["url('https://a.example/p?q=1&q=2').getQuery()['q'] == ['1', '2'] && !isURL('nope')"],
    ["format.dns1123Label().validate('abc').hasValue() == false"],
    ["format.named('dns1035Label').value().validate('A').hasValue()"],
    [
      "semver('1.2.3').isLessThan(semver('1.10.0')) && isSemver('v1.0', true) && semver('1.0.0-a').compareTo(semver('1.0.0')) == -1",
    ],
    ["duration('1h') + duration('30m') == duration('90m') && duration('90s').getMinutes() == 1"],
    ["timestamp('2024-02-29T12:00:00Z') + duration('24h') == timestamp('2024-03-01T12:00:00Z')"],
    [
      "timestamp('2024-03-01T00:00:00+01:00').getDate() == 29 && timestamp('2023-12-31T00:00:00Z').getDayOfYear() == 364",
    ],
    [
      "string(duration('90m')) == '5400s' && string(timestamp('2024-01-01T00:00:00.5Z')) == '2024-01-01T00:00:00.500Z'.replace('00Z', 'Z')",
    ],
    ["type(1) == int && type('') != int && type(1) == type(2)"],
    ["int('12') == 12 && double('1.5') == 1.5 && string(1.0) == '1' && bytes('é').size() == 2"],
    ["optional.of(1).value() == 1 && optional.none().orValue(2) == 2 && {'a': 1}.?a.orValue(3) == 1"],
    ["[1][?4].orValue(9) == 9 && optional.of(2).optMap(x, x + 1).value() == 3"],
    ["{'a': {'b': 1}}.?a.?b.orValue(0) == 1 && !has({'a': 1}.b)"],
  ])("%s", (source) => {
    expect(run(source)).toBe(true);
  });

  it("reads objects by their declared types", () => {
    const self = {
      a: 3,
      s: "x",
      list: [1, 2],
      words: ["b", "a"],
      when: "2024-01-01T00:00:00Z",
      any: 5,
      namespace: "n",
    };
    expect(run("self.a + 1 == 4 && has(self.s) && !has(self.labels)", self)).toBe(true);
    expect(run("self.words == ['a', 'b'] && self.words + ['a', 'c'] == ['a', 'b', 'c']", self)).toBe(true);
    expect(run("self.when < timestamp('2025-01-01T00:00:00Z') && self.__namespace__ == 'n'", self)).toBe(true);
    expect(run("self.any > 4 && self.any == 5 && type(self.any) == int", self)).toBe(true);
    expect(run("self.any.startsWith('x')", self)).toBe("error: no such overload: startsWith(int, string)");
    expect(run("self.labels['a'] == 'b'", { labels: { a: "b" } })).toBe(true);
    expect(run("self.labels.b == 'b'", { labels: { a: "b" } })).toBe("error: no such key: b");
    expect(run("self.s == 'x'", {})).toBe("error: no such key: s");
  });

  it.each([
    ["1 / self.a == 1", "error: division by zero"],
    ["self.list[5] == 1", "error: index out of bounds: 5"],
    ["9223372036854775807 + self.list[0] == 0", "error: integer overflow"],
  ])("fails at run time: %s", (source, error) => {
    expect(run(source, { a: 0, list: [1] })).toBe(error);
  });

  it.each([
    ["self.b == 1", "ERROR: <input>:1:5: undefined field 'b'\n | self.b == 1\n | ....^"],
    ["foo == 1", "ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')\n | foo == 1\n | ^"],
    [
      "self.a == 'x'",
      "ERROR: <input>:1:8: found no matching overload for '_==_' applied to '(int, string)'\n | self.a == 'x'\n | .......^",
    ],
    [
      "self.a.startsWith('x')",
      "ERROR: <input>:1:18: found no matching overload for 'startsWith' applied to 'int.(string)'\n | self.a.startsWith('x')\n | .................^",
    ],
    ["nope(1)", "ERROR: <input>:1:5: undeclared reference to 'nope' (in container '')\n | nope(1)\n | ....^"],
    [
      "self.a.all(x, true)",
      "ERROR: <input>:1:5: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)\n | self.a.all(x, true)\n | ....^",
    ],
    [
      "self.a +",
      "ERROR: <input>:1:9: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | self.a +\n | ........^",
    ],
    ["(1 + 2", "ERROR: <input>:1:7: Syntax error: missing ')' at '<EOF>'\n | (1 + 2\n | ......^"],
    ["self.a == 1 &&\nself.c", "ERROR: <input>:2:5: undefined field 'c'\n | self.c\n | ....^"],
    [
      "duration('x') == duration('1s')",
      "ERROR: <input>:1:10: invalid duration argument\n | duration('x') == duration('1s')\n | .........^",
    ],
    ["has(self)", "ERROR: <input>:1:5: invalid argument to has() macro\n | has(self)\n | ....^"],
  ])("refuses %s", (source, error) => {
    expect(run(source)).toBe(error);
  });

  it("knows what an expression gives and reads", () => {
    const compiled = compileCel("self.a > 1", ENVIRONMENT);
    if (!compiled.ok) throw new Error(compiled.error);
    expect(givesType(compiled.value, BOOL)).toBe(true);
    expect([...compiled.value.references]).toEqual(["self"]);
    const transition = compileCel("self == oldSelf", ENVIRONMENT);
    expect(transition.ok && transition.value.references.has("oldSelf")).toBe(true);
  });

  it("cancels what costs too much", () => {
    const compiled = compileCel("self.list.all(a, self.list.all(b, self.list.all(c, a + b + c >= 0)))", ENVIRONMENT);
    if (!compiled.ok) throw new Error(compiled.error);
    const list = Array.from({ length: 200 }, (_, at) => at);
    const { result, cost } = evaluateCel(compiled.value, { self: celValueOf({ list }, SELF) });
    expect(result).toEqual({ ok: false, error: "operation cancelled: actual cost limit exceeded" });
    expect(cost).toBeGreaterThan(PER_CALL_COST_LIMIT);
    const small = evaluateCel(compiled.value, { self: celValueOf({ list: [1] }, SELF) });
    expect(small.result).toEqual({ ok: true, value: true });
    expect(small.cost).toBeLessThan(50);
  });
});

describe("the estimated cost", () => {
  const estimate = (source: string, self: CelType): number => {
    const compiled = compileCel(source, { variables: { self } });
    if (!compiled.ok) throw new Error(compiled.error);
    return estimateCost(compiled.value);
  };

  it("grows with the sizes that types allow", () => {
    const bounded = estimate("self.all(s, s == 'x')", listOf({ kind: "string", maxSize: 10 }, 5));
    const unbounded = estimate("self.all(s, s == 'x')", listOf(STRING));
    expect(bounded).toBeLessThan(100);
    expect(unbounded).toBeGreaterThan(1_000_000);
    expect(estimate("self.contains('abc')", { kind: "string", maxSize: 1000 })).toBe(101);
  });
});
