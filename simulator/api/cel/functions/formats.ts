import {
  isDns1035Label,
  isDns1123Label,
  isDns1123Subdomain,
  isLabelValue,
  isQualifiedName,
} from "../../meta/validation.ts";
import { decodeBase64 } from "../../schema/base64.ts";
import { CelList, CelOpaque, CelOptional, NONE } from "../values.ts";
import { define, method, type Overload } from "./overload.ts";
import { parseRfc3339 } from "./time.ts";

const TYPE = "kubernetes.NamedFormat";

type Rule = (text: string) => readonly string[];

/** A name that is a prefix may end in a dash, as names that are generated do. */
const prefixed =
  (rule: Rule): Rule =>
  (text) =>
    rule(text.replace(/-$/, "a"));

const fits =
  (test: (text: string) => boolean, message: string): Rule =>
  (text) =>
    test(text) ? [] : [message];

function isBase64(text: string): boolean {
  try {
    decodeBase64(text);
    return true;
  } catch {
    return false;
  }
}

const RULES: { readonly [name: string]: Rule } = {
  dns1123Label: isDns1123Label,
  dns1123Subdomain: isDns1123Subdomain,
  dns1035Label: isDns1035Label,
  qualifiedName: isQualifiedName,
  dns1123LabelPrefix: prefixed(isDns1123Label),
  dns1123SubdomainPrefix: prefixed(isDns1123Subdomain),
  dns1035LabelPrefix: prefixed(isDns1035Label),
  labelValue: isLabelValue,
  uri: fits((text) => /^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$|^\/[^\s]*$/.test(text), "invalid URI"),
  uuid: fits(
    (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text),
    "does not match the UUID format",
  ),
  byte: fits(isBase64, "invalid base64"),
  date: fits((text) => parseRfc3339(`${text}T00:00:00Z`) !== undefined, "invalid date"),
  datetime: fits((text) => parseRfc3339(text) !== undefined, "invalid datetime"),
};

const wrap = (name: string): CelOpaque => new CelOpaque(TYPE, RULES[name], name);

function validate({ value }: CelOpaque, text: string): CelOptional {
  const problems = (value as Rule)(text);
  return problems.length === 0 ? NONE : new CelOptional(new CelList([...problems]));
}

/** Kubernetes' library of named formats. */
export const formatFunctions: readonly Overload[] = [
  define("format.named", "string", `optional_type(${TYPE})`, (name: string) =>
    Object.hasOwn(RULES, name) ? new CelOptional(wrap(name)) : NONE,
  ),
  ...Object.keys(RULES).map((name) => define(`format.${name}`, "", TYPE, () => wrap(name))),
  method(TYPE, "validate", "string", "optional_type(list(string))", validate, "argument"),
];
