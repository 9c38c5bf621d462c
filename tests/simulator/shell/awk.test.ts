import { Bash } from "just-bash";
import { beforeAll, describe, expect, it } from "vitest";
import { mendAwk } from "../../../simulator/shell/awk.ts";

let bash: Bash;
beforeAll(() => {
  bash = new Bash({});
  mendAwk(bash);
});

describe("awk", () => {
  it.each([
    ["a dot", `echo 1.2.3 | awk -F. '{print $1 "-" $2}'`, "1-2"],
    ["apart", "echo 1.2.3 | awk -F . '{print $2}'", "2"],
    ["a bar", `echo 'a|b' | awk -F'|' '{print $2}'`, "b"],
    ["in the program", `echo 'a|b' | awk 'BEGIN{FS="|"} {print $2}'`, "b"],
    ["as a variable", "echo 'a+b' | awk -v FS=+ '{print $2}'", "b"],
    ["a caret", "echo 'a^b' | awk -F^ '{print $2}'", "b"],
    ["a bracket", "echo 'a[b]c' | awk -F[ '{print $2}'", "b]c"],
    ["a colon", "echo a:b | awk -F: '{print $2}'", "b"],
    ["an expression", "echo a1b22c | awk -F'[0-9]+' '{print $3}'", "c"],
    ["a space", "echo '  a  b' | awk -F' ' '{print $2}'", "b"],
    ["a tab", "printf 'a b\\tc\\n' | awk -F'\\t' '{print $2}'", "c"],
  ])("separates fields by %s", async (_, script, wanted) => {
    expect(await bash.exec(script)).toMatchObject({ stdout: `${wanted}\n`, stderr: "" });
  });
});
