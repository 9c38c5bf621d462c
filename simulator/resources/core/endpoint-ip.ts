import { type FieldError, invalid } from "../../api/meta/field-error.ts";
import { isIpv4, parseIp, validateIpLegacy } from "../../api/meta/ip.ts";

// Models pkg/apis/core/validation ValidateEndpointIP
/** An address that others may reach: of endpoints, slices and external IPs. Refuses loopback and link-local ones. */
export function validateEndpointIp(path: string, text: string): readonly FieldError[] {
  const malformed = validateIpLegacy(path, text);
  const ip = parseIp(text);
  if (malformed.length > 0 || ip === undefined) return malformed;
  const special = isIpv4(ip) ? specialIpv4(ip.bytes.slice(-4)) : specialIpv6(ip.bytes);
  if (special === "unspecified") return [invalid(path, text, `may not be unspecified (${text})`)];
  return special === undefined ? [] : [invalid(path, text, `may not be in the ${special}`)];
}

const LOOPBACK = "loopback range (127.0.0.0/8, ::1/128)";
const LINK_LOCAL = "link-local range (169.254.0.0/16, fe80::/10)";
const LINK_LOCAL_MULTICAST = "link-local multicast range (224.0.0.0/24, ff02::/10)";

function specialIpv4([a = 0, b = 0, c = 0, d = 0]: readonly number[]): string | undefined {
  if (a === 0 && b === 0 && c === 0 && d === 0) return "unspecified";
  if (a === 127) return LOOPBACK;
  if (a === 169 && b === 254) return LINK_LOCAL;
  return a === 224 && b === 0 && c === 0 ? LINK_LOCAL_MULTICAST : undefined;
}

function specialIpv6(bytes: readonly number[]): string | undefined {
  const [first = 0, second = 0] = bytes;
  if (bytes.slice(0, 15).every((byte) => byte === 0)) {
    if (bytes[15] === 0) return "unspecified";
    if (bytes[15] === 1) return LOOPBACK;
  }
  if (first === 0xfe && (second & 0xc0) === 0x80) return LINK_LOCAL;
  return first === 0xff && (second & 0x0f) === 0x02 ? LINK_LOCAL_MULTICAST : undefined;
}
