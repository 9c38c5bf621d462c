import { byteLength } from "./go-text.ts";

/**
 * String and number formats of the Kubernetes API. Every rule returns the list of what is wrong, in upstream's words;
 * an empty list means valid. Models apimachinery pkg/util/validation and pkg/api/validate/content.
 */
export type FormatRule = (value: string) => readonly string[];

const NONE: readonly string[] = [];

const DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const DNS_SUBDOMAIN = `${DNS_LABEL}(\\.${DNS_LABEL})*`;
const DNS_LABEL_UNDERSCORE = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const DNS_SUBDOMAIN_UNDERSCORE = `${DNS_LABEL_UNDERSCORE}(\\.${DNS_LABEL_UNDERSCORE})*`;
const DNS_1035_LABEL = "[a-z]([-a-z0-9]*[a-z0-9])?";
const WILDCARD_SUBDOMAIN = `\\*\\.${DNS_SUBDOMAIN}`;
const LABEL_KEY = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const LABEL_VALUE = `(${LABEL_KEY})?`;
const C_IDENTIFIER = "[A-Za-z_][A-Za-z0-9_]*";
const ENV_VAR_NAME = "[-._a-zA-Z][-._a-zA-Z0-9]*";
const CONFIG_MAP_KEY = "[-._a-zA-Z0-9]+";
const PERCENT = "[0-9]+%";
const HTTP_HEADER_NAME = "[-A-Za-z0-9]+";
const HTTP_PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const CONDITION_REASON = "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?";

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);
const dnsLabel = whole(DNS_LABEL);
const dnsSubdomain = whole(DNS_SUBDOMAIN);
const dnsSubdomainUnderscore = whole(DNS_SUBDOMAIN_UNDERSCORE);
const dns1035Label = whole(DNS_1035_LABEL);
const wildcardSubdomain = whole(WILDCARD_SUBDOMAIN);
const labelKey = whole(LABEL_KEY);
const labelValue = whole(LABEL_VALUE);
const cIdentifier = whole(C_IDENTIFIER);
const envVarName = whole(ENV_VAR_NAME);
const configMapKey = whole(CONFIG_MAP_KEY);
const percent = whole(PERCENT);
const httpHeaderName = whole(HTTP_HEADER_NAME);
const httpPath = whole(HTTP_PATH);
const conditionReason = whole(CONDITION_REASON);

export const DNS_LABEL_MAX_LENGTH = 63;
export const DNS_SUBDOMAIN_MAX_LENGTH = 253;
export const LABEL_MAX_LENGTH = 63;

export const maxLengthError = (max: number): string => `must be no more than ${max} characters`;
/** The newer rules (label keys and values) count the same bytes but say so. */
export const maxBytesError = (max: number): string => `must be no more than ${max} bytes`;
export const inclusiveRangeError = (low: number, high: number): string =>
  `must be between ${low} and ${high}, inclusive`;
export const EMPTY_ERROR = "must be non-empty";
export const NEGATIVE_ERROR = "must be greater than or equal to 0";
export const IMMUTABLE_ERROR = "field is immutable";

/** The text of a failed pattern, with upstream's odd comma after each example. */
export function regexError(message: string, pattern: string, ...examples: readonly string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${pattern}')`;
  const shown = examples.map((example) => `'${example}', `).join(" or ");
  return `${message} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

const LABEL_TEXT = regexError(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  DNS_LABEL,
  "my-name",
  "123-abc",
);
const SUBDOMAIN_TEXT = regexError(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  DNS_SUBDOMAIN,
  "example.com",
);
const SUBDOMAIN_UNDERSCORE_TEXT = regexError(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
  DNS_SUBDOMAIN_UNDERSCORE,
  "example.com",
);
const LABEL_1035_TEXT = regexError(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  DNS_1035_LABEL,
  "my-name",
  "abc-123",
);
const WILDCARD_TEXT = regexError(
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  WILDCARD_SUBDOMAIN,
  "*.example.com",
);
const LABEL_KEY_TEXT = regexError(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  LABEL_KEY,
  "MyName",
  "my.name",
  "123-abc",
);
const LABEL_VALUE_TEXT = regexError(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  LABEL_VALUE,
  "MyValue",
  "my_value",
  "12345",
);

function sized(value: string, max: number, tooLong: string, matches: boolean, wrong: string): readonly string[] {
  const long = byteLength(value) > max;
  if (!long && matches) return NONE;
  return [...(long ? [tooLong] : NONE), ...(matches ? NONE : [wrong])];
}

export function isDns1123Label(value: string): readonly string[] {
  const matches = dnsLabel.test(value);
  const wrong = !matches && dnsSubdomain.test(value) ? "must not contain dots" : LABEL_TEXT;
  return sized(value, DNS_LABEL_MAX_LENGTH, maxLengthError(DNS_LABEL_MAX_LENGTH), matches, wrong);
}

export function isDns1123Subdomain(value: string): readonly string[] {
  const max = DNS_SUBDOMAIN_MAX_LENGTH;
  return sized(value, max, maxLengthError(max), dnsSubdomain.test(value), SUBDOMAIN_TEXT);
}

export function isDns1123SubdomainWithUnderscore(value: string): readonly string[] {
  const max = DNS_SUBDOMAIN_MAX_LENGTH;
  return sized(value, max, maxLengthError(max), dnsSubdomainUnderscore.test(value), SUBDOMAIN_UNDERSCORE_TEXT);
}

export function isDns1035Label(value: string): readonly string[] {
  const max = DNS_LABEL_MAX_LENGTH;
  return sized(value, max, maxLengthError(max), dns1035Label.test(value), LABEL_1035_TEXT);
}

export function isWildcardDns1123Subdomain(value: string): readonly string[] {
  const max = DNS_SUBDOMAIN_MAX_LENGTH;
  return sized(value, max, maxLengthError(max), wildcardSubdomain.test(value), WILDCARD_TEXT);
}

/** A label key, annotation key, finalizer, condition type...: an optional DNS subdomain and '/', then a name. */
export function isQualifiedName(value: string): readonly string[] {
  const parts = value.split("/");
  if (parts.length > 2) {
    return [
      `a valid label key ${LABEL_KEY_TEXT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts[parts.length - 1] as string;
  if (parts.length === 1 && name.length <= LABEL_MAX_LENGTH && labelKey.test(name)) return NONE;
  const errors: string[] = [];
  if (parts.length === 2) {
    const prefix = parts[0] as string;
    const max = DNS_SUBDOMAIN_MAX_LENGTH;
    const wrong =
      prefix === "" ? [EMPTY_ERROR] : sized(prefix, max, maxBytesError(max), dnsSubdomain.test(prefix), SUBDOMAIN_TEXT);
    errors.push(...wrong.map((text) => `prefix part ${text}`));
  }
  if (name === "") errors.push(`name part ${EMPTY_ERROR}`);
  else if (byteLength(name) > LABEL_MAX_LENGTH) errors.push(`name part ${maxBytesError(LABEL_MAX_LENGTH)}`);
  if (!labelKey.test(name)) errors.push(`name part ${LABEL_KEY_TEXT}`);
  return errors;
}

export function isLabelValue(value: string): readonly string[] {
  return sized(value, LABEL_MAX_LENGTH, maxBytesError(LABEL_MAX_LENGTH), labelValue.test(value), LABEL_VALUE_TEXT);
}

export function isCIdentifier(value: string): readonly string[] {
  if (cIdentifier.test(value)) return NONE;
  const text =
    "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'";
  return [regexError(text, C_IDENTIFIER, "my_name", "MY_NAME", "MyName")];
}

function parentFolderErrors(value: string): readonly string[] {
  if (!value.startsWith(".")) return NONE;
  if (value === ".") return ["must not be '.'"];
  if (value === "..") return ["must not be '..'"];
  return value.startsWith("..") ? ["must not start with '..'"] : NONE;
}

/** The strict rule for environment variables: `envFrom` prefixes and older servers. */
export function isEnvVarName(value: string): readonly string[] {
  const text =
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit";
  const wrong = envVarName.test(value)
    ? NONE
    : [regexError(text, ENV_VAR_NAME, "my.env-name", "MY_ENV.NAME", "MyEnvName1")];
  return [...wrong, ...parentFolderErrors(value)];
}

/** What a container's `env` may be named: printable ASCII without '='. */
export function isRelaxedEnvVarName(value: string): readonly string[] {
  if (value === "") return [`environment variable name ${EMPTY_ERROR}`];
  if (/^[ -<>-~]*$/.test(value)) return NONE;
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** A key of a ConfigMap or Secret. */
export function isConfigMapKey(value: string): readonly string[] {
  const wrong = regexError(
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    CONFIG_MAP_KEY,
    "key.name",
    "KEY_NAME",
    "key-name",
  );
  const max = DNS_SUBDOMAIN_MAX_LENGTH;
  return [...sized(value, max, maxLengthError(max), configMapKey.test(value), wrong), ...parentFolderErrors(value)];
}

export function isInRange(value: number, low: number, high: number): readonly string[] {
  return value >= low && value <= high ? NONE : [inclusiveRangeError(low, high)];
}

export function isPortNumber(port: number): readonly string[] {
  return isInRange(port, 1, 65535);
}

/** Unix user and group ids. */
export function isUserId(id: number): readonly string[] {
  return isInRange(id, 0, 2 ** 31 - 1);
}

export function isPortName(name: string): readonly string[] {
  const errors: string[] = [];
  if (byteLength(name) > 15) errors.push(maxLengthError(15));
  if (!/^[-a-z0-9]+$/.test(name)) errors.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(name)) errors.push("must contain at least one letter (a-z)");
  if (name.includes("--")) errors.push("must not contain consecutive hyphens");
  if (name.startsWith("-") || name.endsWith("-")) errors.push("must not begin or end with a hyphen");
  return errors;
}

export function isPercent(value: string): readonly string[] {
  if (percent.test(value)) return NONE;
  return [
    regexError("a valid percent string must be a numeric string followed by an ending '%'", PERCENT, "1%", "93%"),
  ];
}

export function isHttpHeaderName(value: string): readonly string[] {
  if (httpHeaderName.test(value)) return NONE;
  const text = "a valid HTTP header must consist of alphanumeric characters or '-'";
  return [regexError(text, HTTP_HEADER_NAME, "X-Header-Name")];
}

export function isConditionReason(value: string): readonly string[] {
  if (conditionReason.test(value)) return NONE;
  const text =
    "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'";
  return [regexError(text, CONDITION_REASON, "my_name", "MY_NAME", "MyName", "ReasonA,ReasonB", "ReasonA:ReasonB")];
}

/** What is wrong with the part after the '/' of a domain-prefixed path (`acme.io/foo`). */
export function isHttpPath(value: string): readonly string[] {
  return httpPath.test(value) ? NONE : [regexError("Invalid path", HTTP_PATH)];
}

/** A name that goes into a URL's path: RBAC names and others without a DNS rule. `prefix`: more text will follow it. */
export function isPathSegmentName(name: string, prefix = false): readonly string[] {
  if (!prefix && (name === "." || name === "..")) return [`may not be '${name}'`];
  return ["/", "%"].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
}

/** A rule for `metadata.name`; `prefix`: it checks a generateName, to which more is appended. */
export type NameRule = (name: string, prefix: boolean) => readonly string[];

/** A generateName may end in a dash. Cutting two characters is upstream's way, kept for its messages. */
const maskTrailingDash = (name: string): string =>
  name.length > 1 && name.endsWith("-") ? `${name.slice(0, -2)}a` : name;

const named =
  (rule: FormatRule): NameRule =>
  (name, prefix) =>
    rule(prefix ? maskTrailingDash(name) : name);

export const nameIsDnsSubdomain: NameRule = named(isDns1123Subdomain);
export const nameIsDnsLabel: NameRule = named(isDns1123Label);
export const nameIsDns1035Label: NameRule = named(isDns1035Label);
export const nameIsPathSegment: NameRule = (name, prefix) => isPathSegmentName(name, prefix);
