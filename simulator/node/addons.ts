import type { ConfigMap, DaemonSet } from "../api/schema/generated/types.ts";
import { KUBELET_VERSION } from "./node-shape.ts";

/* The add-ons of a cluster as kubeadm installs them, besides CoreDNS' Deployment. Defaults are filled in. */

const PROXY_LABELS = { "k8s-app": "kube-proxy" };
const CONFIG_FOLDER = "/var/lib/kube-proxy";

const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;

/** CoreDNS' configuration. It is shown to its pods; what is changed in it is not followed. */
export const coreDnsConfig: ConfigMap = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "coredns", namespace: "kube-system" },
  data: { Corefile: COREFILE },
};

export function kubeProxyConfig(podCidr: string): ConfigMap {
  const config = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
bindAddress: 0.0.0.0
clientConnection:
  kubeconfig: ${CONFIG_FOLDER}/kubeconfig.conf
clusterCIDR: ${podCidr}
kind: KubeProxyConfiguration
mode: ""
`;
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "kube-proxy", namespace: "kube-system", labels: { app: "kube-proxy" } },
    data: { "config.conf": config },
  };
}

export const KUBE_PROXY_IMAGE = `registry.k8s.io/kube-proxy:${KUBELET_VERSION}`;

/** kube-proxy on every node. */
export function kubeProxyDaemonSet(): DaemonSet {
  const folder = (name: string, path: string, type: string) => ({ name, hostPath: { path, type } });
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "kube-proxy", namespace: "kube-system", labels: PROXY_LABELS },
    spec: {
      revisionHistoryLimit: 10,
      selector: { matchLabels: PROXY_LABELS },
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      template: {
        metadata: { labels: PROXY_LABELS },
        spec: {
          restartPolicy: "Always",
          terminationGracePeriodSeconds: 30,
          dnsPolicy: "ClusterFirst",
          schedulerName: "default-scheduler",
          serviceAccountName: "kube-proxy",
          serviceAccount: "kube-proxy",
          hostNetwork: true,
          nodeSelector: { "kubernetes.io/os": "linux" },
          priorityClassName: "system-node-critical",
          securityContext: {},
          tolerations: [{ operator: "Exists" }],
          containers: [
            {
              name: "kube-proxy",
              image: KUBE_PROXY_IMAGE,
              command: [
                "/usr/local/bin/kube-proxy",
                `--config=${CONFIG_FOLDER}/config.conf`,
                "--hostname-override=$(NODE_NAME)",
              ],
              env: [{ name: "NODE_NAME", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "spec.nodeName" } } }],
              resources: {},
              securityContext: { privileged: true },
              volumeMounts: [
                { name: "kube-proxy", mountPath: CONFIG_FOLDER },
                { name: "xtables-lock", mountPath: "/run/xtables.lock" },
                { name: "lib-modules", mountPath: "/lib/modules", readOnly: true },
              ],
              imagePullPolicy: "IfNotPresent",
              terminationMessagePath: "/dev/termination-log",
              terminationMessagePolicy: "File",
            },
          ],
          volumes: [
            { name: "kube-proxy", configMap: { name: "kube-proxy", defaultMode: 0o644 } },
            folder("xtables-lock", "/run/xtables.lock", "FileOrCreate"),
            folder("lib-modules", "/lib/modules", ""),
          ],
        },
      },
    },
  };
}
