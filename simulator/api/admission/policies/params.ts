import { fail, ok, type Result } from "../../../base/result.ts";
import type { Kind } from "../../kind.ts";
import { labelSelectorMatches } from "../../meta/labels.ts";
import type { KubeObject } from "../../object.ts";
import type { ParamKind, ParamRef } from "../../schema/generated/types.ts";
import { fromStored, storedKind, versionsOf } from "../../versions.ts";
import type { AdmissionAttributes } from "./attributes.ts";

const NOT_FOUND = "no params found for policy binding with `Deny` parameterNotFoundAction";
const NEEDS_NAMESPACE = "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources";

/** The kind that a policy takes its parameters from; the error is upstream's text. */
export function paramKindOf(wanted: ParamKind, kinds: readonly Kind[]): Result<Kind, string> {
  const { apiVersion = "", kind = "" } = wanted;
  const slash = apiVersion.indexOf("/");
  const [group, version] = slash < 0 ? ["", apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
  const found = kinds
    .flatMap(versionsOf)
    .find(({ ref }) => ref.group === group && ref.version === version && ref.kind === kind);
  if (found !== undefined) return ok(found);
  return fail(`failed to find resource referenced by paramKind: '${group}/${version}, Kind=${kind}'`);
}

/**
 * The parameters with which a binding's policy runs: one after another; undefined stands for a run without any. Models
 * apiserver pkg/admission/plugin/policy/generic CollectParams.
 */
export function collectParams(
  kind: Kind | undefined,
  paramRef: ParamRef | undefined,
  { namespace, request: { context } }: AdmissionAttributes,
): Result<readonly (KubeObject | undefined)[], string> {
  if (kind === undefined || paramRef === undefined) return ok([undefined]);
  const home = kind.namespaced ? paramRef.namespace || namespace : undefined;
  if (home === "") return fail(NEEDS_NAMESPACE);
  if (paramRef.namespace && !kind.namespaced) {
    return fail("paramRef.namespace must not be provided for a cluster-scoped `paramKind`");
  }
  const { ref } = storedKind(kind);
  let found: readonly KubeObject[];
  if (paramRef.name) {
    const one = context.find<KubeObject>(ref, home, paramRef.name);
    found = one === undefined ? [] : [one];
  } else if (paramRef.selector !== undefined) {
    const all = context.list<KubeObject>(ref);
    found = [...all].filter(
      ({ metadata }) =>
        (home === undefined || metadata.namespace === home) && labelSelectorMatches(paramRef.selector, metadata.labels),
    );
  } else {
    return fail("one of name or selector must be provided");
  }
  if (found.length === 0 && paramRef.parameterNotFoundAction === "Deny") return fail(NOT_FOUND);
  return ok(found.map((one) => fromStored(kind, one)));
}
