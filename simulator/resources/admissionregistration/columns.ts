import type { Column } from "../../api/kind.ts";
import type { KubeObject } from "../../api/object.ts";
import { ageColumn, column, nameColumn, UNSET } from "../columns.ts";
import type { BindingParts, PolicyParts } from "./policies.ts";

/** Models pkg/printers/internalversion printValidatingWebhook and printMutatingWebhook. */
export function webhookColumns<T extends KubeObject & { readonly webhooks?: readonly unknown[] }>() {
  const words = "Webhooks indicates the number of webhooks registered in this configuration";
  const count = column<T>("Webhooks", "integer", words, (object) => object.webhooks?.length ?? 0);
  return [nameColumn<T>(), count, ageColumn<T>()];
}

/** Models pkg/printers/internalversion printValidatingAdmissionPolicy and printMutatingAdmissionPolicy. */
export function policyColumns<T extends KubeObject & { readonly spec: PolicyParts }>(count: Column<T>) {
  const words = "ParamKind specifies the kind of resources used to parameterize this policy";
  const kind = column<T>("ParamKind", "string", words, ({ spec: { paramKind } }) => {
    return paramKind === undefined ? UNSET : `${paramKind.apiVersion ?? ""}/${paramKind.kind ?? ""}`;
  });
  return [nameColumn<T>(), count, kind, ageColumn<T>()];
}

/** Models pkg/printers/internalversion printValidatingAdmissionPolicyBinding and printMutatingAdmissionPolicyBinding. */
export function bindingColumns<T extends KubeObject & { readonly spec: BindingParts }>() {
  const policyWords = "PolicyName indicates the policy definition which the policy binding binded to";
  const paramWords = "ParamRef indicates the param resource which sets the configuration param";
  return [
    nameColumn<T>(),
    column<T>("PolicyName", "string", policyWords, ({ spec }) => spec.policyName ?? ""),
    column<T>("ParamRef", "string", paramWords, ({ spec: { paramRef } }) => {
      if (paramRef === undefined) return UNSET;
      const { namespace, name, selector } = paramRef;
      if (name) return namespace ? `${namespace}/${name}` : name;
      return selector === undefined ? UNSET : namespace ? `${namespace}/*` : "*";
    }),
    ageColumn<T>(),
  ];
}
