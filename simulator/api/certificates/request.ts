import { fail, ok, type Result } from "../../base/result.ts";
import { decodeBase64 } from "../schema/base64.ts";
import { asciiText, type DerValue, derOid, derValues, sameBytes, TAG } from "./der.ts";

const COMMON_NAME = derOid("2.5.4.3");
const ORGANIZATION = derOid("2.5.4.10");
const EXTENSION_REQUEST = derOid("1.2.840.113549.1.9.14");
const ALTERNATIVE_NAMES = derOid("2.5.29.17");

const BLOCK = /-----BEGIN ([^-\n]+)-----\r?\n([A-Za-z0-9+/=\s]+?)-----END \1-----/;

/** What somebody asks to have signed. Models crypto/x509 CertificateRequest, without its signature. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** How many of each there are, and the extension as it is to be taken over. */
  readonly alternativeNames: {
    readonly dns: number;
    readonly email: number;
    readonly uri: number;
    readonly ip: number;
  };
  readonly alternativeNamesExtension: Uint8Array | undefined;
  readonly subject: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** The bytes of the first PEM block of a type, in a text that is given in base64. */
export function pemBytes(base64: string, type: string): Uint8Array | undefined {
  try {
    const [, found, content = ""] = BLOCK.exec(asciiText(decodeBase64(base64))) ?? [];
    return found === type ? decodeBase64(content.replace(/\s/g, "")) : undefined;
  } catch {
    return undefined;
  }
}

// Models pkg/apis/certificates ParseCSR
/** Reads a request, PEM in base64; the error is upstream's text. */
export function parseCertificateRequest(base64: string): Result<CertificateRequest, string> {
  const bytes = pemBytes(base64, "CERTIFICATE REQUEST");
  if (bytes === undefined) return fail("PEM block type must be CERTIFICATE REQUEST");
  const [info] = inside(derValues(bytes)?.[0]) ?? [];
  const [, subject, publicKey, attributes] = inside(info) ?? [];
  if (subject === undefined || publicKey === undefined) return fail("asn1: syntax error: data truncated");
  const names = (oid: Uint8Array) =>
    (inside(subject) ?? []).flatMap((set) =>
      (inside(set) ?? []).flatMap((pair) => {
        const [type, value] = inside(pair) ?? [];
        return type && value && sameBytes(type.raw, oid) ? [asciiText(value.content)] : [];
      }),
    );
  const extension = attributes && alternativeNames(attributes);
  const general =
    extension === undefined ? [] : (inside(inside(extension)?.at(-1))?.flatMap((all) => inside(all) ?? []) ?? []);
  const count = (tag: number) => general.filter((name) => name.tag === tag).length;
  return ok({
    commonName: names(COMMON_NAME).at(-1) ?? "",
    organizations: names(ORGANIZATION),
    alternativeNames: { email: count(0x81), dns: count(0x82), uri: count(0x86), ip: count(0x87) },
    alternativeNamesExtension: extension?.raw,
    subject: subject.raw,
    publicKey: publicKey.raw,
  });
}

function inside(value: DerValue | undefined): readonly DerValue[] | undefined {
  return value && derValues(value.content);
}

function alternativeNames(attributes: DerValue): DerValue | undefined {
  for (const attribute of inside(attributes) ?? []) {
    const [type, values] = inside(attribute) ?? [];
    if (!type || type.tag !== TAG.oid || !sameBytes(type.raw, EXTENSION_REQUEST)) continue;
    const extensions = inside(inside(values)?.[0]) ?? [];
    return extensions.find((extension) => {
      const [name] = inside(extension) ?? [];
      return name !== undefined && sameBytes(name.raw, ALTERNATIVE_NAMES);
    });
  }
  return undefined;
}
