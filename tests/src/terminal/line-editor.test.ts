import { describe, expect, it } from "vitest";
import { type Entered, LineEditor } from "../../../src/terminal/line-editor.ts";

const WORDS = ["deployments", "deployments/scale", "pods"];

function open(history: readonly string[] = []) {
  const written: string[] = [];
  const editor = new LineEditor({
    write: (text) => void written.push(text),
    columns: 40,
    history,
    isWhole: async (text) => !text.endsWith("\\") && (text.split("'").length - 1) % 2 === 0,
    complete: async (text) => {
      const from = text.lastIndexOf(" ") + 1;
      return { from, words: WORDS.filter((word) => word.startsWith(text.slice(from))) };
    },
  });
  return { editor, written };
}

/** Types keys, and gives what was entered. */
async function typed(keys: readonly string[], history: readonly string[] = []): Promise<Entered> {
  const { editor } = open(history);
  const entered = editor.read("$ ");
  for (const key of keys) editor.input(key);
  return entered;
}

const line = (text: string) => ({ kind: "line", text });
const ENTER = "\r";
const UP = "\u001b[A";
const LEFT = "\u001b[D";

describe("readline's keys", () => {
  it.each([
    ["moves and inserts", ["bc", "\u0001", "a", "\u0005", "d"], "abcd"],
    ["deletes", ["abc", LEFT, "\u007f", "\u0004"], "a"],
    ["cuts a word and puts it back", ["one two", "\u0017", "\u0001", "\u0019", " "], "two one "],
    ["cuts to either end", ["one two", LEFT, LEFT, LEFT, "\u000b", "\u0015", "\u0019", "!"], "one !"],
    ["goes by words", ["one two", "\u001bb", "\u001bb", "\u001bf", "-"], "one- two"],
    ["swaps", ["ab", "\u0014"], "ba"],
    ["leaves out escape sequences that it doesn't know", ["a", "\u001b[15~", "b"], "ab"],
  ])("%s", async (_what, keys, text) => {
    expect(await typed([...keys, ENTER])).toEqual(line(text));
  });

  it("ends with Ctrl-C, and with Ctrl-D on an empty line only", async () => {
    expect(await typed(["abc", "\u0003"])).toEqual({ kind: "cancelled" });
    expect(await typed(["\u0004"])).toEqual({ kind: "end" });
  });
});

describe("lines of before", () => {
  const history = ["kubectl get pods", "echo hi", "kubectl get nodes"];
  it("come back upwards, the draft downwards", async () => {
    expect(await typed([UP, UP, ENTER], history)).toEqual(line("echo hi"));
    expect(await typed(["dra", UP, "\u001b[B", "ft", ENTER], history)).toEqual(line("draft"));
  });

  it("are found backwards by Ctrl-R", async () => {
    expect(await typed(["\u0012", "get", ENTER], history)).toEqual(line("kubectl get nodes"));
    expect(await typed(["\u0012", "get", "\u0012", ENTER], history)).toEqual(line("kubectl get pods"));
    expect(await typed(["\u0012", "hi", "\u0005", "!", ENTER], history)).toEqual(line("echo hi!"));
  });
});

describe("Tab", () => {
  it("completes what is alone, then as far as all agree, then lists", async () => {
    expect(await typed(["get po", "\t", ENTER])).toEqual(line("get pods "));
    const { editor, written } = open();
    const entered = editor.read("$ ");
    for (const key of ["get d", "\t", "\t", "\t"]) editor.input(key);
    editor.input(ENTER);
    expect(await entered).toEqual(line("get deployments"));
    expect(written.join("")).toContain("deployments");
  });
});

describe("lines that go on", () => {
  it("are one script, with what is pasted", async () => {
    expect(await typed(["echo 'a\rb'\r"])).toEqual(line("echo 'a\nb'"));
  });

  it("what is typed ahead waits for the next line", async () => {
    const { editor } = open();
    const first = editor.read("$ ");
    editor.input("echo 1\recho 2\r");
    expect(await first).toEqual(line("echo 1"));
    await new Promise((resolve) => setTimeout(resolve));
    const second = editor.read("$ ");
    editor.input(editor.takeUnread());
    expect(await second).toEqual(line("echo 2"));
  });
});

describe("what is pasted", () => {
  it("stands there whole until it is entered, its keys disarmed", async () => {
    const { editor } = open();
    let entered: Entered | undefined;
    const reading = editor.read("$ ").then((got) => {
      entered = got;
    });
    editor.input("a ");
    editor.paste("one\r\n\ttwo\u0003\u001b[A\nthree\n\n");
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(entered).toBeUndefined();
    editor.input("!");
    editor.input(ENTER);
    await reading;
    expect(entered).toEqual(line("a one\n\ttwo[A\nthree!"));
  });

  it("is not drawn again when it is entered: it may be higher than the screen", async () => {
    const { editor, written } = open();
    const reading = editor.read("$ ");
    editor.paste("one\ntwo");
    await new Promise((resolve) => setTimeout(resolve, 5));
    written.length = 0;
    editor.input(ENTER);
    await reading;
    expect(written.join("")).toBe("\r\n");
  });

  it("gives way to what comes from elsewhere, and is drawn behind it", async () => {
    const { editor, written } = open();
    void editor.read("$ ");
    editor.paste("one\ntwo");
    await new Promise((resolve) => setTimeout(resolve, 5));
    written.length = 0;
    editor.interject("[1]+ Done");
    expect(written.join("")).toContain("\u001b[1A\r\u001b[J[1]+ Done\r\n\r\u001b[J$ one\r\n> two");
  });
});
