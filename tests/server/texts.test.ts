import { describe, expect, it } from "vitest";
import { answerBytes, bytesOf, eventLines } from "../../server/texts.ts";

const frozen = (name: string) => Object.freeze({ metadata: Object.freeze({ name, note: "größer <\n>" }) });

describe("answers as JSON", () => {
  it.each([
    ["an object", { kind: "Pod", metadata: { name: "a" } }],
    ["an empty list", { kind: "PodList", metadata: {}, items: [] }],
    ["a list", { kind: "PodList", metadata: { resourceVersion: "1" }, items: [frozen("a"), frozen("b")], extra: 1 }],
    ["items that are no objects", { items: ["a", 1, null, ["b"]] }],
    [
      "a Table",
      {
        kind: "Table",
        metadata: undefined,
        columnDefinitions: [{ name: "Name" }],
        rows: [{ cells: ["a", 1], object: frozen("a") }, { cells: ["b"] }],
      },
    ],
  ])("are what JSON.stringify gives: %s", (_, body) => {
    expect(answerBytes(body).toString()).toBe(`${JSON.stringify(body)}\n`);
  });

  it("are written once for what can no longer change, and each time for what can", () => {
    const still = frozen("a");
    expect(bytesOf(still)).toBe(bytesOf(still));
    const open = { value: 1 };
    bytesOf(open);
    open.value = 2;
    expect(bytesOf(open).toString()).toBe('{"value":2}');
  });

  it("are a line for each event", () => {
    const events = [
      { type: "ADDED", object: frozen("a") },
      { type: "DELETED", object: { a: 1 } },
    ];
    expect(eventLines(events).toString()).toBe(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  });
});
