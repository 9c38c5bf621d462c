/** What has to be there before an example: a kubectl line's words, a manifest, or another example by its path. */
export type Need = readonly string[] | { readonly manifest: string } | { readonly example: string };

const line = (text: string): Need => text.split(" ");
const example = (path: string): Need => ({ example: path });
const namespace = (name: string): Need => line(`create namespace ${name}`);

const SPECIAL_CONFIG = [
  line(
    "create configmap special-config --from-literal=special.how=very --from-literal=SPECIAL_LEVEL=very --from-literal=SPECIAL_TYPE=charm",
  ),
  line("create configmap env-config --from-literal=log_level=INFO"),
];
const TEST_SECRET = example("pods/inject/secret.yaml");
const DONGLES = line(
  'patch nodes node-1 --subresource=status --type=merge -p {"status":{"capacity":{"example.com/dongle":"4"}}}',
);
const SITE = {
  manifest: `{apiVersion: v1, kind: ConfigMap, metadata: {name: nginxconfigmap}, data: {default.conf: "server {
    listen 80 default_server; listen 443 ssl; root /usr/share/nginx/html; index index.html; server_name localhost;
    ssl_certificate /etc/nginx/ssl/tls.crt; ssl_certificate_key /etc/nginx/ssl/tls.key; location / { try_files $uri $uri/ =404; } }"}}`,
};
const CERTIFICATE = line(
  "create secret generic nginxsecret --from-literal=tls.crt=certificate --from-literal=tls.key=key",
);
const GAME = {
  manifest: `{apiVersion: v1, kind: ConfigMap, metadata: {name: game-demo}, data: {player_initial_lives: "3",
    ui_properties_file_name: user-interface.properties, game.properties: "lives=3", user-interface.properties: "color=purple"}}`,
};
const ZONES = [1, 2, 3].map((node) => line(`label nodes node-${node} zone=zone-${node} node=node-${node}`));
const FAST_VOLUMES: readonly Need[] = [0, 1, 2].map((index) => ({
  manifest: `{apiVersion: v1, kind: PersistentVolume, metadata: {name: fast-${index}}, spec: {storageClassName: fast,
    capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /tmp/hostpath-provisioner/${index}}}}`,
}));
const LIMITS = {
  manifest: `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: replicalimits.rules.example.com},
    spec: {group: rules.example.com, names: {kind: ReplicaLimit, plural: replicalimits}, scope: Namespaced, versions: [{name: v1,
    served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {maxReplicas: {type: integer}}}}}]}}`,
};

/**
 * What the pages that show an example create first, by the beginning of the example's path. All entries that fit count.
 * Where a page says to replace something in the cluster by hand (labels of nodes), so does this.
 */
export const NEEDS: readonly (readonly [beginning: string, needs: readonly Need[]])[] = [
  ["access/simple-rolebinding-with-clusterrole", [namespace("development")]],
  ["admin/konnectivity/konnectivity-agent", [example("admin/konnectivity/konnectivity-rbac.yaml")]],
  ["admin/logging/two-files-counter-pod-agent-sidecar", [example("admin/logging/fluentd-sidecar-config.yaml")]],
  ["admin/sched/pod3", [example("admin/sched/my-scheduler.yaml")]],
  [
    "application/cassandra/cassandra-statefulset",
    [example("application/cassandra/cassandra-service.yaml"), ...FAST_VOLUMES],
  ],
  [
    "application/guestbook/redis-follower-deployment",
    [
      example("application/guestbook/redis-leader-deployment.yaml"),
      example("application/guestbook/redis-leader-service.yaml"),
    ],
  ],
  ["application/mysql/mysql-deployment", [example("application/mysql/mysql-pv.yaml")]],
  [
    "application/mysql/mysql-statefulset",
    [example("application/mysql/mysql-configmap.yaml"), example("application/mysql/mysql-services.yaml")],
  ],
  ["application/wordpress/", [line("create secret generic mysql-pass --from-literal=password=secret")]],
  ["application/wordpress/wordpress-deployment", [example("application/wordpress/mysql-deployment.yaml")]],
  ["configmap/configure-pod", [GAME]],
  ["configmap/env-configmap", [line("create configmap myconfigmap --from-literal=username=k8s-admin")]],
  ["customresourcedefinition/shirt-resources", [example("customresourcedefinition/shirt-resource-definition.yaml")]],
  ["deployments/deployment-with-capacity-reservation", [line("create priorityclass placeholder --value=-1000")]],
  ["deployments/deployment-with-low-priorityclass", [line("create priorityclass low-priority --value=-1000")]],
  [
    "deployments/deployment-with-configmap",
    [
      line("create configmap color --from-literal=color=red"),
      line("create configmap fruits --from-literal=fruits=apples"),
      line("create configmap sport --from-literal=sport=football"),
    ],
  ],
  ["deployments/deployment-with-immutable", [example("configmap/immutable-configmap.yaml")]],
  [
    "debug/node-problem-detector-configmap",
    [line("create configmap node-problem-detector-config -n kube-system --from-literal=kernel-monitor.json={}")],
  ],
  ["dra/driver-install/", [namespace("dra-tutorial")]],
  [
    "dra/driver-install/daemonset",
    [example("dra/driver-install/serviceaccount.yaml"), example("dra/driver-install/priorityclass.yaml")],
  ],
  ["dra/driver-install/example/pod", [example("dra/driver-install/example/resourceclaim.yaml")]],
  [
    "dra/dra-example-job",
    [example("dra/deviceclass.yaml"), example("dra/resourceclaim.yaml"), example("dra/resourceclaimtemplate.yaml")],
  ],
  ["pods/config/redis-pod", [example("pods/config/example-redis-config.yaml")]],
  [
    "pods/inject/pod-single-secret",
    [line("create secret generic backend-user --from-literal=backend-username=backend-admin")],
  ],
  [
    "pods/inject/pod-multiple-secret",
    [
      line("create secret generic backend-user --from-literal=backend-username=backend-admin"),
      line("create secret generic db-user --from-literal=db-username=db-admin"),
    ],
  ],
  ["pods/inject/pod-secret-envFrom", [TEST_SECRET]],
  ["pods/inject/secret-envars-pod", [TEST_SECRET]],
  ["pods/inject/secret-pod", [TEST_SECRET]],
  ["pods/pod-configmap", SPECIAL_CONFIG],
  ["pods/pod-single-configmap", SPECIAL_CONFIG],
  ["pods/pod-multiple-configmap", SPECIAL_CONFIG],
  ["pods/pod-nginx", [line("label nodes node-1 disktype=ssd")]],
  [
    "pods/pod-with-node-affinity",
    [line("label nodes node-1 topology.kubernetes.io/zone=antarctica-east1 --overwrite")],
  ],
  [
    "pods/pod-with-pod-affinity",
    [
      line("label nodes --all topology.kubernetes.io/zone=here --overwrite"),
      line("run partner --image=registry.k8s.io/pause:3.8 --labels=security=S1"),
    ],
  ],
  ["pods/pod-projected-svc-token", [line("create serviceaccount build-robot")]],
  ["pods/qos/", [namespace("qos-example")]],
  ["pods/resource/cpu-request", [namespace("cpu-example")]],
  ["pods/resource/memory-request", [namespace("mem-example")]],
  ["pods/resource/pod-level-", [namespace("pod-resources-example")]],
  ["pods/resource/extended-resource", [DONGLES]],
  ["pods/resource/extended-resource-pod-2", [example("pods/resource/extended-resource-pod.yaml")]],
  [
    "pods/storage/projected-sec",
    [
      line("create secret generic mysecret --from-literal=username=admin"),
      line("create secret generic mysecret2 --from-literal=password=secret"),
      line("create configmap myconfigmap --from-literal=config=value"),
    ],
  ],
  [
    "pods/storage/projected.yaml",
    [
      line("create secret generic user --from-literal=username=admin"),
      line("create secret generic pass --from-literal=password=secret"),
    ],
  ],
  ["pods/storage/pv-pod", [example("pods/storage/pv-volume.yaml"), example("pods/storage/pv-claim.yaml")]],
  ["pods/storage/pv-duplicate", [example("pods/storage/pv-volume.yaml"), example("pods/storage/pv-claim.yaml")]],
  ["pods/topology-spread-constraints/", ZONES],
  ["policy/high-priority-pod", [line("create priorityclass high --value=1000")]],
  [
    "service/access/frontend-deployment",
    [example("service/access/backend-deployment.yaml"), example("service/access/backend-service.yaml")],
  ],
  ["service/networking/curlpod", [CERTIFICATE]],
  ["service/networking/nginx-secure-app", [CERTIFICATE, SITE]],
  [
    "storage/storageclass/pod-volume-binding",
    [example("pods/storage/pv-volume.yaml"), example("pods/storage/pv-claim.yaml")],
  ],
  ["storage/storageclass/storageclass-topology", [line("delete storageclass standard")]],
  ["validatingadmissionpolicy/replicalimit-param", [LIMITS]],
];

export function needsOf(path: string): readonly Need[] {
  return NEEDS.flatMap(([beginning, needs]) => (path.startsWith(beginning) ? needs : []));
}
