import { forbidden, notFound, type Status } from "../errors.ts";
import { NAMESPACES } from "../refs.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./plugin.ts";

// Models apiserver pkg/admission/plugin/namespace/lifecycle
export const namespaceLifecycle: AdmissionPlugin = {
  name: "NamespaceLifecycle",
  resources: "*",
  verbs: ["create"],
  mutate: (request) => {
    const refused = checkNamespace(request);
    return refused ? { ok: false, error: refused } : { ok: true, value: request.object };
  },
};

function checkNamespace({ kind, object, context }: AdmissionRequest): Status | undefined {
  const name = object.metadata.namespace;
  if (!kind.namespaced || name === undefined || name === "") return undefined;
  const namespace = context.find(NAMESPACES, undefined, name);
  if (namespace === undefined) return notFound(NAMESPACES, name);
  if (namespace.status.phase !== "Terminating") return undefined;
  const why = `unable to create new content in namespace ${name} because it is being terminated`;
  const status = forbidden(kind.ref, object.metadata.name, why);
  const causes = [
    { reason: "NamespaceTerminating", message: `namespace ${name} is being terminated`, field: "metadata.namespace" },
  ];
  return { ...status, details: { ...status.details, causes } };
}
