import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { certificateEnd } from "../certificates/certificate.ts";
import {
  asciiBytes,
  asciiText,
  type DerValue,
  derOid,
  derValues,
  joined,
  sameBytes,
  TAG,
} from "../certificates/der.ts";
import { decodeBase64, encodeBase64 } from "../schema/base64.ts";

/** What of an X.509 certificate its check needs. */
interface Certificate {
  readonly raw: Uint8Array;
  readonly body: Uint8Array;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly publicKey: DerValue;
  readonly algorithm: Uint8Array;
  readonly signature: Uint8Array;
  readonly dnsNames: readonly string[];
  readonly commonName: string;
  /** Epoch milliseconds. */
  readonly endMs: number | undefined;
}

const BLOCKS = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----/g;
const COMMON_NAME = derOid("2.5.4.3");
const ALTERNATIVE_NAMES = derOid("2.5.29.17");
const RSA_KEY = derOid("1.2.840.113549.1.1.1");
const DNS_NAME = 0x82;
const EXTENSIONS = 0xa3;
const EXPLICIT_VERSION = 0xa0;
const MAX_CHAIN = 8;

/** RSA signatures by their hash; the second is what stands before the digest (DigestInfo). */
const HASHES = [
  [derOid("1.2.840.113549.1.1.11"), sha256, "3031300d060960864801650304020105000420"],
  [derOid("1.2.840.113549.1.1.12"), sha384, "3041300d060960864801650304020205000430"],
  [derOid("1.2.840.113549.1.1.13"), sha512, "3051300d060960864801650304020305000440"],
] as const;

// Models crypto/x509 Certificate.Verify
/**
 * What a TLS client has against the certificates that a server shows (PEM, its own first) when it trusts those of `roots`
 * (PEM) and has called it by `host`: Go's words, or undefined. Signatures other than RSA's are believed where the names
 * fit; that a certificate's time has not come yet is no problem, since the cluster's clock is not the outside's.
 */
export function certificateProblem(shown: string, roots: string, host: string, nowMs: number): string | undefined {
  const [leaf, ...others] = certificatesOf(shown);
  if (leaf === undefined) return "remote error: tls: internal error";
  const problem =
    endProblem(leaf, nowMs) ?? nameProblem(leaf, host) ?? trustProblem(leaf, others, certificatesOf(roots));
  return problem && `tls: failed to verify certificate: x509: ${problem}`;
}

function endProblem({ endMs }: Certificate, nowMs: number): string | undefined {
  if (endMs === undefined || nowMs <= endMs) return undefined;
  const text = (ms: number) => new Date(ms).toISOString().replace(/\.\d+/, "");
  return `certificate has expired or is not yet valid: current time ${text(nowMs)} is after ${text(endMs)}`;
}

function nameProblem({ dnsNames, commonName }: Certificate, host: string): string | undefined {
  if (dnsNames.some((name) => isNamed(name.toLowerCase(), host.toLowerCase()))) return undefined;
  if (dnsNames.length > 0) return `certificate is valid for ${dnsNames.join(", ")}, not ${host}`;
  return commonName === ""
    ? `certificate is not valid for any names, but wanted to match ${host}`
    : "certificate relies on legacy Common Name field, use SANs instead";
}

function isNamed(pattern: string, host: string): boolean {
  if (!pattern.startsWith("*.")) return pattern === host;
  const dot = host.indexOf(".");
  return dot > 0 && host.slice(dot) === pattern.slice(1);
}

function trustProblem(
  leaf: Certificate,
  others: readonly Certificate[],
  roots: readonly Certificate[],
): string | undefined {
  let refused: Certificate | undefined;
  const isTrusted = (one: Certificate, depth: number): boolean => {
    if (roots.some(({ raw }) => sameBytes(raw, one.raw))) return true;
    for (const [at, parent] of [...roots, ...others].entries()) {
      if (!sameBytes(parent.subject, one.issuer)) continue;
      if (!isSignedBy(one, parent)) refused ??= parent;
      else if (at < roots.length || (depth < MAX_CHAIN && isTrusted(parent, depth + 1))) return true;
    }
    return false;
  };
  if (isTrusted(leaf, 0)) return undefined;
  const unknown = "certificate signed by unknown authority";
  if (refused === undefined) return unknown;
  const candidate = refused.commonName || "serial:0";
  return `${unknown} (possibly because of "crypto/rsa: verification error" while trying to verify candidate authority certificate ${JSON.stringify(candidate)})`;
}

/** Checks an RSA signature (PKCS #1 v1.5). */
function isSignedBy({ body, algorithm, signature }: Certificate, { publicKey }: Certificate): boolean {
  const [keyAlgorithm, keyBits] = derValues(publicKey.content) ?? [];
  const hash = HASHES.find(([oid]) => sameBytes(oid, algorithm));
  const isRsa =
    keyAlgorithm !== undefined && sameBytes(derValues(keyAlgorithm.content)?.[0]?.raw ?? keyAlgorithm.raw, RSA_KEY);
  if (hash === undefined || !isRsa || keyBits === undefined) return true;
  const key = derValues(keyBits.content.subarray(1))?.[0];
  const [modulus, exponent] = (key && derValues(key.content)) ?? [];
  if (modulus === undefined || exponent === undefined) return false;
  const opened = power(numberOf(signature), numberOf(exponent.content), numberOf(modulus.content));
  const [, digest, prefix] = hash;
  return opened.toString(16).endsWith(`ff00${prefix}${hexOf(digest(body))}`);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = modulus === 0n ? 0n : base % modulus;
  for (let rest = exponent; rest > 0n && modulus > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${hexOf(bytes) || "0"}`);

function certificatesOf(pem: string): readonly Certificate[] {
  return [...pem.matchAll(BLOCKS)].flatMap(([, text = ""]) => certificateOf(decodeBase64(text)) ?? []);
}

function certificateOf(bytes: Uint8Array): Certificate | undefined {
  const whole = derValues(bytes)?.[0];
  const [body, algorithm, signature] = (whole && derValues(whole.content)) ?? [];
  const fields = (body && derValues(body.content)) ?? [];
  const [, , issuer, , subject, publicKey, ...rest] = fields[0]?.tag === EXPLICIT_VERSION ? fields.slice(1) : fields;
  if (whole === undefined || body === undefined || algorithm === undefined || signature === undefined) return undefined;
  if (issuer === undefined || subject === undefined || publicKey === undefined) return undefined;
  const pem = `-----BEGIN CERTIFICATE-----\n${encodeBase64(whole.raw)}\n-----END CERTIFICATE-----\n`;
  return {
    raw: whole.raw,
    body: body.raw,
    issuer: issuer.raw,
    subject: subject.raw,
    publicKey,
    algorithm: derValues(algorithm.content)?.[0]?.raw ?? joined([]),
    signature: signature.content.subarray(1),
    dnsNames: dnsNamesOf(rest.find(({ tag }) => tag === EXTENSIONS)),
    commonName: commonNameOf(subject),
    endMs: certificateEnd(encodeBase64(asciiBytes(pem))),
  };
}

function dnsNamesOf(extensions: DerValue | undefined): readonly string[] {
  const all = extensions && derValues(extensions.content)?.[0];
  for (const extension of (all && derValues(all.content)) ?? []) {
    const [oid, ...values] = derValues(extension.content) ?? [];
    const value = values.at(-1);
    if (oid === undefined || value === undefined || !sameBytes(oid.raw, ALTERNATIVE_NAMES)) continue;
    const names = derValues(value.content)?.[0];
    return ((names && derValues(names.content)) ?? [])
      .filter(({ tag }) => tag === DNS_NAME)
      .map(({ content }) => asciiText(content));
  }
  return [];
}

function commonNameOf({ content }: DerValue): string {
  for (const part of derValues(content) ?? []) {
    for (const pair of part.tag === TAG.set ? (derValues(part.content) ?? []) : []) {
      const [oid, value] = derValues(pair.content) ?? [];
      if (oid !== undefined && value !== undefined && sameBytes(oid.raw, COMMON_NAME)) return asciiText(value.content);
    }
  }
  return "";
}
