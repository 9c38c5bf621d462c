import type { Query } from "./routing.ts";
import type { Reply } from "./server.ts";

/** Checks that all three addresses have, in the order in which the real server runs them. */
const HOOKS = [
  "start-apiserver-admission-initializer",
  "generic-apiserver-start-informers",
  "priority-and-fairness-config-consumer",
  "priority-and-fairness-filter",
  "storage-object-count-tracker-hook",
  "start-apiextensions-informers",
  "start-apiextensions-controllers",
  "crd-informer-synced",
  "start-system-namespaces-controller",
  "peer-endpoint-reconciler-controller",
  "start-cluster-authentication-info-controller",
  "start-kube-apiserver-identity-lease-controller",
  "start-kube-apiserver-identity-lease-garbage-collector",
  "storage-readiness",
  "start-legacy-token-tracking-controller",
  "start-service-ip-repair-controllers",
  "rbac/bootstrap-roles",
  "scheduling/bootstrap-system-priority-classes",
  "priority-and-fairness-config-producer",
  "bootstrap-controller",
  "start-kubernetes-service-cidr-controller",
  "aggregator-reload-proxy-client-cert",
  "start-kube-aggregator-informers",
  "apiservice-status-local-available-controller",
  "apiservice-status-remote-available-controller",
  "apiservice-registration-controller",
  "apiservice-wait-for-first-sync",
  "apiservice-discovery-controller",
  "kube-apiserver-autoregistration",
  "autoregister-completion",
  "apiservice-openapi-controller",
  "apiservice-openapiv3-controller",
].map((hook) => (hook === "autoregister-completion" ? hook : `poststarthook/${hook}`));

const ALIVE = ["ping", "log", "loopback-serving-certificate", "etcd", ...HOOKS];

const CHECKS: { readonly [address: string]: readonly string[] } = {
  healthz: ALIVE,
  livez: ALIVE,
  readyz: ["ping", "log", "informer-sync", ...HOOKS, "shutdown"],
};

export const healthPaths = Object.entries(CHECKS).flatMap(([address, checks]) => [
  `/${address}`,
  ...checks.map((check) => `/${address}/${check}`),
]);

/**
 * The answer of `/healthz`, `/livez`, `/readyz` or one of their checks; undefined for another path. A server that
 * answers at all has its checks behind it: one that is down refuses the connection.
 * Models apiserver pkg/server/healthz handleRootHealth.
 */
export function health(path: string, query: Query): Reply | undefined {
  const [, address = "", check] = /^\/(healthz|livez|readyz)(?:\/(.+))?$/.exec(path) ?? [];
  const checks = CHECKS[address];
  if (checks === undefined) return undefined;
  if (check !== undefined) return checks.includes(check) ? text("ok") : undefined;
  const excluded = query.get("exclude") ?? [];
  if (!query.has("verbose")) return text("ok");
  const lines = checks.map((name) => `[+]${name} ${excluded.includes(name) ? "excluded: ok" : "ok"}`);
  const unknown = excluded.filter((name) => !checks.includes(name)).map((name) => JSON.stringify(name));
  if (unknown.length > 0)
    lines.push(`warn: some health checks cannot be excluded: no matches for ${unknown.join(",")}`);
  return text(`${lines.join("\n")}\n${address} check passed\n`);
}

function text(words: string): Reply {
  return { code: 200, body: {}, text: words };
}
