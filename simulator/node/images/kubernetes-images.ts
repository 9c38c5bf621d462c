import { type Image, MEBIBYTE, server, servesPaths } from "./image.ts";
import { respond } from "./program.ts";
import { klogLines, startLines } from "./start-lines.ts";

const health = servesPaths("/livez", "/readyz", "/healthz", "/health", "/ready", "/metrics");

const PROXY_LINES: readonly (readonly [string, string])[] = [
  ["server_linux.go:53", '"Using iptables proxy"'],
  ["server.go:715", '"Successfully retrieved NodeIPs"'],
  ["server_linux.go:132", '"Using iptables Proxier"'],
  ["server.go:527", '"Version info" version="v1.36.2"'],
  ["shared_informer.go:356", '"Caches are synced" controller="service config"'],
  ["shared_informer.go:356", '"Caches are synced" controller="endpoint slice config"'],
  ["shared_informer.go:356", '"Caches are synced" controller="node config"'],
];

/** An image whose container, run as a static pod, is a process of the control plane. */
function component(
  name: string,
  sizeBytes: number,
  ports: readonly number[],
  readyAfterMs: number,
  tlsPorts: readonly number[],
): Image {
  const process = name;
  const onTerm = { afterMs: 300, exitCode: 0 };
  return {
    name: `registry.k8s.io/${name}`,
    sizeBytes,
    behave: () => server(ports, { readyAfterMs, http: health, tlsPorts, process, onTerm }),
  };
}

/** The images that a cluster itself is made of. */
export const kubernetesImages: readonly Image[] = [
  {
    name: "registry.k8s.io/pause",
    sizeBytes: 320_368,
    behave: () => server([], { onTerm: { afterMs: 20, exitCode: 0 } }),
  },
  component("etcd", 23_500_000, [2379, 2380, 2381], 500, [2379, 2380]),
  component("kube-apiserver", 27_200_000, [6443], 1500, [6443]),
  component("kube-controller-manager", 22_900_000, [10257], 800, [10257]),
  component("kube-scheduler", 17_400_000, [10259], 800, [10259]),
  {
    name: "registry.k8s.io/coredns/coredns",
    sizeBytes: 22_400_000,
    // It goes on answering for a while after SIGTERM ("lameduck 5s").
    behave: () =>
      server([53, 8080, 8181, 9153], {
        http: (request) => respond(200, { 8080: "OK", 8181: "OK" }[request.port] ?? ""),
        dns: true,
        onTerm: { afterMs: 5000, exitCode: 0 },
        lines: startLines(
          [".:53"],
          [
            "[INFO] plugin/reload: Running configuration SHA512 = 1b226df79860026c6a52e67daa10d7f0d57ec5b023288ec00c5e05f93523c894564e15b91770d3a07ae1cfbe861d15b37d4a0027e69c546ab112970993a3b03b",
          ],
          ["CoreDNS-1.13.1", "linux/amd64, go1.25.2, 1db4568"],
        ),
      }),
  },
  {
    name: "registry.k8s.io/kube-proxy",
    sizeBytes: 25 * MEBIBYTE,
    behave: () => server([10249, 10256], { http: health, lines: klogLines(PROXY_LINES) }),
  },
  {
    name: "registry.k8s.io/metrics-server/metrics-server",
    sizeBytes: 22_500_000,
    behave: () => server([10250], { http: health, tlsPorts: [10250], readyAfterMs: 800 }),
  },
];
