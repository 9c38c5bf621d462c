import type { Kind } from "../../../api/kind.ts";
import { SERVICE_ACCOUNTS, type ServiceAccount } from "../../../api/refs.ts";
import { ageColumn, nameColumn } from "../../columns.ts";

const ENFORCE_MOUNTABLE_SECRETS = "kubernetes.io/enforce-mountable-secrets";

export const serviceAccountKind: Kind<ServiceAccount> = {
  ref: SERVICE_ACCOUNTS,
  singular: "serviceaccount",
  shortNames: ["sa"],
  namespaced: true,
  type: "ServiceAccount",
  prepareCreate: withPlainSecretReferences,
  prepareUpdate: withPlainSecretReferences,
  warnings: (object) =>
    object.metadata.annotations?.[ENFORCE_MOUNTABLE_SECRETS] === undefined
      ? []
      : [
          `metadata.annotations[${ENFORCE_MOUNTABLE_SECRETS}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
        ],
  columns: [nameColumn(), ageColumn()],
};

// Models pkg/registry/core/serviceaccount cleanSecretReferences: a reference to a secret is its name and nothing else.
function withPlainSecretReferences(object: ServiceAccount): ServiceAccount {
  if (!object.secrets?.length) return object;
  return { ...object, secrets: object.secrets.map(({ name }) => ({ name })) };
}
