import { isMaster } from "../authentication/user.ts";
import { forbidden, forbiddenPath, type Status } from "../errors.ts";
import { aggregateMessage } from "../meta/field-error.ts";
import { goQuote } from "../meta/go-text.ts";
import { type Action, type Attributes, isPathAction } from "./attributes.ts";
import { nodeOpinion } from "./node-authorizer.ts";
import { type AccessView, type Grant, grantsOf } from "./resolver.ts";
import { ruleAllows } from "./rules.ts";
import { nodeOf, subjectFor, subjectText } from "./subjects.ts";

export interface Decision {
  readonly allowed: boolean;
  /** What allows it, or what was missing; often nothing. */
  readonly reason: string;
}

const ALLOWED: Decision = { allowed: true, reason: "" };

/** Whether somebody may do something: the masters, the node authorizer and RBAC, asked in this order. */
export function authorize(view: AccessView, { user, action }: Attributes): Decision {
  if (isMaster(user)) return ALLOWED;
  const node = nodeOf(user);
  const opinion = node === undefined ? undefined : nodeOpinion(view, node, action);
  if (opinion?.allowed) return ALLOWED;
  const problems: string[] = [];
  for (const grant of grantsOf(view, user, isPathAction(action) ? "" : action.namespace)) {
    if (grant.problem !== undefined) problems.push(grant.problem);
    if (grant.rules.some((rule) => ruleAllows(rule, action))) {
      return { allowed: true, reason: `RBAC: allowed by ${grantText(grant, { user, action })}` };
    }
  }
  const reasons = [opinion?.reason ?? "", problems.length === 0 ? "" : `RBAC: ${aggregateMessage(problems)}`];
  return { allowed: false, reason: reasons.filter((reason) => reason !== "").join("\n") };
}

function grantText({ binding }: Grant, { user }: Attributes): string {
  const { name, namespace } = binding.metadata;
  const home = namespace === undefined ? "" : `/${namespace}`;
  const subject = subjectFor(binding, user);
  const to = subject === undefined ? "" : ` to ${subjectText(subject, namespace ?? "")}`;
  const { kind, name: role } = binding.roleRef;
  return `${binding.kind} ${goQuote(name + home)} of ${kind} ${goQuote(role)}${to}`;
}

// Models apiserver pkg/endpoints/handlers/responsewriters ForbiddenStatusError
/** The answer to what somebody may not do. */
export function refusal({ user, action }: Attributes, reason: string): Status {
  const why = reason === "" ? deniedText(user.name, action) : `${deniedText(user.name, action)}: ${reason}`;
  if (isPathAction(action)) return forbiddenPath(why);
  return forbidden({ group: action.group, plural: action.resource }, action.name, why);
}

function deniedText(user: string, action: Action): string {
  const start = `User ${goQuote(user)} cannot ${action.verb}`;
  if (isPathAction(action)) return `${start} path ${goQuote(action.path)}`;
  const { group, resource, subresource, namespace } = action;
  const about = goQuote(subresource === "" ? resource : `${resource}/${subresource}`);
  const where = namespace === "" ? "at the cluster scope" : `in the namespace ${goQuote(namespace)}`;
  return `${start} resource ${about} in API group ${goQuote(group)} ${where}`;
}
