import { equalJson, isObject, type JsonObject } from "../../../base/json.ts";
import { bytesOfBase64, textOfBytes } from "../../../node/files/bytes.ts";
import { ENV_NAME, ENV_NAME_RULE } from "../../change/env-name.ts";
import { failWith } from "../../change/failures.ts";
import { listOf, metadataOf, partOf, textOf } from "../../change/object.ts";
import { mapContainers, matchesName, podSpecOf, withPodSpec } from "../../change/pod-template.ts";
import { build } from "../../cli/builder.ts";
import { type Call, type Command, complaint } from "../../cli/command.ts";
import { Discovery } from "../../cli/discovery.ts";
import { pathOf } from "../../mapping.ts";
import { known } from "../create/generator.ts";
import { changeTargets, checkAll, checkLocal, SET_FLAGS, type Target, targetsOf } from "./targets.ts";

/** `kubectl set env`. Models kubectl pkg/cmd/set set_env.go. */
export const env: Command = {
  name: "env",
  use: "RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N [options]",
  short: "Update environment variables on a pod template",
  flags: [
    ...SET_FLAGS,
    { name: "containers", short: "c", type: "string", default: "*", usage: "Containers; '*' may stand in the name." },
    { name: "env", short: "e", type: "stringArray", default: "", usage: "A variable: KEY=value." },
    { name: "from", type: "string", default: "", usage: "A config map or secret to take variables from." },
    { name: "keys", type: "stringSlice", default: "", usage: "Only these keys of it." },
    { name: "list", type: "bool", default: "false", usage: "Show what is there." },
    { name: "overwrite", type: "bool", default: "true", usage: "Let what is there be overwritten." },
    { name: "prefix", type: "string", default: "", usage: "Goes before the names of variables." },
    { name: "resolve", type: "bool", default: "false", usage: "Show what references stand for." },
  ],
  run: runEnv,
};

interface Given {
  readonly set: readonly JsonObject[];
  readonly unset: readonly string[];
}

// Models kubectl pkg/cmd/set/env env_parse.go SplitEnvironmentFromResources
function isEnvWord(word: string): boolean {
  return word !== "-" ? (word.includes("=") && !word.startsWith("=")) || word.endsWith("-") : true;
}

// Models kubectl pkg/cmd/set/env env_parse.go ParseEnv
async function parsed({ host }: Call, words: readonly string[]): Promise<Given> {
  const set: JsonObject[] = [];
  const unset: string[] = [];
  for (const word of words) {
    if (word === "-") {
      for (const line of (await host.stdin()).split("\n")) {
        const text = line.trim();
        if (text === "" || text.startsWith("#")) continue;
        set.push(pairOf(text));
      }
    } else if (word.includes("=")) set.push(pairOf(word));
    else if (word.endsWith("-")) unset.push(word.slice(0, -1));
    else throw complaint(`unknown environment: ${word}`);
  }
  const both = unset.find((name) => set.some((each) => each.name === name));
  if (both !== undefined) {
    throw complaint("can not both modify and remove an environment variable in the same command");
  }
  return { set, unset };
}

function pairOf(text: string): JsonObject {
  const [name = "", value] = text.split(/=(.*)/s);
  if (value === undefined || !ENV_NAME.test(name)) {
    throw complaint(`${JSON.stringify(name)} is not a valid key name: ${ENV_NAME_RULE}`);
  }
  return { name, ...(value !== "" && { value }) };
}

async function runEnv(call: Call): Promise<undefined> {
  const { flags, words } = call;
  checkAll(call);
  const first = words.findIndex(isEnvWord);
  const resources = first < 0 ? words : words.slice(0, first);
  const envWords = first < 0 ? [] : words.slice(first);
  if (envWords.some((word) => !isEnvWord(word))) {
    throw complaint(`all resources must be specified before environment changes: ${words.join(" ")}`);
  }
  checkLocal(call);
  const from = flags.text("from");
  if (flags.list("filename").length === 0 && resources.length === 0) {
    throw complaint("one or more resources must be specified as <resource> <name> or <resource>/<name>");
  }
  if (flags.on("list") && flags.text("output") !== "") {
    throw complaint("--list and --output may not be specified together");
  }
  if (flags.list("keys").length > 0 && from === "") {
    throw complaint("when specifying --keys, a configmap or secret must be provided with --from");
  }
  const given = await parsed(call, [...flags.list("env"), ...envWords]);
  const taken = from === "" ? [] : await variablesOf(call, from);
  const prefix = flags.text("prefix");
  const set = [...given.set, ...taken].map((each) => ({ ...each, name: `${prefix}${String(each.name)}` }));
  const targets = await targetsOf(call, resources);
  if (flags.on("list")) {
    for (const target of targets) await listTarget(call, target);
    return undefined;
  }
  await changeTargets(call, targets, {
    make: (target) => {
      const next = withVariables(call, target, { set, unset: given.unset });
      if (next === undefined) return undefined;
      // An empty patch is no update, and says nothing.
      if (equalJson(next, target.object)) return undefined;
      if (set.length + envWords.length === 0) throw complaint("at least one environment variable must be provided");
      return next;
    },
    operation: "env updated",
    failing: "failed to patch env update to pod template:",
  });
  return undefined;
}

/** A variable for each key of a config map or secret. */
async function variablesOf(call: Call, from: string): Promise<readonly JsonObject[]> {
  const { infos, problems } = await build(call, new Discovery(call.client), { words: [from], latest: true });
  failWith(problems);
  const keys = call.flags.list("keys");
  return infos.flatMap(({ mapping, name, object = {} }) => {
    if (mapping.kind !== "ConfigMap" && mapping.kind !== "Secret") {
      throw complaint("unsupported resource specified in --from");
    }
    const ref = mapping.kind === "Secret" ? "secretKeyRef" : "configMapKeyRef";
    return Object.keys(partOf(object, "data"))
      .filter((key) => keys.length === 0 || keys.includes(key))
      .sort()
      .map((key) => {
        const variable = key.replaceAll(/[^a-zA-Z0-9_]/g, "_").toUpperCase();
        if (variable !== key) call.host.err(`Warning: key ${key} transferred to ${variable}\n`);
        return { name: variable, valueFrom: { [ref]: { name, key } } };
      });
  });
}

function withVariables({ flags, host }: Call, { mapping, name, object }: Target, { set, unset }: Given) {
  const spec = podSpecOf(mapping, object);
  if (spec === undefined) return undefined;
  const pattern = flags.text("containers");
  const all = [...listOf(spec, "initContainers"), ...listOf(spec, "containers")];
  if (!all.some((each) => matchesName(pattern, each.name))) {
    host.err(`Warning: ${mapping.kind}/${name} does not have any containers matching ${JSON.stringify(pattern)}\n`);
    return undefined;
  }
  const next = mapContainers(spec, (container) => {
    if (!matchesName(pattern, container.name)) return container;
    const current = listOf(container, "env");
    if (!flags.on("overwrite")) refuseOverwrites(`${mapping.plural}/${name}`, current, set);
    const { env: _, ...others } = container;
    const merged = merge(current, set, unset);
    return merged.length === 0 ? others : { ...others, env: merged };
  });
  return withPodSpec(mapping, object, next);
}

function refuseOverwrites(printed: string, current: readonly JsonObject[], set: readonly JsonObject[]): void {
  for (const { name, value = "" } of set) {
    const there = current.find((each) => each.name === name);
    if (there === undefined || (there.value ?? "") === value) continue;
    throw complaint(
      `${printed} '${String(name)}' already has a value (${String(there.value ?? "")}), and --overwrite is false`,
    );
  }
}

// Models kubectl pkg/cmd/set helper.go updateEnv
function merge(current: readonly JsonObject[], set: readonly JsonObject[], unset: readonly string[]): JsonObject[] {
  const kept = current.filter(({ name }) => !unset.includes(String(name)));
  const replaced = kept.map((each) => set.findLast(({ name }) => name === each.name) ?? each);
  const names = new Set(kept.map(({ name }) => name));
  const added = new Map(set.filter(({ name }) => !names.has(name)).map((each) => [each.name, each]));
  return [...replaced, ...added.values()];
}

async function listTarget(call: Call, { mapping, name, object }: Target): Promise<void> {
  const { flags, host } = call;
  const spec = podSpecOf(mapping, object) ?? {};
  const pattern = flags.text("containers");
  const chosen = [...listOf(spec, "containers"), ...listOf(spec, "initContainers")].filter((container) =>
    matchesName(pattern, container.name),
  );
  for (const container of chosen) {
    host.out(`# ${mapping.kind} ${name}, container ${String(container.name)}\n`);
    for (const variable of listOf(container, "env")) {
      const { valueFrom } = variable;
      if (!isObject(valueFrom)) host.out(`${String(variable.name)}=${String(variable.value ?? "")}\n`);
      else if (flags.on("resolve")) host.out(await resolvedLine(call, variable, valueFrom, object));
      else host.out(`# ${String(variable.name)} from ${referenceText(valueFrom)}\n`);
    }
  }
}

// Models kubectl pkg/cmd/set/env env_resolve.go GetEnvVarRefString
function referenceText(from: JsonObject): string {
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = from;
  if (isObject(configMapKeyRef)) {
    return `configmap ${String(configMapKeyRef.name)}, key ${String(configMapKeyRef.key)}`;
  }
  if (isObject(secretKeyRef)) return `secret ${String(secretKeyRef.name)}, key ${String(secretKeyRef.key)}`;
  if (isObject(fieldRef)) return `field path ${String(fieldRef.fieldPath)}`;
  if (!isObject(resourceFieldRef)) return "invalid valueFrom";
  const container = textOf(resourceFieldRef, "containerName");
  const prefix = container === "" ? "" : `${container}/`;
  return `resource field ${prefix}${String(resourceFieldRef.resource)}`;
}

async function resolvedLine(call: Call, variable: JsonObject, from: JsonObject, object: JsonObject): Promise<string> {
  const name = String(variable.name);
  const isSecret = isObject(from.secretKeyRef);
  const reference = isSecret ? from.secretKeyRef : from.configMapKeyRef;
  if (isObject(reference)) {
    const mapping = isSecret ? known("v1", "Secret", "secrets") : known("v1", "ConfigMap", "configmaps");
    const path = pathOf(mapping, String(metadataOf(object).namespace ?? ""), String(reference.name));
    const { body } = await call.client.get(path);
    const value = textOf(body, "data", String(reference.key));
    return `${name}=${isSecret ? textOfBytes(bytesOfBase64(value)) : value}\n`;
  }
  return `# ${name} from ${referenceText(from)}\n`;
}
