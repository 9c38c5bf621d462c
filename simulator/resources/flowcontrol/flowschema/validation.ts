import {
  child,
  duplicate,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from "../../../api/meta/field-error.ts";
import { type NameRule, nameIsDnsLabel, nameIsDnsSubdomain } from "../../../api/meta/validation.ts";
import type { FlowSchema } from "../../../api/refs.ts";
import type {
  FlowcontrolV1Subject,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
} from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";
import { flowControlBootstrap } from "../bootstrap.ts";

const METHODS = ["ByNamespace", "ByUser"];
const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"];
const SUBJECT_KINDS = ["Group", "ServiceAccount", "User"];
const MAX_PRECEDENCE = 10_000;
const MANDATORY = ["catch-all", "exempt"];

// Models pkg/apis/flowcontrol/validation ValidateFlowSchema
export function validateFlowSchema(object: FlowSchema): readonly FieldError[] {
  const { name } = object.metadata;
  const fixed = MANDATORY.includes(name) && flowControlBootstrap.flowSchemas.find((one) => one.metadata.name === name);
  return [
    ...validateSpec(object),
    ...(fixed && !equalJson(fixed.spec, object.spec)
      ? [invalid("spec", object.spec, `spec of '${name}' must equal the fixed value`)]
      : []),
    ...validateFlowSchemaStatusUpdate(object),
  ];
}

export function validateFlowSchemaStatusUpdate({ status }: FlowSchema): readonly FieldError[] {
  return validateFlowConditions(status?.conditions ?? []);
}

/** Conditions of both kinds of flow control: each type once, and not empty. */
export function validateFlowConditions(conditions: readonly { readonly type?: string }[]): readonly FieldError[] {
  const seen = new Set<string>();
  return conditions.flatMap(({ type = "" }, at) => {
    const path = child(index("status.conditions", at), "type");
    const repeated = seen.has(type) ? [duplicate(path, type)] : [];
    seen.add(type);
    return [...repeated, ...(type === "" ? [required(path, "must not be empty")] : [])];
  });
}

function validateSpec({ metadata, spec }: FlowSchema): readonly FieldError[] {
  const { matchingPrecedence: precedence = 0, distinguisherMethod: method, rules = [] } = spec;
  const { name } = spec.priorityLevelConfiguration;
  const path = "spec.matchingPrecedence";
  const levelPath = "spec.priorityLevelConfiguration.name";
  const errors: FieldError[] = [];
  if (precedence <= 0) errors.push(invalid(path, precedence, "must be a positive value"));
  if (precedence > MAX_PRECEDENCE) {
    errors.push(invalid(path, precedence, `must not be greater than ${MAX_PRECEDENCE}`));
  }
  if (precedence === 1 && metadata.name !== "exempt") {
    errors.push(invalid(path, precedence, "only the schema named 'exempt' may have matchingPrecedence 1"));
  }
  if (method && !METHODS.includes(method.type)) {
    errors.push(notSupported("spec.distinguisherMethod.type", method, METHODS));
  }
  if (name) errors.push(...nameIsDnsSubdomain(name, false).map((text) => invalid(levelPath, name, text)));
  else errors.push(required(levelPath, "must reference a priority level"));
  return [...errors, ...rules.flatMap((rule, at) => validateRule(rule, index("spec.rules", at)))];
}

function validateRule({ subjects = [], ...rule }: PolicyRulesWithSubjects, path: string): readonly FieldError[] {
  const { resourceRules = [], nonResourceRules = [] } = rule;
  const subjectsPath = child(path, "subjects");
  const missing = "at least one of resourceRules and nonResourceRules has to be non-empty";
  return [
    ...subjects.flatMap((subject, at) => validateSubject(subject, index(subjectsPath, at))),
    ...(subjects.length === 0 ? [required(subjectsPath, "subjects must contain at least one value")] : []),
    ...(resourceRules.length + nonResourceRules.length === 0 ? [required(path, missing)] : []),
    ...resourceRules.flatMap((one, at) => validateResourceRule(one, index(child(path, "resourceRules"), at))),
    ...nonResourceRules.flatMap((one, at) => validateUrlRule(one, index(child(path, "nonResourceRules"), at))),
  ];
}

/** The field that each kind of subject fills. */
const SUBJECT_FIELDS = { ServiceAccount: "serviceAccount", User: "user", Group: "group" } as const;
type SubjectKind = keyof typeof SUBJECT_FIELDS;

function validateSubject(subject: FlowcontrolV1Subject, path: string): readonly FieldError[] {
  const { kind = "" } = subject;
  if (!SUBJECT_KINDS.includes(kind)) return [notSupported(child(path, "kind"), kind, SUBJECT_KINDS)];
  const own = SUBJECT_FIELDS[kind as SubjectKind];
  const others = Object.entries(SUBJECT_FIELDS).filter(([, field]) => field !== own && subject[field]);
  return [
    ...validateNamed(subject, own, kind, child(path, own)),
    ...others.map(([other, field]) =>
      forbidden(child(path, field), `${field} is forbidden when subject kind is not '${other}'`),
    ),
  ];
}

function validateNamed(
  subject: FlowcontrolV1Subject,
  field: (typeof SUBJECT_FIELDS)[SubjectKind],
  kind: string,
  path: string,
): readonly FieldError[] {
  const named = subject[field];
  if (named === undefined) return [required(path, `${field} is required when subject kind is '${kind}'`)];
  const { name = "" } = named;
  const errors = name === "" ? [required(child(path, "name"))] : [];
  if (field !== "serviceAccount") return errors;
  const check = (text: string, rule: NameRule, at: string) =>
    rule(text, false).map((problem) => invalid(child(path, at), text, problem));
  const namespace = subject.serviceAccount?.namespace ?? "";
  return [
    ...errors,
    ...(name === "" || name === "*" ? [] : check(name, nameIsDnsSubdomain, "name")),
    ...(namespace === ""
      ? [required(child(path, "namespace"), "must specify namespace for service account")]
      : check(namespace, nameIsDnsLabel, "namespace")),
  ];
}

function validateVerbs(verbs: readonly string[], path: string): readonly FieldError[] {
  if (verbs.length === 0) return [required(path, "verbs must contain at least one value")];
  if (verbs.includes("*")) return validateLoneStar(verbs, path, "verbs");
  return verbs.every((verb) => VERBS.includes(verb)) ? [] : [notSupported(path, verbs, VERBS)];
}

function validateLoneStar(values: readonly string[], path: string, what: string): readonly FieldError[] {
  if (!values.includes("*") || values.length === 1) return [];
  return [invalid(path, values, `if '*' is present, must not specify other ${what}`)];
}

function validateResourceRule(rule: ResourcePolicyRule, path: string): readonly FieldError[] {
  const { verbs = [], apiGroups = [], resources = [], namespaces = [], clusterScope } = rule;
  const at = (field: string) => child(path, field);
  const noNamespace = "resource rules that are not cluster scoped must supply at least one namespace";
  return [
    ...validateVerbs(verbs, at("verbs")),
    ...(apiGroups.length === 0
      ? [required(at("apiGroups"), "resource rules must supply at least one api group")]
      : validateLoneStar(apiGroups, at("apiGroups"), "api groups")),
    ...(resources.length === 0
      ? [required(at("resources"), "resource rules must supply at least one resource")]
      : validateLoneStar(resources, at("resources"), "resources")),
    ...(namespaces.length === 0 && !clusterScope ? [required(at("namespaces"), noNamespace)] : []),
    ...(namespaces.includes("*")
      ? validateLoneStar(namespaces, at("namespaces"), "namespaces")
      : namespaces.flatMap((name, nth) =>
          nameIsDnsLabel(name, false).map((text) => {
            const intro = "each member of this list must be '*' or a DNS-1123 label; ";
            return invalid(index(at("namespaces"), nth), name, intro + text);
          }),
        )),
  ];
}

function validateUrlRule({ verbs = [], nonResourceURLs: urls = [] }: NonResourcePolicyRule, path: string) {
  const urlsPath = child(path, "nonResourceURLs");
  const errors = [...validateVerbs(verbs, child(path, "verbs"))];
  if (urls.length === 0) errors.push(required(urlsPath, "nonResourceURLs must contain at least one value"));
  else if (urls.includes("*")) errors.push(...validateLoneStar(urls, urlsPath, "non-resource URLs"));
  else errors.push(...urls.flatMap((url, at) => validateUrl(url, index(urlsPath, at))));
  return errors;
}

// Models pkg/apis/flowcontrol/validation ValidateNonResourceURLPath
function validateUrl(url: string, path: string): readonly FieldError[] {
  const stars = url.split("*").length - 1;
  if (url === "") return [invalid(path, url, "must not be empty")];
  if (url === "/") return [];
  if (!url.startsWith("/")) return [invalid(path, url, "must start with slash")];
  if (url.includes(" ")) return [invalid(path, url, "must not contain white-space")];
  if (url.includes("//")) return [invalid(path, url, "must not contain double slash")];
  if (stars > 1 || (stars === 1 && !url.endsWith("/*"))) {
    return [invalid(path, url, "wildcard can only do suffix matching")];
  }
  return [];
}
