import { describe, expect, it } from "vitest";
import { flagList } from "../../../../simulator/kubectl/cli/help.ts";
import { kubectlPlace } from "../shell.ts";

describe("help", () => {
  it("gives flags in order with their defaults, without those that are hidden", () => {
    const text = flagList([
      { name: "list", type: "stringSlice", default: "", usage: "Many." },
      { name: "all", short: "A", type: "bool", default: "false", usage: "All." },
      { name: "secret", type: "bool", default: "false", usage: "None's business.", hidden: true },
      { name: "kind", type: "string", default: "x", usage: "Which.", shown: "''" },
    ]);
    expect(text.match(/^ {4}.*$/gm)).toEqual(["    -A, --all=false:", "    --kind='':", "    --list=[]:"]);
    expect(text).toContain("\tAll.\n");
  });

  it("is there for every verb, by flag and by word", async () => {
    const { run } = kubectlPlace();
    const byFlag = await run("rollout", "undo", "--help");
    expect(byFlag.stdout).toContain("--to-revision=0:");
    expect(byFlag.stdout).toContain("Usage:\n  kubectl rollout undo (TYPE NAME | TYPE/NAME) [flags] [options]");
    expect(await run("help", "rollout", "undo")).toEqual(byFlag);
    expect((await run("zzz")).stderr).toContain('error: unknown command "zzz" for "kubectl"');
    expect((await run("gett")).stderr).toContain("Did you mean this?\n\tset\n\tget\n");
  });

  it("does not show what is deprecated, and says so where it is used", async () => {
    const { run } = kubectlPlace({ "cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept}\n" });
    expect((await run("apply", "--help")).stdout).not.toContain("--record");
    const { stdout, stderr } = await run("apply", "-f", "cm.yaml", "--record");
    expect(stderr).toBe("Flag --record has been deprecated, --record will be removed in the future\n");
    expect(stdout).toBe("configmap/kept created\n");
    const cause = "jsonpath={.metadata.annotations.kubernetes\\.io/change-cause}";
    expect((await run("get", "cm", "kept", "-o", cause)).stdout).toBe("kubectl apply --filename=cm.yaml --record=true");
  });
});
