import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { encodeBase64 } from "../schema/base64.ts";
import { asciiBytes, asciiText, der, derOid, derText, derValues, joined, TAG } from "./der.ts";
import { type CertificateRequest, pemBytes } from "./request.ts";

const ISSUER = der(TAG.sequence, der(TAG.set, der(TAG.sequence, derOid("2.5.4.3"), derText("kubernetes"))));
const ALGORITHM = der(TAG.sequence, derOid("1.2.840.113549.1.1.11"), der(TAG.none));
const SIGNATURE_BYTES = 256;

const KEY_USAGES = [
  "digital signature",
  "content commitment",
  "key encipherment",
  "data encipherment",
  "key agreement",
  "cert sign",
  "crl sign",
  "encipher only",
];
const EXTENDED_USAGES: { readonly [usage: string]: string } = {
  any: "2.5.29.37.0",
  "server auth": "1.3.6.1.5.5.7.3.1",
  "client auth": "1.3.6.1.5.5.7.3.2",
  "code signing": "1.3.6.1.5.5.7.3.3",
  "email protection": "1.3.6.1.5.5.7.3.4",
  timestamping: "1.3.6.1.5.5.7.3.8",
  "ocsp signing": "1.3.6.1.5.5.7.3.9",
};

export interface Validity {
  readonly fromEpochMs: number;
  readonly untilEpochMs: number;
}

/**
 * A certificate for a request: X.509 in form, with the requester's key. The cluster has no private key: what stands where
 * its signature would be is a seal that only this cluster can check, so no TLS client trusts it. PEM in base64.
 */
export function issueCertificate(
  request: CertificateRequest,
  usages: readonly string[],
  validity: Validity,
  serial: string,
): string {
  const extensions = [keyUsage(usages), extendedUsage(usages), basicConstraints(), request.alternativeNamesExtension];
  const body = der(
    TAG.sequence,
    der(0xa0, der(TAG.integer, Uint8Array.of(2))),
    der(TAG.integer, serialNumber(serial)),
    ALGORITHM,
    ISSUER,
    der(TAG.sequence, time(validity.fromEpochMs), time(validity.untilEpochMs)),
    request.subject,
    request.publicKey,
    der(0xa3, der(TAG.sequence, ...extensions.flatMap((extension) => extension ?? []))),
  );
  const whole = der(TAG.sequence, body, ALGORITHM, der(TAG.bits, Uint8Array.of(0), sealOf(body)));
  const lines = encodeBase64(whole).match(/.{1,64}/g) ?? [];
  return encodeBase64(asciiBytes(`-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`));
}

/** When a certificate ends, in epoch milliseconds; undefined where there is no telling. */
export function certificateEnd(certificate: string): number | undefined {
  const bytes = pemBytes(certificate, "CERTIFICATE");
  const whole = bytes && derValues(bytes)?.[0];
  const body = whole && derValues(whole.content)?.[0];
  const validity = body && derValues(body.content)?.[4];
  const end = validity && derValues(validity.content)?.[1];
  if (end === undefined) return undefined;
  const text = asciiText(end.content);
  const digits = end.tag === TAG.time ? `20${text}` : text;
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits) ?? [];
  if (second === undefined) return undefined;
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}

function serialNumber(text: string): Uint8Array {
  const digest = sha256(asciiBytes(text)).slice(0, 16);
  // Positive, and without leading zeros.
  return joined([Uint8Array.of(((digest[0] ?? 0) & 0x3f) | 0x40), digest.subarray(1)]);
}

function time(epochMs: number): Uint8Array {
  const digits = new Date(epochMs).toISOString().replace(/[-:T]|\.\d+/g, "");
  const isShort = Number(digits.slice(0, 4)) < 2050;
  return der(isShort ? TAG.time : TAG.generalTime, asciiBytes(isShort ? digits.slice(2) : digits));
}

function extension(oid: string, isCritical: boolean, content: Uint8Array): Uint8Array {
  const critical = isCritical ? [der(TAG.bool, Uint8Array.of(0xff))] : [];
  return der(TAG.sequence, derOid(oid), ...critical, der(TAG.bytes, content));
}

function keyUsage(usages: readonly string[]): Uint8Array | undefined {
  let bits = 0;
  for (const usage of usages) {
    const at = KEY_USAGES.indexOf(usage === "signing" ? "digital signature" : usage);
    if (at >= 0) bits |= 0x80 >> at;
  }
  if (bits === 0) return undefined;
  let unused = 0;
  while (((bits >> unused) & 1) === 0) unused++;
  return extension("2.5.29.15", true, der(TAG.bits, Uint8Array.of(unused, bits)));
}

function extendedUsage(usages: readonly string[]): Uint8Array | undefined {
  const oids = usages.flatMap((usage) => EXTENDED_USAGES[usage] ?? []);
  return oids.length === 0 ? undefined : extension("2.5.29.37", false, der(TAG.sequence, ...oids.map(derOid)));
}

function basicConstraints(): Uint8Array {
  return extension("2.5.29.19", true, der(TAG.sequence));
}

function sealOf(body: Uint8Array): Uint8Array {
  const blocks = Array.from({ length: SIGNATURE_BYTES / 32 }, (_, at) =>
    hmac(sha256, asciiBytes(`certificate-authority/${at}`), body),
  );
  return joined(blocks);
}
