import { describe, expect, it } from "vitest";
import { keysOf, refusalMarks, syntaxMarks } from "../../../src/inspector/field-lines.ts";

const TEXT = `apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    app.kubernetes.io/name: web
spec:
  containers:
    - name: a
      image: nginx
    - name: b
      image: ""
      colour: red
`;

const refusal = (message: string, causes: readonly { field?: string; message?: string }[] = []) => ({
  code: 422,
  message,
  causes,
});

describe("where a refusal stands", () => {
  it.each([
    ["spec.containers[1].image", ["spec", "containers", 1, "image"]],
    ["metadata.labels[app.kubernetes.io/name]", ["metadata", "labels", "app.kubernetes.io/name"]],
    ["", []],
  ])("reads the path %s", (field, keys) => {
    expect(keysOf(field)).toEqual(keys);
  });

  it.each([
    ["spec.containers[1].image", 12],
    ["metadata.labels[app.kubernetes.io/name]", 6],
    // What is not there is missed from what is.
    ["spec.containers[0].resources.limits", 9],
    ["status.phase", 1],
  ])("finds %s at line %i", (field, line) => {
    const [mark] = refusalMarks(TEXT, refusal("invalid", [{ field, message: "Required value" }]));
    expect(mark).toEqual({ line, message: `${field}: Required value` });
  });

  it("finds the fields that a strict decoder does not know, and those of another type", () => {
    const strict = 'strict decoding error: unknown field "spec.containers[1].colour", unknown field "spec.size"';
    expect(refusalMarks(TEXT, refusal(strict)).map(({ line }) => line)).toEqual([13, 8]);
    const type = "json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container";
    expect(refusalMarks(TEXT, refusal(type)).map(({ line }) => line)).toEqual([9]);
  });

  it("shows the server's sentence where it names no field", () => {
    expect(refusalMarks(TEXT, refusal("not now"))).toEqual([{ line: 1, message: "not now" }]);
  });

  it("says where text is no YAML", () => {
    const [mark] = syntaxMarks("a: 1\nb: [1, 2\nc: 3\n");
    expect(mark?.line).toBeGreaterThan(1);
    expect(syntaxMarks(TEXT)).toEqual([]);
  });
});
