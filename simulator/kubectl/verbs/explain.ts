import { isObject, type JsonObject } from "../../base/json.ts";
import { type Call, type Command, CommandError, complaint } from "../cli/command.ts";
import { Discovery } from "../cli/discovery.ts";
import { explainText } from "../explain/plaintext.ts";
import type { RestMapping } from "../mapping.ts";
import { PathError, parseTemplate } from "../print/jsonpath-parse.ts";

const FORMATS = ["plaintext", "plaintext-openapiv2"];
const NO_TYPE =
  'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n';

/** `kubectl explain`. Models kubectl pkg/cmd/explain. */
export const explain: Command = {
  name: "explain",
  lookUps: 2,
  use: "TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2] [options]",
  short: "Get documentation for a resource",
  flags: [
    { name: "api-version", type: "string", default: "", usage: "The group and version to explain it in." },
    { name: "output", short: "o", type: "string", default: "plaintext", usage: `One of ${FORMATS.join(", ")}.` },
    { name: "recursive", short: "R", type: "bool", default: "false", usage: "The fields of fields too." },
  ],
  run: runExplain,
};

async function runExplain(call: Call): Promise<undefined> {
  const { flags, words, client, host } = call;
  const [word, ...more] = words;
  if (word === undefined) throw complaint(NO_TYPE);
  if (more.length > 0) throw complaint("We accept only this format: explain RESOURCE\n");
  const apiVersion = flags.text("api-version");
  const { mapping: found, fields } = await resourceAndFields(call, word);
  const output = flags.text("output");
  const cut = apiVersion.indexOf("/");
  const mapping: RestMapping =
    apiVersion === ""
      ? found
      : { ...found, group: cut < 0 ? "" : apiVersion.slice(0, cut), version: apiVersion.slice(cut + 1) };
  const { group, version, plural } = mapping;
  const { body } = await client.get("/openapi/v3");
  const paths = isObject(body.paths) ? body.paths : {};
  const path = paths[group === "" ? `api/${version}` : `apis/${group}/${version}`];
  if (!isObject(path)) throw complaint(`couldn't find resource for "${group}/${version}, Resource=${plural}"`);
  const document: JsonObject = (await client.get(String(path.serverRelativeURL))).body;
  if (output === "plaintext-openapiv2") {
    throw complaint("the form of OpenAPI v2 is not simulated here; use the plaintext one");
  }
  if (!FORMATS.includes(output)) throw complaint(`unrecognized format: ${output}`);
  const result = explainText({ document, mapping, fields, recursive: flags.on("recursive") });
  if ("problem" in result) {
    // The head is out before the field is looked for.
    host.out(result.head);
    throw complaint(result.problem);
  }
  host.out(result.text);
  return undefined;
}

// Models kubectl pkg/explain SplitAndParseResourceRequestWithMatchingPrefix
/** `gizmos.example.com.spec.size` is the resource with its group, and the fields after it. */
async function resourceAndFields(
  { client }: Call,
  word: string,
): Promise<{ readonly mapping: RestMapping; readonly fields: readonly string[] }> {
  const discovery = new Discovery(client);
  const text = word.replace(/\.$/, "");
  const [name = ""] = text.startsWith(".") ? fieldsIn(text, "all nodes") : text.split(/[.[{]/);
  const known = await discovery.lookUp(name);
  if (known === undefined) throw new CommandError(`the server doesn't have a resource type ${JSON.stringify(name)}`);
  const sameName = (await discovery.all()).filter(({ mapping }) => mapping.plural === known.mapping.plural);
  for (const { mapping } of sameName) {
    const full = mapping.group === "" ? mapping.plural : `${mapping.plural}.${mapping.group}`;
    // The core group's name is empty: what comes after it counts as fields, even if it is another group.
    if (text.startsWith(full)) {
      const rest = text.slice(full.length).replace(/^\./, "");
      return { mapping, fields: rest === "" ? [] : fieldsIn(rest, "first node") };
    }
  }
  return { mapping: known.mapping, fields: fieldsIn(text, "all nodes").slice(1) };
}

/** The names in a path, which is read as JSONPath and must hold nothing else. */
function fieldsIn(path: string, which: string): readonly string[] {
  try {
    const [list, ...more] = parseTemplate(`{.${path}}`);
    if (list?.kind !== "list" || more.length > 0) throw complaint("must pass in 1 jsonpath string");
    const names = list.nodes.flatMap((node) => (node.kind === "field" ? [node.name] : []));
    const [first] = list.nodes;
    const wrong = first?.kind === "field" ? which : "first node";
    if (names.length === list.nodes.length) return names;
    throw complaint(`invalid jsonpath syntax, ${wrong} must be field node${wrong === "all nodes" ? "s" : ""}`);
  } catch (error) {
    throw error instanceof PathError ? complaint(error.message) : error;
  }
}
