import type { Container, Deployment, Pod, Probe } from "../api/schema/generated/types.ts";
import { KUBE_PROXY_IMAGE } from "./addons.ts";
import { KUBELET_VERSION } from "./node-shape.ts";

/*
 * What a cluster runs for itself, as kubeadm sets it up. Fields have their defaults filled in, since kubelets and the
 * bootstrap write without the API server's decoding.
 */

/** Where the control plane runs, and what it is told about the cluster. */
export interface ControlPlaneOptions {
  readonly nodeName: string;
  /** Address of the control-plane machine. */
  readonly address: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
}

const PKI = "/etc/kubernetes/pki";

interface ProbeTarget {
  readonly host: string;
  readonly port: number;
  readonly scheme: "HTTP" | "HTTPS";
}

function httpProbe(target: ProbeTarget, path: string, more: Partial<Probe>): Probe {
  return {
    httpGet: { host: target.host, path, port: target.port, scheme: target.scheme },
    initialDelaySeconds: 10,
    periodSeconds: 10,
    timeoutSeconds: 15,
    successThreshold: 1,
    failureThreshold: 8,
    ...more,
  };
}

interface Part {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly cpu: string;
  readonly memory?: string;
  readonly probes: ProbeTarget;
  /** Path of its health check. */
  readonly live: string;
  /** Folders of the machine that it is given. */
  readonly folders: { readonly [volume: string]: string };
  readonly readinessProbe?: Probe;
}

const CONTAINER_DEFAULTS = {
  terminationMessagePath: "/dev/termination-log",
  terminationMessagePolicy: "File",
  imagePullPolicy: "IfNotPresent",
} as const;

const POD_DEFAULTS = {
  restartPolicy: "Always",
  terminationGracePeriodSeconds: 30,
  dnsPolicy: "ClusterFirst",
  schedulerName: "default-scheduler",
  enableServiceLinks: true,
} as const;

function containerOf(part: Part): Container {
  return {
    name: part.name,
    image: part.image,
    command: [...part.command],
    resources: { requests: { cpu: part.cpu, ...(part.memory !== undefined && { memory: part.memory }) } },
    volumeMounts: Object.entries(part.folders).map(([name, mountPath]) => ({
      name,
      mountPath,
      readOnly: name !== "etcd-data",
    })),
    livenessProbe: httpProbe(part.probes, part.live, {}),
    ...(part.readinessProbe !== undefined && { readinessProbe: part.readinessProbe }),
    startupProbe: httpProbe(part.probes, part.live, { failureThreshold: 24 }),
    ...CONTAINER_DEFAULTS,
  };
}

function staticPodOf(part: Part): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: part.name,
      namespace: "kube-system",
      labels: { component: part.name, tier: "control-plane" },
    },
    spec: {
      ...POD_DEFAULTS,
      containers: [containerOf(part)],
      hostNetwork: true,
      priority: 2_000_001_000,
      priorityClassName: "system-node-critical",
      securityContext: { seccompProfile: { type: "RuntimeDefault" } },
      volumes: Object.entries(part.folders).map(([name, path]) => ({
        name,
        hostPath: { path, type: path.endsWith(".conf") ? "FileOrCreate" : "DirectoryOrCreate" },
      })),
    },
  };
}

function etcd({ nodeName, address }: ControlPlaneOptions): Part {
  return {
    name: "etcd",
    image: "registry.k8s.io/etcd:3.6.6-0",
    command: [
      "etcd",
      `--advertise-client-urls=https://${address}:2379`,
      `--cert-file=${PKI}/etcd/server.crt`,
      "--client-cert-auth=true",
      "--data-dir=/var/lib/etcd",
      `--initial-advertise-peer-urls=https://${address}:2380`,
      `--initial-cluster=${nodeName}=https://${address}:2380`,
      `--key-file=${PKI}/etcd/server.key`,
      `--listen-client-urls=https://127.0.0.1:2379,https://${address}:2379`,
      "--listen-metrics-urls=http://127.0.0.1:2381",
      `--listen-peer-urls=https://${address}:2380`,
      `--name=${nodeName}`,
      `--trusted-ca-file=${PKI}/etcd/ca.crt`,
    ],
    cpu: "100m",
    memory: "100Mi",
    probes: { host: "127.0.0.1", port: 2381, scheme: "HTTP" },
    live: "/livez",
    folders: { "etcd-data": "/var/lib/etcd", "etcd-certs": `${PKI}/etcd` },
  };
}

function apiServer({ address, serviceCidr }: ControlPlaneOptions): Part {
  const probes: ProbeTarget = { host: address, port: 6443, scheme: "HTTPS" };
  return {
    name: "kube-apiserver",
    image: `registry.k8s.io/kube-apiserver:${KUBELET_VERSION}`,
    command: [
      "kube-apiserver",
      `--advertise-address=${address}`,
      "--allow-privileged=true",
      "--authorization-mode=Node,RBAC",
      `--client-ca-file=${PKI}/ca.crt`,
      "--enable-admission-plugins=NodeRestriction",
      "--enable-bootstrap-token-auth=true",
      "--etcd-servers=https://127.0.0.1:2379",
      "--secure-port=6443",
      "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
      `--service-account-key-file=${PKI}/sa.pub`,
      `--service-cluster-ip-range=${serviceCidr}`,
      `--tls-cert-file=${PKI}/apiserver.crt`,
      `--tls-private-key-file=${PKI}/apiserver.key`,
    ],
    cpu: "250m",
    probes,
    live: "/livez",
    folders: { "k8s-certs": PKI, "ca-certs": "/etc/ssl/certs" },
    readinessProbe: httpProbe(probes, "/readyz", { initialDelaySeconds: 0, periodSeconds: 1, failureThreshold: 3 }),
  };
}

function controllerManager({ podCidr, serviceCidr }: ControlPlaneOptions): Part {
  return {
    name: "kube-controller-manager",
    image: `registry.k8s.io/kube-controller-manager:${KUBELET_VERSION}`,
    command: [
      "kube-controller-manager",
      "--allocate-node-cidrs=true",
      "--bind-address=127.0.0.1",
      `--cluster-cidr=${podCidr}`,
      "--cluster-name=kubernetes",
      "--controllers=*,bootstrapsigner,tokencleaner",
      "--kubeconfig=/etc/kubernetes/controller-manager.conf",
      "--leader-elect=true",
      `--service-account-private-key-file=${PKI}/sa.key`,
      `--service-cluster-ip-range=${serviceCidr}`,
      "--use-service-account-credentials=true",
    ],
    cpu: "200m",
    probes: { host: "127.0.0.1", port: 10257, scheme: "HTTPS" },
    live: "/healthz",
    folders: { "k8s-certs": PKI, kubeconfig: "/etc/kubernetes/controller-manager.conf" },
  };
}

function scheduler(): Part {
  const probes: ProbeTarget = { host: "127.0.0.1", port: 10259, scheme: "HTTPS" };
  return {
    name: "kube-scheduler",
    image: `registry.k8s.io/kube-scheduler:${KUBELET_VERSION}`,
    command: [
      "kube-scheduler",
      "--authentication-kubeconfig=/etc/kubernetes/scheduler.conf",
      "--authorization-kubeconfig=/etc/kubernetes/scheduler.conf",
      "--bind-address=127.0.0.1",
      "--kubeconfig=/etc/kubernetes/scheduler.conf",
      "--leader-elect=true",
    ],
    cpu: "100m",
    probes,
    live: "/livez",
    folders: { kubeconfig: "/etc/kubernetes/scheduler.conf" },
    readinessProbe: httpProbe(probes, "/readyz", { initialDelaySeconds: 0, periodSeconds: 1, failureThreshold: 3 }),
  };
}

/** The static pods of a control-plane machine, in the order in which its kubelet finds them. */
export function controlPlaneManifests(options: ControlPlaneOptions): readonly Pod[] {
  return [etcd(options), apiServer(options), controllerManager(options), scheduler()].map(staticPodOf);
}

/** Images that the installer put on a control-plane machine: nothing there has to be pulled. */
export function imagesOfManifests(manifests: readonly Pod[]): readonly string[] {
  return manifests.flatMap(({ spec }) => spec?.containers.map(({ image }) => image ?? "") ?? []);
}

/** kube-proxy of one machine, for clusters that do not have it from a DaemonSet (see addons.ts). */
export function kubeProxyManifest(podCidr: string): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "kube-proxy", namespace: "kube-system", labels: { "k8s-app": "kube-proxy" } },
    spec: {
      ...POD_DEFAULTS,
      containers: [
        {
          name: "kube-proxy",
          image: KUBE_PROXY_IMAGE,
          command: [
            "/usr/local/bin/kube-proxy",
            "--config=/var/lib/kube-proxy/config.conf",
            `--cluster-cidr=${podCidr}`,
          ],
          resources: {},
          securityContext: { privileged: true },
          ...CONTAINER_DEFAULTS,
        },
      ],
      hostNetwork: true,
      nodeSelector: { "kubernetes.io/os": "linux" },
      priority: 2_000_001_000,
      priorityClassName: "system-node-critical",
      securityContext: {},
      tolerations: [{ operator: "Exists" }],
    },
  };
}

const COREDNS_LABELS = { "k8s-app": "kube-dns" };

/** CoreDNS, two replicas, as kubeadm deploys it. */
export function coreDnsDeployment(): Deployment {
  const port = (name: string, containerPort: number, protocol: string) => ({ name, containerPort, protocol });
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "coredns", namespace: "kube-system", labels: COREDNS_LABELS },
    spec: {
      progressDeadlineSeconds: 600,
      replicas: 2,
      revisionHistoryLimit: 10,
      selector: { matchLabels: COREDNS_LABELS },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 1 } },
      template: {
        metadata: { labels: COREDNS_LABELS },
        spec: {
          ...POD_DEFAULTS,
          dnsPolicy: "Default",
          serviceAccountName: "coredns",
          serviceAccount: "coredns",
          containers: [
            {
              name: "coredns",
              image: "registry.k8s.io/coredns/coredns:v1.13.1",
              args: ["-conf", "/etc/coredns/Corefile"],
              ports: [port("dns", 53, "UDP"), port("dns-tcp", 53, "TCP"), port("metrics", 9153, "TCP")],
              resources: { limits: { memory: "170Mi" }, requests: { cpu: "100m", memory: "70Mi" } },
              livenessProbe: {
                httpGet: { path: "/health", port: 8080, scheme: "HTTP" },
                initialDelaySeconds: 60,
                timeoutSeconds: 5,
                periodSeconds: 10,
                successThreshold: 1,
                failureThreshold: 5,
              },
              readinessProbe: {
                httpGet: { path: "/ready", port: 8181, scheme: "HTTP" },
                timeoutSeconds: 1,
                periodSeconds: 10,
                successThreshold: 1,
                failureThreshold: 3,
              },
              volumeMounts: [{ name: "config-volume", mountPath: "/etc/coredns", readOnly: true }],
              ...CONTAINER_DEFAULTS,
            },
          ],
          volumes: [
            {
              name: "config-volume",
              configMap: { name: "coredns", items: [{ key: "Corefile", path: "Corefile" }], defaultMode: 0o644 },
            },
          ],
          nodeSelector: { "kubernetes.io/os": "linux" },
          priorityClassName: "system-cluster-critical",
          securityContext: {},
          tolerations: [
            { key: "CriticalAddonsOnly", operator: "Exists" },
            { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" },
          ],
        },
      },
    },
  };
}
