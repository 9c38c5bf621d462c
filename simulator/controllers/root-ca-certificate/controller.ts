import { CONFIG_MAPS, NAMESPACES } from "../../api/refs.ts";
import { equalJson } from "../../base/json.ts";
import { type Controller, type Outcome, watchRule } from "../../controller-runtime/controller.ts";
import { isNamespaceGone } from "../shared/namespaces.ts";
import { ROOT_CERTIFICATE } from "./certificate.ts";

const NAME = "kube-root-ca.crt";
const DESCRIPTION_KEY = "kubernetes.io/description";
const DESCRIPTION =
  "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";
const DATA = { "ca.crt": ROOT_CERTIFICATE };

// Models pkg/controller/certificates/rootcacertpublisher
/** Keeps the API server's certificate in a config map of every namespace. Keys are names of namespaces. */
export const rootCaCertificatePublisher: Controller = {
  name: "root-ca-certificate-publisher-controller",
  watches: [
    watchRule(NAMESPACES, ({ type, object }) =>
      type === "ADDED" || (type === "MODIFIED" && object.status.phase === "Active") ? [object.metadata.name] : [],
    ),
    watchRule(CONFIG_MAPS, ({ type, object }) =>
      type !== "ADDED" && object.metadata.name === NAME ? [object.metadata.namespace ?? ""] : [],
    ),
  ],
  create: ({ cache, client }) => ({
    reconcile(namespace): Outcome {
      const found = cache.get(CONFIG_MAPS, `${namespace}/${NAME}`);
      if (found === undefined) {
        if (cache.get(NAMESPACES, namespace) === undefined) return undefined;
        const metadata = { name: NAME, namespace, annotations: { [DESCRIPTION_KEY]: DESCRIPTION } };
        const created = client.create(CONFIG_MAPS, { metadata, data: DATA });
        return created.ok || isNamespaceGone(created.error) ? undefined : { failed: created.error };
      }
      const { metadata } = found;
      if (equalJson(found.data, DATA) && metadata.annotations?.[DESCRIPTION_KEY]) return undefined;
      const annotations = { ...metadata.annotations, [DESCRIPTION_KEY]: DESCRIPTION };
      const updated = client.update(CONFIG_MAPS, { ...found, metadata: { ...metadata, annotations }, data: DATA });
      return updated.ok ? undefined : { failed: updated.error };
    },
  }),
};
