import { type ApiResponse, Simulation, type Snapshot } from "../../../../../simulator/index.ts";
import type { Json } from "../../../resources/cases.ts";
import { must, send } from "../../access.ts";
import { AUTHORITY, CERTIFICATE } from "../../webhook-certificates.ts";

const AGNHOST = "registry.k8s.io/e2e-test-images/agnhost:2.53";
const GROUP = "/apis/admissionregistration.k8s.io/v1";
export const CONFIG_MAPS = "/api/v1/namespaces/one/configmaps";

export function post(simulation: Simulation, path: string, body: object): ApiResponse {
  return send(simulation, { verb: "POST", path, body: body as Json });
}

/** A cluster in which `part` of agnhost serves `hook.one.svc`, with a certificate that `AUTHORITY` has signed. */
export function clusterWithServer(part: string, ...flags: readonly string[]): Snapshot {
  const simulation = Simulation.start({ workers: 1 });
  simulation.advanceTo(60_000);
  must(post(simulation, "/api/v1/namespaces", { metadata: { name: "one", labels: { team: "a" } } }));
  simulation.advanceTo(65_000);
  const stringData = { "tls.crt": CERTIFICATE, "tls.key": "kept elsewhere" };
  must(post(simulation, "/api/v1/namespaces/one/secrets", { metadata: { name: "certificate" }, stringData }));
  const args = [
    part,
    "--tls-cert-file=/certs/tls.crt",
    "--tls-private-key-file=/certs/tls.key",
    "--port=8443",
    ...flags,
  ];
  const volumeMounts = [{ name: "certs", mountPath: "/certs" }];
  const spec = {
    containers: [{ name: "server", image: AGNHOST, args, volumeMounts }],
    volumes: [{ name: "certs", secret: { secretName: "certificate" } }],
  };
  must(post(simulation, "/api/v1/namespaces/one/pods", { metadata: { name: "hook", labels: { app: "hook" } }, spec }));
  const ports = [{ port: 443, targetPort: 8443 }];
  const service = { metadata: { name: "hook" }, spec: { ports, selector: { app: "hook" } } };
  must(post(simulation, "/api/v1/namespaces/one/services", service));
  simulation.advanceTo(120_000);
  return simulation.snapshot();
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** How the API server is told to call the server, at a path. */
export function clientConfig(path: string, authority = AUTHORITY) {
  return { service: { name: "hook", namespace: "one", path }, caBundle: base64(authority) };
}

/** Registers a webhook for new config maps, unless `hook` says otherwise. */
export function register(
  simulation: Simulation,
  kind: "validating" | "mutating",
  path: string,
  hook: object = {},
  name = "hooks",
): void {
  const webhook = {
    name: "hook.example.com",
    clientConfig: clientConfig(path),
    rules: [{ apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps"], operations: ["CREATE"] }],
    sideEffects: "None",
    admissionReviewVersions: ["v1"],
    ...hook,
  };
  must(post(simulation, `${GROUP}/${kind}webhookconfigurations`, { metadata: { name }, webhooks: [webhook] }));
}

/** `made`, or the refusal. */
export function answerTo(simulation: Simulation, data: object = {}, query = ""): string {
  const { code, body } = post(simulation, `${CONFIG_MAPS}${query}`, { metadata: { name: "cm" }, data });
  return code === 201 ? "made" : `${code} ${body.message}`;
}
