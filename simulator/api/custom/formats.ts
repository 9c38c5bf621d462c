import { parseGoDuration, parseRfc3339 } from "../cel/functions/time.ts";
import { parseCidr, parseIp } from "../meta/ip.ts";
import { isDns1035Label, isDns1123Subdomain } from "../meta/validation.ts";
import { decodeBase64 } from "../schema/base64.ts";

const matching =
  (pattern: RegExp) =>
  (text: string): boolean =>
    pattern.test(text);

const HEX = "[0-9a-f]";
const uuid = (version: string): RegExp =>
  new RegExp(
    `^${HEX}{8}-?${HEX}{4}-?${version}${HEX}{3}-?${version === HEX ? HEX : "[0-9a-f]"}${HEX}{3}-?${HEX}{12}$`,
    "i",
  );

function isBase64(text: string): boolean {
  try {
    decodeBase64(text);
    return true;
  } catch {
    return false;
  }
}

function isHostname(text: string): boolean {
  return (
    /^([a-zA-Z0-9¡-￿]((-?[a-zA-Z0-9¡-￿]{0,62})?)\.)*([a-zA-Z0-9¡-￿]){1}([a-zA-Z0-9-¡-￿]{0,62})$/.test(text) &&
    text.length <= 253
  );
}

/** Words that go-openapi knows as durations besides Go's own. */
const DURATION_WORDS =
  /^-?\d+ ?(ns|nano|us|µs|μs|micro|ms|milli|s|sec|second|m|min|minute|h|hr|hour|d|day|w|wk|week)s?$/;

/** The formats of strings that are checked; all others are not. Models kube-openapi pkg/validation/strfmt. */
const FORMATS: { readonly [format: string]: (text: string) => boolean } = {
  bsonobjectid: matching(/^[0-9a-f]{24}$/i),
  uri: matching(/^([A-Za-z][A-Za-z0-9+.-]*:[^\s]+|\/[^\s]*)$/),
  email: matching(/^[^\s@]+@[^\s@]+$/),
  hostname: isHostname,
  ipv4: (text) => !text.includes(":") && parseIp(text) !== undefined,
  ipv6: (text) => text.includes(":") && parseIp(text) !== undefined,
  cidr: (text) => parseCidr(text) !== undefined,
  mac: matching(/^([0-9a-f]{2}[:-]){5}([0-9a-f]{2}[:-]?)*[0-9a-f]{0,2}$|^([0-9a-f]{4}\.){2}[0-9a-f]{4}$/i),
  uuid: matching(uuid(HEX)),
  uuid3: matching(uuid("3")),
  uuid4: matching(uuid("4")),
  uuid5: matching(uuid("5")),
  isbn: matching(/^(\d{9}[\dX]|\d{13}|[\d-]{12}[\dX]|[\d-]{17})$/),
  isbn10: matching(/^[\d-]{9,12}[\dX]$/),
  isbn13: matching(/^[\d-]{13,17}$/),
  creditcard: matching(/^[\d -]{13,19}$/),
  ssn: matching(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  hexcolor: matching(/^#?([0-9a-f]{3}|[0-9a-f]{6})$/i),
  rgbcolor: matching(/^rgb\(\s*\d{1,3}%?\s*,\s*\d{1,3}%?\s*,\s*\d{1,3}%?\s*\)$/),
  byte: isBase64,
  password: () => true,
  date: (text) => parseRfc3339(`${text}T00:00:00Z`) !== undefined,
  datetime: (text) => parseRfc3339(text) !== undefined,
  duration: (text) => parseGoDuration(text) !== undefined || DURATION_WORDS.test(text),
  "k8s-short-name": (text) => isDns1035Label(text).length === 0 || /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text),
  "k8s-long-name": (text) => isDns1123Subdomain(text).length === 0,
};

/** Whether a string has its format; one that is unknown asks nothing. */
export function hasFormat(format: string, text: string): boolean {
  const name = format === "date-time" ? "datetime" : format.replaceAll("_", "");
  return !Object.hasOwn(FORMATS, name) || (FORMATS[name]?.(text) ?? true);
}
