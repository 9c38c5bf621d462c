import type { Incoming } from "./api/object.ts";
import type { ConfigMap } from "./api/refs.ts";
import { ROOT_CERTIFICATE } from "./controllers/root-ca-certificate/certificate.ts";

/** The accounts that the controller manager makes for its controllers, each with the role of its name. */
export const CONTROLLER_ACCOUNTS: readonly string[] = [
  ...["attachdetach-controller", "bootstrap-signer", "certificate-controller", "clusterrole-aggregation-controller"],
  ...["cronjob-controller", "daemon-set-controller", "deployment-controller", "device-taint-eviction-controller"],
  ...["disruption-controller", "endpoint-controller", "endpointslice-controller", "endpointslicemirroring-controller"],
  ...["ephemeral-volume-controller", "expand-controller", "generic-garbage-collector", "horizontal-pod-autoscaler"],
  ...["job-controller", "legacy-service-account-token-cleaner", "namespace-controller", "node-controller"],
  ...["persistent-volume-binder", "pod-garbage-collector", "pv-protection-controller", "pvc-protection-controller"],
  ...["replicaset-controller", "replication-controller", "resource-claim-controller", "resourcequota-controller"],
  ...["root-ca-cert-publisher", "service-account-controller", "service-cidrs-controller", "statefulset-controller"],
  ...["token-cleaner", "ttl-after-finished-controller", "ttl-controller"],
  ...["validatingadmissionpolicy-status-controller", "volumeattributesclass-protection-controller"],
];

/** What the API server tells others in config maps; `now` as RFC 3339. Models pkg/controlplane/controller/{clusterauthenticationtrust,legacytokentracking}. */
export function systemConfigMaps(now: string): readonly Incoming<ConfigMap>[] {
  const map = (name: string, data: ConfigMap["data"]): Incoming<ConfigMap> => ({
    metadata: { name, namespace: "kube-system" },
    data,
  });
  return [
    map("extension-apiserver-authentication", {
      "client-ca-file": ROOT_CERTIFICATE,
      "requestheader-allowed-names": '["front-proxy-client"]',
      "requestheader-client-ca-file": ROOT_CERTIFICATE,
      "requestheader-extra-headers-prefix": '["X-Remote-Extra-"]',
      "requestheader-group-headers": '["X-Remote-Group"]',
      "requestheader-username-headers": '["X-Remote-User"]',
    }),
    map("kube-apiserver-legacy-service-account-token-tracking", { since: now.slice(0, 10) }),
  ];
}
