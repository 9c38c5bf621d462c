import { type FieldError, invalid } from "./field-error.ts";
import { goQuote } from "./go-text.ts";

/** An IP address: 4 or 16 bytes as they were written (`::ffff:1.2.3.4` has 16). */
export interface IpAddress {
  readonly bytes: readonly number[];
}

/** An address with a prefix length, the address not masked. */
export interface Cidr extends IpAddress {
  readonly prefix: number;
}

function parseIpv4(text: string, leadingZeros: boolean): readonly number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  const bytes: number[] = [];
  for (const part of parts) {
    if (!/^[0-9]+$/.test(part)) return undefined;
    if (part.length > 1 && part.startsWith("0") && !leadingZeros) return undefined;
    const value = Number(part);
    if (value > 255) return undefined;
    bytes.push(value);
  }
  return bytes;
}

/** One side of `::`, as bytes; a dotted IPv4 tail may end the last side. */
function ipv6Groups(text: string, isLast: boolean, leadingZeros: boolean): readonly number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [at, group] of groups.entries()) {
    if (isLast && at === groups.length - 1 && group.includes(".")) {
      const tail = parseIpv4(group, leadingZeros);
      if (!tail) return undefined;
      bytes.push(...tail);
      continue;
    }
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
    const value = Number.parseInt(group, 16);
    bytes.push(value >> 8, value & 0xff);
  }
  return bytes;
}

function parseIpv6(text: string, leadingZeros: boolean): readonly number[] | undefined {
  const sides = text.split("::");
  if (sides.length > 2) return undefined;
  const head = ipv6Groups(sides[0] as string, sides.length === 1, leadingZeros);
  if (!head) return undefined;
  if (sides.length === 1) return head.length === 16 ? head : undefined;
  const tail = ipv6Groups(sides[1] as string, true, leadingZeros);
  if (!tail || head.length + tail.length > 14) return undefined;
  return [...head, ...new Array<number>(16 - head.length - tail.length).fill(0), ...tail];
}

/** Parses an address; zones are refused. `leadingZeros` allows `010.1.1.1`, as old API fields once did. */
export function parseIp(text: string, leadingZeros = false): IpAddress | undefined {
  const bytes = text.includes(":") ? parseIpv6(text, leadingZeros) : parseIpv4(text, leadingZeros);
  return bytes && { bytes };
}

/** Whether 16 bytes hold an IPv4 address (`::ffff:a.b.c.d`). */
function isMapped(ip: IpAddress): boolean {
  return ip.bytes.length === 16 && ip.bytes.every((byte, at) => at >= 12 || byte === (at < 10 ? 0 : 0xff));
}

export function isIpv4(ip: IpAddress): boolean {
  return ip.bytes.length === 4 || isMapped(ip);
}

/** The longest run of two or more zero groups, which `::` stands for. */
function zeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
    start += length;
  }
  return best;
}

/** The canonical text (RFC 5952); an IPv4-mapped address is written as IPv4, as Go's net.IP does. */
export function formatIp(ip: IpAddress): string {
  if (isIpv4(ip)) return ip.bytes.slice(-4).join(".");
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) groups.push(((ip.bytes[at] as number) << 8) | (ip.bytes[at + 1] as number));
  const run = zeroRun(groups);
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  if (run.start < 0) return text(groups);
  return `${text(groups.slice(0, run.start))}::${text(groups.slice(run.start + run.length))}`;
}

/** Parses `address/prefix`; the address need not be the network's. */
export function parseCidr(text: string, leadingZeros = false): Cidr | undefined {
  const slash = text.indexOf("/");
  if (slash < 0) return undefined;
  const ip = parseIp(text.slice(0, slash), leadingZeros);
  const prefix = text.slice(slash + 1);
  if (!ip || !(leadingZeros ? /^[0-9]+$/ : /^(0|[1-9][0-9]*)$/).test(prefix)) return undefined;
  const length = Number(prefix);
  return length <= ip.bytes.length * 8 ? { bytes: ip.bytes, prefix: length } : undefined;
}

/** The network's own address: the bits beyond the prefix are zero. */
export function maskedIp(cidr: Cidr): IpAddress {
  const bytes = cidr.bytes.map((byte, at) => {
    const bits = Math.min(8, Math.max(0, cidr.prefix - at * 8));
    return byte & ((0xff << (8 - bits)) & 0xff);
  });
  return { bytes };
}

/** `10.0.0.0/8`: the network in canonical form. */
export function formatCidr(cidr: Cidr): string {
  const masked = maskedIp(cidr);
  const prefix = cidr.bytes.length === 16 && isMapped(masked) ? Math.max(0, cidr.prefix - 96) : cidr.prefix;
  return `${formatIp(masked)}/${prefix}`;
}

export function cidrContains(cidr: Cidr, ip: IpAddress): boolean {
  if (isIpv4(cidr) !== isIpv4(ip)) return false;
  const size = isIpv4(cidr) ? 4 : 16;
  const prefix = cidr.bytes.length === 16 && size === 4 ? Math.max(0, cidr.prefix - 96) : cidr.prefix;
  const network = maskedIp({ bytes: cidr.bytes.slice(-size), prefix });
  const masked = maskedIp({ bytes: ip.bytes.slice(-size), prefix });
  return network.bytes.every((byte, at) => byte === masked.bytes[at]);
}

const IP_TEXT = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
const CIDR_TEXT = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

// Models apimachinery pkg/util/validation IsValidIPForLegacyField with StrictIPCIDRValidation
/** Fields older than strict validation: any spelling, but no leading zeros and no IPv4-mapped IPv6. */
export function validateIpLegacy(
  path: string,
  value: string,
  alsoValid: readonly string[] = [],
): readonly FieldError[] {
  if (alsoValid.includes(value)) return [];
  const sloppy = parseIp(value, true);
  if (!sloppy) return [invalid(path, value, IP_TEXT)];
  if (!parseIp(value)) return [invalid(path, value, "must not have leading 0s")];
  return isMapped(sloppy) ? [invalid(path, value, "must not be an IPv4-mapped IPv6 address")] : [];
}

/** Newer fields: canonical form only. */
export function validateIp(path: string, value: string): readonly FieldError[] {
  const errors = validateIpLegacy(path, value);
  const ip = parseIp(value);
  if (errors.length > 0 || !ip) return errors;
  const canonical = formatIp(ip);
  return canonical === value ? [] : [invalid(path, value, `must be in canonical form (${goQuote(canonical)})`)];
}

// Models apimachinery pkg/util/validation IsValidCIDRForLegacyField with StrictIPCIDRValidation
export function validateCidrLegacy(
  path: string,
  value: string,
  alsoValid: readonly string[] = [],
): readonly FieldError[] {
  if (alsoValid.includes(value)) return [];
  const sloppy = parseCidr(value, true);
  if (!sloppy) return [invalid(path, value, CIDR_TEXT)];
  if (!parseCidr(value)) return [invalid(path, value, "must not have leading 0s in IP or prefix length")];
  if (isMapped(sloppy)) return [invalid(path, value, "must not have an IPv4-mapped IPv6 address")];
  if (formatIp(maskedIp(sloppy)) !== formatIp(sloppy)) {
    return [invalid(path, value, "must not have bits set beyond the prefix length")];
  }
  return [];
}

export function validateCidr(path: string, value: string): readonly FieldError[] {
  const errors = validateCidrLegacy(path, value);
  const cidr = parseCidr(value);
  if (errors.length > 0 || !cidr) return errors;
  const canonical = formatCidr(cidr);
  return canonical === value ? [] : [invalid(path, value, `must be in canonical form (${goQuote(canonical)})`)];
}

// Models apimachinery pkg/util/validation GetWarningsForIP
/** Warnings for an address that the legacy rule accepts. */
export function ipWarnings(path: string, value: string): readonly string[] {
  const ip = parseIp(value, true);
  if (!ip) return [];
  const canonical = formatIp(ip);
  if (!parseIp(value) || isMapped(ip)) {
    return [`${path}: non-standard IP address ${goQuote(value)} is invalid: use ${goQuote(canonical)}`];
  }
  if (isIpv4(ip) || canonical === value) return [];
  return [`${path}: IPv6 address ${goQuote(value)} should be in RFC 5952 canonical format (${goQuote(canonical)})`];
}

// Models apimachinery pkg/util/validation GetWarningsForCIDR
export function cidrWarnings(path: string, value: string): readonly string[] {
  const cidr = parseCidr(value, true);
  if (!cidr) return [];
  const canonical = formatCidr(cidr);
  const warnings: string[] = [];
  if (formatIp(maskedIp(cidr)) !== formatIp(cidr)) {
    const single = `${formatIp(cidr)}/${cidr.bytes.length * 8}`;
    const choice = `${goQuote(canonical)} or ${goQuote(single)}`;
    warnings.push(`${path}: CIDR value ${goQuote(value)} is ambiguous in this context (should be ${choice}?)`);
  }
  if (!parseCidr(value) || isMapped(cidr)) {
    warnings.push(`${path}: non-standard CIDR value ${goQuote(value)} is invalid: use ${goQuote(canonical)}`);
  }
  if (warnings.length === 0 && !isIpv4(cidr) && canonical !== value) {
    const use = `RFC 5952 canonical format (${goQuote(canonical)})`;
    warnings.push(`${path}: IPv6 CIDR value ${goQuote(value)} should be in ${use}`);
  }
  return warnings;
}
