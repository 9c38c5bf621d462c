import { API_AUDIENCES, type ServiceAccountTokens } from "../api/authentication/service-account-tokens.ts";
import type { Cache } from "../api/client.ts";
import { joinKey } from "../api/object.ts";
import { NODES, SERVICE_ACCOUNTS } from "../api/refs.ts";
import { uuidOf } from "./ids.ts";
import type { SourcesPort } from "./ports.ts";

/** What kubelets read of the API for volumes and environments, over the cache and the issuer of tokens. */
export function kubeletSources(cache: Cache, tokens: ServiceAccountTokens, startEpochMs: number): SourcesPort {
  return {
    cache,
    startEpochMs,
    token: (pod, audiences, expirationSeconds, epochMs) => {
      const { namespace = "default", uid } = pod.metadata;
      const { serviceAccountName = "default", nodeName = "" } = pod.spec;
      const account = cache.get(SERVICE_ACCOUNTS, joinKey(namespace, serviceAccountName));
      if (account === undefined) return undefined;
      const node = cache.get(NODES, nodeName);
      const bound = {
        kind: "Pod",
        object: pod,
        node: { name: nodeName, ...(node && { uid: node.metadata.uid }) },
      } as const;
      const wanted = audiences.length > 0 ? audiences : API_AUDIENCES;
      const id = uuidOf([uid, serviceAccountName, ...wanted, expirationSeconds, epochMs].join("/"));
      return tokens.issue(account, bound, wanted, expirationSeconds, { id, epochMs });
    },
  };
}
