import { type Image, MEBIBYTE, server, servesPaths } from "./image.ts";

const health = servesPaths("/livez", "/readyz", "/healthz", "/health", "/ready", "/metrics");

/** An image whose container, run as a static pod, is a process of the control plane. */
function component(name: string, sizeBytes: number, ports: readonly number[], readyAfterMs: number): Image {
  const process = name;
  return {
    name: `registry.k8s.io/${name}`,
    sizeBytes,
    behave: () => server(ports, { readyAfterMs, http: health, process, onTerm: { afterMs: 300, exitCode: 0 } }),
  };
}

/** The images that a cluster itself is made of. */
export const kubernetesImages: readonly Image[] = [
  {
    name: "registry.k8s.io/pause",
    sizeBytes: 320_368,
    behave: () => server([], { onTerm: { afterMs: 20, exitCode: 0 } }),
  },
  component("etcd", 23_500_000, [2379, 2380, 2381], 500),
  component("kube-apiserver", 27_200_000, [6443], 1500),
  component("kube-controller-manager", 22_900_000, [10257], 800),
  component("kube-scheduler", 17_400_000, [10259], 800),
  {
    name: "registry.k8s.io/coredns/coredns",
    sizeBytes: 22_400_000,
    // It goes on answering for a while after SIGTERM ("lameduck 5s").
    behave: () => server([53, 8080, 8181, 9153], { http: health, onTerm: { afterMs: 5000, exitCode: 0 } }),
  },
  {
    name: "registry.k8s.io/kube-proxy",
    sizeBytes: 25 * MEBIBYTE,
    behave: () => server([10249, 10256], { http: health }),
  },
];
