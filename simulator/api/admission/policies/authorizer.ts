import type { User } from "../../authentication/user.ts";
import { serviceAccountGroups, serviceAccountUser } from "../../authentication/user.ts";
import type { Action, ResourceAttributes } from "../../authorization/attributes.ts";
import { authorize } from "../../authorization/authorizer.ts";
import type { AccessView } from "../../authorization/resolver.ts";
import { define, type Overload } from "../../cel/functions/overload.ts";
import { type CelType, type ObjectType, parseType } from "../../cel/types.ts";
import { CelError, CelMap, CelOpaque, type CelValue } from "../../cel/values.ts";
import { isDns1123Label, isDns1123Subdomain } from "../../meta/validation.ts";

/** `authorizer` in expressions: asks whether somebody may do something. Models apiserver pkg/cel/library/authz.go. */

const PATH_CHECK = "kubernetes.authorization.PathCheck";
const GROUP_CHECK = "kubernetes.authorization.GroupCheck";
const RESOURCE_CHECK = "kubernetes.authorization.ResourceCheck";
const DECISION = "kubernetes.authorization.Decision";

/** It has a field besides its functions: what the request itself is about. */
export const AUTHORIZER: ObjectType = {
  kind: "object",
  name: "kubernetes.authorization.Authorizer",
  fields: new Map<string, CelType>([["requestResource", { kind: "opaque", name: RESOURCE_CHECK }]]),
};

interface Asking {
  readonly user: User;
  readonly view: AccessView;
}

/** A value of `authorizer`. */
export class AuthorizerValue extends CelMap {
  readonly asking: Asking;

  constructor(asking: Asking, requestResource?: Omit<ResourceAttributes, "verb">) {
    super(
      {
        get: (field) =>
          field === "requestResource" && requestResource
            ? resourceCheck({ ...asking, about: requestResource })
            : undefined,
        keys: () => [],
      },
      AUTHORIZER.name,
    );
    this.asking = asking;
  }
}

interface ResourceAsking extends Asking {
  readonly about: Omit<ResourceAttributes, "verb">;
}

interface PathAsking extends Asking {
  readonly path: string;
}

interface GroupAsking extends Asking {
  readonly group: string;
}

function resourceCheck(value: ResourceAsking): CelOpaque {
  return new CelOpaque(RESOURCE_CHECK, value, JSON.stringify(value.about));
}

function decision({ user, view }: Asking, action: Action): CelOpaque {
  const made = authorize(view, { user, action });
  return new CelOpaque(DECISION, made, JSON.stringify(made));
}

type Decided = ReturnType<typeof authorize>;

const inner = <T>(value: CelValue | undefined): T => (value as CelOpaque).value as T;
const text = (value: CelValue | undefined): string => value as string;

/** A function of a value of one of these types. */
function of(
  receiver: CelType,
  name: string,
  args: string,
  result: CelType,
  call: (args: readonly CelValue[]) => CelValue,
): Overload {
  const types = args === "" ? [] : args.split(" ").map(parseType);
  return { ...define(name, "", "dyn", () => null), isMethod: true, args: [receiver, ...types], result, call };
}

const opaque = (name: string): CelType => ({ kind: "opaque", name });

function narrowed(field: "subresource" | "namespace" | "name"): Overload {
  return of(opaque(RESOURCE_CHECK), field, "string", opaque(RESOURCE_CHECK), ([check, value]) => {
    const asking = inner<ResourceAsking>(check);
    return resourceCheck({ ...asking, about: { ...asking.about, [field]: text(value) } });
  });
}

export const authorizerFunctions: readonly Overload[] = [
  of(AUTHORIZER, "path", "string", opaque(PATH_CHECK), ([authorizer, path]) => {
    const asking: PathAsking = { ...(authorizer as AuthorizerValue).asking, path: text(path) };
    if (asking.path === "") throw new CelError("path must not be empty");
    return new CelOpaque(PATH_CHECK, asking, asking.path);
  }),
  of(AUTHORIZER, "group", "string", opaque(GROUP_CHECK), ([authorizer, group]) => {
    const asking: GroupAsking = { ...(authorizer as AuthorizerValue).asking, group: text(group) };
    return new CelOpaque(GROUP_CHECK, asking, asking.group);
  }),
  of(AUTHORIZER, "serviceAccount", "string string", AUTHORIZER, ([authorizer, namespace, name]) => {
    const [space, account] = [text(namespace), text(name)];
    if (isDns1123Label(space).length > 0) throw new CelError("Invalid service account namespace");
    if (isDns1123Subdomain(account).length > 0) throw new CelError("Invalid service account name");
    const groups = [...serviceAccountGroups(space), "system:authenticated"];
    const { view } = (authorizer as AuthorizerValue).asking;
    return new AuthorizerValue({ user: { name: serviceAccountUser(space, account), groups }, view });
  }),
  of(opaque(PATH_CHECK), "check", "string", opaque(DECISION), ([check, verb]) => {
    const asking = inner<PathAsking>(check);
    return decision(asking, { verb: text(verb), path: asking.path });
  }),
  of(opaque(GROUP_CHECK), "resource", "string", opaque(RESOURCE_CHECK), ([check, resource]) => {
    const { group, ...asking } = inner<GroupAsking>(check);
    const about = { group, resource: text(resource), subresource: "", namespace: "", name: "" };
    return resourceCheck({ ...asking, about });
  }),
  narrowed("subresource"),
  narrowed("namespace"),
  narrowed("name"),
  of(opaque(RESOURCE_CHECK), "check", "string", opaque(DECISION), ([check, verb]) => {
    const asking = inner<ResourceAsking>(check);
    return decision(asking, { verb: text(verb), ...asking.about });
  }),
  of(opaque(DECISION), "allowed", "", { kind: "bool" }, ([one]) => inner<Decided>(one).allowed),
  of(opaque(DECISION), "reason", "", { kind: "string" }, ([one]) => inner<Decided>(one).reason),
  of(opaque(DECISION), "errored", "", { kind: "bool" }, () => false),
  of(opaque(DECISION), "error", "", { kind: "string" }, () => ""),
];
