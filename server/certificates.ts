import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import forge from "node-forge";

const TEN_YEARS_MS = 10 * 365 * 24 * 3_600_000;
/** A certificate is valid from a little before it was made: clocks differ. */
const GRACE_MS = 5 * 60_000;

/** Names and addresses by which clients reach the server. */
const DNS_NAMES = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];
const ADDRESSES = ["127.0.0.1", "10.96.0.1"];

export interface Certificates {
  readonly server: { readonly key: string; readonly cert: string; readonly ca: string };
  readonly client: { readonly ca: string; readonly clientCert: string; readonly clientKey: string };
}

/** Certificates of our own authority, new ones, or those in the data folder so that a kubeconfig stays good. */
export function certificates(dataFolder: string | undefined): Certificates {
  const file = dataFolder === undefined ? undefined : join(dataFolder, "pki.json");
  if (file !== undefined && existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Certificates;
  const made = make();
  if (file !== undefined && dataFolder !== undefined) {
    mkdirSync(dataFolder, { recursive: true });
    writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  }
  return made;
}

interface Identity {
  readonly certificate: forge.pki.Certificate;
  readonly cert: string;
  readonly key: string;
}

function make(): Certificates {
  // A name that no other authority has: a signature that fails is worse than none (OpenSSL ends the connection), and it
  // tries those of authorities by name. A client whose certificate is another's is anonymous instead.
  const ca = issue(
    [{ name: "commonName", value: `tabernetes-${randomBytes(4).toString("hex")}` }],
    [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, digitalSignature: true, keyEncipherment: true, critical: true },
      { name: "subjectKeyIdentifier" },
    ],
  );
  const names = [...DNS_NAMES.map((value) => ({ type: 2, value })), ...ADDRESSES.map((ip) => ({ type: 7, ip }))];
  const server = issue(
    [{ name: "commonName", value: "kube-apiserver" }],
    [...endUse({ serverAuth: true }), { name: "subjectAltName", altNames: names }],
    ca,
  );
  const admin = [
    // Whose members may do everything, as in the super-admin.conf that kubeadm writes.
    { name: "organizationName", value: "system:masters" },
    { name: "commonName", value: "kubernetes-admin" },
  ];
  const client = issue(admin, endUse({ clientAuth: true }), ca);
  return {
    server: { key: server.key, cert: server.cert, ca: ca.cert },
    client: { ca: ca.cert, clientCert: client.cert, clientKey: client.key },
  };
}

function endUse(use: { readonly serverAuth?: true; readonly clientAuth?: true }) {
  return [
    { name: "basicConstraints", cA: false, critical: true },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
    { name: "extKeyUsage", ...use },
  ];
}

/** A key with its certificate, signed by `authority`, or by itself. */
function issue(subject: forge.pki.CertificateField[], extensions: object[], authority?: Identity): Identity {
  const keys = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(keys.publicKey);
  // A serial number is positive: its first bit is 0.
  certificate.serialNumber = `00${randomBytes(15).toString("hex")}`;
  certificate.validity.notBefore = new Date(Date.now() - GRACE_MS);
  certificate.validity.notAfter = new Date(Date.now() + TEN_YEARS_MS);
  certificate.setSubject(subject);
  certificate.setIssuer(authority?.certificate.subject.attributes ?? subject);
  certificate.setExtensions(extensions);
  certificate.sign(forge.pki.privateKeyFromPem(authority?.key ?? keys.privateKey), forge.md.sha256.create());
  return { certificate, cert: forge.pki.certificateToPem(certificate), key: keys.privateKey };
}
