import { sha256 } from "@noble/hashes/sha2.js";
import { encodeBase64 } from "../../api/schema/base64.ts";
import type { JsonObject, JsonValue } from "../../base/json.ts";
import { bytesOfText } from "../../node/files/bytes.ts";
import { toJson } from "../print/json.ts";
import { metadataOf } from "./object.ts";

function utf8(text: string): Uint8Array {
  return Uint8Array.from(bytesOfText(text), (char) => char.charCodeAt(0));
}

export function base64Of(text: string): string {
  return encodeBase64(utf8(text));
}

/** Vowels and digits that look like letters are replaced, so that no bad words come out. */
const LETTERS: { readonly [digit: string]: string } = { "0": "g", "1": "h", "3": "k", a: "m", e: "t" };
const LENGTH = 10;

// Models kubectl pkg/util/hash and kustomize api/internal/hasher
/** The suffix that a config map's or secret's name gets, by what is in it. Kustomize leaves the name out. */
export function nameHash(object: JsonObject, name: JsonValue = metadataOf(object).name ?? ""): string {
  const { kind, data = "", binaryData, type, immutable } = object;
  const hashed: JsonObject =
    kind === "Secret"
      ? { kind, type: type ?? "", name, data, ...(immutable !== undefined && { immutable }) }
      : { kind: "ConfigMap", name, data, ...(binaryData !== undefined && { binaryData }) };
  const hex = [...sha256(utf8(toJson(hashed)))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [...hex.slice(0, LENGTH)].map((digit) => LETTERS[digit] ?? digit).join("");
}
