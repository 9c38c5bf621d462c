import { forbidden as forbiddenStatus } from "../../../api/errors.ts";
import type { Kind } from "../../../api/kind.ts";
import { nameIsDnsLabel } from "../../../api/meta/validation.ts";
import { NAMESPACES, type Namespace } from "../../../api/refs.ts";
import type { Draft } from "../../../base/json.ts";
import { ageColumn, nameColumn } from "../../columns.ts";
import { validateNamespace, validateNamespaceStatusUpdate, validateNamespaceUpdate } from "./validation.ts";

/** The label that carries a namespace's name, for selectors. */
const NAME_LABEL = "kubernetes.io/metadata.name";
/** The namespace controller's finalizer: it goes when the namespace is empty. */
export const NAMESPACE_FINALIZER = "kubernetes";
/** Namespaces that cannot be deleted. Models apiserver pkg/admission/plugin/namespace/lifecycle. */
const IMMORTAL = ["default", "kube-system", "kube-public"];

export const namespaceKind: Kind<Namespace> = {
  ref: NAMESPACES,
  singular: "namespace",
  shortNames: ["ns"],
  namespaced: false,
  type: "Namespace",
  withoutVerbs: ["deletecollection"],
  validateName: nameIsDnsLabel,
  defaults: defaultNamespace,
  prepareCreate,
  prepareUpdate: (object, old) => ({ ...object, spec: { ...object.spec, finalizers: old.spec.finalizers } }),
  prepareStatusUpdate: (object, old) => ({ ...object, spec: old.spec }),
  validate: validateNamespace,
  validateUpdate: validateNamespaceUpdate,
  validateStatusUpdate: validateNamespaceStatusUpdate,
  checkDelete: ({ metadata: { name } }) =>
    IMMORTAL.includes(name) ? forbiddenStatus(NAMESPACES, name, "this namespace may not be deleted") : undefined,
  hasOwnFinalizers: (object) => (object.spec.finalizers ?? []).length > 0,
  // Models pkg/registry/core/namespace/storage Delete: a namespace is marked without a grace.
  beginDelete: (object) => {
    const { deletionGracePeriodSeconds: _, ...metadata } = object.metadata;
    return { ...object, metadata, status: { ...object.status, phase: "Terminating" } };
  },
  subresources: { status: true },
  selectableFields: { "status.phase": (object) => object.status.phase ?? "", name: (object) => object.metadata.name },
  columns: [
    nameColumn(),
    {
      name: "Status",
      type: "string",
      description: "The status of the namespace",
      priority: 0,
      cell: (object) => object.status.phase ?? "",
    },
    ageColumn(),
  ],
};

// Models pkg/apis/core/v1 SetDefaults_Namespace
function defaultNamespace(object: Draft<Namespace>): void {
  object.spec ??= {};
  if (!object.metadata.name) return;
  object.metadata.labels = { ...object.metadata.labels, [NAME_LABEL]: object.metadata.name };
}

// Models pkg/registry/core/namespace PrepareForCreate and Canonicalize (which labels generated names)
function prepareCreate(object: Namespace): Namespace {
  const { metadata } = object;
  const finalizers = object.spec?.finalizers ?? [];
  const held = finalizers.includes(NAMESPACE_FINALIZER) ? finalizers : [...finalizers, NAMESPACE_FINALIZER];
  return {
    ...object,
    metadata: { ...metadata, labels: { ...metadata.labels, [NAME_LABEL]: metadata.name } },
    spec: { ...object.spec, finalizers: held },
    status: { phase: "Active" },
  };
}
