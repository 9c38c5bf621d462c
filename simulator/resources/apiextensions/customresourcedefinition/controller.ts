import { keyOf } from "../../../api/object.ts";
import { CUSTOM_RESOURCE_DEFINITIONS, type CustomResourceDefinition } from "../../../api/refs.ts";
import type { CustomResourceDefinitionNames } from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../../controller-runtime/controller.ts";
import { CLEANUP_FINALIZER, conditionOf, isTrue, withCondition } from "./conditions.ts";
import { acceptedNames } from "./names.ts";
import { approvalOf } from "./validation.ts";

/** Between looks at objects that are slow to go. */
const CLEANUP_POLL_MS = 5000;

/**
 * What the API server does about definitions: accepts their names, establishes them, says whether their group is approved,
 * and deletes their objects before they go. Models apiextensions-apiserver pkg/controller/{status,establish,finalizer,apiapproval}.
 */
export const customResourceDefinitionController: Controller = {
  name: "crd-controller",
  watches: [
    watchRule(CUSTOM_RESOURCE_DEFINITIONS, ({ object, type, previous }, cache) => {
      const own = type === "DELETED" ? [] : [keyOf(object)];
      const isFreed = type === "DELETED" || !equalJson(previous?.status.acceptedNames, object.status.acceptedNames);
      if (!isFreed) return own;
      // A name that one lets go may be what another waits for.
      const others = [...cache.list(CUSTOM_RESOURCE_DEFINITIONS)].filter(
        (other) => other.spec.group === object.spec.group && !isTrue(other, "NamesAccepted"),
      );
      return [...new Set([...own, ...others.map(keyOf)])];
    }),
  ],
  create: (context) => new DefinitionReconciler(context),
};

class DefinitionReconciler implements Reconciler {
  readonly #context: ComponentContext;

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  reconcile(key: string): Outcome {
    const definition = this.#context.cache.get(CUSTOM_RESOURCE_DEFINITIONS, key);
    if (definition === undefined) return undefined;
    if (definition.metadata.deletionTimestamp !== undefined) return this.#cleanUp(definition);
    const next = this.#approved(this.#established(this.#named(definition)));
    return next === definition ? undefined : this.#put(next);
  }

  #put(definition: CustomResourceDefinition): Outcome {
    const updated = this.#context.client.updateStatus(CUSTOM_RESOURCE_DEFINITIONS, definition);
    return updated.ok || updated.error.code === 404 ? undefined : { failed: updated.error };
  }

  // Models pkg/controller/status naming_controller.go
  #named(definition: CustomResourceDefinition): CustomResourceDefinition {
    const { spec, status } = definition;
    if (equalJson(spec.names, status.acceptedNames)) return definition;
    const others = [...this.#context.cache.list(CUSTOM_RESOURCE_DEFINITIONS)].filter(
      (other) => other.spec.group === spec.group && other.metadata.name !== definition.metadata.name,
    );
    const { names, conflict } = acceptedNames(spec.names, status.acceptedNames, others);
    const said =
      conflict === undefined
        ? { type: "NamesAccepted", status: "True", reason: "NoConflicts", message: "no conflicts found" }
        : { type: "NamesAccepted", status: "False", ...conflict };
    const isSaid = equalJson(
      { ...conditionOf(definition, "NamesAccepted"), lastTransitionTime: "" },
      { ...said, lastTransitionTime: "" },
    );
    if (isSaid && equalJson(names, status.acceptedNames)) return definition;
    const accepted = { ...definition, status: { ...status, acceptedNames: names as CustomResourceDefinitionNames } };
    const named = withCondition(accepted, said, this.#context.now);
    if (conditionOf(named, "Established") !== undefined) return named;
    const notYet = {
      type: "Established",
      status: "False",
      reason: "NotAccepted",
      message: "not all names are accepted",
    };
    return withCondition(named, notYet, this.#context.now);
  }

  // Models pkg/controller/establish
  #established(definition: CustomResourceDefinition): CustomResourceDefinition {
    if (!isTrue(definition, "NamesAccepted") || isTrue(definition, "Established")) return definition;
    const said = {
      type: "Established",
      status: "True",
      reason: "InitialNamesAccepted",
      message: "the initial names have been accepted",
    };
    return withCondition(definition, said, this.#context.now);
  }

  // Models pkg/controller/apiapproval
  #approved(definition: CustomResourceDefinition): CustomResourceDefinition {
    const { isProtected, state, reason } = approvalOf(definition);
    if (!isProtected) return definition;
    const said = {
      type: "KubernetesAPIApprovalPolicyConformant",
      status: state === "approved" ? "True" : "False",
      reason: APPROVAL_REASONS[state],
      message: reason,
    };
    const next = withCondition(definition, said, this.#context.now);
    return equalJson(next, definition) ? definition : next;
  }

  // Models pkg/controller/finalizer crd_finalizer.go
  #cleanUp(definition: CustomResourceDefinition): Outcome {
    const { finalizers = [], name } = definition.metadata;
    if (!finalizers.includes(CLEANUP_FINALIZER)) return undefined;
    const { cache, client, now } = this.#context;
    const resource = this.#context.resources().find(({ ref }) => ref.id === name);
    const objects = resource === undefined ? [] : [...cache.list(resource.ref)];
    if (objects.length > 0 && resource !== undefined) {
      const said = {
        type: "Terminating",
        status: "True",
        reason: "InstanceDeletionInProgress",
        message: "CustomResource deletion is in progress",
      };
      const marked = withCondition(definition, said, now);
      if (!equalJson(marked, definition)) this.#put(marked);
      for (const object of objects) {
        if (object.metadata.deletionTimestamp === undefined) client.delete(resource.ref, keyOf(object));
      }
      if ([...cache.list(resource.ref)].length > 0) return { againAfterMs: CLEANUP_POLL_MS };
    }
    const live = cache.get(CUSTOM_RESOURCE_DEFINITIONS, name) ?? definition;
    const said = {
      type: "Terminating",
      status: "False",
      reason: "InstanceDeletionCompleted",
      message: "removed all instances",
    };
    this.#put(withCondition(live, said, now));
    const last = cache.get(CUSTOM_RESOURCE_DEFINITIONS, name);
    if (last === undefined) return undefined;
    const left = last.metadata.finalizers?.filter((finalizer) => finalizer !== CLEANUP_FINALIZER);
    const metadata = { ...last.metadata, finalizers: left?.length ? left : undefined };
    const updated = client.update(CUSTOM_RESOURCE_DEFINITIONS, { ...last, metadata });
    return updated.ok || updated.error.code === 404 ? undefined : { failed: updated.error };
  }
}

const APPROVAL_REASONS = {
  approved: "ApprovedAnnotation",
  bypassed: "UnapprovedAnnotation",
  invalid: "InvalidAnnotation",
  missing: "MissingAnnotation",
} as const;
