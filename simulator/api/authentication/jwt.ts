import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { isObject, type JsonObject } from "../../base/json.ts";
import { decodeBase64, encodeBase64 } from "../schema/base64.ts";

/** What goes for a public key's length: an RSA signature of 2048 bits. */
const SIGNATURE_BYTES = 256;

function bytesOf(ascii: string): Uint8Array {
  return Uint8Array.from(ascii, (char) => char.charCodeAt(0));
}

/** JSON in ASCII alone, so that its letters are its bytes. */
function asciiJson(value: JsonObject): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function base64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function jsonOf(part: string): JsonObject | undefined {
  const bytes = decodeBase64(part.replaceAll("-", "+").replaceAll("_", "/"));
  try {
    const value: unknown = JSON.parse(String.fromCharCode(...bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Web tokens as Kubernetes' look. They are sealed with a key that nobody else has, not signed with a key pair: only who
 * made them can tell whether they are genuine. The simulator may use no cryptography that takes its time or draws chance.
 */
export class TokenSeal {
  readonly #key: Uint8Array;
  readonly #header: string;

  /** `secret`: ASCII; the same one seals the same claims alike. */
  constructor(secret: string) {
    this.#key = sha256(bytesOf(secret));
    const kid = base64Url(sha256(this.#key));
    this.#header = base64Url(bytesOf(asciiJson({ alg: "RS256", kid })));
  }

  seal(claims: JsonObject): string {
    const body = `${this.#header}.${base64Url(bytesOf(asciiJson(claims)))}`;
    return `${body}.${this.#signature(body)}`;
  }

  /** What a token claims, and whether this seal made it; undefined when it is no web token. */
  open(token: string): { readonly claims: JsonObject; readonly genuine: boolean } | undefined {
    const [header, payload, signature, ...more] = token.split(".");
    if (header === undefined || payload === undefined || signature === undefined || more.length > 0) return undefined;
    const claims = jsonOf(header) === undefined ? undefined : jsonOf(payload);
    if (claims === undefined) return undefined;
    const genuine = header === this.#header && signature === this.#signature(`${header}.${payload}`);
    return { claims, genuine };
  }

  #signature(body: string): string {
    const digest = hmac(sha256, this.#key, bytesOf(body));
    const signature = new Uint8Array(SIGNATURE_BYTES);
    for (let block = 0; block * digest.length < SIGNATURE_BYTES; block++) {
      signature.set(sha256(Uint8Array.from([block, ...digest])), block * digest.length);
    }
    return base64Url(signature);
  }
}
