import { plainFailure } from "../../../api/errors.ts";
import type { Kind } from "../../../api/kind.ts";
import { aggregateMessage, fieldErrorMessage, notSupported, required } from "../../../api/meta/field-error.ts";
import { joinKey, type Stored } from "../../../api/object.ts";
import { resourceRef } from "../../../api/refs.ts";
import type { Binding as BindingType } from "../../../api/schema/generated/types.ts";
import { fail, ok } from "../../../base/result.ts";
import { nameColumn } from "../../columns.ts";

type Binding = Stored<BindingType>;

/** The old form of pods/binding: a POST assigns the pod of the same name to a node. Nothing is stored. */
export const bindingKind: Kind<Binding> = {
  ref: resourceRef<Binding>("", "v1", "bindings", "Binding"),
  singular: "binding",
  namespaced: true,
  type: "Binding",
  // Models pkg/apis/core/validation ValidatePodBinding and pkg/registry/core/pod/storage LegacyBindingREST
  answer: ({ metadata, target }, context) => {
    const { kind = "", name = "" } = target ?? {};
    const problems = [
      ...(kind === "" || kind === "Node" ? [] : [notSupported("target.kind", kind, ["Node", "<empty>"])]),
      ...(name === "" ? [required("target.name")] : []),
    ];
    if (problems.length > 0) return fail(plainFailure(aggregateMessage(problems.map(fieldErrorMessage))));
    const bound = context.bind(joinKey(metadata.namespace, metadata.name), metadata.uid ?? "", name);
    if (!bound.ok) return bound;
    const success = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 };
    return ok(success as unknown as Binding);
  },
  columns: [nameColumn()],
};
