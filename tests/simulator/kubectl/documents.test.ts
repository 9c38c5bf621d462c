import { describe, expect, it } from "vitest";
import { parseManifests } from "../../../simulator/kubectl/documents.ts";

describe("a text of manifests is read as Go reads it", () => {
  it("knows an escaped apostrophe between double quotes", () => {
    const [document] = parseManifests('kind: A\ntext: "it\\\'s \\"so\\""\n');
    expect(document?.error).toBeUndefined();
    expect(document?.object).toEqual({ kind: "A", text: `it's "so"` });
  });

  it("refuses other escapes that YAML does not know", () => {
    expect(parseManifests('text: "\\q"')[0]?.error?.message).toContain("yaml: found unknown escape character");
  });

  it("looks at nothing between the end of a document and the next beginning", () => {
    const objects = parseManifests("kind: A\n...\nkind: B\n---\nkind: C\n").map(({ object }) => object?.kind);
    expect(objects).toEqual(["A", "C"]);
  });
});
