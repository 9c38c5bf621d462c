import { expect, test } from "vitest";
import { fieldErrorBody } from "../../../../simulator/api/meta/field-error.ts";
import {
  cidrContains,
  cidrWarnings,
  formatCidr,
  formatIp,
  ipWarnings,
  isIpv4,
  parseCidr,
  parseIp,
  validateCidr,
  validateCidrLegacy,
  validateIp,
  validateIpLegacy,
} from "../../../../simulator/api/meta/ip.ts";

test.each([
  ["10.0.0.1", "10.0.0.1"],
  ["::", "::"],
  ["::1", "::1"],
  ["1::", "1::"],
  ["FE80:0:0:0:0:0:0:0abc", "fe80::abc"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"],
  ["::ffff:1.2.3.4", "1.2.3.4"],
  ["64:ff9b::1.2.3.4", "64:ff9b::102:304"],
])("%s is an address, canonically %s", (text, canonical) => {
  const ip = parseIp(text);
  expect(ip && formatIp(ip)).toBe(canonical);
});

test.each([
  "",
  "x",
  "1.2.3",
  "1.2.3.4.5",
  "1.2.3.256",
  "01.2.3.4",
  "1.2.3.4 ",
  ":::",
  "1:2",
  "1::2::3",
  "12345::",
  "fe80::1%eth0",
  "1:2:3:4:5:6:7::8",
  "1.2.3.4::",
])("%o is no address", (text) => expect(parseIp(text)).toBeUndefined());

const bodies = (errors: readonly Parameters<typeof fieldErrorBody>[0][]): string[] => errors.map(fieldErrorBody);

test("what validation says of addresses", () => {
  const bad = 'Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
  expect(bodies(validateIpLegacy("ip", "x"))).toEqual([bad]);
  expect(bodies(validateIp("ip", "x"))).toEqual([bad]);
  expect(bodies(validateIp("ip", "010.0.0.1"))).toEqual(['Invalid value: "010.0.0.1": must not have leading 0s']);
  expect(validateIpLegacy("ip", "010.0.0.1", ["010.0.0.1"])).toEqual([]);
  expect(bodies(validateIp("ip", "::ffff:1.2.3.4"))).toEqual([
    'Invalid value: "::ffff:1.2.3.4": must not be an IPv4-mapped IPv6 address',
  ]);
  expect(bodies(validateIp("ip", "FE80::1"))).toEqual([
    'Invalid value: "FE80::1": must be in canonical form ("fe80::1")',
  ]);
  expect(validateIpLegacy("ip", "FE80::1")).toEqual([]);
});

test("what validation says of networks", () => {
  expect(bodies(validateCidrLegacy("cidr", "10.0.0.0"))).toEqual([
    'Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
  ]);
  expect(bodies(validateCidr("cidr", "10.0.0.0/33"))).toHaveLength(1);
  expect(bodies(validateCidr("cidr", "10.0.0.0/08"))).toEqual([
    'Invalid value: "10.0.0.0/08": must not have leading 0s in IP or prefix length',
  ]);
  expect(bodies(validateCidr("cidr", "10.0.0.1/8"))).toEqual([
    'Invalid value: "10.0.0.1/8": must not have bits set beyond the prefix length',
  ]);
  expect(bodies(validateCidr("cidr", "FE80::/10"))).toEqual([
    'Invalid value: "FE80::/10": must be in canonical form ("fe80::/10")',
  ]);
  expect(validateCidr("cidr", "10.96.0.0/12")).toEqual([]);
  expect(validateCidr("cidr", "0.0.0.0/0")).toEqual([]);
});

test("networks contain addresses of their family", () => {
  const contains = (network: string, address: string): boolean => {
    const cidr = parseCidr(network);
    const ip = parseIp(address);
    if (!cidr || !ip) throw new Error("bad test data");
    return cidrContains(cidr, ip);
  };
  expect(contains("10.96.0.0/12", "10.111.255.255")).toBe(true);
  expect(contains("10.96.0.0/12", "10.112.0.0")).toBe(false);
  expect(contains("0.0.0.0/0", "::1")).toBe(false);
  expect(contains("fd00::/8", "fdff::1")).toBe(true);
  expect(contains("10.0.0.0/8", "::ffff:10.1.1.1")).toBe(true);
});

test("families and masked networks", () => {
  const v4 = parseIp("::ffff:1.2.3.4");
  const v6 = parseIp("::1");
  expect([v4 && isIpv4(v4), v6 && isIpv4(v6)]).toEqual([true, false]);
  const cidr = parseCidr("10.244.3.7/24");
  expect(cidr && formatCidr(cidr)).toBe("10.244.3.0/24");
});

test("warnings about odd spellings", () => {
  expect(ipWarnings("spec.ip", "10.0.0.1")).toEqual([]);
  expect(ipWarnings("spec.ip", "010.0.0.1")).toEqual([
    'spec.ip: non-standard IP address "010.0.0.1" is invalid: use "10.0.0.1"',
  ]);
  expect(ipWarnings("spec.ip", "FE80::1")).toEqual([
    'spec.ip: IPv6 address "FE80::1" should be in RFC 5952 canonical format ("fe80::1")',
  ]);
  expect(cidrWarnings("spec.c", "10.0.0.1/8")).toEqual([
    'spec.c: CIDR value "10.0.0.1/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.0.0.1/32"?)',
  ]);
  expect(cidrWarnings("spec.c", "FE80::/10")).toEqual([
    'spec.c: IPv6 CIDR value "FE80::/10" should be in RFC 5952 canonical format ("fe80::/10")',
  ]);
});
