import { describe, expect, it } from "vitest";
import { describeParameters } from "../../server/parameter-words.ts";

const place = { in: "query", type: "string" };

/** The descriptions in a path's operation, by the parameters' names. */
function wordsOf(method: string, ...names: readonly string[]): readonly (string | undefined)[] {
  const parameters = names.map((name) => ({ name, ...place }));
  const described = describeParameters({ "/api/v1/things": { [method]: { operationId: "x", parameters } } });
  const operation = (described["/api/v1/things"] as { [method: string]: { parameters: { description?: string }[] } })[
    method
  ];
  return operation?.parameters.map(({ description }) => description) ?? [];
}

describe("what requests may say", () => {
  it("is described for every resource, by the method of the request", () => {
    const [watch, labels, token] = wordsOf("get", "watch", "labelSelector", "continue");
    expect(watch).toMatch(/^Watch for changes to the described resources/);
    expect(labels).toMatch(/list of returned objects by their labels/);
    expect(token).toMatch(/"next key"/);
    expect(wordsOf("patch", "fieldManager")).not.toEqual(wordsOf("put", "fieldManager"));
  });

  it("keeps parameters that nobody has words for, and those of whole paths", () => {
    const item = {
      parameters: [
        { name: "pretty", ...place },
        { name: "unheard", ...place },
      ],
    };
    const described = describeParameters({ "/version": item })["/version"];
    expect(described).toMatchObject({ parameters: [{ description: expect.stringContaining("pretty") }, {}] });
    expect(described).toMatchObject(item);
  });
});
