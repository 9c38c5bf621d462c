import { expect, it } from "vitest";
import { readMarkdown } from "../../../src/lessons/small-markdown.ts";

it("reads paragraphs, lists, code and bold", () => {
  const plain = (text: string) => ({ text, look: "plain" });
  expect(readMarkdown("One **line**\ngoes on.\n\n- a `b`\n- c\n  and d\n")).toEqual([
    { kind: "paragraph", spans: [plain("One "), { text: "line", look: "bold" }, plain(" goes on.")] },
    { kind: "list", items: [[plain("a "), { text: "b", look: "code" }], [plain("c and d")]] },
  ]);
});

it("leaves everything else as it is written", () => {
  expect(readMarkdown("<b>2 * 3 ** 4</b> `open")).toEqual([
    { kind: "paragraph", spans: [{ text: "<b>2 * 3 ** 4</b> `open", look: "plain" }] },
  ]);
});
