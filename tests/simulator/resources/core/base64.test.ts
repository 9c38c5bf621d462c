import fc from "fast-check";
import { expect, it } from "vitest";
import { base64ByteLength, decodeBase64, encodeBase64 } from "../../../../simulator/resources/core/base64.ts";

it("encodes and decodes any text as Node does", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const encoded = Buffer.from(text, "utf8").toString("base64");
      expect(encodeBase64(text)).toBe(encoded);
      expect(decodeBase64(encoded)).toBe(text);
      expect(base64ByteLength(encoded)).toBe(Buffer.byteLength(text));
    }),
  );
});

it("shows bytes that are no text as U+FFFD", () => {
  expect(decodeBase64("/w==")).toBe("\ufffd");
});
