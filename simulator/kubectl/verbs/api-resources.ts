import { ApiError } from "../cli/client.ts";
import { type Call, type Command, complaint, usageComplaint } from "../cli/command.ts";
import { Discovery, type ResourceInfo } from "../cli/discovery.ts";
import type { RestMapping } from "../mapping.ts";
import { ColumnsText } from "../print/columns-text.ts";
import { toJson } from "../print/json.ts";
import { toKyaml } from "../print/kyaml.ts";
import { toYaml } from "../print/yaml.ts";

const FORMATS = ["json", "kyaml", "name", "wide", "yaml"];

/** `kubectl api-resources`. Models kubectl pkg/cmd/apiresources apiresources.go. */
export const apiResources: Command = {
  name: "api-resources",
  lookUps: 1,
  use: "[flags] [options]",
  short: "Print the supported API resources on the server",
  flags: [
    { name: "api-group", type: "string", default: "", usage: "Only resources of this group." },
    { name: "cached", type: "bool", default: "false", usage: "Taken for the sake of scripts." },
    { name: "categories", type: "stringSlice", default: "", usage: "Only resources of these categories." },
    { name: "namespaced", type: "bool", default: "true", usage: "Only resources that are, or are not, namespaced." },
    { name: "no-headers", type: "bool", default: "false", usage: "Leave out the line of headers." },
    {
      name: "output",
      short: "o",
      type: "string",
      default: "",
      usage: "Output format: (json, yaml, kyaml, name, wide).",
    },
    { name: "show-managed-fields", type: "bool", default: "false", usage: "Taken for the sake of scripts." },
    { name: "sort-by", type: "string", default: "", usage: "Sort by 'name' or 'kind'." },
    { name: "verbs", type: "stringSlice", default: "", usage: "Only resources that know all of these verbs." },
  ],
  run: runApiResources,
};

async function runApiResources(call: Call): Promise<undefined> {
  const { flags, words, host } = call;
  if (words.length > 0) throw usageComplaint(call, `unexpected arguments: [${words.join(" ")}]`);
  const output = flags.text("output");
  if (output !== "" && !FORMATS.includes(output)) {
    const allowed = FORMATS.join(",");
    throw complaint(
      `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${allowed}`,
    );
  }
  const by = flags.text("sort-by");
  if (by !== "" && by !== "name" && by !== "kind") throw complaint("--sort-by accepts only name or kind");
  const all = await new Discovery(call.client).all();
  const chosen = sorted(
    all.filter((each) => each.preferred && isChosen(each, call)),
    by,
  );
  if (output === "json" || output === "yaml" || output === "kyaml") {
    const list = { kind: "APIResourceList", apiVersion: "v1", groupVersion: "", resources: chosen.map(asResource) };
    host.out(output === "json" ? `${toJson(list, 4)}\n` : output === "yaml" ? toYaml(list) : toKyaml(list));
  } else if (output === "name") for (const { mapping } of chosen) host.out(`${nameOf(mapping)}\n`);
  else for (const line of tableOf(chosen, output === "wide", !flags.on("no-headers"))) host.out(`${line}\n`);
  return undefined;
}

function isChosen({ mapping, verbs, categories }: ResourceInfo, { flags }: Call): boolean {
  if (flags.changed("api-group") && mapping.group !== flags.text("api-group")) return false;
  if (flags.changed("namespaced") && mapping.namespaced !== flags.on("namespaced")) return false;
  return (
    verbs.length > 0 &&
    flags.list("verbs").every((verb) => verbs.includes(verb)) &&
    flags.list("categories").every((category) => categories.includes(category))
  );
}

/** Groups by their name, unless another order is asked for; within one the server's. */
function sorted(resources: readonly ResourceInfo[], by: string): readonly ResourceInfo[] {
  const key = ({ mapping }: ResourceInfo) =>
    by === "name" ? mapping.plural : by === "kind" ? mapping.kind : `${mapping.group}\n${mapping.plural}`;
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [...resources].sort((a, b) => compare(key(a), key(b)));
}

function versionOf({ group, version }: RestMapping): string {
  return group === "" ? version : `${group}/${version}`;
}

function nameOf({ group, plural }: RestMapping): string {
  return group === "" ? plural : `${plural}.${group}`;
}

function tableOf(resources: readonly ResourceInfo[], wide: boolean, headers: boolean): string[] {
  const header = ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND", ...(wide ? ["VERBS", "CATEGORIES"] : [])];
  const rows = resources.map(({ mapping, shortNames, verbs, categories }) => [
    mapping.plural,
    shortNames.join(","),
    versionOf(mapping),
    String(mapping.namespaced),
    mapping.kind,
    ...(wide ? [[...verbs].sort().join(","), categories.join(",")] : []),
  ]);
  return new ColumnsText().lines(headers ? [header, ...rows] : rows);
}

function asResource({ mapping, singular, shortNames, verbs, categories }: ResourceInfo) {
  const { group, version, plural, namespaced, kind } = mapping;
  return {
    name: plural,
    singularName: singular,
    namespaced,
    ...(group !== "" && { group }),
    version,
    kind,
    verbs: [...verbs].sort(),
    ...(shortNames.length > 0 && { shortNames: [...shortNames] }),
    ...(categories.length > 0 && { categories: [...categories] }),
  };
}

/** `kubectl api-versions`. */
export const apiVersions: Command = {
  name: "api-versions",
  use: "[options]",
  lookUps: 1,
  short: 'Print the supported API versions on the server, in the form of "group/version"',
  run: async (call) => {
    if (call.words.length > 0) throw usageComplaint(call, `unexpected arguments: [${call.words.join(" ")}]`);
    const all = await allServed(call);
    const versions = new Set(all.map(({ mapping }) => versionOf(mapping)));
    for (const version of [...versions].sort()) call.host.out(`${version}\n`);
    return undefined;
  },
};

/** All that is served; a server that is not there is told in words of its own. */
async function allServed({ client }: Call) {
  try {
    return await new Discovery(client).all();
  } catch (error) {
    const problem = error instanceof ApiError ? client.lookUpProblem("/api", error.response) : undefined;
    throw problem === undefined ? error : complaint(`couldn't get available api versions from server: ${problem}`);
  }
}
