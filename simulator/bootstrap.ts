import type { Kind } from "./api/kind.ts";
import type { Incoming, KubeObject } from "./api/object.ts";
import { kindOf, type Operations } from "./api/operations.ts";
import {
  CLOCKS,
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  CONFIG_MAPS,
  type ConfigMap,
  DAEMON_SETS,
  type DaemonSet,
  DEPLOYMENTS,
  type Deployment,
  FLOW_SCHEMAS,
  NAMESPACES,
  NODE_GROUPS,
  PRIORITY_CLASSES,
  PRIORITY_LEVELS,
  type ResourceRef,
  ROLE_BINDINGS,
  ROLES,
  SERVICE_ACCOUNTS,
  SERVICE_CIDRS,
  SERVICES,
  type Service,
  STORAGE_CLASSES,
} from "./api/refs.ts";
import { assert } from "./base/assert.ts";
import { CONTROLLER_ACCOUNTS, systemConfigMaps } from "./bootstrap-objects.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import { initialStorageClasses } from "./controllers/volume-provisioner/classes.ts";
import { coreDnsConfig, kubeProxyConfig, kubeProxyDaemonSet } from "./node/addons.ts";
import { coreDnsDeployment } from "./node/control-plane.ts";
import { metricsServerDeployment, metricsServerService } from "./node/metrics-server.ts";
import { POD_CIDR } from "./node/node-shape.ts";
import { flowControlBootstrap } from "./resources/flowcontrol/bootstrap.ts";
import { bootstrapPolicy } from "./resources/rbac/bootstrap-policy.ts";

const SYSTEM_NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];

const SYSTEM_CLASSES = [
  [
    "system-cluster-critical",
    2_000_000_000,
    "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
  ],
  [
    "system-node-critical",
    2_000_001_000,
    "Used for system critical pods that must not be moved from their current node.",
  ],
] as const;

/** Writes what is there before anything runs, as an installer does. */
export function bootstrap(
  operations: Operations,
  kinds: { get(id: string): Kind | undefined },
  { storageClasses, proxyDaemonSet, metricsServer, nodeGroups }: ClusterOptions,
): void {
  const writer = { user: "bootstrap", trusted: true, warn: () => {} };
  const { now } = operations.context(writer);
  const create = <T extends KubeObject>(ref: ResourceRef<T>, object: Incoming<T>) => {
    const created = operations.create(kindOf(kinds, ref), object as unknown as T, writer);
    assert(created.ok, created.ok ? "" : `bootstrap: ${created.error.message}`);
  };
  for (const name of SYSTEM_NAMESPACES) {
    create(NAMESPACES, {
      metadata: { name, labels: { "kubernetes.io/metadata.name": name } },
      spec: { finalizers: ["kubernetes"] },
    });
  }
  for (const [name, value, description] of SYSTEM_CLASSES) {
    create(PRIORITY_CLASSES, { metadata: { name }, value, description, preemptionPolicy: "PreemptLowerPriority" });
  }
  for (const role of bootstrapPolicy.clusterRoles) create(CLUSTER_ROLES, role);
  for (const binding of bootstrapPolicy.clusterRoleBindings) create(CLUSTER_ROLE_BINDINGS, binding);
  for (const role of bootstrapPolicy.roles) create(ROLES, role);
  for (const binding of bootstrapPolicy.roleBindings) create(ROLE_BINDINGS, binding);
  for (const level of flowControlBootstrap.priorityLevels) create(PRIORITY_LEVELS, level);
  for (const schema of flowControlBootstrap.flowSchemas) create(FLOW_SCHEMAS, schema);
  create(SERVICE_CIDRS, { metadata: { name: "kubernetes" }, spec: { cidrs: ["10.96.0.0/12"] } });
  for (const map of systemConfigMaps(now)) create(CONFIG_MAPS, map);
  for (const name of CONTROLLER_ACCOUNTS) create(SERVICE_ACCOUNTS, { metadata: { name, namespace: "kube-system" } });
  if (storageClasses) for (const one of initialStorageClasses) create(STORAGE_CLASSES, one);
  create(SERVICES, dnsService());
  create(SERVICE_ACCOUNTS, { metadata: { name: "coredns", namespace: "kube-system" } });
  create(CONFIG_MAPS, coreDnsConfig as Incoming<ConfigMap>);
  create(DEPLOYMENTS, coreDnsDeployment() as Incoming<Deployment>);
  if (proxyDaemonSet) {
    create(SERVICE_ACCOUNTS, { metadata: { name: "kube-proxy", namespace: "kube-system" } });
    create(CONFIG_MAPS, kubeProxyConfig(POD_CIDR) as Incoming<ConfigMap>);
    create(DAEMON_SETS, kubeProxyDaemonSet() as Incoming<DaemonSet>);
  }
  if (metricsServer) {
    create(SERVICE_ACCOUNTS, { metadata: { name: "metrics-server", namespace: "kube-system" } });
    create(SERVICES, metricsServerService() as Incoming<Service>);
    create(DEPLOYMENTS, metricsServerDeployment() as Incoming<Deployment>);
  }
  for (const { name, spec } of nodeGroups) create(NODE_GROUPS, { metadata: { name }, spec });
  create(CLOCKS, { metadata: { name: "cluster" }, spec: { speed: 1, paused: false } });
}

/** The address of the cluster's DNS, as kubeadm sets it up. */
function dnsService(): Incoming<Service> {
  const port = (name: string, number: number, protocol: string) => ({
    name,
    port: number,
    protocol,
    targetPort: number,
  });
  return {
    metadata: {
      name: "kube-dns",
      namespace: "kube-system",
      labels: { "k8s-app": "kube-dns", "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS" },
    },
    spec: {
      type: "ClusterIP",
      clusterIP: "10.96.0.10",
      clusterIPs: ["10.96.0.10"],
      selector: { "k8s-app": "kube-dns" },
      ports: [port("dns", 53, "UDP"), port("dns-tcp", 53, "TCP"), port("metrics", 9153, "TCP")],
      ipFamilies: ["IPv4"],
      ipFamilyPolicy: "SingleStack",
      sessionAffinity: "None",
      internalTrafficPolicy: "Cluster",
    },
  };
}
