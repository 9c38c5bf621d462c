import { NAMESPACES, SERVICE_ACCOUNTS } from "../../api/refs.ts";
import { type Controller, type Outcome, watchRule } from "../../controller-runtime/controller.ts";
import { isNamespaceGone } from "../shared/namespaces.ts";

const NAME = "default";

// Models pkg/controller/serviceaccount serviceaccounts_controller.go
/** Keeps the service account `default` in every active namespace. Keys are names of namespaces. */
export const serviceAccountController: Controller = {
  name: "serviceaccount-controller",
  watches: [
    watchRule(NAMESPACES, ({ type, object }) => (type === "DELETED" ? [] : [object.metadata.name])),
    watchRule(SERVICE_ACCOUNTS, ({ type, object }) =>
      type === "DELETED" && object.metadata.name === NAME ? [object.metadata.namespace ?? ""] : [],
    ),
  ],
  create: ({ cache, client }) => ({
    reconcile(namespace): Outcome {
      if (cache.get(NAMESPACES, namespace)?.status.phase !== "Active") return undefined;
      if (cache.get(SERVICE_ACCOUNTS, `${namespace}/${NAME}`) !== undefined) return undefined;
      const created = client.create(SERVICE_ACCOUNTS, { metadata: { name: NAME, namespace } });
      return created.ok || isNamespaceGone(created.error) ? undefined : { failed: created.error };
    },
  }),
};
