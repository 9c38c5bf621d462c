import { describe, expect, it } from "vitest";
import { kubectlPlace } from "../shell.ts";

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: c, image: "nginx:1", env: [{name: HOST, value: none}]}]
`;
const SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: front}\nspec: {ports: [{port: 80}]}\n";

async function built(files: { readonly [path: string]: string }, folder = "k") {
  const { stdout, stderr } = await kubectlPlace(files).run("kustomize", folder);
  return { stdout, stderr };
}

const replacing = (target: string) =>
  `resources: [web.yaml, svc.yaml]\nreplacements:\n- source: {kind: Service, fieldPath: metadata.name}\n  targets: [${target}]\n`;
const at = (kustomization: string) => ({
  "k/kustomization.yaml": kustomization,
  "k/web.yaml": WEB,
  "k/svc.yaml": SERVICE,
});

describe("kustomize's replacements", () => {
  it("put a value of one object into another", async () => {
    const path = "spec.template.spec.containers.[name=c].env.[name=HOST].value";
    const { stdout } = await built(at(replacing(`{select: {kind: Deployment}, fieldPaths: ["${path}"]}`)));
    expect(stdout).toContain("value: front");
  });

  it("put it into a part of a text", async () => {
    const options = '{delimiter: ":", index: 1}';
    const target = `{select: {kind: Deployment}, fieldPaths: [spec.template.spec.containers.0.image], options: ${options}}`;
    expect((await built(at(replacing(target)))).stdout).toContain("image: nginx:front");
  });

  it("leave out what is rejected", async () => {
    const target = "{select: {kind: Deployment}, reject: [{name: web}], fieldPaths: [metadata.name]}";
    expect((await built(at(replacing(target)))).stdout).toContain("name: web\n");
  });

  it("refuse places that are not there", async () => {
    const { stderr } = await built(at(replacing("{select: {kind: Deployment}, fieldPaths: [spec.none.deep]}")));
    expect(stderr).toMatch(/unable to find field "spec.none.deep" in replacement target/);
  });
});

describe("kustomize's components", () => {
  const COMPONENT = {
    "k/part/kustomization.yaml":
      "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- patch: |-\n    - {op: add, path: /metadata/labels, value: {from: part}}\n    - {op: replace, path: /metadata/name, value: changed}\n  target: {kind: Service}\n",
  };

  it("change what the kustomization has", async () => {
    const { stdout } = await built({ ...at("resources: [svc.yaml]\ncomponents: [part]\n"), ...COMPONENT });
    expect(stdout).toContain("from: part");
  });

  it("are no resources", async () => {
    const { stderr } = await built({ ...at("resources: [svc.yaml, part]\n"), ...COMPONENT });
    expect(stderr).toContain("expected kind != 'Component' for path");
  });
});
