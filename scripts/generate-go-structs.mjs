// Writes simulator/api/schema/generated/go-structs.json, lists.json, packages.json and enums.json from the Go sources of
// the API types: names, types and JSON options of struct fields in Go's order, how lists merge, which API group and version
// a type belongs to, and the values of string types that name them all. Only facts are written, no descriptions.
//
//   node scripts/generate-go-structs.mjs <git dir of kubernetes/api> <git dir of kubernetes/apimachinery> <tag>
//
// Run it, then generate-schema.mjs, when the Kubernetes version changes (the tag is v0.36.2 for Kubernetes 1.36.2).
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [apiGit, machineryGit, tag] = process.argv.slice(2);
if (!tag) throw new Error("usage: generate-go-structs.mjs <api git dir> <apimachinery git dir> <tag>");
const generated = join(dirname(fileURLToPath(import.meta.url)), "../simulator/api/schema/generated");
const ourTypes = JSON.parse(readFileSync(join(generated, "fields.json"), "utf8"));

const git = (dir, ...args) => execFileSync("git", [`--git-dir=${dir}`, ...args], { encoding: "utf8", maxBuffer: 1e8 });
const sources = [
  ...git(apiGit, "ls-tree", "-r", "--name-only", tag)
    .split("\n")
    .filter((path) => /^[a-z]+\/v[12]\/types\.go$/.test(path))
    .map((path) => ({ path, text: git(apiGit, "show", `${tag}:${path}`) })),
  { path: "meta/v1/types.go", text: git(machineryGit, "show", `${tag}:pkg/apis/meta/v1/types.go`) },
];

const builtins = /^(string|bool|u?int(8|16|32|64)?|byte|rune|float(32|64)|any|error)$/;

/** A Go type as reflection prints it: package names instead of import aliases. */
function reflected(type, packageName, imports) {
  return type.replace(/([A-Za-z_]\w*\.)?([A-Za-z_]\w*)/g, (whole, alias, name) => {
    if (alias) return `${(imports.get(alias.slice(0, -1)) ?? alias.slice(0, -1)).split("/").at(-1)}.${name}`;
    if (name === "map" || name === "interface" || builtins.test(name)) return name === "byte" ? "uint8" : whole;
    return `${packageName}.${name}`;
  });
}

function parseImports(text) {
  const imports = new Map();
  for (const [, alias, path] of text.matchAll(/^\s+(\w+ )?"([\w./-]+)"$/gm)) {
    imports.set(alias?.trim() || path.split("/").at(-1), path);
  }
  return imports;
}

/** group/version -> struct name -> its fields in order. */
const structs = new Map();
for (const { path, text } of sources) {
  const [group, version] = path.split("/");
  const imports = parseImports(text);
  for (const [, name, body] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    const fields = [];
    let markers = [];
    for (const line of body.split("\n").map((one) => one.trim())) {
      if (line.startsWith("//")) {
        const marker = /^\/\/ *\+(\w+)=(.*)$/.exec(line);
        if (marker) markers.push([marker[1], marker[2].trim()]);
        continue;
      }
      const field = /^(?:(\w+)\s+)?([^\s`]+)\s+`(.*)`/.exec(line);
      if (field) {
        const [, goName, goType, tags] = field;
        const [json, ...options] = (/json:"([^"]*)"/.exec(tags)?.[1] ?? "").split(",");
        fields.push({
          json,
          goName: goName ?? goType.split(".").at(-1),
          goType: reflected(goType, version, imports),
          source: goType,
          inline: options.includes("inline") || (!goName && json === ""),
          options,
          strategy: /patchStrategy:"([^"]*)"/.exec(tags)?.[1],
          mergeKey: /patchMergeKey:"([^"]*)"/.exec(tags)?.[1],
          markers,
        });
      }
      markers = [];
    }
    structs.set(`${group}/${version}.${name}`, { group, version, name, imports, fields });
  }
}

/** group/version.Type -> its values, for types marked +enum. */
const enums = {};
for (const { path, text } of sources) {
  const [group, version] = path.split("/");
  for (const [, name] of text.matchAll(/^\/\/ \+enum\n(?:\/\/.*\n)*type (\w+) string/gm)) {
    const values = [...text.matchAll(new RegExp(`^\\s*\\w+\\s+${name}\\s+= "([^"]*)"`, "gm"))].map((match) => match[1]);
    if (values.length) enums[`${group}/${version}.${name}`] = [...new Set(values)].sort();
  }
}

/** The structs that a field's type may name: of the imported package, or of its own. */
function resolve(struct, source) {
  const [, alias, name] = /(?:(\w+)\.)?(\w+)$/.exec(source) ?? [];
  if (!alias) return structs.get(`${struct.group}/${struct.version}.${name}`);
  const path = struct.imports.get(alias) ?? "";
  const [, group, version] = /(\w+)\/(v\w+)$/.exec(path) ?? [];
  return structs.get(`${group}/${version}.${name}`);
}

/** A group as the client's names spell it: CoreV1Event, FlowcontrolV1Subject. */
const prefixes = { core: "CoreV1", events: "EventsV1" };
const clientNames = (struct) => {
  const prefix = prefixes[struct.group] ?? `${struct.group[0].toUpperCase()}${struct.group.slice(1)}V1`;
  if (struct.version === "v2") return [`V2${struct.name}`];
  return [`${prefix}${struct.name}`, struct.name];
};

const output = {};
const lists = {};
const packages = {};
/** Our types with their structs: the client has leftovers, so that two types may share one. */
const matches = [];
function flattened(struct) {
  return struct.fields.flatMap((field) => {
    const inner = field.inline ? resolve(struct, field.source) : undefined;
    return inner ? flattened(inner) : [{ ...field, owner: struct }];
  });
}

const byName = new Map();
for (const struct of structs.values()) {
  for (const name of clientNames(struct)) byName.set(name, [...(byName.get(name) ?? []), struct]);
}
byName.set("Event", [structs.get("core/v1.Event")]);
byName.set("EventSeries", [structs.get("core/v1.EventSeries")]);
byName.set("EndpointPort", [structs.get("core/v1.EndpointPort")]);
for (const [name, fields] of Object.entries(ourTypes)) {
  // Of several groups' structs of one name, the one with the fields that our type has.
  const struct = (byName.get(name) ?? []).find((one) => {
    const names = new Set(flattened(one).map((field) => field.json));
    return Object.keys(fields).every((field) => names.has(field)) && names.size === Object.keys(fields).length;
  });
  if (struct) matches.push([name, struct]);
}

function entry(struct) {
  const fields = {};
  for (const field of struct.fields) {
    const flags = field.inline ? "inline" : field.options.filter((one) => one.startsWith("omit")).join(" ");
    const key = field.inline ? `+${field.goName}` : field.json;
    fields[key] = `${field.goName} ${field.goType}${flags ? ` ${flags}` : ""}`;
  }
  return { go: `${struct.version}.${struct.name}`, fields };
}

const typeOf = new Map(matches.map(([name, struct]) => [struct, name]));
for (const [name, struct] of matches) {
  output[name] = entry(struct);
  packages[name] = `${struct.group}/${struct.version}`;
  for (const field of flattened(struct)) {
    const marker = (key) => field.markers.filter(([name]) => name === key).map(([, value]) => value);
    const facts = {};
    if (marker("listType").length) facts.type = marker("listType")[0];
    if (marker("listMapKey").length) facts.keys = marker("listMapKey");
    if (marker("mapType").length || marker("structType").length)
      facts.type = marker("mapType")[0] ?? marker("structType")[0];
    if (field.strategy) facts.strategy = field.strategy;
    if (field.mergeKey) facts.mergeKey = field.mergeKey;
    if (Object.keys(facts).length) lists[name] = { ...lists[name], [field.json]: facts };
  }
  // Structs that stand inline have no type of their own in the client; the template's hash needs them.
  for (const field of struct.fields.filter((one) => one.inline)) {
    const inner = resolve(struct, field.source);
    if (inner && !typeOf.has(inner)) output[`+${inner.group}/${inner.name}`] = entry(inner);
    if (inner) output[name].fields[`+${field.goName}`] += ` ${typeOf.get(inner) ?? `+${inner.group}/${inner.name}`}`;
  }
}

const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
const write = (file, object) =>
  writeFileSync(join(generated, file), `${JSON.stringify(sorted(object)).replaceAll('},"', '},\n"')}\n`);
write("go-structs.json", output);
write("lists.json", lists);
writeFileSync(join(generated, "enums.json"), `${JSON.stringify(sorted(enums)).replaceAll('],"', '],\n"')}\n`);
writeFileSync(
  join(generated, "packages.json"),
  `${JSON.stringify(sorted(packages), null, 0).replaceAll('","', '",\n"')}\n`,
);
const missing = Object.keys(ourTypes).filter((name) => !output[name] && !/^V[12](alpha|beta)/.test(name));
console.log(
  `${Object.keys(output).length} structs, ${Object.keys(lists).length} types with lists; none for: ${missing.join(" ")}`,
);
