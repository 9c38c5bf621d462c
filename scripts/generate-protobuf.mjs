// Writes server/protobuf/fields.json from the sources of the API types: number, JSON name and type of each field of the
// protobuf messages that clients send. Only facts are written, no descriptions.
//
//   node scripts/generate-protobuf.mjs <git dir of kubernetes/api> <git dir of kubernetes/apimachinery> <tag>
//
// Run it when the Kubernetes version changes (the tag is v0.36.2 for Kubernetes 1.36.2).
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [apiGit, machineryGit, tag] = process.argv.slice(2);
if (!tag) throw new Error("usage: generate-protobuf.mjs <api git dir> <apimachinery git dir> <tag>");
const output = join(dirname(fileURLToPath(import.meta.url)), "../server/protobuf/fields.json");

const git = (dir, ...args) => execFileSync("git", [`--git-dir=${dir}`, ...args], { encoding: "utf8", maxBuffer: 1e8 });
const show = (dir, path) => git(dir, "show", `${tag}:${path}`);

/** Folders with their name in the table: `core/v1`. */
const folders = git(apiGit, "ls-tree", "-r", "--name-only", tag)
  .split("\n")
  .filter((path) => /^[a-z]+\/v[12]\/generated\.proto$/.test(path))
  .map((path) => ({ git: apiGit, name: dirname(path), folder: dirname(path) }));
folders.push({ git: machineryGit, name: "meta/v1", folder: "pkg/apis/meta/v1" });

/** What the decoder knows by itself. */
const known = {
  "k8s.io.apimachinery.pkg.apis.meta.v1.Time": "time",
  "k8s.io.apimachinery.pkg.apis.meta.v1.MicroTime": "microtime",
  "k8s.io.apimachinery.pkg.api.resource.Quantity": "quantity",
  "k8s.io.apimachinery.pkg.util.intstr.IntOrString": "intstr",
  "k8s.io.apimachinery.pkg.runtime.RawExtension": "raw",
  "k8s.io.apimachinery.pkg.apis.meta.v1.FieldsV1": "raw",
};
const scalars = new Set(["string", "bytes", "bool", "int32", "int64", "uint32", "double"]);

/** The table's word for a type of a .proto file. */
function typeWord(type, home) {
  if (scalars.has(type)) return type;
  const full = type.startsWith(".") ? type.slice(1) : type;
  const qualified = full.includes(".") ? full : `${home.package}.${full}`;
  if (known[qualified]) return known[qualified];
  const match = /^k8s\.io\.(?:api|apimachinery\.pkg\.apis)\.(\w+)\.(v\w+)\.(\w+)$/.exec(qualified);
  return match ? `${match[1]}/${match[2]}.${match[3]}` : undefined;
}

/** What the Go struct says of a field of a message: its JSON name (`+` when it stands inline), and if it is a pointer. */
function goFacts(text) {
  const facts = new Map();
  for (const [, name, body] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    for (const line of body.split("\n")) {
      const field = /^\s*(?:\w+\s+)?(\S+)\s+`json:"([^",]*)([^"]*)".*protobuf:"[^"]*name=(\w+)/.exec(line);
      if (!field) continue;
      const [, type, json, options, proto] = field;
      const isInline = options.includes("inline") || json === "";
      facts.set(`${name}.${proto}`, { json: isInline ? "+" : json, isPointer: type.startsWith("*") });
    }
  }
  return facts;
}

const table = {};
for (const home of folders) {
  const proto = show(home.git, `${home.folder}/generated.proto`);
  home.package = /^package ([\w.]+);/m.exec(proto)[1];
  const facts = goFacts(show(home.git, `${home.folder}/types.go`));
  for (const [, name, body] of proto.matchAll(/^message (\w+) \{\n([\s\S]*?)^\}/gm)) {
    if (known[`${home.package}.${name}`]) continue;
    const fields = [];
    for (const line of body.split("\n")) {
      const field = /^\s*(?:(optional|repeated)\s+([\w.]+)|map<string, ([\w.]+)>)\s+(\w+) = (\d+)/.exec(line);
      if (!field) continue;
      const [, rule, type, value, proto, number] = field;
      const word = typeWord(type ?? value, home);
      if (!word) continue;
      const fact = facts.get(`${name}.${proto}`);
      // A message without a Go struct is a named list: its JSON is the list itself.
      const isList = !fact && proto === "items" && ![...facts.keys()].some((key) => key.startsWith(`${name}.`));
      const json = isList ? "=" : (fact?.json ?? proto);
      const shape = value ? `{${word}}` : rule === "repeated" ? `[${word}]` : `${fact?.isPointer ? "*" : ""}${word}`;
      fields.push(`${number} ${json} ${shape}`);
    }
    table[`${home.name}.${name}`] = fields;
  }
}

const sorted = Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(output, `${JSON.stringify(sorted).replaceAll('],"', '],\n"')}\n`);
console.log(`${Object.keys(sorted).length} messages`);
