import { PolicyCompiler } from "../../../api/admission/policies/environment.ts";
import { paramKindOf } from "../../../api/admission/policies/params.ts";
import type { Kind } from "../../../api/kind.ts";
import { VALIDATING_ADMISSION_POLICIES, type ValidatingAdmissionPolicy } from "../../../api/refs.ts";
import type { ExpressionWarning } from "../../../api/schema/generated/types.ts";
import { versionsOf } from "../../../api/versions.ts";
import { type Controller, type Outcome, watchRule } from "../../../controller-runtime/controller.ts";
import { kinds } from "../../registry.ts";
import { objectTypeOf } from "./object-type.ts";

const MAX_TYPES = 10;

// Models pkg/controller/validatingadmissionpolicystatus
/** Checks a policy's expressions against the types that they will meet, and says that it did. Keys are names of policies. */
export const admissionPolicyStatusController: Controller = {
  name: "validatingadmissionpolicy-status-controller",
  watches: [
    watchRule(VALIDATING_ADMISSION_POLICIES, ({ type, object }) => (type === "DELETED" ? [] : [object.metadata.name])),
  ],
  create: ({ cache, client }) => ({
    reconcile(name): Outcome {
      const policy = cache.get(VALIDATING_ADMISSION_POLICIES, name);
      if (policy === undefined) return undefined;
      const { generation } = policy.metadata;
      if (policy.status.observedGeneration === generation) return undefined;
      const warnings = warningsOf(policy);
      const typeChecking = warnings.length > 0 ? { expressionWarnings: warnings } : {};
      const status = { ...policy.status, observedGeneration: generation, typeChecking };
      const updated = client.updateStatus(VALIDATING_ADMISSION_POLICIES, { ...policy, status });
      return updated.ok || updated.error.code === 404 ? undefined : { failed: updated.error };
    },
  }),
};

// Models apiserver pkg/admission/plugin/policy/validating TypeChecker.Check
/** What types have against a policy's expressions. Kinds that objects define have no types here. */
function warningsOf(policy: ValidatingAdmissionPolicy): readonly ExpressionWarning[] {
  const { paramKind, variables, validations = [] } = policy.spec;
  const found = paramKind && paramKindOf(paramKind, kinds.all);
  const params = found?.ok ? objectTypeOf(found.value) : undefined;
  const compilers = kindsToCheck(policy).flatMap(({ ref, ...kind }) => {
    const object = objectTypeOf({ ref, ...kind });
    if (object === undefined) return [];
    const options = { hasParams: paramKind !== undefined, hasAuthorizer: true, object, ...(params && { params }) };
    return [{ ref, compiler: new PolicyCompiler(options, variables) }];
  });
  const check = (expression: string, fieldRef: string): readonly ExpressionWarning[] => {
    const texts = compilers.flatMap(({ ref, compiler }) => {
      const compiled = compiler.compile(expression, []);
      if (compiled.ok) return [];
      const group = ref.group === "" ? ref.version : `${ref.group}/${ref.version}`;
      return [
        `${ref.group === "" ? "/" : ""}${group}, Kind=${ref.kind}: ${compiled.error.replace(/^compilation failed: /, "")}\n`,
      ];
    });
    return texts.length === 0 ? [] : [{ fieldRef, warning: texts.join("\n") }];
  };
  return validations.flatMap(({ expression, messageExpression }, at) => [
    ...check(expression, `spec.validations[${at}].expression`),
    ...(messageExpression ? check(messageExpression, `spec.validations[${at}].messageExpression`) : []),
  ]);
}

/** The kinds that a policy names without stars, by group, version and kind. */
function kindsToCheck({ spec }: ValidatingAdmissionPolicy): readonly Kind[] {
  const found = new Set<Kind>();
  for (const { apiGroups = [], apiVersions = [], resources = [] } of spec.matchConstraints?.resourceRules ?? []) {
    if ([...apiGroups, ...apiVersions].some((text) => text.includes("*"))) continue;
    for (const kind of kinds.all.flatMap(versionsOf)) {
      const { group, version, plural } = kind.ref;
      if (apiGroups.includes(group) && apiVersions.includes(version) && resources.includes(plural)) found.add(kind);
    }
  }
  const sortKey = ({ ref }: Kind) => `${ref.group} ${ref.version} ${ref.kind}`;
  return [...found].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)).slice(0, MAX_TYPES);
}
