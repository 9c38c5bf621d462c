import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { stringify } from "yaml";

export interface KubeconfigFacts {
  readonly server: string;
  readonly tls?: { readonly ca: string; readonly clientCert: string; readonly clientKey: string };
}

const CLUSTER = "tabernetes";
const USER = "kubernetes-admin";
const CONTEXT = `${USER}@${CLUSTER}`;

/** Writes a kubeconfig whose only context is this server, readable by its owner alone. */
export function writeKubeconfig(file: string, { server, tls }: KubeconfigFacts): void {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: CLUSTER, cluster: { server, ...(tls && { "certificate-authority-data": base64(tls.ca) }) } }],
    users: [
      {
        name: USER,
        user: tls
          ? { "client-certificate-data": base64(tls.clientCert), "client-key-data": base64(tls.clientKey) }
          : {},
      },
    ],
    contexts: [{ name: CONTEXT, context: { cluster: CLUSTER, user: USER } }],
    "current-context": CONTEXT,
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, stringify(config), { mode: 0o600 });
  chmodSync(file, 0o600);
}
