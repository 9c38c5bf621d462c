import { parseDocument } from "yaml";
import { parseDuration } from "../../api/meta/duration.ts";
import { aggregateMessage } from "../../api/meta/field-error.ts";
import { goQuote } from "../../api/meta/go-text.ts";
import { decodeValue } from "../../api/schema/decode.ts";
import { schemaWith } from "../../api/schema/schema.ts";
import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { type CompleteConfiguration, complete, takesArgs } from "./defaults.ts";
import { CONFIG_TYPES, CONFIG_VERSION, type KubeSchedulerConfiguration, type PluginEntry } from "./types.ts";
import { configurationProblems } from "./validation.ts";

const KIND = "KubeSchedulerConfiguration";
const SCHEME = "pkg/scheduler/apis/config/scheme/scheme.go:30";
const schema = schemaWith(CONFIG_TYPES);

function readYaml(text: string): Result<JsonObject, string> {
  const document = parseDocument(text, { uniqueKeys: true, merge: true });
  const [error] = document.errors;
  if (error !== undefined) return fail(`yaml: ${error.message.split("\n")[0]}`);
  const value = document.toJS({ maxAliasCount: 100 }) as JsonValue;
  if (isObject(value)) return ok(value);
  return fail("couldn't get version/kind; the configuration is not an object");
}

/** Whether it is a scheduler's configuration at all, in a version that this release reads. */
function kindProblem({ apiVersion, kind }: JsonObject): string | undefined {
  if (typeof kind !== "string" || kind === "") return `Object 'Kind' is missing in 'KubeSchedulerConfiguration'`;
  if (typeof apiVersion !== "string" || apiVersion === "") return `Object 'apiVersion' is missing in '${kind}'`;
  if (kind === KIND && apiVersion === CONFIG_VERSION) return undefined;
  return `no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme ${goQuote(SCHEME)}`;
}

function decode<T>(type: string, json: JsonObject): Result<T, string> {
  const decoded = decodeValue(type, json, { fieldValidation: "Strict", schema });
  return decoded.ok ? ok(decoded.value.object as T) : decoded;
}

/** The arguments of the plugins that take some, decoded by their plugin's type. Models DecodeNestedObjects. */
function decodeArgs(configuration: KubeSchedulerConfiguration): Result<KubeSchedulerConfiguration, string> {
  const profiles = [];
  for (const [at, profile] of (configuration.profiles ?? []).entries()) {
    const pluginConfig = [];
    for (const [place, { name, args }] of (profile.pluginConfig ?? []).entries()) {
      if (!takesArgs(name) || args === undefined) {
        pluginConfig.push({ name, args });
        continue;
      }
      const type = `${name}Args`;
      const { kind = type } = args as { readonly kind?: string };
      const where = `decoding .profiles[${at}].pluginConfig[${place}]: `;
      if (kind !== type) {
        const group = CONFIG_VERSION.split("/")[0];
        return fail(`${where}args for plugin ${name} were not of type ${type}.${group}, got ${kind}.${group}`);
      }
      const decoded = decode<JsonObject>(type, args as JsonObject);
      if (!decoded.ok) return fail(`${where}decoding args for plugin ${name}: ${decoded.error}`);
      const { apiVersion: _, kind: __, ...rest } = decoded.value;
      pluginConfig.push({ name, args: rest });
    }
    profiles.push({ ...profile, pluginConfig });
  }
  return ok({ ...configuration, profiles });
}

/**
 * Reads a KubeSchedulerConfiguration: YAML or JSON text, the empty text for all defaults. `standard`: the default plugins
 * with their weights. The error is in kube-scheduler's words, and names the place. Models cmd/kube-scheduler loadConfig.
 */
export function loadConfiguration(
  text: string,
  standard: readonly PluginEntry[],
): Result<CompleteConfiguration, string> {
  if (text.trim() === "") return ok(complete({}, standard));
  const yaml = readYaml(text);
  if (!yaml.ok) return yaml;
  const problem = kindProblem(yaml.value);
  if (problem !== undefined) return fail(problem);
  const decoded = decode<KubeSchedulerConfiguration>(KIND, yaml.value);
  if (!decoded.ok) return decoded;
  const { leaseDuration = "15s", renewDeadline = "10s", retryPeriod = "2s" } = decoded.value.leaderElection ?? {};
  for (const text of [leaseDuration, renewDeadline, retryPeriod]) {
    const duration = parseDuration(text);
    if (!duration.ok) return duration;
  }
  const withArgs = decodeArgs(decoded.value);
  if (!withArgs.ok) return withArgs;
  if ((withArgs.value.extenders ?? []).length > 0) {
    return fail("extenders: Forbidden: scheduler extenders are not simulated");
  }
  const configuration = complete(withArgs.value, standard);
  const problems = configurationProblems(configuration);
  return problems.length > 0 ? fail(aggregateMessage(problems)) : ok(configuration);
}
