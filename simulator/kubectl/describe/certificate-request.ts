import { bytesOfBase64, textOfBytes } from "../../node/files/bytes.ts";

/** What a PKCS#10 request says of who wants a certificate. */
export interface RequestFacts {
  /** Values by the attribute's object identifier. */
  readonly subject: ReadonlyMap<string, readonly string[]>;
  readonly dnsNames: readonly string[];
  readonly emails: readonly string[];
  readonly uris: readonly string[];
  readonly addresses: readonly string[];
}

interface Part {
  readonly tag: number;
  readonly body: string;
}

const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
const ALTERNATIVE_NAMES = "2.5.29.17";
const BMP_STRING = 0x1e;

/** The parts of a DER sequence; bytes are one character each. */
function partsOf(bytes: string): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes.charCodeAt(at);
    let length = bytes.charCodeAt(at + 1);
    at += 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      length = 0;
      for (let index = 0; index < count; index++) length = length * 256 + bytes.charCodeAt(at + index);
      at += count;
    }
    if (!Number.isFinite(length)) break;
    parts.push({ tag, body: bytes.slice(at, at + length) });
    at += length;
  }
  return parts;
}

function identifierOf(bytes: string): string {
  const arcs: number[] = [];
  let value = 0;
  for (const char of bytes) {
    const byte = char.charCodeAt(0);
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    if (arcs.length === 0)
      arcs.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)));
    else arcs.push(value);
    value = 0;
  }
  return arcs.join(".");
}

function stringOf({ tag, body }: Part): string {
  if (tag !== BMP_STRING) return textOfBytes(body);
  return [...Array(body.length / 2).keys()]
    .map((index) => String.fromCharCode(body.charCodeAt(2 * index) * 256 + body.charCodeAt(2 * index + 1)))
    .join("");
}

// Models crypto/x509 ParseCertificateRequest, as far as it is shown
/** Reads a PEM request (in base64, as an object holds it); undefined when it is none. */
export function readRequest(encoded: string): RequestFacts | undefined {
  const pem = /-----BEGIN CERTIFICATE REQUEST-----([\s\S]*?)-----END/.exec(bytesOfBase64(encoded));
  const [request] = partsOf(bytesOfBase64((pem?.[1] ?? "").replace(/\s/g, "")));
  const [info] = partsOf(request?.body ?? "");
  const [, subject, , attributes] = partsOf(info?.body ?? "");
  if (subject === undefined) return undefined;
  const values = new Map<string, string[]>();
  for (const set of partsOf(subject.body)) {
    for (const pair of partsOf(set.body)) {
      const [type, value] = partsOf(pair.body);
      if (type === undefined || value === undefined) continue;
      const identifier = identifierOf(type.body);
      values.set(identifier, [...(values.get(identifier) ?? []), stringOf(value)]);
    }
  }
  const names = alternativeNames(attributes?.body ?? "");
  const tagged = (tag: number) => names.filter((name) => (name.tag & 0x1f) === tag).map(({ body }) => body);
  return {
    subject: values,
    emails: tagged(1),
    dnsNames: tagged(2),
    uris: tagged(6),
    addresses: tagged(7).map(addressText),
  };
}

function alternativeNames(attributes: string): Part[] {
  for (const attribute of partsOf(attributes)) {
    const [type, set] = partsOf(attribute.body);
    if (identifierOf(type?.body ?? "") !== EXTENSION_REQUEST) continue;
    const [extensions] = partsOf(set?.body ?? "");
    for (const extension of partsOf(extensions?.body ?? "")) {
      const fields = partsOf(extension.body);
      if (identifierOf(fields[0]?.body ?? "") !== ALTERNATIVE_NAMES) continue;
      const [names] = partsOf(fields.at(-1)?.body ?? "");
      return partsOf(names?.body ?? "");
    }
  }
  return [];
}

function addressText(bytes: string): string {
  const numbers = [...bytes].map((char) => char.charCodeAt(0));
  if (numbers.length === 4) return numbers.join(".");
  const groups = [...Array(8).keys()].map((index) =>
    ((numbers[2 * index] ?? 0) * 256 + (numbers[2 * index + 1] ?? 0)).toString(16),
  );
  return groups
    .join(":")
    .replace(/\b(?:0(?::|$)){2,}/, ":")
    .replace(/^:(?!:)/, "::");
}
