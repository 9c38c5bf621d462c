import * as library from "just-bash";
import { describe, expect, it } from "vitest";
import { complete, splitAtCursor } from "../../../src/terminal/shell/complete.ts";
import { HOME } from "../../../src/terminal/shell/home.ts";
import { smallCluster } from "./world.ts";

const named = (...names: string[]) => ({ items: names.map((name) => ({ metadata: { name } })) });

const resource = (plural: string, kind: string, shortNames: string[], scope = "Namespaced") => ({
  resource: plural,
  responseKind: { group: "", version: "v1", kind },
  scope,
  shortNames,
  singularResource: kind.toLowerCase(),
  verbs: ["get", "list"],
});

const core = [
  resource("pods", "Pod", ["po"]),
  resource("podtemplates", "PodTemplate", []),
  resource("nodes", "Node", ["no"], "Cluster"),
];

const cluster = smallCluster({
  "/api": { items: [{ metadata: { name: "" }, versions: [{ version: "v1", resources: core }] }] },
  "/apis": { items: [] },
  "/api/v1/namespaces": named("default", "dev"),
  "/api/v1/namespaces/default/pods": named("web-1", "web-2", "db"),
  "/api/v1/namespaces/dev/pods": named("other"),
  "/api/v1/namespaces/default/pods/web-1": { spec: { containers: [{ name: "app" }, { name: "side" }] } },
  "/api/v1/nodes": named("node-1"),
});

const files = new library.InMemoryFs({ [`${HOME}/manifests/a.yaml`]: "", [`${HOME}/my file`]: "" });

async function words(text: string): Promise<readonly string[]> {
  const world = { cluster, files, folder: HOME, home: HOME, namespace: "default", contexts: ["kind", "sandbox"] };
  return (await complete(text, { ...world, commands: ["kubectl", "kubens", "ls"] })).words;
}

describe("completion", () => {
  it.each([
    ["kub", ["kubectl", "kubens"]],
    ["ls | ku", ["kubectl", "kubens"]],
    ["kubectl ge", ["get"]],
    ["kubectl get po", ["podtemplates", "pods"].sort()],
    ["kubectl get pods we", ["web-1", "web-2"]],
    ["kubectl get po/we", ["po/web-1", "po/web-2"]],
    ["kubectl -n dev get pods ", ["other"]],
    ["kubectl get pods -n d", ["default", "dev"]],
    ["kubectl get pods --namespace=de", ["--namespace=default", "--namespace=dev"]],
    ["kubectl get pods -o js", ["json", "jsonpath=", "jsonpath-as-json=", "jsonpath-file="]],
    ["kubectl get pods --all", ["--all-namespaces", "--allow-missing-template-keys"]],
    ["kubectl logs web-1 -c ", ["app", "side"]],
    ["kubectl exec -it we", ["web-1", "web-2"]],
    ["kubectl get pods web-1 we", ["web-2"]],
    ["watch kubectl get no", ["nodes"]],
    ["X=1 kubectl get node node", ["node-1"]],
    ["kubens de", ["default", "dev"]],
    ["kubectx s", ["sandbox"]],
    ["kubectl apply -f ma", ["manifests/"]],
    ["cat manifests/", ["manifests/a.yaml"]],
    ["cat my", ["my\\ file"]],
    ["cat > ma", ["manifests/"]],
    ["echo $(kubectl get po", ["podtemplates", "pods"].sort()],
    ["kubectl exec web-1 -- l", []],
  ])("%s", async (text, expected) => {
    expect([...(await words(text))].sort()).toEqual([...expected].sort());
  });

  it("knows the word at the cursor through quotes and separators", () => {
    expect(splitAtCursor("a; b 'c d")).toEqual({ words: ["b", "c d"], from: 5 });
    expect(splitAtCursor("a ")).toEqual({ words: ["a", ""], from: 2 });
  });
});
