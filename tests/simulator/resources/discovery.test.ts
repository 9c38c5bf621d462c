import { describe, expect, it } from "vitest";
import { verbsOf } from "../../../simulator/api/resource-lists.ts";
import { kinds } from "../../../simulator/resources/registry.ts";
import { referenceFolder } from "../../reference.ts";
import { readJson } from "./cases.ts";

interface Resource {
  readonly resource: string;
  readonly responseKind: { readonly kind: string };
  readonly scope: string;
  readonly singularResource: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources?: readonly { readonly subresource: string }[];
}

interface Discovery {
  readonly groups: readonly {
    readonly group: string;
    readonly versions: readonly { readonly version: string; readonly resources: readonly Resource[] }[];
  }[];
}

const RECORDED = kinds.all.filter(({ ref }) => ref.group !== "simulation.tabernetes.dev");

describe.skipIf(referenceFolder() === undefined)("discovery", () => {
  const discovery = readJson<Discovery>("api/resources.json");

  it.each(RECORDED.map((kind) => [kind.ref.id, kind] as const))("describes %s as the real server does", (_id, kind) => {
    const group = discovery?.groups.find((one) => one.group === kind.ref.group);
    const version = group?.versions.find((one) => one.version === kind.ref.version);
    const real = version?.resources.find((one) => one.resource === kind.ref.plural);
    const subresources = real?.subresources?.map((one) => one.subresource) ?? [];
    expect({
      kind: kind.ref.kind,
      singular: kind.singular,
      namespaced: kind.namespaced,
      shortNames: kind.shortNames ?? [],
      categories: kind.categories ?? [],
      verbs: verbsOf(kind),
      status: kind.subresources?.status === true,
      scale: kind.subresources?.scale !== undefined,
    }).toEqual({
      kind: real?.responseKind.kind,
      singular: real?.singularResource,
      namespaced: real?.scope === "Namespaced",
      shortNames: real?.shortNames ?? [],
      categories: real?.categories ?? [],
      verbs: real?.verbs,
      status: subresources.includes("status"),
      scale: subresources.includes("scale"),
    });
  });
});
