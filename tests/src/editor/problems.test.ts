import { describe, expect, it } from "vitest";
import { advice, marks } from "../../../src/editor/problems.ts";

const document = (rest: object) => ({ ok: false, message: "no", line: 3, problems: [], warnings: [], ...rest });

describe("marks in the editor", () => {
  it("stand at the line of each problem, else at the first of the document", () => {
    const problems = [
      { message: "wrong", fieldPath: "spec.replicas", line: 7, column: 5 },
      { message: "odd", fieldPath: "spec" },
    ];
    expect(marks({ results: [document({}), document({ ok: true }), document({ line: 5, problems })] })).toEqual([
      { line: 3, message: "no" },
      { line: 7, column: 5, message: "spec.replicas: wrong" },
      { line: 5, message: "spec: odd" },
    ]);
  });
});

it.each([
  ['no matches for kind "Deploymint" in version "apps/v1"', "kind"],
  ['strict decoding error: unknown field "spec.replica"', "no such field"],
  ["quantities must match the regular expression '^([+-]?[0-9.]+)'", "quantity"],
  ["a lowercase RFC 1123 subdomain must consist of", "lower-case"],
])("advises on %s", (message, word) => {
  expect(advice(message)).toContain(word);
});
