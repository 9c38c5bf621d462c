import { expect, test } from "vitest";
import type { FormatRule } from "../../../../simulator/api/meta/validation.ts";
import {
  isCIdentifier,
  isConditionReason,
  isConfigMapKey,
  isDns1035Label,
  isDns1123Label,
  isDns1123Subdomain,
  isDns1123SubdomainWithUnderscore,
  isEnvVarName,
  isHttpHeaderName,
  isHttpPath,
  isInRange,
  isLabelValue,
  isPathSegmentName,
  isPercent,
  isPortName,
  isPortNumber,
  isQualifiedName,
  isRelaxedEnvVarName,
  isUserId,
  isWildcardDns1123Subdomain,
  nameIsDns1035Label,
  nameIsDnsLabel,
  nameIsDnsSubdomain,
} from "../../../../simulator/api/meta/validation.ts";

const a = (count: number): string => "a".repeat(count);

const valid: readonly [FormatRule, readonly string[]][] = [
  [isDns1123Label, ["a", "0", "a-b", a(63)]],
  [isDns1123Subdomain, ["a", "a.b", "1.2.3", `${a(63)}.${a(63)}`, a(253)]],
  [isDns1123SubdomainWithUnderscore, ["_a._b", "a_b.c"]],
  [isDns1035Label, ["a", "a-1"]],
  [isWildcardDns1123Subdomain, ["*.example.com"]],
  [isQualifiedName, ["a", "A.b_c-d", "example.com/Name", `${a(253)}/${a(63)}`]],
  [isLabelValue, ["", "a", "A.b_c-d", a(63)]],
  [isCIdentifier, ["_a", "A1"]],
  [isEnvVarName, ["a.b", "_A", "-x"]],
  [isRelaxedEnvVarName, ["1a b", "a:!"]],
  [isConfigMapKey, ["a", ".a", "A_b.c", "__proto__"]],
  [isPortName, ["http", "a-1", "1a"]],
  [isPercent, ["0%", "250%"]],
  [isHttpHeaderName, ["X-Name"]],
  [isHttpPath, ["a/b?".slice(0, 3)]],
  [isConditionReason, ["A", "ReasonA:ReasonB_"]],
];

test.each(valid)("%o accepts", (rule, values) => {
  for (const value of values) expect(rule(value), value).toEqual([]);
});

const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const NAME_PART =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const wrong: readonly [FormatRule, string, readonly string[]][] = [
  [isDns1123Label, "Bad_", [LABEL]],
  [isDns1123Label, "", [LABEL]],
  [isDns1123Label, "a\n", [LABEL]],
  [isDns1123Label, "a.b", ["must not contain dots"]],
  [isDns1123Label, a(64), ["must be no more than 63 characters"]],
  [isDns1123Label, `${a(64)}-`, ["must be no more than 63 characters", LABEL]],
  [isDns1123Subdomain, "a..b", [SUBDOMAIN]],
  [isDns1123Subdomain, a(254), ["must be no more than 253 characters"]],
  [
    isDns1035Label,
    "1a",
    [
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    ],
  ],
  [isQualifiedName, "", ["name part must be non-empty", NAME_PART]],
  [isQualifiedName, "a b", [NAME_PART]],
  [isQualifiedName, "/a", ["prefix part must be non-empty"]],
  [isQualifiedName, "A/a", [`prefix part ${SUBDOMAIN}`]],
  [isQualifiedName, a(64), ["name part must be no more than 63 bytes"]],
  [
    isQualifiedName,
    "a/b/c",
    [
      `${NAME_PART.replace("name part", "a valid label key")} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ],
  ],
  [isLabelValue, "a b", [LABEL_VALUE]],
  [isLabelValue, a(64), ["must be no more than 63 bytes"]],
  [
    isRelaxedEnvVarName,
    "a=b",
    ["a valid environment variable name must consist only of printable ASCII characters other than '='"],
  ],
  [isRelaxedEnvVarName, "", ["environment variable name must be non-empty"]],
  [isEnvVarName, "..", ["must not be '..'"]],
  [
    isConfigMapKey,
    "a b",
    [
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    ],
  ],
  [isConfigMapKey, ".", ["must not be '.'"]],
  [isConfigMapKey, "..a", ["must not start with '..'"]],
  [isPortName, "Bad_", ["must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"]],
  [isPortName, "1--2", ["must contain at least one letter (a-z)", "must not contain consecutive hyphens"]],
  [isPortName, "-a", ["must not begin or end with a hyphen"]],
  [isPortName, a(16), ["must be no more than 15 characters"]],
  [
    isPercent,
    "5",
    [
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ],
  ],
  [isHttpPath, "a b", ["Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"]],
  [isPathSegmentName, "..", ["may not be '..'"]],
  [isPathSegmentName, "a/%", ["may not contain '/'", "may not contain '%'"]],
];

test.each(wrong)("%o refuses %o", (rule, value, texts) => {
  expect(rule(value)).toEqual(texts);
});

test("numbers", () => {
  expect(isPortNumber(65535)).toEqual([]);
  expect(isPortNumber(0)).toEqual(["must be between 1 and 65535, inclusive"]);
  expect(isUserId(-1)).toEqual(["must be between 0 and 2147483647, inclusive"]);
  expect(isInRange(5, 1, 4)).toEqual(["must be between 1 and 4, inclusive"]);
});

test("a generateName may end in a dash", () => {
  expect(nameIsDnsLabel("web-", true)).toEqual([]);
  expect(nameIsDnsLabel("web-", false)).toEqual([LABEL]);
  expect(nameIsDnsSubdomain("a.b-", true)).toEqual([]);
  expect(nameIsDns1035Label("12-", true)).toHaveLength(1);
});
