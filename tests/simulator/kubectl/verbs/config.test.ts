import { describe, expect, it } from "vitest";
import { kubectlPlace } from "../shell.ts";

const NEAR = `apiVersion: v1
kind: Config
clusters: [{name: near, cluster: {server: "http://near"}}]
contexts: [{name: near, context: {cluster: near, user: me}}]
users: [{name: me, user: {token: secret}}]
current-context: near
`;

const place = () => kubectlPlace({ config: NEAR });
const at = ["--kubeconfig", "config"];

describe("kubectl config", () => {
  it("sets properties by their type", async () => {
    const { run, files } = place();
    expect((await run("config", "set", "clusters.near.insecure-skip-tls-verify", "T", ...at)).exit).toBe(0);
    expect((await run("config", "set", "contexts.a.b.c.namespace", "x", ...at)).exit).toBe(0);
    expect((await run("config", "set", "clusters.near.certificate-authority-data", "Y2E=", ...at)).exit).toBe(0);
    const text = files.get("/home/config") ?? "";
    expect(text).toContain("insecure-skip-tls-verify: true");
    expect(text).toContain("name: a.b.c");
    expect(text).toContain("certificate-authority-data: Y2E=");
  });

  it.each([
    [["odd.x", "y"], "unable to parse odd.x after [] at api.Config"],
    [["clusters.near.nope", "y"], "can't set a map to a value: map[near:"],
    [["clusters.near.server.x", "y"], "unable to parse one or more field values of clusters.near.server.x"],
    [["clusters.near.disable-compression", "maybe"], 'strconv.ParseBool: parsing "maybe": invalid syntax'],
    [["clusters.near.certificate-authority-data", "a"], "error decoding input value: illegal base64 data"],
    [["clusters.near.server", ""], "you cannot use set to unset a property"],
  ])("refuses to set %s", async (words, problem) => {
    expect((await place().run("config", "set", ...words, ...at)).stderr).toContain(problem);
  });

  it("takes properties away, those of what is there", async () => {
    const { run, files } = place();
    expect((await run("config", "unset", "contexts.none.user", ...at)).stderr).toContain(
      "current map key `none` is invalid",
    );
    expect((await run("config", "unset", "users.me.token", ...at)).exit).toBe(0);
    expect(files.get("/home/config")).not.toContain("token");
  });

  it("writes where certificates are, or what is in them", async () => {
    const { run, files } = place();
    files.set("/home/ca.crt", "ca");
    await run("config", "set-cluster", "far", "--certificate-authority=ca.crt", ...at);
    expect(files.get("/home/config")).toContain("certificate-authority: /home/ca.crt");
    await run("config", "set-cluster", "far", "--certificate-authority=ca.crt", "--embed-certs", ...at);
    expect(files.get("/home/config")).toContain("certificate-authority-data: Y2E=");
    const both = ["--certificate-authority=ca.crt", "--insecure-skip-tls-verify"];
    expect((await run("config", "set-cluster", "far", ...both, ...at)).stderr).toContain("at the same time");
  });
});
