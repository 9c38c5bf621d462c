import type { CertificateRequest } from "../../api/certificates/request.ts";
import type { CertificateSigningRequest } from "../../api/refs.ts";

const CLIENT_SIGNER = "kubernetes.io/kube-apiserver-client";
export const KUBELET_CLIENT_SIGNER = "kubernetes.io/kube-apiserver-client-kubelet";
const KUBELET_SERVING_SIGNER = "kubernetes.io/kubelet-serving";

const NODE_PREFIX = "system:node:";
const SERVING_USAGES = ["digital signature", "key encipherment", "server auth"];
const CLIENT_USAGES = ["client auth", "digital signature", "key encipherment"];

export function hasCondition({ status }: CertificateSigningRequest, type: string): boolean {
  return status.conditions?.some((condition) => condition.type === type && condition.status === "True") === true;
}

/** The usages that are needed; keys that are not RSA have no key encipherment. */
function areUsages(usages: readonly string[], needed: readonly string[]): boolean {
  const given = new Set(usages);
  const isSet = (wanted: readonly string[]) =>
    given.size === wanted.length && wanted.every((usage) => given.has(usage));
  return isSet(needed) || isSet(needed.filter((usage) => usage !== "key encipherment"));
}

// Models pkg/apis/certificates ValidateKubeletClientCSR
/** What keeps a request from being a kubelet's for its client certificate. */
export function kubeletClientProblem(request: CertificateRequest, usages: readonly string[]): string | undefined {
  const { organizations, alternativeNames: names, commonName } = request;
  if (organizations.length !== 1 || organizations[0] !== "system:nodes")
    return "subject organization is not system:nodes";
  if (names.dns > 0) return "DNS subjectAltNames are not allowed";
  if (names.email > 0) return "Email subjectAltNames are not allowed";
  if (names.ip > 0) return "IP subjectAltNames are not allowed";
  if (names.uri > 0) return "URI subjectAltNames are not allowed";
  if (!commonName.startsWith(NODE_PREFIX)) return "subject common name does not begin with system:node:";
  return areUsages(usages, CLIENT_USAGES) ? undefined : `usages did not match [${CLIENT_USAGES.join(" ")}]`;
}

// Models pkg/apis/certificates ValidateKubeletServingCSR
function kubeletServingProblem(request: CertificateRequest, usages: readonly string[]): string | undefined {
  const { organizations, alternativeNames: names, commonName } = request;
  if (organizations.length !== 1 || organizations[0] !== "system:nodes")
    return "subject organization is not system:nodes";
  if (names.dns + names.ip === 0) return "DNS or IP subjectAltName is required";
  if (names.email > 0) return "Email subjectAltNames are not allowed";
  if (names.uri > 0) return "URI subjectAltNames are not allowed";
  if (!areUsages(usages, SERVING_USAGES)) return `usages did not match [${SERVING_USAGES.join(" ")}]`;
  return commonName.startsWith(NODE_PREFIX) ? undefined : "subject common name does not begin with system:node:";
}

// Models pkg/controller/certificates/signer validAPIServerClientUsages
function clientProblem(_request: CertificateRequest, usages: readonly string[]): string | undefined {
  const wrong = usages.find((usage) => !CLIENT_USAGES.includes(usage));
  if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`;
  return usages.includes("client auth") ? undefined : "missing required usage for client certificate: client auth";
}

/** The signers of this cluster, each with what it has against a request. */
export const SIGNERS: {
  readonly [signer: string]: (request: CertificateRequest, usages: readonly string[]) => string | undefined;
} = {
  [CLIENT_SIGNER]: clientProblem,
  [KUBELET_CLIENT_SIGNER]: kubeletClientProblem,
  [KUBELET_SERVING_SIGNER]: kubeletServingProblem,
};
